"""Heights of many items below each other, known or estimated, and where each stands. No Qt."""

from bisect import bisect_right
from collections.abc import Hashable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Heights(Generic[Key]):
    """Items with `gap` between them, from `margin` on.

    A height once known outlives a change of the items around it.
    """

    def __init__(self, gap: int, margin: int) -> None:
        self._gap = gap
        self._margin = margin
        self._known: dict[Key, int] = {}
        self._keys: list[Key] = []
        self._heights: list[int] = []
        self._tops: list[int] = []
        """Of the items whose heights did not change since; the others follow from them."""

    def __len__(self) -> int:
        return len(self._keys)

    def show(self, keys: Sequence[Key], estimates: Sequence[int]) -> None:
        """Have these items and no others; `estimates` stand for heights that are not known."""
        kept = set(keys)
        self._known = {key: height for key, height in self._known.items() if key in kept}
        self._keys = list(keys)
        self._heights = [
            self._known.get(key, estimate) for key, estimate in zip(keys, estimates, strict=True)
        ]
        self._tops = []

    def put(self, index: int, height: int) -> bool:
        """Now the height is known; whether it is another than before."""
        self._known[self._keys[index]] = height
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
