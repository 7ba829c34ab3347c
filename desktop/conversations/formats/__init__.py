"""The file formats of an export: pure functions from a conversation to text."""
