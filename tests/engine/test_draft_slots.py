"""Draft slots on a fake that refuses to fork into a slot in use."""

import pytest

from engine.draft_slots import DraftSlots
from engine.draft_tree import ROOT, IntArray
from engine.flat_batch import frontier_batch, run_batch
from tests.fakes import FakeModel

PROMPT = [4, 5, 6]


def prefilled(slot_count: int = 4) -> tuple[FakeModel, DraftSlots]:
    model = FakeModel(slot_count=slot_count)
    model.decode(run_batch(PROMPT, 0, logits=True))
    return model, DraftSlots(model)


def decode(model: FakeModel, token: int, slot: int) -> None:
    position = len(model.seen(slot))
    model.decode(frontier_batch(ints(token), ints(position), ints(slot)))


def ints(value: int) -> IntArray:
    return run_batch([value], 0, logits=True).token


def placed(slots: DraftSlots, parent: int, parent_slot: int, length: int) -> int:
    slot = slots.place(parent, parent_slot, length)
    assert slot is not None
    return slot


def test_the_first_child_goes_on_in_its_parents_slot() -> None:
    model, slots = prefilled()
    assert slots.root == 0
    assert slots.place(ROOT, 0, 3) == 0
    assert slots.place(0, 0, 4) == 0
    assert model.seen(1) == ()


def test_each_further_child_forks_its_parents_path_and_no_more() -> None:
    model, slots = prefilled()
    decode(model, 7, placed(slots, ROOT, 0, 3))
    forked = [placed(slots, ROOT, 0, 3) for _ in range(3)]
    assert sorted(forked) == [1, 2, 3]
    assert model.seen(0) == (4, 5, 6, 7)
    assert all(model.seen(slot) == (4, 5, 6) for slot in forked)


def test_where_slots_run_out_a_fork_is_refused_and_a_first_child_is_not() -> None:
    model, slots = prefilled(slot_count=2)
    decode(model, 7, placed(slots, ROOT, 0, 3))
    decode(model, 8, placed(slots, ROOT, 0, 3))
    before = [model.seen(slot) for slot in range(2)]
    assert slots.place(ROOT, 0, 3) is None
    assert [model.seen(slot) for slot in range(2)] == before
    assert slots.place(0, 0, 4) == 0
    assert slots.place(1, 1, 4) == 1


@pytest.fixture
def branched() -> tuple[FakeModel, DraftSlots]:
    """Nodes 0 (slot 0) and 1 (forked) below the root; 2 and 3 below 1, of which 3 forked."""
    model, slots = prefilled()
    decode(model, 7, placed(slots, ROOT, 0, 3))
    first = placed(slots, ROOT, 0, 3)
    decode(model, 8, first)
    decode(model, 9, placed(slots, 1, first, 4))
    decode(model, 10, placed(slots, 1, first, 4))
    return model, slots


def slot_with(model: FakeModel, *tokens: int) -> int:
    return next(slot for slot in range(4) if model.seen(slot) == (*PROMPT, *tokens))


def test_keeping_a_part_frees_every_other_slot(branched: tuple[FakeModel, DraftSlots]) -> None:
    model, slots = branched
    kept = {slot_with(model, 8, 9), slot_with(model, 8, 10)}
    slots.keep(min(kept), kept, {1: ROOT, 2: 0, 3: 1})
    assert slots.root == min(kept)
    assert {slot for slot in range(4) if model.seen(slot)} == kept
    assert len(model.cells) == len(PROMPT) + 3, "the cell of node 0 is free"
    others = {placed(slots, ROOT, slots.root, 4) for _ in range(2)}
    assert others == set(range(4)) - kept, "what was freed is handed out again"
    assert slots.place(ROOT, slots.root, 4) is None


def test_the_new_root_still_knows_whether_its_slot_went_on(
    branched: tuple[FakeModel, DraftSlots],
) -> None:
    model, slots = branched
    went_on = slot_with(model, 8, 9)
    slots.keep(went_on, {went_on}, {1: ROOT, 2: 0})
    assert slots.place(0, went_on, 5) == went_on, "node 2, now 0, had no child yet"
    assert slots.place(ROOT, went_on, 4) != went_on, "node 1, now the root, had"


def test_a_node_that_falls_away_is_not_taken_for_one_of_its_number(
    branched: tuple[FakeModel, DraftSlots],
) -> None:
    model, slots = branched
    alone = slot_with(model, 7)
    slots.keep(alone, {alone}, {0: ROOT})
    assert slots.place(ROOT, alone, 4) == alone
    decode(model, 2, alone)
    assert slots.place(1, alone, 5) == alone, "another node 1 than the one that forked"
