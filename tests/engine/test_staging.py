"""Who proposes, how much of it, and when the helper rests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from engine.cancel import CancelToken
from engine.helper import Helper
from engine.latency import CostCurve, MeasuredModel
from engine.staging import HelperState, Staging
from tests.fakes import FakeModel

TEXT = [4, 5, 6, 7]
FLAT = CostCurve([(1, 0.100), (32, 0.102)])
"""Rows cost next to nothing, as on a GPU."""
STEEP = CostCurve([(1, 0.100), (32, 3.2)])
"""Each row costs as much as a pass."""


class FixedCurve(CostCurve):
    """Costs that no real pass of the fake changes."""

    def observe(self, rows: int, seconds: float) -> None:
        pass


@dataclass
class Stage:
    """A staging whose passes take what the test says."""

    curve: CostCurve = field(default_factory=lambda: CostCurve(FLAT.points))
    helper_seconds: float | None = 0.001
    """Of each pass; None for no helper."""
    knows: Sequence[int] = ()
    """What the text suggests."""
    state: HelperState | None = None
    cells: int = 4000

    def __post_init__(self) -> None:
        self.draft = MeasuredModel(FakeModel())
        self.draft.curve = self.curve
        self.fake = FakeModel(slot_count=1, context_length=self.cells, max_rows=256, sharpness=9.0)
        self.helper = None
        if self.helper_seconds is not None:
            model = MeasuredModel(self.fake)
            model.curve = FixedCurve([(1, self.helper_seconds), (256, 10 * self.helper_seconds)])
            self.helper = Helper(model, 12)
        self.staging = Staging(self.draft, lambda _path: self.knows, self.helper, self.state)

    def grow(self, *, right: float = 1.0, text: Sequence[int] = TEXT, room: int = 6) -> int:
        """A growth with one proposal, of which this share was right; returns its length."""
        self.draft.seconds += 0.1
        self.staging.begin(text, CancelToken())
        passes = self.fake.passes
        proposed = len(self.staging.propose([8], room))
        if self.helper is not None:
            self.helper.model.seconds += (self.helper_seconds or 0) * (self.fake.passes - passes)
        worth = round(right * proposed)
        if proposed:
            self.staging.followed(worth)
        if self.staging.has_asked:
            self.staging.end(levels=1 + worth, passes=1)
        return proposed


def test_what_the_text_knows_comes_first_and_costs_nothing() -> None:
    stage = Stage(knows=[1, 2, 4, 5])
    stage.staging.begin(TEXT, CancelToken())
    assert list(stage.staging.propose([8], 3)) == [1, 2, 4]
    assert not stage.staging.has_asked
    assert stage.fake.passes == 0


def test_where_the_text_has_no_idea_the_helper_guesses() -> None:
    stage = Stage()
    assert stage.grow() == 6
    assert stage.fake.passes == 6


def test_without_a_helper_there_is_only_the_text() -> None:
    assert Stage(helper_seconds=None).grow() == 0
    assert Stage(helper_seconds=None, knows=[1]).grow() == 1


def test_the_text_is_not_asked_where_rows_are_as_dear_as_passes() -> None:
    stage = Stage(curve=CostCurve(STEEP.points), helper_seconds=None, knows=[1, 2, 3])
    assert stage.grow() == 0


def test_a_chain_ends_where_the_next_token_promises_less_than_it_costs() -> None:
    cheap, dear = Stage(), Stage(helper_seconds=0.08, state=(1.0, 1.0))
    assert cheap.grow(room=15) > dear.grow(room=15) >= 1


def test_a_helper_as_slow_as_the_draft_is_not_even_tried() -> None:
    stage = Stage(helper_seconds=0.1)
    assert sum(stage.grow() for _ in range(90)) == 0


def test_where_rows_are_dear_a_helper_is_not_tried() -> None:
    stage = Stage(curve=CostCurve(STEEP.points))
    assert sum(stage.grow() for _ in range(10)) == 0


def test_a_helper_that_is_always_wrong_soon_rests_and_is_seldom_tried_again() -> None:
    stage = Stage(helper_seconds=0.02)
    asked = [stage.grow(right=0.0) > 0 for _ in range(400)]
    assert asked[0]
    assert 1 <= sum(asked[40:]) < 25, "texts change, so it is tried again, but seldom"
    assert stage.staging.state is not None
    assert stage.staging.state[0] < 0


def test_all_that_a_useless_helper_takes_is_a_hundredth_of_the_drafting_in_the_long_run() -> None:
    stage = Stage(helper_seconds=0.02)
    for _ in range(20):
        stage.grow(right=0.0)
    assert stage.helper is not None
    lost, drafted = stage.helper.model.seconds, stage.draft.seconds
    for _ in range(2000):
        stage.grow(right=0.0)
    lost = stage.helper.model.seconds - lost
    assert 0 < lost < 0.02 * (stage.draft.seconds - drafted)


def test_a_helper_that_is_right_again_works_again() -> None:
    stage = Stage(helper_seconds=0.02)
    for _ in range(40):
        stage.grow(right=0.0)
    asked = [stage.grow(right=1.0) > 0 for _ in range(1000)]
    assert all(asked[-20:])


def test_reading_a_long_text_must_pay_within_a_reply() -> None:
    text = [token % 12 for token in range(3000)]
    reading = CostCurve([(1, 0.02), (256, 0.2)]).reading(3000)
    short, hopeless = Stage(helper_seconds=0.02), Stage(helper_seconds=0.02, state=(0.01, 1.0))
    worth = Stage(helper_seconds=0.02, state=(reading, 1.0))
    assert short.grow() > 0
    assert hopeless.grow(text=text) == 0
    assert worth.grow(text=text) > 0


def test_what_was_read_for_the_whole_reply_is_no_loss_of_one_growth() -> None:
    text = [token % 12 for token in range(600)]
    stage = Stage(state=(1.0, 1.0))
    stage.grow(text=text)
    assert stage.staging.state is not None
    assert stage.staging.state[0] > 0


def test_what_was_learnt_outlives_the_session() -> None:
    stage = Stage(helper_seconds=0.02)
    for _ in range(20):
        stage.grow(right=0.0)
    state = stage.staging.state
    again = Stage(helper_seconds=0.02, state=state)
    assert again.grow() == 0
    assert again.staging.state == state


def test_nobody_knows_what_was_never_measured() -> None:
    stage = Stage(helper_seconds=None)
    assert stage.staging.state is None


@pytest.mark.parametrize("room", [1, 2, 5])
def test_no_proposal_is_longer_than_its_room(room: int) -> None:
    assert Stage().grow(room=room) <= room
    assert Stage(knows=[1, 2, 4, 5, 6, 7]).grow(room=room) == room
