"""A conversation's name from its first message."""

import pytest
from hypothesis import given

from desktop.conversations.titles import MAX_TITLE, title_from, title_of_reply
from tests.desktop.conversations.builders import hostile_text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Hello", "Hello"),
        ("  two   spaces\tand a tab ", "two spaces and a tab"),
        ("\n\n  First line\nSecond line", "First line"),
        ("# A heading", "A heading"),
        ("```python\nprint()\n```", "print()"),
        ("-5 degrees", "-5 degrees"),
        ("x" * MAX_TITLE, "x" * MAX_TITLE),
        ("x" * 60, "x" * (MAX_TITLE - 1) + "…"),
        (
            "Explain, as to a child, why the sky is blue and the sea is green",
            "Explain, as to a child, why the sky is blue and…",
        ),
        (
            "Say this to everyone, and really to everyone, or no one",
            "Say this to everyone, and really to everyone…",
        ),
        ("为什么天是蓝的", "为什么天是蓝的"),
        ("mend \u202ethis\0 \ud800name", "mend this name"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
        ("", ""),
        (" \n\t\n", ""),
        ("```", ""),
    ],
)
def test_title(text: str, title: str) -> None:
    assert title_from(text) == title


@given(hostile_text)
def test_a_title_is_one_short_visible_line(text: str) -> None:
    title = title_from(text)
    assert len(title) <= MAX_TITLE
    assert title == " ".join(title.split())
    title.encode()
    assert "\0" not in title


def test_a_title_needs_something_to_show() -> None:
    assert title_from("\u200b\u202e\n\0") == ""


@pytest.mark.parametrize(
    ("reply", "title"),
    [
        ("Tides", "Tides"),
        ('"The Tides."\nBecause of the moon.', "The Tides"),
        ("**Title: Tides and the Moon**", "Tides and the Moon"),
        ("Titel: „Ebbe und Flut“", "Ebbe und Flut"),
        ("The sea is **calm**", "The sea is calm"),
        ("\n\n# C# and C++", "C# and C++"),
        ("", ""),
        ("Title:", ""),
        ("x" * (MAX_TITLE + 1), ""),
    ],
)
def test_a_title_that_a_model_gave_is_taken_out_of_its_answer(reply: str, title: str) -> None:
    assert title_of_reply(reply) == title
