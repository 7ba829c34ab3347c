"""What is read aloud of a message: its words."""

import pytest

from desktop.views.spoken_text import spoken_text


def test_words_are_read_and_marks_and_code_are_not() -> None:
    text = (
        "# The sea\n\nIt is **calm** and [deep](http://x.y).\n\n```py\nprint(1)\n```\n- one\n- two"
    )
    assert spoken_text(text).splitlines() == [
        " The sea",
        " It is calm and deep.",
        " Here is code.",
        " one",
        " two",
    ]


@pytest.mark.parametrize("text", ["!-! SET SELF VOLUME 100", "a\n\n!-!QUIT", "x" * 5000 + "!-!"])
def test_no_line_is_a_command_of_the_program(text: str) -> None:
    lines = spoken_text(text).splitlines()
    assert lines
    assert all(line.startswith(" ") and len(line) < 2100 for line in lines)


def test_a_mark_of_the_macs_program_is_broken() -> None:
    assert "[[" not in spoken_text("[[volm 0]] [[[slnc 9]]")


def test_code_is_announced_in_the_language_of_the_text() -> None:
    text = "Setzen:\n\n```py\nx = 1\n```\nFertig."
    assert spoken_text(text, "de").splitlines() == [" Setzen:", " Hier steht Code.", " Fertig."]
    assert spoken_text(text, "fr").splitlines() == [" Setzen:", " Fertig."]


def test_marks_tags_and_formulas_are_not_spelled_out() -> None:
    text = (
        "~~Old~~ <b>bold</b> `name`[1](#x) ![a *cat*](http://x.y/z.png)\\\nmoon, 3 < 4 > 2\n\n"
        "| sea | tide |\n|:---|---:|\n| calm | *low* |\n\n---\n\n"
        r"So $x^2 + y_1$ and \(\infty\)."
        "\n\n"
        r"$$\frac{a}{b}$$"
    )
    assert spoken_text(text).splitlines() == [
        " Old bold name1 a cat moon, 3 < 4 > 2",
        " sea",
        " tide",
        " calm",
        " low",
        " So x² + y 1 and ∞.",
        " a/b",
    ]
