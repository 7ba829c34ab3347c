"""Heights of many items below each other, known or estimated, and where each stands. No Qt."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Heights(Generic[Key]):
    """Items with `gap` between them, from `margin` on.

    The height of an item outlives a change of the items around it.
    """

    def __init__(self, gap: int, margin: int) -> None:
        self._gap = gap
        self._margin = margin
        self._keys: list[Key] = []
        self._heights: list[int] = []
        self._tops: list[int] = []
        """Of the items whose heights did not change since; the others follow from them."""

    def __len__(self) -> int:
        return len(self._keys)

    def show(self, keys: Sequence[Key], estimate: Callable[[int], int]) -> None:
        """Have these items and no others; `estimate` tells the height of one that is new."""
        former = dict(zip(self._keys, self._heights, strict=True))
        self._keys = list(keys)
        self._heights = [
            former[key] if key in former else estimate(index) for index, key in enumerate(keys)
        ]
        self._tops = []

    def show_from(self, first: int, keys: Sequence[Key], estimates: Sequence[int]) -> None:
        """Have these from item `first` on; those before it stay as they are."""
        self._keys[first:] = keys
        self._heights[first:] = estimates
        del self._tops[first + 1 :]

    def put(self, index: int, height: int) -> bool:
        """Now the height is known; whether it is another than before."""
        if self._heights[index] == height:
            return False
        self._heights[index] = height
        del self._tops[index + 1 :]
        return True

    def height(self, index: int) -> int:
        """Of one item."""
        return self._heights[index]

    def top(self, index: int) -> int:
        """Where an item begins; of the one after the last: where it would begin."""
        self._reckon()
        return self._tops[index]

    @property
    def total(self) -> int:
        """Where the last item ends."""
        return self.top(len(self)) - self._gap if self._keys else self._margin

    def at(self, y: int) -> int:
        """The item at this place, or that before the gap there; the nearest one outside of all."""
        self._reckon()
        return max(0, min(bisect_right(self._tops, y) - 1, len(self) - 1))

    def _reckon(self) -> None:
        if not self._tops:
            self._tops.append(self._margin)
        reckoned = len(self._tops) - 1
        if reckoned < len(self):
            steps = (height + self._gap for height in self._heights[reckoned:])
            self._tops[reckoned:] = accumulate(steps, initial=self._tops[reckoned])
