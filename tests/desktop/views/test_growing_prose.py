"""Prose that grows word by word shows the same as prose that is shown whole."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.markdown_blocks import ProseBlock, blocks_of
from desktop.views.prose import CARET, ProseView, added_words

PIECES = st.lists(
    st.sampled_from(
        [
            *("word", " ", "\n", "ä", "  two", "\u00a0", "\u2003", "&", "<b>", "a < b", "&lt;"),
            *("**", "*", "`", "`code`", "[link](https://example.com)", "$x^2$", "~~", "\\", "“"),
            *("- item", "\n- ", "\n  more", "1. ", "> ", "# ", "## Two", "\t", "--", "https://a.b"),
        ]
    ),
    max_size=25,
)


def letters(view: ProseView) -> list[tuple[str, int, str, str, bool, bool]]:
    """Every character with what is seen of its format, and the list that it stands in."""
    document = view.document()
    found = []
    cursor = QTextCursor(document)
    while cursor.movePosition(QTextCursor.MoveOperation.NextCharacter):
        look = cursor.charFormat()
        found.append(
            (
                document.characterAt(cursor.position() - 1),
                look.fontWeight(),
                look.foreground().color().name(),
                look.background().color().name(),
                look.fontItalic(),
                cursor.currentList() is None,
            )
        )
    return found


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PIECES)
def test_growing_ends_in_the_same_letters(theme: Theme, pieces: list[str]) -> None:
    growing, text, block = ProseView(theme), "", None
    for piece in pieces:
        text += piece
        blocks = blocks_of(text)
        if len(blocks) == 1 and isinstance(blocks[0], ProseBlock):
            block = blocks[0]
            growing.show_block(block, caret=True)
            whole = ProseView(theme)
            whole.show_block(block, caret=True)
            assert letters(growing) == letters(whole)
            assert growing.heightForWidth(300) == whole.heightForWidth(300)
    if block:
        growing.show_block(block)
        whole = ProseView(theme)
        whole.show_block(block)
        assert letters(growing) == letters(whole)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("<p>one</p>", "<p>one two</p>", " two"),
        ("<p>one</p>", "<p>one\ntwo &amp; three</p>", " two & three"),
        ("<ul>\n<li>one</li>\n</ul>", "<ul>\n<li>one two</li>\n</ul>", " two"),
        ("<p>one</p>", "<p>one</p>", ""),
        ("<p>one</p>", "<p>one <em>two</em></p>", None),
        ("<p><em>one</em></p>", "<p><em>one</em> two</p>", None),
        ("<p>one *two</p>", "<p>one <em>two</em></p>", None),
        ("<p>one</p>", "<h1>one</h1>", None),
        ("<p>one</p>", "<p>one\u2003two</p>", None),
    ],
)
def test_only_words_at_the_end_are_added(before: str, after: str, words: str | None) -> None:
    assert added_words(before, after) == words


def test_what_stood_there_stays(qtbot: QtBot, theme: Theme) -> None:
    view = ProseView(theme)
    qtbot.addWidget(view)
    view.show_block(ProseBlock("<p>one <b>bold</b> two</p>"), caret=True)
    changes: list[tuple[int, int, int]] = []
    view.document().contentsChange.connect(lambda *change: changes.append(change))
    view.show_block(ProseBlock("<p>one <b>bold</b> two three</p>"), caret=True)
    assert view.toPlainText() == f"one bold two three{CARET}"
    assert changes == [(len("one bold two"), 0, len(" three"))]
