"""The commands of `outrider-engine`, one module each: `add_parser` and `run`."""
