"""The marks by which models say that they think, and templates that open a thought themselves."""

import re
from typing import Final

THOUGHT_MARKS: Final = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
)
"""What opens a thought, and what closes it."""
_OPEN_AT_END: Final = re.compile(
    "(?:" + "|".join(re.escape(opens) for opens, _ in THOUGHT_MARKS) + r")\s*\Z"
)


def opened_thought(prompt: str) -> str:
    """The mark that opens a thought at the end of a prompt, with the space behind it, or ""."""
    found = _OPEN_AT_END.search(prompt)
    return found[0] if found else ""


def behind_opening(begun: str, opened: str) -> str:
    """A reply without the opening mark, which stands in the prompt already."""
    return begun[len(opened) :] if begun.startswith(opened) else begun.removeprefix(opened.strip())
