"""What the window costs: long conversations, scrolling, streaming: `make bench-ui` prints a table.

The engine of the first rows is made up. The last rows are of the pair of benchmark models, if it is
on this computer: how late the window's thread comes to its events while a real reply streams.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

import made_up
import tree_bench
from desktop.app import Desktop
from desktop.conversations.values import ConversationTree, MessageState, StoredMessage
from desktop.pair_model import Phase
from desktop.settings import DRAFT, TARGET, Settings
from engine import paths
from engine.cancel import CancelToken
from engine.config import Mode
from engine.errors import ModelNotFound
from engine.events import (
    Event,
    FinishReason,
    Origin,
    Role,
    RoundFinished,
    RoundStats,
    TextDelta,
    TurnFinished,
    TurnStats,
)
from engine.library.models import resolve_model
from heartbeat import STALL_MS, Heartbeat
from ui_timing import spread, timed, wait_until

MESSAGES: Final = 5_000
OPENINGS: Final = 5
WHEEL: Final = 60
"""Pixels of one step of the wheel."""
STEPS: Final = 1_000
LETTERS: Final = 1_000_000
TOKENS_PER_SECOND: Final = 200
TOKENS: Final = 2_000
FRAME_MS: Final = 1000 / 60
BUDGET: Final = 32
PAIR: Final = ("qwen-1.5b", "qwen-0.5b")
QUESTION: Final = (
    "Explain how a hash table works, with a Python implementation, a table that compares it with "
    "other structures, and a list of what to look out for."
)
PARAGRAPH: Final = (
    "A **hash table** keeps pairs in `buckets`: the place of a pair follows from its key, so that "
    "one look is enough, however many pairs there are.\n\n"
)
CODE: Final = (
    "```python\n" + "def place(key: str) -> int:\n    return hash(key) % size\n\n" * 6 + "```\n\n"
)
TABLE: Final = "| what | list | table |\n|---|---|---|\n" + "| look up | slow | fast |\n" * 4 + "\n"
ITEMS: Final = "- keys that collide\n- tables that are full\n- keys that change\n\n"
WRITING: Final = (PARAGRAPH * 3 + CODE + ITEMS + TABLE) * 20


class Steady(made_up.NothingLoaded):
    """A session that writes the same tokens at the same speed, each round of four."""

    def events(self, turn_id: int, cancel: CancelToken) -> Iterator[Event]:
        """Four characters a token."""
        start = time.perf_counter()
        for done in range(0, TOKENS, 4):
            late = start + done / TOKENS_PER_SECOND - time.perf_counter()
            time.sleep(max(0.0, late))
            if cancel.cancelled:
                break
            text = WRITING[done * 4 : done * 4 + 16]
            origins = (Origin.TREE, Origin.TREE, Origin.NGRAM, Origin.TARGET)
            yield TextDelta(turn_id, text, origins, (4, 4, 4, 4))
            yield RoundFinished(turn_id, ROUND)
        yield TurnFinished(turn_id, FinishReason.END, TURN)


ROUND: Final = RoundStats("tree", "", 16, 6, 5, 3, 0.005, 0.015, 0.0)
TURN: Final = TurnStats(
    tokens=TOKENS,
    target_passes=TOKENS // 4,
    prompt_tokens=20,
    prompt_tokens_reused=0,
    prompt_seconds=0.1,
    first_token_seconds=0.1,
    draft_seconds=2.0,
    target_seconds=8.0,
    other_seconds=0.0,
    mode="tree",
    reason="",
    plain_tokens_per_second=60.0,
)


def conversation(name: str) -> ConversationTree:
    """Questions and long answers in turn."""
    messages = [
        StoredMessage(
            *(f"{name}-{place}", name, f"{name}-{place - 1}" if place else None),
            Role.ASSISTANT if place % 2 else Role.USER,
            PARAGRAPH * (place % 5 + 1) + CODE * (place % 4 == 1) if place % 2 else PARAGRAPH,
            MessageState.COMPLETE,
            float(place),
        )
        for place in range(MESSAGES)
    ]
    return ConversationTree(name, name, 0.0, 1.0, messages[-1].id, tuple(messages))


def opening(desktop: Desktop) -> Iterator[tuple[str, str]]:
    """Opening conversations of 5,000 messages, and scrolling in one of them."""
    names = [f"long {number}" for number in range(OPENINGS)]
    desktop.store.add_trees(map(conversation, names))
    took = [timed(partial(desktop.chat.open, name)) for name in names]
    yield "open 5,000 messages, ms, median of 5", f"{statistics.median(took):.0f}"
    bar = desktop.window.page.messages.verticalScrollBar()
    frames = [timed(lambda: bar.setValue(bar.value() - WHEEL)) for _ in range(STEPS)]
    yield "one step of scrolling, ms: median / p99 / most", spread(frames)
    slow = sum(frame > FRAME_MS for frame in frames)
    yield "steps longer than a frame of 1/60 s", f"{slow} of {STEPS}"
    places = [timed(partial(bar.setValue, bar.maximum() * at // 50)) for at in range(50)]
    yield "a jump to any place, ms: median / p99 / most", spread(places)
    yield "open a reply of a million letters, ms: at once / longest turn after it", huge(desktop)


def huge(desktop: Desktop) -> str:
    """Opening one reply that is read on between the events, until all of it is."""
    text = WRITING * (LETTERS // len(WRITING) + 1)
    asked, reply = (
        StoredMessage(
            *(f"huge-{role}", "huge", above, role, words, MessageState.COMPLETE, float(at))
        )
        for at, (role, above, words) in enumerate(
            ((Role.USER, None, QUESTION), (Role.ASSISTANT, f"huge-{Role.USER}", text))
        )
    )
    tree = ConversationTree("huge", "huge", 0.0, 1.0, reply.id, (asked, reply))
    desktop.store.add_trees([tree])
    first = timed(partial(desktop.chat.open, "huge"))
    turns = [timed(lambda: None) for _ in range(LETTERS // 1_000)]
    return f"{first:.0f} / {max(turns):.0f}"


def streaming(desktop: Desktop, what: str) -> Iterator[tuple[str, str]]:
    """Replies of 200 tokens/s: how late events come, then what the window's own thread computes.

    Not both in one: the heartbeat takes a percent of a core itself.
    """
    with Heartbeat() as heart:
        _reply(desktop)
    _tell_stalls(f"200 tokens/s{what}", heart)
    yield f"200 tokens/s{what}: events late, ms: median / p99 / most", spread(heart.late)
    wall, cpu = time.perf_counter(), time.thread_time()
    _reply(desktop)
    wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
    yield f"200 tokens/s{what}: share of a core", f"{100 * cpu / wall:.1f} %"


def _reply(desktop: Desktop) -> None:
    """The question in a conversation of its own, until its reply has ended."""
    loop = QEventLoop()
    desktop.chat.open(None)
    desktop.chat.reply_ended.connect(loop.quit)
    QTimer.singleShot(0, lambda: desktop.chat.send(QUESTION))
    loop.exec()
    desktop.chat.reply_ended.disconnect(loop.quit)


def real(desktop: Desktop) -> Iterator[tuple[str, str]]:
    """A reply of the pair of benchmark models, drafted by trees."""
    with Heartbeat() as heart:
        _reply(desktop)
    _tell_stalls("the Qwen pair", heart)
    notes = desktop.chat.messages()[-1].message.notes
    speed = f"{notes.tokens} tokens, {notes.tokens_per_second:.1f} a second" if notes else "broken"
    yield "the Qwen pair", speed
    yield "the Qwen pair: events late, ms: median / p99 / most", spread(heart.late)


def _tell_stalls(what: str, heart: Heartbeat) -> None:
    """Where the window's thread stood meanwhile; not in the table."""
    for stall in heart.stalls:
        print(f"{what}: an event more than {STALL_MS} ms late, {stall}", file=sys.stderr)


