"""What the command palette offers, and in which order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.fuzzy import Match, match

MOST_SHOWN: Final = 50
_MOST_RECENT: Final = 8
_RECENT_BONUS: Final = 4.0


@dataclass(frozen=True)
class Entry:
    """Something to go to or to do."""

    id: str
    words: str
    detail: str
    """What kind of thing it is, or its shortcut."""
    run: Callable[[], object]


@dataclass(frozen=True)
class Offered:
    """An entry, and which letters of it were typed."""

    entry: Entry
    positions: tuple[int, ...] = ()


class Recent:
    """The ids of what was chosen last, the newest first."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self.ids = list(ids)[:_MOST_RECENT]

    def add(self, id_: str) -> None:
        """`id_` was chosen."""
        self.ids = [id_, *(one for one in self.ids if one != id_)][:_MOST_RECENT]


def offer(entries: Sequence[Entry], recent: Recent, query: str) -> list[Offered]:
    """What matches, best first; without a query what was chosen last, then all in their order."""
    ranks = {id_: rank for rank, id_ in enumerate(recent.ids)}
    if not query.strip():
        first = sorted(entries, key=lambda entry: ranks.get(entry.id, len(ranks)))
        return [Offered(entry) for entry in first[:MOST_SHOWN]]
    found = [(entry, hit) for entry in entries if (hit := match(query, entry.words))]
    found.sort(key=lambda pair: -_score(pair[0], pair[1], ranks))
    return [Offered(entry, hit.positions) for entry, hit in found[:MOST_SHOWN]]


def _score(entry: Entry, hit: Match, ranks: dict[str, int]) -> float:
    rank = ranks.get(entry.id)
    return hit.score + (0.0 if rank is None else _RECENT_BONUS / (1 + rank))
