"""The model hub: search, repositories, downloads. Nothing here connects before it is asked to."""
