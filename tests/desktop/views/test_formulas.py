"""Formulas become text that can be read; what is no formula stays as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.views.formulas import MOST_CHARACTERS, formula_html
from desktop.views.markdown_blocks import ProseBlock, blocks_of


@pytest.mark.parametrize(
    ("tex", "html"),
    [
        ("x^2 + y_{i+1}", "x<sup>2</sup> + y<sub>i+1</sub>"),
        (r"\frac{a+b}{2c}", "(a+b)/2c"),
        (r"\dfrac{1}{n}", "1/n"),
        (r"\sqrt[3]{x+1}", "<sup>3</sup>√(x+1)"),
        (r"\sum_{i=0}^n \pi_i", "∑<sub>i=0</sub><sup>n</sup> π<sub>i</sub>"),
        (r"e^{-\frac{x^2}{2}}", "e<sup>-(x<sup>2</sup>)/2</sup>"),
        (r"a \lt b", "a &lt; b"),
        (r"x\_y", "x_y"),
        (r"\unheardof{x}", r"\unheardofx"),
    ],
)
def test_formulas_can_be_read(tex: str, html: str) -> None:
    assert formula_html(tex) == html


@pytest.mark.parametrize(
    "tex",
    ["a^", "{" * 600, "^" * 50, r"\frac{", "x^{" * 40 + "}" * 40, "x" * (MOST_CHARACTERS + 1)],
)
def test_what_cannot_be_read_stays(tex: str) -> None:
    assert formula_html(tex) == f"<code>{tex}</code>"


@given(st.text(st.sampled_from("\\{}^_$&ab1<> \n\ue000\ue001\ue002"), max_size=40))
def test_nothing_that_a_model_writes_fails_or_escapes(tex: str) -> None:
    html = formula_html(tex)
    for tag in ("sup", "sub", "code"):
        assert html.count(f"<{tag}>") == html.count(f"</{tag}>")
    rest = html
    for tag in ("<sup>", "</sup>", "<sub>", "</sub>", "<code>", "</code>", "<br>"):
        rest = rest.replace(tag, "")
    assert "<" not in rest


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("It is $x^2$ here", "<p>It is x<sup>2</sup> here</p>"),
        (r"It is \(x^2\) here", "<p>It is x<sup>2</sup> here</p>"),
        ("$$\nx^2\n$$", '<p align="center">x<sup>2</sup></p>'),
        (r"\[ x^2 \]", '<p align="center">x<sup>2</sup></p>'),
        ("From $5 to $10", "<p>From $5 to $10</p>"),
        (r"\$5", "<p>$5</p>"),
    ],
)
def test_formulas_are_found_by_their_marks(text: str, html: str) -> None:
    assert blocks_of(text) == (ProseBlock(html),)


def test_tasks_have_boxes() -> None:
    (block,) = blocks_of("- [ ] open\n- [x] **done**\n- none")
    assert isinstance(block, ProseBlock)
    assert "<li>☐ open</li>" in block.html
    assert "<li>☑ <strong>done</strong></li>" in block.html
    assert blocks_of("[ ] words") == (ProseBlock("<p>[ ] words</p>"),)
