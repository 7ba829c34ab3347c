"""Reading the prompt: progress, what is reused, and the draft that works meanwhile."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.cancel import CancelToken
from engine.errors import Cancelled
from engine.flat_batch import FlatBatch
from engine.grow_tree import TreeShape
from engine.planner import TREE, FixedPlanner, Plan
from engine.ports import FloatRows
from engine.read_prompt import read_prompt
from tests.engine.trees import Pair, make_pair
from tests.fakes import FakeModel

PROMPT = [4, 5, 6, 7, 8, 9, 10, 4, 5]
TREES = FixedPlanner(Plan(TREE, "chosen", TreeShape(budget=8), 8))


class SlowTarget(FakeModel):
    """A target whose passes last until the draft has had its turn."""

    drafted = threading.Event()

    def decode(self, batch: FlatBatch) -> FloatRows:
        assert self.drafted.wait(10), "the draft does not work beside the target"
        return super().decode(batch)


class SignallingDraft(FakeModel):
    """A draft that lets the target go on once it has decoded something."""

    def decode(self, batch: FlatBatch) -> FloatRows:
        logits = super().decode(batch)
        SlowTarget.drafted.set()
        return logits


@pytest.fixture
def beside() -> Iterator[Pair]:
    """A pair whose draft works while the target does."""
    SlowTarget.drafted.clear()
    with ThreadPoolExecutor(1) as pool:
        yield make_pair(
            TREES,
            target=SlowTarget(max_rows=64),
            draft=SignallingDraft(slot_count=64),
            ends={3},
            background=pool,
        )


def test_progress_tells_what_is_done_and_what_was_reused() -> None:
    pair = make_pair(TREES, target=FakeModel(max_rows=4), draft=FakeModel(), ends={3})
    assert list(read_prompt(pair.speculation, PROMPT, CancelToken())) == [(0, 0), (4, 0), (8, 0)]
    assert pair.speculation.prefix.tokens == PROMPT[:-1]
    longer = [*PROMPT[:6], 11, 11, 11, 11]
    assert list(read_prompt(pair.speculation, longer, CancelToken())) == [(6, 6), (9, 6)]
    assert pair.draft.passes == 0, "a plain reply needs no draft"


def test_the_draft_reads_and_grows_while_the_target_reads(beside: Pair) -> None:
    assert list(read_prompt(beside.speculation, PROMPT, CancelToken())) == [(0, 0), (8, 0)]
    drafter = beside.speculation.guesser.drafter
    assert drafter is not None
    assert drafter.prefix.tokens == PROMPT
    beside.speculation.restore()
    assert list(beside.draft.seen(0)) == PROMPT


def test_a_round_without_the_draft_leaves_it_alone_while_the_prompt_is_read(beside: Pair) -> None:
    SlowTarget.drafted.set()
    plain = make_pair(
        FixedPlanner(Plan("plain", "off")),
        target=beside.target,
        draft=beside.draft,
        ends={3},
        background=beside.speculation.background,
    )
    assert list(read_prompt(plain.speculation, PROMPT, CancelToken()))[-1] == (8, 0)
    assert beside.draft.passes == 0


def test_a_stop_while_both_read_leaves_prefixes_of_the_prompt(beside: Pair) -> None:
    cancel = CancelToken()
    reading = read_prompt(beside.speculation, PROMPT, cancel)
    assert next(reading) == (0, 0)
    cancel.cancel()
    SlowTarget.drafted.set()
    with pytest.raises(Cancelled):
        list(reading)
    other = [4, 5, 11, 11]
    assert list(read_prompt(beside.speculation, other, CancelToken()))[-1][0] == 3
    assert beside.speculation.prefix.tokens == other[:-1]
    beside.speculation.restore()
    assert tuple(beside.draft.seen(0)) == tuple(other), "the next prompt starts clean"
