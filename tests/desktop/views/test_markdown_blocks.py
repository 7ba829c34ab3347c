"""Markdown as blocks: harmless, and the same whether it streams or arrives whole."""

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.views.markdown_blocks import (
    CodeBlock,
    MarkdownStream,
    ProseBlock,
    blocks_of,
    blocks_with_source,
    sources,
)

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
    first = stream.update("One\n\nTwo\n\nThree")
    second = stream.update("One\n\nTwo\n\nThree and more")
    assert second[0] is first[0]
    assert second[2] == ProseBlock("<p>Three and more</p>")


def test_what_follows_a_list_may_become_its_next_item() -> None:
    stream = MarkdownStream()
    stream.update("1. first\n\n1")
    assert stream.update("1. first\n\n1. second") == blocks_of("1. first\n\n1. second")


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


@given(
    st.lists(LINES | st.sampled_from(["[link]", "[link]: https://example.com"]), max_size=12),
    st.integers(1, 7),
)
def test_reading_in_pieces_ends_with_the_same_blocks(lines: list[str], piece: int) -> None:
    text = "\n".join(lines)
    stream = MarkdownStream(piece)
    blocks, shares = stream.read(text, 0), [stream.share]
    while stream.share < 1:
        blocks = stream.read(text, 0)
        shares.append(stream.share)
    assert blocks == blocks_of(text)
    assert sources(text, stream.starts) == [source for source, _ in blocks_with_source(text)]
    assert shares == sorted(set(shares))


def test_a_text_that_streamed_is_read_from_where_it_was() -> None:
    stream = MarkdownStream(piece=4)
    first = stream.update("One\n\nTwo\n\nThree\n\nFo")[0]
    blocks = stream.read("One\n\nTwo\n\nThree\n\nFour", 0)
    assert blocks == blocks_of("One\n\nTwo\n\nThree\n\nFour")
    assert blocks[0] is first


PIECES = st.sampled_from(
    [
        *(
            "<script>",
            "</script>",
            "<img src=x onerror=y>",
            "<a href='file:///etc/passwd'>",
            "<!--",
        ),
        *("](javascript:alert(1))", "](JaVaScRiPt&colon;x)", "](file:///etc/passwd)", "](data:x)"),
        *(
            "](vbscript:x)",
            "](https://example.com 'x\" onclick=\"y')",
            "![",
            "[",
            "<https://e.com>",
        ),
        *("[x]: javascript:alert(1)\n", "&lt;script&gt;", "&#x3c;b&#x3e;", "\\", "`", "```", "~~~"),
        *("\n", "\n\n", "> ", "- ", "| a |\n|---|\n", "*", "**", "_", "~~", "# ", "\0", "\u202e"),
        *("word", "\t", "    ", "<style>*{}</style>", "<p style='x'>", "&", '"', "'", "\ud800"),
    ]
)
SHOWN = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "hr", "br", "em"),
    *("strong", "s", "code", "pre", "a", "table", "thead", "tbody", "tr", "th", "td"),
}


@given(st.lists(PIECES | st.text(max_size=8), max_size=30).map("".join))
@example("\r0")
def test_whatever_a_reply_holds_only_harmless_elements_are_shown(text: str) -> None:
    page = html5lib.parseFragment(html_of(text), namespaceHTMLElements=False)
    for element in page.iter():
        if element is page:
            continue
        assert element.tag in SHOWN
        assert set(element.attrib) <= {"href", "title", "start", "style"}
        assert element.get("style", "text-align:").startswith("text-align:")
        scheme, _, rest = element.get("href", "").partition(":")
        assert scheme.lower() not in ("javascript", "vbscript", "file") or not rest
