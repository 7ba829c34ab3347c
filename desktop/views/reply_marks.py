"""Marks on the tokens of one reply, in those of its blocks that have a widget."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from desktop.conversations.values import StoredMessage
from desktop.rounds import ReplyRound, SpanReader, TokenSpan
from desktop.text_alignment import Mark, align, align_code, marks
from desktop.thought import thought_of
from desktop.views.block_pool import BlockView
from desktop.views.code_block import CodeView
from desktop.views.tree_marks import NO_MARKS, Marked, TokenMarks


class ReplyMarks:
    """Puts them on and takes them off."""

    def __init__(self, found: TokenMarks) -> None:
        self._found = found
        self._reader = SpanReader(())
        self._rounds: Sequence[ReplyRound] = ()
        """Those that gave its tokens."""

    @property
    def shown(self) -> bool:
        """Whether tokens are marked now."""
        return self._found.shown

    def show(
        self,
        message: StoredMessage,
        views: Mapping[int, BlockView],
        starts: Sequence[int],
    ) -> None:
        """Mark the tokens in these blocks, or none where marks are not wanted.

        `starts`: where each block of the reply begins, behind what was thought.
        """
        spans = self._spans(message) if self._found.shown else ()
        if not spans:
            for view in views.values():
                view.show_marks(NO_MARKS)
            return
        lit = self._found.lit_round(message.id)
        begin = thought_of(message).reply_start
        ends = [*(begin + start for start in starts[1:]), len(message.text)]
        for at, view in views.items():
            start, end = begin + starts[at], ends[at]
            # Those of a text that did not change since are still right.
            found = view.marks or _marks_in(view, message.text, start, end, spans)
            view.show_marks(Marked(found, lit, self._rounds))

    def _spans(self, message: StoredMessage) -> Sequence[TokenSpan]:
        """Each read once: a long reply has thousands."""
        origins = self._found.origins(message)
        if origins is not self._reader.origins:
            self._reader, self._rounds = SpanReader(origins), self._found.rounds(message)
        return self._reader.read()


def _marks_in(
    view: BlockView, source: str, start: int, end: int, spans: Sequence[TokenSpan]
) -> Sequence[Mark]:
    """The marks of a block that shows `source` from `start` to `end`."""
    first = bisect_right(spans, start, key=lambda span: span.end)
    last = bisect_left(spans, end, key=lambda span: span.start)
    find = align_code if isinstance(view, CodeView) else align
    shown = view.shown_text
    places, _ = find(source, start, shown)
    return marks(places, shown, spans[first:last])
