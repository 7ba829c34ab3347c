"""The exported page: valid, and with nothing in it that runs or loads, whatever messages hold."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Final

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.exported import Exported
from desktop.conversations.formats.html import html
from desktop.conversations.formats.html_text import markdown_html, plain_html
from desktop.conversations.values import Attachment, ConversationTree
from tests.desktop.conversations.builders import forked_tree, hostile_text, linear_tree
from tests.desktop.conversations.tree_strategies import PNG, exported, trees

OWN_TAGS: Final = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("article", "div", "p", "details", "summary", "pre", "code", "span", "a", "em", "strong"),
        *("s", "ul", "ol", "li", "blockquote", "hr", "br", "img"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    )
)
OWN_ATTRIBUTES: Final = frozenset(
    (
        *("lang", "charset", "http-equiv", "content", "name", "class", "dir", "href", "title"),
        *("start", "style", "src", "alt"),
    )
)
ATTACKS: Final = (
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](http://example.org/x.png)",
    "![x](file:///etc/passwd)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//example.org)",
    '[x](http://a "onclick=alert(1)")',
    "<http://a'onclick='b>",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    '```"><script>\nx\n```',
    "&#0;&#1;&#x80;&lt;script&gt;",
    "]]>--><!--",
    "<details open ontoggle=alert(1)>",
    "| <iframe> |\n|--|\n| <svg/onload=alert(1)> |",
    "\x00\x01\x0b\x7f\x9f\ufdd0\ufffe\U0001ffff\ud800",
)


class Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


def check(text: str) -> Page:
    """The page, which has no error in its HTML and nothing in it that is not ours."""
    html5lib.HTMLParser(strict=True).parse(text)
    page = Page(text)
    assert set(page.tags) <= OWN_TAGS
    assert {name for name, _ in page.attributes} <= OWN_ATTRIBUTES
    for name, value in page.attributes:
        if name == "href":
            assert re.match(r"(?i)(https?://|mailto:)", value)
        if name == "src":
            assert value.startswith("data:image/")
        if name == "style":
            assert re.fullmatch(r"text-align:(left|right|center)", value)
    assert page.tags.count("style") == 1
    return page


@settings(max_examples=60)
@given(trees(), st.sampled_from(Extent))
def test_any_conversation_makes_a_valid_page(tree: ConversationTree, extent: Extent) -> None:
    check(html(exported(tree), extent))


@settings(max_examples=150)
@given(hostile_text | st.lists(st.sampled_from(ATTACKS), max_size=3).map("\n\n".join))
@example("\n".join(ATTACKS))
def test_no_message_gets_out_of_its_place(text: str) -> None:
    tree = linear_tree(text, [text, text])
    question, answer = tree.messages
    files = (Attachment(text, text, 1, "", text=text),)
    messages = (replace(question, attachments=files), replace(answer, thinking=text))
    hostile = replace(tree, messages=messages, system_prompt=text, folder=text)
    page = check(html(Exported(hostile), Extent.PATH))
    assert page.tags.count("article") == len(messages) + bool(text)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_shown_as_words(attack: str) -> None:
    shown = Page(f"<body>{markdown_html(attack)}</body>")
    assert not {"script", "iframe", "svg", "img"} & set(shown.tags)
    plain = Page(f"<body>{plain_html(attack)}</body>")
    assert plain.tags == ["body"]
    if attack.isprintable():
        assert plain.words == attack


def test_a_page_says_that_nothing_may_run_or_load() -> None:
    text = html(Exported(forked_tree()))
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in text
    assert "url(" not in text
    assert "@import" not in text


def test_a_picture_is_in_the_page_and_nothing_else_is() -> None:
    tree = linear_tree("t", ["q"])
    files = (
        Attachment("a.png", "image/png", len(PNG), "known"),
        Attachment("b.svg", "image/svg+xml", 9, "known"),
        Attachment("c.png", "image/png", 9, "unknown"),
    )
    pictured = replace(tree, messages=(replace(tree.messages[0], attachments=files),))
    page = check(html(Exported(pictured, {"known": PNG}.__getitem__)))
    assert page.tags.count("img") == 1
    assert "b.svg (9 bytes)" in page.words
    assert "c.png (9 bytes)" in page.words


def test_code_has_colours_and_keeps_its_text() -> None:
    code = 'def f(x):\n    return "🙂"  # so\n'
    text = markdown_html(f"```python\n{code}```")
    assert '<span class="k">def</span>' in text
    assert '<span class="s">' in text
    assert Page(text).words == f"{code}"


def test_headings_of_messages_stand_below_ours() -> None:
    page = check(html(Exported(linear_tree("t", ["q", "# One\n\n###### Six"]))))
    assert page.tags.count("h1") == 1
    assert page.tags.count("h2") == 2
    assert {"h3", "h6"} <= set(page.tags)


def test_branches_are_numbered() -> None:
    words = Page(html(Exported(forked_tree()), Extent.TREE)).words
    assert "4. Reply" in words
    assert "branch 2 of 2, after message 1" in words


def test_a_megabyte_makes_a_page() -> None:
    page = check(html(Exported(linear_tree("t", ["x" * 1_000_000, "word " * 200_000]))))
    assert len(page.words) > 1_900_000
