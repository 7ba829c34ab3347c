"""Outrider's engine: speculative tree decoding of GGUF models, with no window anywhere.

The public door is `engine.session.Session`; `python -m engine` is the terminal front end over it.
"""
