"""Drafting in stages: cheaper sources say how the draft's likeliest node may go on.

The text itself comes first, for it costs nothing. Where it has no idea a helper may guess, a pass
for each token. Whether that saves the draft more time than it takes differs from pair to pair and
from text to text: so it is reckoned after each growth, and a helper that does not pay rests.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from engine.cancel import CancelToken
from engine.helper import Helper
from engine.latency import MeasuredModel

_USUAL_GROWTHS: Final = 25
"""Trees of a reply, over which reading the text must pay for a helper that is behind."""
_IN_STEP: Final = 32
"""A helper that is so many tokens behind reads them as part of a growth."""
_PROBE_SHARE: Final = 0.01
"""Of the drafting without the helper, what may be lost to trying it again."""
_FIRST_CHANCE: Final = 0.6
"""That a token of the helper is worth its row, before any was seen."""
_LATEST: Final = 0.3
"""How much the latest growth counts against those before it."""
_LEAST_TRUST: Final = 0.05

HelperState: TypeAlias = tuple[float, float]
"""Seconds gained by each growth with the helper, and what its own chances are worth."""


class Staging:
    """Which source proposes, and how much. Implements `engine.grow_tree.Proposer`."""

    def __init__(
        self,
        draft: MeasuredModel,
        suggest: Callable[[Sequence[int]], Sequence[int]],
        helper: Helper | None = None,
        state: HelperState | None = None,
    ) -> None:
        """`suggest` says how the text may go on behind a path below its root, at no cost."""
        self.helper = helper
        self._draft = draft
        self._suggest = suggest
        self._gain: float | None
        self._gain, self._trust = state or (None, 1.0)
        self._last_asked = draft.seconds
        """The draft's seconds when the helper was asked last."""
        self._may_ask = False
        self._text: Sequence[int] = ()
        self._cancel = CancelToken()
        self._began = 0.0
        """The helper's seconds before this growth, and before what it had to read for the reply."""
        self._pending = 0.0
        """Tokens of the helper's last chain that were expected to be worth their rows."""
        self._expected = 0.0
        self._rows = self._followed = 0
        """Of this growth: rows that the draft decoded for the helper, and those worth it."""

    @property
    def state(self) -> HelperState | None:
        """What was learnt of the helper, for the next start."""
        return None if self._gain is None else (self._gain, self._trust)

    @property
    def seconds(self) -> float:
        """Of all passes of the helper so far."""
        return self.helper.model.seconds if self.helper is not None else 0.0

    @property
    def has_asked(self) -> bool:
        """Whether the helper proposed anything to the tree that grows."""
        return self._rows > 0

    def begin(self, text: Sequence[int], cancel: CancelToken) -> None:
        """A tree is about to grow below the last token of `text`."""
        self._text, self._cancel = text, cancel
        self._pending = self._expected = 0.0
        self._rows = self._followed = 0
        self._may_ask = self.helper is not None and self._is_worth_asking(self.helper)

    def propose(self, path: Sequence[int], room: int) -> Sequence[int]:
        """See `Proposer`."""
        self._pending = 0.0
        # Looking is cheaper than pricing.
        if (tokens := self._suggest(path)[:room]) and self._rows_are_cheap(room):
            return tokens
        if self.helper is None or not self._may_ask:
            return []
        return self._chain(self.helper, path, room)

    def followed(self, count: int) -> None:
        """See `Proposer`."""
        if self._pending:
            self._expected += self._pending
            self._followed += count

    def end(self, levels: int, passes: int) -> None:
        """Learn from a tree for which the helper was asked.

        It grew by so many levels, for which the draft alone takes at least as many passes; with
        proposals it took `passes`.
        """
        saved = max(min(levels - passes, self._followed), 0)
        wasted = self._rows - self._followed
        gain = saved * self._level - wasted * self._row(self._rows)
        gain -= self.seconds - self._began
        self._gain = gain if self._gain is None else _mix(self._gain, gain)
        if self._expected:
            trust = _mix(self._trust, min(self._followed / self._expected, 1.0))
            self._trust = max(trust, _LEAST_TRUST)
        self._last_asked = self._draft.seconds

    def _is_worth_asking(self, helper: Helper) -> bool:
        """Whether it gains time, with what it must read; or was long unused, and costs little."""
        if self._gain is None:
            self._gain = self._first_gain(helper)
        behind = helper.behind(self._text)
        reading = helper.model.curve.reading(behind) if behind > _IN_STEP else 0.0
        if self._gain is None or self._gain * _USUAL_GROWTHS > reading:
            return True
        lost = reading + max(-self._gain, 0.0)
        return lost < _PROBE_SHARE * (self._draft.seconds - self._last_asked)

    def _first_gain(self, helper: Helper) -> float | None:
        """What one chain of it should gain, by what passes cost; None where nobody knows that."""
        if not (helper.model.curve.points and self._draft.curve.points):
            return None
        tokens = _FIRST_CHANCE / (1 - _FIRST_CHANCE)
        return tokens * self._level - (1 + tokens) * self._price(helper, 1)

    def _chain(self, helper: Helper, path: Sequence[int], room: int) -> list[int]:
        """The helper's tokens, as many as promise more than they cost."""
        if not self._rows:
            self._catch_up(helper)
        least = self._price(helper, room) / self._level if self._level else 0.0
        tokens, chance = list[int](), self._trust
        for token, own in helper.chain(self._text, path, self._cancel):
            chance *= own
            tokens.append(token)
            self._pending += chance
            # The next token is most likely no surer than this one.
            if len(tokens) == room or chance * own < least:
                break
        self._rows += len(tokens)
        return tokens

    def _catch_up(self, helper: Helper) -> None:
        """Read what is missing of a long text; that is spent for the whole reply."""
        if helper.behind(self._text) > _IN_STEP:
            helper.rewind(self._text)
            helper.catch_up(self._text, self._cancel)
        self._began = self.seconds

    @property
    def _level(self) -> float:
        """Seconds of the pass that a level of the tree takes without proposals."""
        return self._draft.curve.seconds(1) or 0.0

    def _row(self, rows: int) -> float:
        """Seconds that each of so many further rows adds to the draft's pass."""
        return ((self._draft.curve.seconds(rows + 1) or 0.0) - self._level) / rows

    def _price(self, helper: Helper, rows: int) -> float:
        """Seconds for one token of the helper: its own pass, and a row of the draft's."""
        return (helper.model.curve.seconds(1) or 0.0) + self._row(rows)

    def _rows_are_cheap(self, count: int) -> bool:
        """Whether so many rows in one pass take less than half of as many passes."""
        together = self._draft.curve.seconds(count + 1)
        return together is None or together < count * self._level / 2


def _mix(before: float, latest: float) -> float:
    return before + _LATEST * (latest - before)
