"""The memory plan: what of a pair goes where, how fast that is, and what would help. Pure."""
