"""Chat templates broken at random: a prompt or a sentence, nothing else, and in time."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Final

from engine.errors import BadTemplate
from engine.prompt import CHATML, ChatTemplate
from tests.engine.test_prompt import AGAIN, GEMMA, HELLO, HI, QWEN, SMOLLM2, SYSTEM

_PIECES: Final = (
    "{%", "%}", "{{", "}}", "{#", "#}", "{% for x in messages %}", "{% endfor %}", "{% if x %}",
    "{% endif %}", "{% macro m() %}", "{% set x = messages %}", "{% raw %}", "|join", "|list",
    "|tojson", "|map(attribute='content')", ".__class__", "['__init__']", "|attr('x')", " * 9999",
    "range(99999)", "loop.index0", "namespace()", "(", ")", "'", '"', "\\", "\0", "\ud800", "~",
    "**9999", "%", "raise_exception", "strftime_now('%')", "|default", " is defined", "caller()",
)  # fmt: skip
_EACH: Final = 150


def broken(source: str, seed: int) -> Iterator[str]:
    """Ever other ways in which a template may be wrong, the same on every run."""
    choose = random.Random(seed)  # noqa: S311  no secret
    while True:
        text = source
        for _ in range(choose.randint(1, 4)):
            start = choose.randrange(len(text) + 1)
            end = start + choose.choice((0, 0, 1, 4, 16))
            text = text[:start] + choose.choice((*_PIECES, "")) + text[end:]
        yield text


def refusal(source: str) -> str:
    """Why a template cannot be used; "" for one that can."""
    try:
        ChatTemplate(source).render([SYSTEM, HELLO, HI, AGAIN])
    except BadTemplate as error:
        return error.sentence
    return ""


def test_a_broken_template_makes_a_prompt_or_a_sentence() -> None:
    refusals = [
        refusal(text)
        for seed, source in enumerate((CHATML, SMOLLM2, QWEN, GEMMA))
        for text in islice(broken(source, seed), _EACH)
    ]
    assert all("\n" not in sentence for sentence in refusals)
    assert 0 < sum(map(bool, refusals)) < len(refusals)