def with_made_up_engine(application: QApplication) -> Iterator[tuple[str, str]]:
    """The rows that need no model."""
    desktop = made_up.desktop(application, lambda *_, **__: Steady())
    yield from _run(desktop, opening)
    yield from streaming(desktop, "")
    desktop.window.side.show_tree(shown=True)
    yield from streaming(desktop, ", tree panel open")
    desktop.shutdown()
    desktop.window.deleteLater()


def with_real_engine(
    application: QApplication, target: Path, draft: Path
) -> Iterator[tuple[str, str]]:
    """The rows of a real pair."""
    settings = Settings(paths.config_dir() / "settings.toml")
    settings.set(TARGET, str(target))
    settings.set(DRAFT, str(draft))
    desktop = Desktop(application)
    desktop.pair.speculate(mode=Mode.TREE, budget=BUDGET)
    yield from _run(desktop, real)
    desktop.shutdown()


def _run(
    desktop: Desktop, rows: Callable[[Desktop], Iterator[tuple[str, str]]]
) -> Iterator[tuple[str, str]]:
    desktop.window.resize(1280, 800)
    desktop.start()
    wait_until(lambda: desktop.pair.phase is Phase.READY)
    yield from rows(desktop)


def found(name: str) -> Path | None:
    """A model file of this computer."""
    try:
        return resolve_model(name)
    except ModelNotFound:
        return None


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default=PAIR[0])
    parser.add_argument("--draft", default=PAIR[1])
    chosen = parser.parse_args(arguments)
    target, draft = found(chosen.target), found(chosen.draft)
    application = QApplication([])
    with tempfile.TemporaryDirectory() as home:
        os.environ["OUTRIDER_HOME"] = home
        rows = [with_made_up_engine(application), tree_bench.rows(application)]
        if target and draft:
            rows.append(with_real_engine(application, target, draft))
        print("| what | figure |\n|---|---|")
        for what, figure in chain.from_iterable(rows):
            print(f"| {what} | {figure} |", flush=True)
    if not (target and draft):
        print("\nThe real pair was not measured: `make bench` fetches it.")


if __name__ == "__main__":
    main(sys.argv[1:])
