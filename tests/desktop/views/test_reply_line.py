"""The line under a reply: in every width the figures are whole, and the chip gives way."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop import figures
from desktop.conversations.values import MessageState, ReplyNotes
from desktop.figures import ChipText
from desktop.mode_words import PLAIN
from desktop.theme import Theme, ThemeChoice
from desktop.views.chip import StatusChip
from desktop.views.controls import ActionRow, IconButton
from desktop.views.reply_line import ReplyLine

ENDS = 56
HEADLINE = "because the draft costs more than it saves here"
DETAIL = "a tree round takes as long as 135 plain tokens and would give about 2"
NOTES = ReplyNotes(
    target="big",
    draft="small",
    mode="plain",
    reason=f"{HEADLINE}: {DETAIL}",
    tokens=30,
    target_passes=30,
    tokens_per_second=16.9,
    first_token_seconds=0.5,
    plain_tokens_per_second=16.9,
    finish="end",
)


class Shown:
    """A line in a chat of some width."""

    def __init__(
        self, qtbot: QtBot, theme: Theme, width: int, state: MessageState = MessageState.COMPLETE
    ) -> None:
        ends = ActionRow()
        for name in ("Copy", "Regenerate"):
            ends.add(IconButton(theme, "copy", name))
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.line = ReplyLine(theme, ends)
        self.line.setParent(self.host)
        self.line.resize(width, self.line.height())
        self.line.show_words(figures.chip(NOTES), figures.note(state, NOTES))
        self.host.show()
        (self.chip,) = self.line.findChildren(StatusChip)
        (self.note,) = self.line.findChildren(QLabel)


def is_whole(widget: StatusChip | QLabel) -> bool:
    if isinstance(widget, QLabel):
        return widget.width() >= widget.fontMetrics().horizontalAdvance(widget.text())
    return widget.width() >= widget.sizeHint().width()


def test_the_chip_says_the_headline_and_keeps_the_figures_for_who_asks(
    qtbot: QtBot, theme: Theme
) -> None:
    shown = Shown(qtbot, theme, 640)
    assert shown.chip.accessibleName() == f"Plain, {HEADLINE}"
    assert DETAIL in shown.chip.accessibleDescription()
    assert DETAIL in shown.chip.toolTip()


def test_a_wide_line_says_everything(qtbot: QtBot, theme: Theme) -> None:
    shown = Shown(qtbot, theme, 800)
    assert shown.note.text() == "16.9 tokens/s · first token 0.5 s"
    assert is_whole(shown.chip)
    assert is_whole(shown.note)


def test_the_first_token_goes_first(qtbot: QtBot, theme: Theme) -> None:
    shown = Shown(qtbot, theme, 800)
    shown.line.resize(shown.chip.width() + shown.note.width() + ENDS, shown.line.height())
    assert shown.note.text() == "16.9 tokens/s"
    assert shown.note.toolTip() == "16.9 tokens/s · first token 0.5 s"
    qtbot.waitUntil(lambda: is_whole(shown.chip))
    assert is_whole(shown.note)


@pytest.mark.parametrize("width", [480, 400, 320])
def test_then_the_chip_is_elided_and_never_the_figures(
    qtbot: QtBot, theme: Theme, width: int
) -> None:
    shown = Shown(qtbot, theme, width)
    assert shown.note.text() == "16.9 tokens/s"
    assert is_whole(shown.note)
    assert not is_whole(shown.chip)
    assert shown.chip.width() >= shown.chip.minimumSizeHint().width()


def test_why_a_reply_is_not_whole_outlives_its_speed(qtbot: QtBot, theme: Theme) -> None:
    shown = Shown(qtbot, theme, 390, MessageState.INTERRUPTED)
    assert shown.note.text() == "Outrider broke off during this reply"
    assert is_whole(shown.note)


def test_growing_wide_again_brings_everything_back(qtbot: QtBot, theme: Theme) -> None:
    shown = Shown(qtbot, theme, 400)
    shown.line.resize(900, shown.line.height())
    assert shown.note.text() == "16.9 tokens/s · first token 0.5 s"


def test_a_chip_with_a_gain_shortens_to_it(qtbot: QtBot, theme: Theme) -> None:
    chip = StatusChip(theme)
    qtbot.addWidget(chip)
    notes = replace(NOTES, mode="tree", reason="", target_passes=5, tokens_per_second=57.5)
    chip.show_text(figures.chip(notes))
    chip.resize(chip.sizeHint())
    whole = chip.grab().toImage()
    short = StatusChip(theme)
    qtbot.addWidget(short)
    short.show_text(figures.ChipText("tree", " · 3.4×"))
    chip.resize(short.sizeHint())
    assert chip.grab().toImage() == short.grab().toImage()
    assert whole.width() > 2 * chip.width()
    assert "6.0 tokens per pass" in chip.toolTip()


def test_a_chip_looks_new_after_each_change_of_its_look(qtbot: QtBot, theme: Theme) -> None:
    def shown(chip: StatusChip, text: ChipText) -> QImage:
        chip.show_text(text)
        chip.resize(200, chip.height())
        return chip.grab().toImage()

    kept = StatusChip(theme)
    qtbot.addWidget(kept)
    for choice in (ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.LIGHT):
        theme.choose(choice)
        for mode in ("tree", PLAIN):
            new = StatusChip(theme)
            qtbot.addWidget(new)
            text = ChipText(mode, "6.1 tokens per pass")
            assert shown(kept, text) == shown(new, text)
