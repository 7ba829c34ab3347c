"""How many of something: small words that sentences share."""

from engine.language import trn, whole


def conversations(count: int) -> str:
    """Such as "1 conversation"."""
    return trn("{count} conversation", "{count} conversations", count).format(count=whole(count))


def messages(count: int) -> str:
    """Such as "2,000 messages"."""
    return trn("{count} message", "{count} messages", count).format(count=whole(count))


def files(count: int) -> str:
    """Such as "3 files"."""
    return trn("{count} file", "{count} files", count).format(count=whole(count))
