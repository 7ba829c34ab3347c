"""Small words that sentences share."""


def counted(number: int, what: str) -> str:
    """Such as "1 message" or "2,000 messages"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
