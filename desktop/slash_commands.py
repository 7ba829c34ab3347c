"""What a message that begins with a slash can do instead of being sent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class SlashCommand:
    """One line of the list that opens behind a slash."""

    name: str
    """What is typed, such as "/export"."""
    title: str
    run: Callable[[], object]


def is_slash(text: str) -> bool:
    """Whether `text` may be the beginning of a command: a slash and at most one word."""
    return text.startswith("/") and not any(map(str.isspace, text))


def matching(commands: Iterable[SlashCommand], typed: str) -> list[SlashCommand]:
    """Those that `typed` may become: by their names first, then by words of their titles."""
    wanted = typed.removeprefix("/").casefold()
    by_name, by_title = [], []
    for command in commands:
        if command.name.removeprefix("/").startswith(wanted):
            by_name.append(command)
        elif any(word.startswith(wanted) for word in command.title.casefold().split()):
            by_title.append(command)
    return by_name + by_title
