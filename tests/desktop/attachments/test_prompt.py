"""Attached files in the prompt: under their names, and never out of their fence."""

from hypothesis import given
from markdown_it import MarkdownIt

from desktop.attachments.prompt import with_attachments
from desktop.conversations.values import Attachment
from desktop.fences import fenced
from tests.desktop.conversations.builders import utf8_text


def file(name: str, text: str, **extra: object) -> Attachment:
    return Attachment(name, "text/plain", len(text), "", text=text, extra=extra)


def test_files_stand_before_the_message() -> None:
    files = [file("a.py", "x = 1\n"), file("b", "two", shortened="the first 3 characters")]
    assert with_attachments("Why?", files) == (
        "File: a.py\n\n```py\nx = 1\n```\n\n"
        "File: b (the first 3 characters)\n\n```\ntwo\n```\n\n"
        "Why?"
    )


def test_a_picture_has_no_words() -> None:
    assert with_attachments("Why?", [Attachment("a.png", "image/png", 3, "sha")]) == "Why?"


def test_a_name_is_one_line() -> None:
    assert with_attachments("", [file("a\n```\nb.p`y", "x")]) == (
        "File: a ``` b.p`y\n\n```\nx\n```\n\n"
    )


@given(utf8_text)
def test_nothing_gets_out_of_a_fence(text: str) -> None:
    text = text.replace("\0", "").replace("\r", "")
    first, *others = MarkdownIt("commonmark").parse(f"{fenced(text, 'py')}\n\nafter")
    assert first.type == "fence"
    assert first.info == "py"
    assert first.content == (text if text.endswith("\n") else f"{text}\n")
    assert [token.type for token in others] == ["paragraph_open", "inline", "paragraph_close"]
