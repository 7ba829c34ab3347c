"""Marks on the tokens of replies: underlined by origin, the chosen round lit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument

from desktop.chat_model import ChatModel
from desktop.conversations.values import StoredMessage, TextOrigins
from desktop.rounds import ReplyRound, TokenSpan
from desktop.settings import OriginMarks
from desktop.text_alignment import Mark
from desktop.theme import Theme
from desktop.views.text_block import Layer, TextBlock
from desktop.views.tree_nodes import ORIGIN_NAMES, percent
from desktop.views.tree_pens import COLORS, UNDERLINES
from engine.language import tr


class TokenMarks(QObject):
    """Whether origins are shown now, and which round is lit.

    Signals:
        changed: tokens of all replies are marked now, or none
        relit(str): message id of a reply of which another round is lit now, or none
    """

    changed = Signal()
    relit = Signal(str)

    def __init__(self, chat: ChatModel) -> None:
        super().__init__()
        self._chat = chat
        self._choice = OriginMarks.WITH_TREE
        self._panel_open = False
        self._lit: tuple[str, int] | None = None

    @property
    def shown(self) -> bool:
        """Whether tokens are marked."""
        if self._choice is OriginMarks.WITH_TREE:
            return self._panel_open
        return self._choice is OriginMarks.ALWAYS

    def choose(self, choice: OriginMarks) -> None:
        """Mark tokens from now on as the person chose."""
        self._choice = choice
        self.changed.emit()

    def panel_opened(self, *, is_open: bool) -> None:
        """The tree panel was opened or closed."""
        self._panel_open = is_open
        self.changed.emit()

    def light(self, message_id: str, number: int) -> None:
        """The tree of this round is shown now."""
        if self._lit == (message_id, number):
            return
        former, self._lit = self._lit, (message_id, number)
        if former and former[0] != message_id:
            self.relit.emit(former[0])
        self.relit.emit(message_id)

    def lit_round(self, message_id: str) -> int:
        """The round of a reply whose tree is shown now; 0: none."""
        if self._lit is None or not self._panel_open:
            return 0
        return self._lit[1] if self._lit[0] == message_id else 0

    def origins(self, message: StoredMessage) -> Sequence[TextOrigins]:
        """Where the text of a reply came from, as far as that is known."""
        run = self._chat.run
        if run and run.message.id == message.id:
            return run.origins
        return message.notes.origins if message.notes else ()

    def rounds(self, message: StoredMessage) -> Sequence[ReplyRound]:
        """The rounds of a reply."""
        return self._chat.rounds(message)


def sentence(span: TokenSpan, rounds: Sequence[ReplyRound]) -> str:
    """Such as "draft tree · round 14 · depth 5 · 41 %"."""
    parts = [
        ORIGIN_NAMES[span.origin],
        tr("round {round}").format(round=span.round),
        tr("depth {depth}").format(depth=span.depth),
    ]
    tree = rounds[span.round - 1].tree if span.round <= len(rounds) else None
    if tree and tree.chances and span.depth <= len(tree.path):
        parts.append(percent(tree.chances[tree.path[span.depth - 1]]))
    return " · ".join(parts)


@dataclass(frozen=True)
class Marked:
    """The marks of one text; the tokens of round `lit` have another background."""

    marks: Sequence[Mark]
    lit: int
    rounds: Sequence[ReplyRound]

    def put_on(self, document: QTextDocument, theme: Theme) -> None:
        """Underline the tokens, each with a sentence for who points at it."""
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        for start, end, span in self._within(document):
            cursor.setPosition(_past_indentation(document, start, end))
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(self._look(span, theme))
        cursor.endEditBlock()

    def light(self, view: TextBlock, theme: Theme) -> None:
        """Light the round in a layer over the text: another round costs no other layout."""
        look = QTextCharFormat()
        look.setBackground(theme.color("accent_soft"))
        within = self._within(view.document())
        lit = [(start, end) for start, end, span in within if span.round == self.lit]
        view.lay_over(Layer.LIT, look, lit)

    def _within(self, document: QTextDocument) -> Iterator[tuple[int, int, TokenSpan]]:
        """What of the marks is in the document: where code is folded, it has the first of them."""
        end = document.characterCount() - 1
        for mark in takewhile(lambda mark: mark.start < end, self.marks):
            yield mark.start, min(mark.end, end), mark.span

    def _look(self, span: TokenSpan, theme: Theme) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setUnderlineStyle(UNDERLINES[span.origin])
        look.setUnderlineColor(theme.color(COLORS[span.origin]))
        look.setToolTip(sentence(span, self.rounds))
        return look


def _past_indentation(document: QTextDocument, start: int, end: int) -> int:
    """Where a token is seen first: lines below nothing would hide how code is indented."""
    seen = start
    while seen < end and document.characterAt(seen).isspace():
        seen += 1
    if seen == start:
        return start
    line = document.findBlock(seen)
    return start if line.text()[: seen - line.position()].strip() else seen


NO_MARKS: Final = Marked([], 0, ())
