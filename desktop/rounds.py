"""The rounds of a reply, as far as they are known: live, of this start, or from stored notes."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from desktop.conversations.values import ReplyNotes, TextOrigins
from engine.events import Origin, RoundStats, TreeDrawn

KEPT_NODES: Final = 200_000
"""Of all trees that are kept for replies of this start: some 30 MB."""


@dataclass(frozen=True)
class ReplyRound:
    """What is known of one round."""

    tokens: int
    """Accepted ones and the bonus."""
    stats: RoundStats | None = None
    """None: the reply was made before this start; only what it took is known."""
    tree: TreeDrawn | None = None
    """None: nothing was guessed."""

    @property
    def seconds(self) -> float:
        """Wall clock; 0 where nobody knows."""
        stats = self.stats
        return stats.draft_seconds + stats.target_seconds + stats.other_seconds if stats else 0.0


@dataclass(frozen=True)
class TokenSpan:
    """One token of a reply: its place in the text, where it came from, and in which round."""

    start: int
    end: int
    origin: Origin
    round: int
    depth: int
    """Rounds and depths count from 1; the bonus stands one below the accepted path."""


class SpanReader:
    """Reads the tokens of a reply, and goes on where it stopped when there are more.

    Those of older notes that do not say which text is whose are left out. A round ends in the
    target's own token.
    """

    def __init__(self, origins: Sequence[TextOrigins]) -> None:
        self.origins: Final = origins
        self.spans: Final[list[TokenSpan]] = []
        self._read = self._start = self._depth = 0
        self._round = 1

    def read(self) -> Sequence[TokenSpan]:
        """All tokens there are now."""
        for part in islice(self.origins, self._read, None):
            for origin in part.origins:
                self._add(part, origin)
            self._start += part.characters
        self._read = len(self.origins)
        return self.spans

    def _add(self, part: TextOrigins, origin: Origin) -> None:
        self._depth += 1
        if len(part.origins) == 1:
            end = self._start + part.characters
            self.spans.append(TokenSpan(self._start, end, origin, self._round, self._depth))
        if origin is Origin.TARGET:
            self._round, self._depth = self._round + 1, 0


def token_spans(origins: Sequence[TextOrigins]) -> Sequence[TokenSpan]:
    """The tokens of a reply that has ended."""
    return SpanReader(origins).read()


def stored_rounds(text: str, notes: ReplyNotes) -> list[ReplyRound]:
    """The rounds of a reply of an earlier start: what the target took, without what it refused."""
    taken: OrderedDict[int, list[TokenSpan]] = OrderedDict()
    for span in token_spans(notes.origins):
        taken.setdefault(span.round, []).append(span)
    rounds, root = [], ""
    for spans in taken.values():
        pieces = [text[span.start : span.end] for span in spans]
        rounds.append(ReplyRound(len(spans), tree=_taken_path(root, pieces, spans)))
        root = pieces[-1]
    return rounds


def _taken_path(root: str, pieces: list[str], spans: list[TokenSpan]) -> TreeDrawn | None:
    count = sum(span.origin is not Origin.TARGET for span in spans)
    if not count:
        return None
    return TreeDrawn(
        turn_id=0,
        root=root,
        pieces=tuple(pieces[:count]),
        parents=tuple(range(-1, count - 1)),
        chances=(),
        origins=tuple(span.origin for span in spans[:count]),
        path=tuple(range(count)),
        bonus=pieces[-1] if len(pieces) > count else "",
    )


def accepted_by_depth(rounds: Sequence[ReplyRound]) -> list[int]:
    """In how many rounds the target took a guess of each depth, from depth 1."""
    depths = [len(one.tree.path) for one in rounds if one.tree]
    return [
        sum(depth >= wanted for depth in depths) for wanted in range(1, max(depths, default=0) + 1)
    ]


class RoundArchive:
    """The rounds of replies that ended since the start; the oldest go when there are too many."""

    def __init__(self, kept_nodes: int = KEPT_NODES) -> None:
        self._kept_nodes = kept_nodes
        self._replies: OrderedDict[str, Sequence[ReplyRound]] = OrderedDict()
        self._nodes = 0

    def keep(self, message_id: str, rounds: Sequence[ReplyRound]) -> None:
        """Keep the rounds of a reply that has ended."""
        self._replies[message_id] = rounds
        self._nodes += _nodes(rounds)
        while self._nodes > self._kept_nodes and len(self._replies) > 1:
            self._nodes -= _nodes(self._replies.popitem(last=False)[1])

    def get(self, message_id: str) -> Sequence[ReplyRound]:
        """The rounds of a reply; none where they are not kept."""
        return self._replies.get(message_id, ())


def _nodes(rounds: Sequence[ReplyRound]) -> int:
    return sum(len(one.tree.pieces) for one in rounds if one.tree)
