"""Colours in code: where they are, and that no text keeps the window busy with them."""

from itertools import count

import pytest
from PySide6.QtWidgets import QTextEdit
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.code_block import CodeView
from desktop.views.code_colors import LANGUAGES, MOST_CHARACTERS, MOST_SECONDS, color_spans
from desktop.views.markdown_blocks import CodeBlock


def colored(code: str, language: str = "python") -> list[tuple[str, str]]:
    return [(code[at : at + size], tint) for at, size, tint in color_spans(code, language)]


def test_words_have_the_colour_of_their_kind() -> None:
    assert colored("def f(): return 1  # one") == [
        ("def", "syntax_keyword"),
        ("f", "syntax_function"),
        ("return", "syntax_keyword"),
        ("1", "syntax_number"),
        ("# one", "syntax_comment"),
    ]


def test_positions_count_as_qt_counts() -> None:
    (string, number) = color_spans("'\N{GRINNING FACE}' + 1", "python")[-2:]
    assert string[0] + string[1] == 4
    assert number[0] == 7


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_spans_lie_within_the_code_in_every_language(language: str) -> None:
    code = "-- a\n// b\n# c\n+ d\n<e f='1'>\n@g: \"h\" 12\n"
    assert all(0 <= at < at + size <= len(code) for at, size, _ in color_spans(code, language))


@pytest.mark.parametrize("language", ["", "no such language", "ini", "make"])
def test_other_languages_stay_plain(language: str) -> None:
    assert color_spans("a = 'b' # c", language) == []


def test_too_much_code_stays_plain() -> None:
    assert color_spans("1 " * MOST_CHARACTERS, "python") == []


def test_colouring_ends_when_its_time_is_over() -> None:
    ticks = count()
    spans = color_spans("1 " * 500, "python", clock=lambda: next(ticks) * MOST_SECONDS / 10)
    assert 0 < len(spans) < 10


def test_a_span_over_several_lines_is_coloured_on_each(qtbot: QtBot, theme: Theme) -> None:
    view = CodeView(theme)
    qtbot.addWidget(view)
    view.show_block(CodeBlock("python", 'x = 1\n"""one\ntwo"""\ny = x'))
    edit = view.findChild(QTextEdit)
    assert edit is not None
    shown = [
        (span.start, span.length, span.format.foreground().color())
        for number in range(4)
        for span in edit.document().findBlockByNumber(number).layout().formats()
    ]
    number, string = theme.color("syntax_number"), theme.color("syntax_string")
    assert [(4, 1, number), (0, 7, string), (0, 6, string)] == [
        (start, length, color) for start, length, color in shown if color in (number, string)
    ]


def test_plain_again_after_colours(qtbot: QtBot, theme: Theme) -> None:
    view = CodeView(theme)
    qtbot.addWidget(view)
    view.show_block(CodeBlock("python", "x = 1"))
    view.show_block(CodeBlock("python", "x = 1"), colored=False)
    edit = view.findChild(QTextEdit)
    assert edit is not None
    assert edit.document().firstBlock().layout().formats() == []
