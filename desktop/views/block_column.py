"""The blocks of a reply below each other, with a widget for each of them that was asked for."""

import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import Theme
from desktop.views.block_heights import estimated_block_height
from desktop.views.block_pool import BlockPool, BlockView, kind_of
from desktop.views.code_block import CodeView
from desktop.views.heights import Heights
from desktop.views.markdown_blocks import Block, CodeBlock, ProseBlock
from desktop.views.prose import ProseView
from desktop.views.reading_order import InOrder
from desktop.views.regions import has_focus

BETWEEN: Final = 12
_NONE: Final = sys.maxsize
"""The number of no block."""


class BlockColumn(InOrder):
    """As tall as all blocks: one without a widget counts as tall as it was, or may be.

    Signals:
        link_chosen(QUrl)
    """

    link_chosen = Signal(QUrl)

    def __init__(self, theme: Theme, pool: BlockPool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pool = pool
        self._blocks: Sequence[Block] = ()
        self._growing = False
        self._share = 1.0
        self._views: dict[int, BlockView] = {}
        self._heights: Heights[int] = Heights(BETWEEN, 0)
        self._measured = 0
        """The width for which the widgets have told their heights."""
        self._to_measure = 0
        """The first block that has changed since."""
        self._to_place = _NONE
        """The first block whose widget may not stand where it belongs."""
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        # It paints nothing, so what it showed before it grew can stay as it is.
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        theme.changed.connect(self._estimate_all)

    @property
    def views(self) -> Mapping[int, BlockView]:
        """The widgets there are, by the numbers of their blocks."""
        return self._views

    def in_order(self) -> Sequence[QWidget]:
        return [self._views[number] for number in sorted(self._views)]

    def show_blocks(
        self, blocks: Sequence[Block], *, growing: bool, share: float = 1.0
    ) -> Collection[int]:
        """Show `blocks`; while `growing` the last one has a caret and no colours yet.

        `share`: how much of the reply they are, where the others are not known yet. The numbers
        of those with a widget that look other than before.
        """
        first = self._first_change(blocks, growing=growing)
        if first == len(blocks) == len(self._blocks) and share == self._share:
            return ()
        self._share = share
        self._blocks, self._growing = blocks, growing
        self._estimate(first)
        for number in [number for number in self._views if number >= first]:
            if number < len(blocks) and type(self._views[number]) is kind_of(blocks[number]):
                self._fill(number)
            else:
                self._drop(number)
        self._change(first)
        return [number for number in self._views if number >= first]

    def missing(self, top: int, bottom: int) -> list[int]:
        """The blocks between these heights that have no widget."""
        return [number for number in self._between(top, bottom) if number not in self._views]

    def build(self, numbers: Collection[int]) -> None:
        """Make widgets for these blocks."""
        for number in numbers:
            view = self._views[number] = self._pool.take(self._blocks[number], self)
            if isinstance(view, ProseView):
                view.link_chosen.connect(self.link_chosen)
            self._fill(number)
            # In another width the text would be laid out twice.
            view.resize(min(self.width(), view.maximumWidth()), view.height())
            view.show()
        if numbers:
            self._change(min(numbers))

    def build_all(self) -> None:
        """Make a widget for every block."""
        self.build([number for number in range(len(self._blocks)) if number not in self._views])

    def drop_outside(self, top: int, bottom: int) -> bool:
        """Drop a widget that is not between these heights; whether there was one."""
        near = self._between(top, bottom)
        for number, view in self._views.items():
            if number not in near and not has_focus(view):
                self._drop(number)
                return True
        return False

    def release(self) -> None:
        """Give all widgets away, before the column goes."""
        for number in list(self._views):
            self._drop(number)
        self._pool.take_home(self)

    def block_at(self, y: int) -> int:
        """The block at this height or before it; -1 above them all."""
        return self._heights.at(y) if self._blocks and y >= 0 else -1

    def top_of(self, number: int) -> int:
        """Where a block begins; 0 where there is none of this number."""
        return self._heights.top(number) if 0 <= number < len(self._blocks) else 0

    def heightForWidth(self, width: int) -> int:
        if width != self._measured:
            self._measure(width, 0)
        elif self._to_measure < len(self._blocks):
            self._measure(width, self._to_measure)
        return round(self._heights.total / self._share)

    def arrange(self) -> None:
        """Put every widget where its block belongs."""
        first, self._to_place = self._to_place, _NONE
        if first == _NONE:
            return
        for number, view in self._from(first):
            width = min(self.width(), view.maximumWidth())
            # As its own text runs, whatever the window does: so it begins where code does.
            left = self.width() - width if _runs_to_left(view) else 0
            view.setGeometry(left, self._heights.top(number), width, self._heights.height(number))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._to_place = 0
            self._measure(self.width(), 0)
        self.arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            # A block may have changed by itself, such as code that wraps now.
            if self._measure(self.width(), 0):
                self.updateGeometry()
            self.arrange()
        return super().event(event)

    def _first_change(self, blocks: Sequence[Block], *, growing: bool) -> int:
        """The first block that looks other than before; one looks different while it grows."""
        old, new = self._blocks, blocks
        shared = min(len(old), len(new))
        differ = (at for at in range(shared) if old[at] is not new[at] and old[at] != new[at])
        first = next(differ, shared)
        ends = {len(old) - 1 if self._growing else -1, len(new) - 1 if growing else -1}
        return min(first, *(end for end in ends if end >= 0)) if len(ends) > 1 else first

    def _change(self, first: int) -> None:
        """The blocks from `first` on are others now; those before keep their heights and places."""
        self._to_measure = min(self._to_measure, first)
        self._to_place = min(self._to_place, first)
        self.updateGeometry()

    def _measure(self, width: int, first: int) -> bool:
        """Ask the widgets from `first` on how tall they are; whether one has another height."""
        heights, views = self._heights, self._from(first)
        moved = [
            number for number, view in views if heights.put(number, view.heightForWidth(width))
        ]
        self._to_place = min([self._to_place, *moved])
        self._measured, self._to_measure = width, _NONE
        return bool(moved)

    def _from(self, first: int) -> list[tuple[int, BlockView]]:
        return [(number, view) for number, view in self._views.items() if number >= first]

    def _estimate_all(self) -> None:
        self._estimate(0)
        self._change(0)

    def _estimate(self, first: int) -> None:
        """Heights of the blocks from `first` on, until their widgets tell them."""
        blocks = self._blocks[first:]
        estimates = [estimated_block_height(block, self._theme) for block in blocks]
        self._heights.show_from(first, range(first, len(self._blocks)), estimates)

    def _between(self, top: int, bottom: int) -> range:
        if not self._blocks or bottom < 0 or top > self._heights.total:
            return range(0)
        return range(self._heights.at(top), self._heights.at(bottom) + 1)

    def _fill(self, number: int) -> None:
        view, block = self._views[number], self._blocks[number]
        last = self._growing and number == len(self._blocks) - 1
        if isinstance(view, CodeView) and isinstance(block, CodeBlock):
            view.show_block(block, colored=not last)
        elif isinstance(view, ProseView) and isinstance(block, ProseBlock):
            view.show_block(block, caret=last)

    def _drop(self, number: int) -> None:
        view = self._views.pop(number)
        if isinstance(view, ProseView):
            view.link_chosen.disconnect(self.link_chosen)
        self._pool.give(view)


def _runs_to_left(view: BlockView) -> bool:
    return isinstance(view, ProseView) and view.runs_to_left
