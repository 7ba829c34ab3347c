"""Cost curves, and a measurement that ends in time on a slow machine."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import latency
from engine.flat_batch import FlatBatch, frontier_batch, run_batch
from engine.latency import CostCurve, MeasuredModel, measure_costs
from engine.ports import FloatRows
from tests.fakes import FakeModel


def curve(points: dict[int, float]) -> CostCurve:
    made = CostCurve()
    for rows, seconds in points.items():
        made.observe(rows, seconds)
    return made


def test_nothing_measured_is_nothing_known() -> None:
    assert CostCurve().seconds(1) is None
    assert CostCurve().measured(1) is None


@pytest.mark.parametrize(
    ("rows", "seconds"),
    [(1, 1.0), (2, 1.0), (3, 2.0), (4, 3.0), (8, 4.0), (12, 5.0), (16, 6.0), (1000, 252.0)],
)
def test_between_measured_passes_lie_lines_and_the_last_goes_on(rows: int, seconds: float) -> None:
    measured = curve({16: 6.0, 2: 1.0, 4: 3.0, 8: 4.0})
    assert measured.seconds(rows) == pytest.approx(seconds)


def test_one_point_and_a_falling_end_are_carried_on_flat() -> None:
    assert curve({4: 2.0}).seconds(100) == 2.0
    assert curve({1: 3.0, 4: 2.0}).seconds(100) == 2.0


def test_a_new_measurement_moves_the_mean_towards_it() -> None:
    measured = curve({4: 1.0})
    measured.observe(4, 2.0)
    seconds = measured.measured(4)
    assert seconds is not None
    assert 1.0 < seconds < 2.0
    assert measured.points == [(4, seconds)]
    measured.forget()
    assert measured.points == []


@given(
    points=st.dictionaries(st.integers(1, 600), st.floats(1e-4, 10), min_size=1),
    rows=st.integers(1, 700),
)
def test_an_estimate_is_never_below_the_cheapest_measured_pass(
    points: dict[int, float], rows: int
) -> None:
    seconds = curve(points).seconds(rows)
    assert seconds is not None
    assert seconds >= min(points.values()) * (1 - 1e-9)


@dataclass
class Clock:
    """A clock that only the model moves, and on which its thread runs a quarter of the time."""

    now: float = 0.0

    def perf_counter(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.now / 4


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(latency, "time", made)
    return made


@dataclass
class SlowModel(FakeModel):
    """Each pass takes as long as `cost` says for its number among all passes and its rows."""

    clock: Clock | None = None
    cost: Callable[[int, int], float] = lambda _number, _rows: 0.0

    def decode(self, batch: FlatBatch) -> FloatRows:
        assert self.clock is not None
        self.clock.now += self.cost(self.passes, len(batch))
        return super().decode(batch)


def slow(clock: Clock, cost: Callable[[int, int], float]) -> MeasuredModel:
    return MeasuredModel(SlowModel(clock=clock, cost=cost))


def test_a_fast_machine_measures_every_size_without_the_warm_up(clock: Clock) -> None:
    model = slow(clock, lambda number, rows: 0.5 if number == 0 else rows / 1000)
    measure_costs(model, [1, 33, 8], limit_seconds=1.0)
    assert [rows for rows, _ in model.curve.points] == [1, 8, 33]
    assert [s for _, s in model.curve.points] == pytest.approx([0.001, 0.008, 0.033])


KNOWN = {1: 0.01, 16: 0.05, 4: 0.02, 32: 0.2}


def test_a_known_curve_is_taken_over_where_one_row_and_many_cost_what_they_did(
    clock: Clock,
) -> None:
    known = curve(KNOWN)
    model = slow(clock, lambda _number, rows: KNOWN[rows] * 1.1)
    measure_costs(model, [1, 16, 4, 32], 1.0, known)
    assert model.curve is known
    assert clock.now == pytest.approx(1.1 * (0.01 + 0.01 + 0.05)), "the rest is not measured"


@pytest.mark.parametrize("changed", [{1: 0.02}, {16: 0.1}, {16: 0.02}])
def test_where_either_changed_all_sizes_are_measured_anew(
    clock: Clock, changed: dict[int, float]
) -> None:
    costs = KNOWN | changed
    model = slow(clock, lambda _number, rows: costs[rows])
    measure_costs(model, [1, 16, 4, 32], 1.0, curve(KNOWN))
    assert dict(model.curve.points) == pytest.approx(costs)


@pytest.mark.parametrize("known", [{}, {1: 0.01}, {16: 0.05}])
def test_a_curve_without_the_compared_sizes_is_measured_anew(
    clock: Clock, known: dict[int, float]
) -> None:
    model = slow(clock, lambda _number, rows: KNOWN[rows])
    measure_costs(model, [1, 16, 4, 32], 1.0, curve(known))
    assert dict(model.curve.points) == pytest.approx(KNOWN)


def test_a_slow_machine_stops_after_the_limit(clock: Clock) -> None:
    model = slow(clock, lambda _number, rows: 0.3 if rows == 1 else 2.0)
    measure_costs(model, [1, 33, 8, 32], limit_seconds=1.0)
    assert [rows for rows, _ in model.curve.points] == [1, 33]
    assert clock.now == pytest.approx(0.3 + 0.3 + 2.0)


def test_a_disk_that_is_slower_than_the_limit_is_read_once(clock: Clock) -> None:
    model = slow(clock, lambda _number, _rows: 6.0)
    measure_costs(model, [1, 33], limit_seconds=1.0)
    assert model.curve.points == [(1, 6.0)]
    assert clock.now == 6.0


def test_the_cache_is_empty_after_measuring(clock: Clock) -> None:
    fake = SlowModel(clock=clock)
    measure_costs(MeasuredModel(fake), [1, 33, 8], limit_seconds=1.0)
    assert fake.cells == []


def test_native_seconds_add_up_and_only_whole_passes_enter_the_curve(clock: Clock) -> None:
    model = slow(clock, lambda _number, rows: float(rows))
    model.decode(run_batch([1, 2, 3], 0, logits=True))
    assert model.curve.points == [], "a prompt chunk wants one row of logits, which is cheaper"
    model.decode(run_batch([4], 3, logits=True))
    token, position, slot = (run_batch([5], 4, logits=True).position.copy() for _ in range(3))
    slot[:] = 0
    model.decode(frontier_batch(token, position, slot))
    assert model.curve.points == [(1, 1.0)]
    assert model.seconds == 5.0
    assert model.waiting_seconds == 3.75
