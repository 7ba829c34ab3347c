"""Markdown as blocks: harmless, and the same whether it streams or arrives whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.views.markdown_blocks import CodeBlock, MarkdownStream, ProseBlock, blocks_of

LINES = st.sampled_from(
    [
        "",
        "words and `code`",
        "# Heading",
        "- item",
        "  more of the item",
        "1. first",
        "> quote",
        "```python",
        "```",
        "    indented",
        "| a | b |",
        "|---|---|",
        "---",
        "===",
        "* * *",
        "<b>raw</b>",
    ]
)


def html_of(text: str) -> str:
    return "".join(block.html for block in blocks_of(text) if isinstance(block, ProseBlock))


def test_each_element_is_a_block() -> None:
    blocks = blocks_of("Before\n\n```python\nx = 1\n```\n\nAfter")
    assert blocks == (
        ProseBlock("<p>Before</p>"),
        CodeBlock("python", "x = 1"),
        ProseBlock("<p>After</p>"),
    )


def test_an_open_fence_is_code_already() -> None:
    assert blocks_of("```rust\nlet x") == (CodeBlock("rust", "let x"),)


def test_tables_are_known_as_tables() -> None:
    (block,) = blocks_of("| a |\n|---|\n| b |")
    assert isinstance(block, ProseBlock)
    assert block.is_table


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src='http://example.com/x.png'>",
        "![alt](http://example.com/x.png)",
        "![<img src=x>](http://example.com/x.png)",
    ],
)
def test_no_markup_and_no_image_survives(text: str) -> None:
    html = html_of(text)
    assert "<script" not in html
    assert "<img" not in html


@pytest.mark.parametrize(
    "scheme", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"]
)
def test_dangerous_links_are_words(scheme: str) -> None:
    assert "<a" not in html_of(f"[click]({scheme})")


def test_a_stream_parses_finished_blocks_once() -> None:
    stream = MarkdownStream()
    first = stream.update("One\n\nTwo")
    second = stream.update("One\n\nTwo and more")
    assert second[0] is first[0]
    assert second[1] == ProseBlock("<p>Two and more</p>")


def test_a_replaced_text_starts_over() -> None:
    stream = MarkdownStream()
    stream.update("One\n\nTwo\n\nThree")
    assert stream.update("Other") == blocks_of("Other")


@given(st.lists(LINES, max_size=12), st.integers(1, 7))
def test_streaming_ends_with_the_same_blocks(lines: list[str], step: int) -> None:
    text = "\n".join(lines)
    stream = MarkdownStream()
    for end in range(0, len(text), step):
        stream.update(text[:end])
    assert stream.update(text) == blocks_of(text)
