"""Files that a person attaches to a message, turned into text that a model can read. No Qt."""
