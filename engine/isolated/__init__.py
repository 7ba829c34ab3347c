"""The session in a process of its own: llama.cpp may abort there and the window stays."""
