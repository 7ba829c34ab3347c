"""Origins under the tokens of code: beside its colours, through wrapping, folding and growing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from desktop.rounds import TokenSpan
from desktop.text_alignment import align_code, marks
from desktop.theme import Theme, ThemeChoice
from desktop.views.code_block import CodeView
from desktop.views.markdown_blocks import CodeBlock
from desktop.views.tree_marks import NO_MARKS, Marked
from engine.events import Origin

Line = QTextCharFormat.UnderlineStyle
CODE = "def place():\n    return 1"
PIECES = (
    ("def", Origin.TREE, 1, 1),
    (" place", Origin.NGRAM, 1, 2),
    ("():", Origin.TARGET, 1, 3),
    ("\n    return", Origin.TREE, 2, 1),
    (" 1", Origin.TARGET, 2, 2),
)


def marked(code: str = CODE, lit: int = 0) -> Marked:
    spans, start = [], 0
    for text, origin, number, depth in PIECES:
        spans.append(TokenSpan(start, start + len(text), origin, number, depth))
        start += len(text)
    return Marked(marks(list(range(len(code))), code, spans), lit, ())


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> CodeView:
    view = CodeView(theme)
    qtbot.addWidget(view)
    view.show_block(CodeBlock("python", CODE))
    view.resize(400, 120)
    view.show()
    return view


def look_of(view: CodeView, word: str) -> QTextCharFormat:
    cursor = QTextCursor(view.text.document())
    cursor.setPosition(view.text.toPlainText().index(word) + 1)
    return cursor.charFormat()


def underlines(view: CodeView) -> dict[str, Line]:
    words = ("def", "place", "()", "return", "1")
    return {word: look_of(view, word).underlineStyle() for word in words}


BY_ORIGIN = {
    "def": Line.SingleUnderline,
    "place": Line.DotLine,
    "()": Line.DashUnderline,
    "return": Line.SingleUnderline,
    "1": Line.DashUnderline,
}


def tints(view: CodeView) -> list[QColor]:
    """The colours of the code, from its start to its end."""
    document = view.text.document()
    return [
        span.format.foreground().color()
        for number in range(document.blockCount())
        for span in document.findBlockByNumber(number).layout().formats()
    ]


def test_tokens_are_underlined_by_origin_beside_their_colours(theme: Theme, view: CodeView) -> None:
    colours = tints(view)
    assert theme.color("syntax_keyword") in colours
    view.show_marks(marked())
    assert underlines(view) == BY_ORIGIN
    assert tints(view) == colours
    assert look_of(view, "place").toolTip() == "n-gram · round 1 · depth 2"
    assert look_of(view, "place").underlineColor() == theme.color("origin_ngram")


def test_indentation_has_no_lines_below_it(view: CodeView) -> None:
    """The token is "\\n    return": four spaces of it are not underlined, the word is."""
    view.show_marks(marked())
    cursor = QTextCursor(view.text.document())
    second = view.text.document().findBlockByNumber(1).position()
    for place, line in ((4, Line.NoUnderline), (5, Line.SingleUnderline)):
        cursor.setPosition(second + place)
        assert cursor.charFormat().underlineStyle() is line


def test_what_is_painted_has_colours_and_lines(theme: Theme, view: CodeView) -> None:
    plain = view.text.grab().toImage()
    view.show_marks(marked())
    lined = view.text.grab().toImage()
    assert plain != lined
    keyword, line = theme.color("syntax_keyword"), theme.color("origin_tree")
    pixels = {
        lined.pixelColor(x, y).name() for x in range(lined.width()) for y in range(lined.height())
    }
    assert {keyword.name(), line.name()} <= pixels
    view.show_marks(NO_MARKS)
    assert view.text.grab().toImage() == plain


def lit(theme: Theme, view: CodeView) -> list[str]:
    """What has the background of the round that is shown."""
    return [
        one.cursor.selectedText().replace("\u2029", "\n")
        for one in view.text.extraSelections()
        if one.format.background().color() == theme.color("accent_soft")
    ]


def test_the_round_that_is_shown_is_lit(theme: Theme, view: CodeView) -> None:
    view.show_marks(marked(lit=2))
    assert lit(theme, view) == ["\n    return", " 1"]
    view.show_marks(marked(lit=1))
    assert lit(theme, view) == ["def", " place", "():"]
    assert underlines(view) == BY_ORIGIN
    view.show_marks(marked(lit=0))
    assert lit(theme, view) == []


def test_marks_stay_through_wrapping_and_another_theme(theme: Theme, view: CodeView) -> None:
    view.show_marks(marked())
    before = view.text.heightForWidth(400)
    view.text.wrap(wrapped=True)
    assert underlines(view) == BY_ORIGIN
    view.text.wrap(wrapped=False)
    assert view.text.heightForWidth(400) == before
    theme.choose(ThemeChoice.DARK)
    try:
        assert underlines(view) == BY_ORIGIN
        assert look_of(view, "place").underlineColor() == theme.color("origin_ngram")
        assert theme.color("syntax_keyword") in tints(view)
    finally:
        theme.choose(ThemeChoice.LIGHT)


def test_other_code_has_none_of_the_old_marks(view: CodeView) -> None:
    view.show_marks(marked())
    view.show_block(CodeBlock("python", "def other(): 1 return place()"))
    assert set(underlines(view).values()) == {Line.NoUnderline}


def test_code_that_goes_on_growing_keeps_them_and_marks_nothing_new(view: CodeView) -> None:
    view.show_marks(marked())
    view.show_block(CodeBlock("python", CODE), colored=False)
    view.show_block(CodeBlock("python", CODE + "\nmore"), colored=False)
    assert underlines(view) == BY_ORIGIN
    assert look_of(view, "more").underlineStyle() is Line.NoUnderline


def test_folded_code_is_marked_as_far_as_it_shows_and_then_whole(
    qtbot: QtBot, theme: Theme
) -> None:
    line = "x = 1\n"
    code = line * 500 + "end"
    spans = [
        TokenSpan(at, at + len(line), Origin.TREE, number + 1, 1)
        for number, at in enumerate(range(0, len(code), len(line)))
    ]
    view = CodeView(theme)
    qtbot.addWidget(view)
    view.show_block(CodeBlock("python", code))
    view.show_marks(Marked(marks(list(range(len(code))), code, spans), 0, ()))
    assert view.text.document().blockCount() == 40
    assert look_of(view, "1").underlineStyle() is Line.SingleUnderline
    view.show_all()
    assert look_of(view, "end").underlineStyle() is Line.SingleUnderline


def test_keys_tell_what_the_pointer_is_told(
    view: CodeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, words, _widget: told.append(words))
    view.show_marks(marked())
    view.text.setFocus()
    for _ in range(5):
        QTest.keyClick(view.text, Qt.Key.Key_Right)
    assert told[0] == "draft tree · round 1 · depth 1"
    assert told[-1] == "n-gram · round 1 · depth 2"


@pytest.mark.parametrize("code", ["python -m this", "print('python')", "    indented\nthen"])
def test_the_line_that_opens_a_block_is_not_taken_for_its_code(code: str) -> None:
    source = f"Before.\n\n```python\n{code}\n```\nAfter"
    start = source.index(code)
    places, end = align_code(source, len("Before."), code)
    assert places == list(range(start, start + len(code)))
    assert end == start + len(code)


def test_code_without_such_a_line_is_found_too() -> None:
    source = "Before.\n\n    first\n    second\n\n```\nthird\n```"
    code = "first\nsecond"
    places, _ = align_code(source, len("Before."), code)
    assert "".join(source[place] for place in places) == code
