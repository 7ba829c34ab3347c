"""One reader for each app or form: from a file's bytes to `ParsedConversation`s."""
