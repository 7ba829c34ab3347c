"""What guessing cost and saved against plain: `auto` keeps its promise where guesses mislead.

Costs and chances are estimates, and on a new kind of text they are wrong for a while. Learning that
takes many guesses, each of which loses some passes' time. So every round with guesses is booked
against what its tokens would have taken plainly, and a planner that has lost too much waits.
"""

from typing import Final

from engine.events import RoundStats

_ALLOWED: Final = 2.0
"""Plain rounds that may be lost: a fiftieth of a reply of a hundred."""
_CREDIT: Final = 8.0
"""Plain rounds that count of what was saved: luck on one text is no reason to lose on the next."""
_FORGIVEN: Final = 0.015
"""Of the time that passes, what is taken off a loss: so much may guessing lose in the long run."""
_STALL: Final = 2.0
"""A plain round that takes longer than so many others says nothing of plain rounds."""


class Ledger:
    """Seconds saved (above 0) or lost, of the latest rounds."""

    def __init__(self) -> None:
        self._balance = 0.0
        self._plain = 0.0
        """Seconds of a plain round; 0 before one was seen."""

    def book(self, stats: RoundStats, seconds: float, pass_seconds: float) -> None:
        """A round took so many `seconds`, where a pass of one row takes `pass_seconds`."""
        if not stats.nodes:
            usual = self._plain or seconds
            self._plain = usual + 0.1 * (min(seconds, _STALL * usual) - usual)
        else:
            plain = self._plain or pass_seconds
            saved = (stats.accepted + 1) * plain - seconds
            self._balance = min(self._balance + saved, _CREDIT * plain)
        if self._balance < 0:
            self._balance = min(self._balance + _FORGIVEN * seconds, 0.0)

    def is_overdrawn(self, pass_seconds: float) -> bool:
        """Whether so much is lost that guessing waits."""
        return self._balance < -_ALLOWED * (self._plain or pass_seconds)
