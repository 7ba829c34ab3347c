"""Which llama.cpp is bound, told without loading it."""

from importlib import metadata


def version() -> str:
    """The binding's version, which pins llama.cpp's."""
    return metadata.version("llama-cpp-python")
