"""Outrider's window: PySide6 over the engine's events. `engine_thread` is the only seam to it."""
