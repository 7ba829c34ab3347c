"""The table for a terminal."""

from dataclasses import replace

from engine.bench.record import BenchRun, Method
from engine.bench.table import table
from engine.config import SamplingConfig
from tests.engine.bench.records import STATS, bench_run

PLAIN = replace(STATS, draft_seconds=0.0, target_seconds=4.0, target_passes=6)


def runs() -> list[BenchRun]:
    return [
        bench_run(method=Method("off"), stats=PLAIN),
        bench_run(method=Method("chain", 8)),
        bench_run(method=Method("chain", 16), stats=replace(STATS, draft_seconds=2.0)),
    ]


def test_medians_spread_ratios_and_shares() -> None:
    assert table(runs()).splitlines() == [
        "method         per pass  tokens/s  x plain  middle half  least  draft  other",
        "off                1.00      1.50     1.00    1.00-1.00   1.00     0%   0.0%",
        "chain 8, best      3.00      3.00     2.00    2.00-2.00   2.00    50%   0.0%",
        "chain 16           3.00      2.00     1.33    1.33-1.33   1.33    67%   0.0%",
    ]


def test_several_categories_get_a_table_of_their_own() -> None:
    both = [*runs(), *(replace(run, category="code", prompt=1) for run in runs()[:2])]
    assert table(both).split("\n\n")[1].splitlines() == [
        "x plain        chat  code",
        "off            1.00  1.00",
        "chain 8, best  2.00  2.00",
        "chain 16       1.33     -",
    ]


def test_several_comparisons_say_what_each_is_of() -> None:
    warm = [replace(run, sampling=SamplingConfig(temperature=0.6, top_p=0.9)) for run in runs()]
    parts = table([*runs(), *warm]).split("\n\n")
    assert [part.splitlines()[0] for part in parts] == [
        "Big with Small, resident, greedy",
        "Big with Small, resident, temperature 0.6, top-p 0.9",
    ]


def test_without_off_there_are_no_ratios() -> None:
    assert table(runs()[1:2]).splitlines()[1].split()[4:7] == ["-", "-", "-"]
