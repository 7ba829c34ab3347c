"""The readable formats on hostile text: Markdown keeps its outline, text loses nothing."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from desktop.conversations import ConversationTree, MessageState
from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.markdown import markdown
from desktop.conversations.formats.plain_text import plain_text
from desktop.conversations.formats.wording import readable
from desktop.conversations.values import Attachment
from engine.events import Role
from tests.desktop.conversations.builders import (
    forked_tree,
    linear_tree,
    utf8_text,
    with_last_state,
)

TEXTS = ("title", "folder", "tags")
GFM = MarkdownIt("gfm-like", {"linkify": False})


def without_front_matter(text: str) -> str:
    return text.split("\n---\n\n", 1)[1]


def outline(text: str) -> list[str]:
    """The headings of the first two levels, as a reader sees them."""
    tokens = GFM.parse(without_front_matter(text))
    return [
        tokens[index + 1].content
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2")
    ]


def speakers(tree: ConversationTree) -> list[str]:
    return ["You" if m.role is Role.USER else "Reply" for m in tree.path()]


@given(utf8_text, st.lists(utf8_text, max_size=4))
@example("t", ["<!--", "after"])
@example("t", ["```\n<!--", "<pre>\n```", "<![CDATA[\n-->", "after"])
def test_no_message_changes_the_outline(title: str, texts: list[str]) -> None:
    tree = linear_tree(title, texts)
    first, *others = outline(markdown(tree))
    assert others == speakers(tree)
    assert first


@given(utf8_text)
@example("a `b` <c> [d](e) *f* _g_ #")
def test_a_title_is_shown_as_it_is(title: str) -> None:
    shown = GFM.parseInline(
        without_front_matter(markdown(linear_tree(title, []))).split("\n")[0].removeprefix("# ")
    )
    children = shown[0].children or []
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == (
        " ".join(readable(title).split()) or "Conversation"
    )


@pytest.mark.parametrize(
    ("text", "exported"),
    [
        ("plain\n\ntext", "plain\n\ntext"),
        ("```py\n# no heading\n```", "```py\n# no heading\n```"),
        ("````\n```\ninner\n```\n````", "````\n```\ninner\n```\n````"),
        ("```py\nhalf", "```py\nhalf\n```"),
        ("~~~~\n```\n~~~", "~~~~\n```\n~~~\n~~~~"),
        ("> ```\n> quoted", "> ```\n> quoted"),
        ("# One\n## Two\n##### Five", "### One\n#### Two\n###### Five"),
        ("One\n===\ntext\n\nTwo\n---", "### One ###\ntext\n\n#### Two ####"),
        ("two\nlines #\n===", "### two lines # ###"),
        ("<!-- half", "<!-- half\n-->"),
        ("<!DOCTYPE half", "<!DOCTYPE half\n>"),
        ("<?php half", "<?php half\n?>"),
        ("<![CDATA[ half", "<![CDATA[ half\n]]>"),
        ("<pre>\n\nhalf", "<pre>\n\nhalf\n</pre>"),
        ("a\r\nb\rc", "a\nb\nc"),
    ],
)
def test_markdown_of_a_message(text: str, exported: str) -> None:
    assert (
        without_front_matter(markdown(linear_tree("t", [text]))) == f"# t\n\n## You\n\n{exported}\n"
    )


def test_an_unfinished_reply_says_so() -> None:
    tree = with_last_state(linear_tree("t", ["q", "half"]), MessageState.INTERRUPTED)
    assert "tokens/s, interrupted*\n" in markdown(tree)
    assert "tokens/s, interrupted):\n" in plain_text(tree)


@given(utf8_text, st.lists(utf8_text, max_size=4))
def test_plain_text_holds_every_message_unchanged(title: str, texts: list[str]) -> None:
    exported = plain_text(linear_tree(title, texts))
    place = 0
    for text in texts:
        place = exported.index(f":\n{readable(text)}\n", place)
    assert "\0" not in exported
    assert "\r" not in exported


@given(utf8_text, st.lists(utf8_text, max_size=4))
def test_front_matter_says_what_is_known(title: str, texts: list[str]) -> None:
    tree = replace(linear_tree(title, texts), tags=("sea", "- x: #"), folder=title)
    start, facts, _ = markdown(tree).split("---\n", 2)
    assert not start
    known = dict(line.split(": ", 1) for line in facts.splitlines())
    assert {name: json.loads(value) for name, value in known.items() if name in TEXTS} == {
        name: text
        for name, text in {
            "title": " ".join(readable(title).split()),
            "folder": " ".join(readable(title).split()),
            "tags": ["sea", "- x: #"],
        }.items()
        if text
    }


def test_a_tree_is_numbered_and_says_where_branches_begin() -> None:
    text = markdown(forked_tree(), Extent.TREE)
    assert re.findall(r"^(?:## .*|\*.*branch .*)$", text, re.MULTILINE) == [
        "## 1. You",
        "## 2. Reply",
        "*branch 1 of 2, after message 1*",
        "## 3. You",
        "## 4. Reply",
        "*branch 2 of 2, after message 1*",
    ]
    assert "branch" not in markdown(forked_tree(), Extent.PATH)


def test_thinking_and_files_are_told() -> None:
    tree = linear_tree("t", ["q", "a"])
    files = (Attachment("a```b.py", "text/plain", 2048, "", text="```\nx\n```"),)
    question, answer = tree.messages
    messages = (replace(question, attachments=files), replace(answer, thinking="so\n\n# no"))
    told = markdown(replace(tree, messages=messages, system_prompt="Be brief."))
    assert "## System\n\nBe brief.\n" in told
    assert "*Attached: a\\`\\`\\`b.py (2.0 kB)*\n\n````\n```\nx\n```\n````\n" in told
    assert "> *Thinking*\n>\n> so\n>\n> # no\n" in told
    text = plain_text(replace(tree, messages=messages, system_prompt="Be brief."))
    assert "System:\nBe brief.\n" in text
    assert "[Attached: a```b.py (2.0 kB)]\n\n```\nx\n```\n" in text
    assert "Thinking:\nso\n\n# no\n" in text


def test_a_megabyte_is_exported() -> None:
    tree = linear_tree("t", ["# line\n" * 20_000, "x" * 1_000_000])
    assert outline(markdown(tree)) == ["t", "You", "Reply"]
