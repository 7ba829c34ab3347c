"""Model files: headers, metadata, pair compatibility, where models and low-bit copies live."""
