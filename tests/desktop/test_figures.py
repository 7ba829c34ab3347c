"""Figures in a person's words."""

import pytest

from desktop import figures


@pytest.mark.parametrize(
    ("tokens_per_second", "words"),
    [(0.0, "0.0"), (0.034, "0.034"), (0.146, "0.15"), (0.98, "0.98"), (1.04, "1.0"), (54.3, "54")],
)
def test_a_slow_rate_has_two_digits(tokens_per_second: float, words: str) -> None:
    assert figures.rate(tokens_per_second) == words
    assert figures.speed(tokens_per_second) == f"{words} tokens/s"
