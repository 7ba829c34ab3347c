"""What llama.cpp's programs print: the real thing, other spacing, and nothing of the kind."""

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bench.peer_output import (
    PeerFigures,
    UnreadablePeer,
    parse_completion,
    parse_speculative,
)

GOLDEN: Final = Path(__file__).parents[2] / "golden/peer"
SPECULATIVE: Final = (GOLDEN / "speculative.txt").read_text()
WITH_TIMES: Final = (GOLDEN / "speculative-with-times.txt").read_text()
COMPLETION: Final = (GOLDEN / "completion.txt").read_text()


def test_a_chain_with_everything_it_tells() -> None:
    assert parse_speculative(SPECULATIVE) == PeerFigures(
        prompt_tokens=37,
        prompt_seconds=0.394,
        tokens=11,
        passes=3,
        seconds=1.006,
        draft_seconds=0.396701,
        sampling_seconds=0.002,
        drafted=24,
        accepted_by_depth=(2, 2, 1, 1, 1, 1),
    )


def test_a_chain_that_tells_less_at_a_lower_log_level() -> None:
    figures = parse_speculative(WITH_TIMES)
    assert (figures.tokens, figures.passes, figures.seconds) == (11, 4, 1.344)
    assert (figures.draft_seconds, figures.accepted_by_depth) == (0.0, ())


def test_plain_generation_counts_what_it_times() -> None:
    figures = parse_completion(COMPLETION)
    assert (figures.prompt_tokens, figures.tokens, figures.passes) == (36, 10, 10)
    seconds = (figures.prompt_seconds, figures.seconds, figures.sampling_seconds)
    assert seconds == pytest.approx((0.25857, 0.2717, 0.00237))


def test_spacing_prefixes_and_further_lines_do_not_matter() -> None:
    shuffled = "\n\n".join(
        f"12:00 [info]   {line.replace('  ', ' ')}\nsome other line = 3"
        for line in SPECULATIVE.splitlines()
    )
    assert parse_speculative(shuffled) == parse_speculative(SPECULATIVE)


def test_the_last_figures_count() -> None:
    earlier = "decoded   99 tokens in    9.000 seconds, speed: 1 t/s\n"
    assert parse_speculative(earlier + SPECULATIVE).tokens == 11


@pytest.mark.parametrize("missing", ["encoded", "decoded", "n_accept"])
def test_a_figure_that_is_missing_is_said(missing: str) -> None:
    rest = "\n".join(line for line in SPECULATIVE.splitlines() if missing not in line)
    with pytest.raises(UnreadablePeer, match="not those of the known versions"):
        parse_speculative(rest)


def test_one_programs_figures_are_not_the_others() -> None:
    with pytest.raises(UnreadablePeer):
        parse_speculative(COMPLETION)
    with pytest.raises(UnreadablePeer):
        parse_completion("prompt eval time =     258.57 ms /    36 tokens")


@given(st.text())
def test_any_text_is_figures_or_unreadable(text: str) -> None:
    for parse in (parse_speculative, parse_completion):
        with pytest.raises(UnreadablePeer):
            parse(text)
