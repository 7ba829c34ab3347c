"""What trees cost the window: laying out, painting, and going from round to round.

Rows for `make bench-ui`; alone: `python packaging/tree_bench.py`.
"""

import os
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtWidgets import QApplication

import made_up
from desktop.app import Desktop
from desktop.pair_model import Phase
from desktop.views.tree_canvas import TreeCanvas, TreeScroll
from desktop.views.tree_layout import PILLS_UP_TO
from engine.cancel import CancelToken
from engine.events import (
    Event,
    FinishReason,
    Origin,
    RoundFinished,
    RoundStats,
    TextDelta,
    TreeDrawn,
    TurnFinished,
    TurnStats,
)
from ui_timing import spread, timed, wait_until

BUDGETS: Final = (160, 600)
ROUNDS: Final = 40
TAKEN: Final = 7
REPEATS: Final = 100
ROOM: Final = (680, 600)
"""Pixels for the tree in a window of its own."""
_WORDS: Final = (" the", " of", " returns", " then", " so", " most_common", "()", "\n", " by", ",")
_ORIGINS: Final = (*[Origin.TREE] * 5, Origin.NGRAM, Origin.RECYCLED)
_SEED: Final = 4


def tree(chance: random.Random, budget: int, turn_id: int = 0) -> TreeDrawn:
    """One of `budget` nodes as a draft grows them: the likeliest path far down, the rest beside."""
    parents, chances = list(range(-1, TAKEN - 1)), [0.85 ** (depth + 1) for depth in range(TAKEN)]
    while len(parents) < budget:
        above = max(chance.choices(range(len(parents)), k=3), key=chances.__getitem__)
        above = above if chance.random() < 0.9 else -1  # noqa: PLR2004 - one in ten at the root
        parents.append(above)
        chances.append((chances[above] if above >= 0 else 1.0) * chance.uniform(0.2, 0.7))
    words = [chance.choice(_WORDS) for _ in parents]
    origins = tuple(chance.choice(_ORIGINS) for _ in parents)
    return TreeDrawn(
        *(turn_id, ":", tuple(words), tuple(parents), tuple(chances), origins),
        *(tuple(range(TAKEN)), " bonus"),
    )


@dataclass
class Rounds(made_up.NothingLoaded):
    """A session whose reply has many rounds of large trees."""

    budget: int

    def events(self, turn_id: int, cancel: CancelToken) -> Iterator[Event]:
        """All rounds at once."""
        del cancel
        chance = random.Random(_SEED)  # noqa: S311 - for a measurement
        for _round in range(ROUNDS):
            drawn = tree(chance, self.budget, turn_id)
            pieces = (*drawn.pieces[:TAKEN], drawn.bonus)
            yield drawn
            yield RoundFinished(
                turn_id, RoundStats("tree", "", self.budget, 9, 9, TAKEN, 0.1, 0.6, 0.0)
            )
            origins = (*drawn.origins[:TAKEN], Origin.TARGET)
            yield TextDelta(turn_id, "".join(pieces), origins, tuple(map(len, pieces)))
        yield TurnFinished(turn_id, FinishReason.END, _totals())


def _totals() -> TurnStats:
    return TurnStats(
        tokens=ROUNDS * (TAKEN + 1),
        target_passes=ROUNDS,
        prompt_tokens=20,
        prompt_tokens_reused=0,
        prompt_seconds=0.1,
        first_token_seconds=0.1,
        draft_seconds=4.0,
        target_seconds=24.0,
        other_seconds=0.0,
        mode="tree",
        reason="",
        plain_tokens_per_second=2.4,
    )


def rows(application: QApplication) -> Iterator[tuple[str, str]]:
    """Every figure, for trees of both sizes."""
    for budget in BUDGETS:
        yield from _rounds(application, budget)


def _rounds(application: QApplication, budget: int) -> Iterator[tuple[str, str]]:
    desktop = made_up.desktop(application, lambda *_, **__: Rounds(budget))
    desktop.window.resize(1280, 800)
    desktop.start()
    wait_until(lambda: desktop.pair.phase is Phase.READY)
    desktop.chat.open(None)
    desktop.chat.send("Trees")
    wait_until(lambda: desktop.chat.run is None)
    opened = timed(partial(desktop.window.side.show_tree, shown=True))
    yield f"tree of {budget} nodes: opening the panel, ms", f"{opened:.1f}"
    choose = desktop.window.tree.choose
    numbers = islice(cycle(range(1, ROUNDS + 1)), REPEATS)
    took = [timed(partial(choose, number)) for number in numbers]
    yield f"tree of {budget} nodes: another round, ms: median / p99 / most", spread(took)
    yield from _canvas(desktop, budget)
    desktop.shutdown()
    desktop.window.deleteLater()


def _canvas(desktop: Desktop, budget: int) -> Iterator[tuple[str, str]]:
    """The picture alone: as it comes, and with everything unfolded."""
    chance = random.Random(_SEED)  # noqa: S311 - for a measurement
    canvas = TreeCanvas(desktop.theme)
    scroll = TreeScroll(canvas)
    scroll.resize(*ROOM)
    scroll.show()
    drawn = [tree(chance, budget) for _ in range(ROUNDS)]
    took = [timed(partial(canvas.show_tree, one, 1, [0.5] * TAKEN)) for one in drawn]
    yield f"tree of {budget} nodes: layout and painting, ms: median / p99 / most", spread(took)
    yield _painting(canvas, budget, "")
    for node in range(-1, budget):
        canvas.unfold(node)
    QApplication.processEvents()
    yield _painting(canvas, budget, ", all unfolded")
    scroll.deleteLater()


def _painting(canvas: TreeCanvas, budget: int, how: str) -> tuple[str, str]:
    shown = len(canvas.places)
    kind = "dots" if shown > PILLS_UP_TO else "pills"
    what = f"tree of {budget} nodes{how}: painting its {shown} {kind}"
    took = [timed(canvas.repaint) for _ in range(REPEATS)]
    return f"{what}, ms: median / p99 / most", spread(took)


def main() -> None:
    """Print the table."""
    application = QApplication([])
    with tempfile.TemporaryDirectory() as home:
        os.environ["OUTRIDER_HOME"] = home
        print("| what | figure |\n|---|---|")
        for what, figure in rows(application):
            print(f"| {what} | {figure} |", flush=True)


if __name__ == "__main__":
    main()
