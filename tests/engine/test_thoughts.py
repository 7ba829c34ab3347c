"""Templates that open a thought themselves are known by how the prompt ends."""

import pytest

from engine.thoughts import behind_opening, opened_thought


@pytest.mark.parametrize(
    ("prompt", "opened"),
    [
        ("<|im_start|>assistant\n<think>\n", "<think>\n"),
        ("<\uff5cAssistant\uff5c><think>\n", "<think>\n"),
        ("[/INST][THINK]", "[THINK]"),
        ("<|im_start|>assistant\n<think>\n\n</think>\n\n", ""),
        ("<|im_start|>assistant\n", ""),
        ("<think> is a mark<|im_end|>\n<|im_start|>assistant\n", ""),
        ("", ""),
    ],
)
def test_a_thought_is_open_where_the_prompt_ends_in_its_mark(prompt: str, opened: str) -> None:
    assert opened_thought(prompt) == opened


def test_the_mark_does_not_come_twice() -> None:
    assert behind_opening("<think>\nHm", "<think>\n") == "Hm"
    assert behind_opening("<think>Hm", "<think>\n") == "Hm"
    assert behind_opening("Hm <think>\n", "<think>\n") == "Hm <think>\n"
    assert behind_opening("<think>\nHm", "") == "<think>\nHm"
