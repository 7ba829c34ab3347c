"""The formats on hostile text: Markdown keeps its outline, JSON loses nothing."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from desktop.conversations import ConversationTree, MessageState, ReplyNotes, StoredMessage
from desktop.conversations.formats.markdown import markdown
from desktop.conversations.formats.own_json import own_json
from desktop.conversations.formats.plain_text import plain_text
from desktop.conversations.formats.wording import readable
from engine.events import Role
from tests.desktop.conversations.builders import linear_tree, utf8_text, with_last_state

GFM = MarkdownIt("gfm-like", {"linkify": False})


def outline(text: str) -> list[str]:
    """The headings of the first two levels, as a reader sees them."""
    tokens = GFM.parse(text)
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
    shown = GFM.parseInline(markdown(linear_tree(title, [])).split("\n")[0].removeprefix("# "))
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
    assert markdown(linear_tree("t", [text])) == f"# t\n\n## You\n\n{exported}\n"


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


def message_from(content: dict[str, Any], conversation_id: str) -> StoredMessage:
    notes = content.pop("notes")
    return StoredMessage(
        **content
        | {
            "conversation_id": conversation_id,
            "role": Role(content["role"]),
            "state": MessageState(content["state"]),
            "notes": ReplyNotes(**notes) if notes else None,
        }
    )


def tree_from(content: dict[str, Any]) -> ConversationTree:
    messages = tuple(message_from(one, content["id"]) for one in content["messages"])
    return ConversationTree(**content | {"messages": messages})


@given(utf8_text, st.lists(utf8_text, max_size=4), st.sampled_from(MessageState))
def test_json_loses_nothing(title: str, texts: list[str], state: MessageState) -> None:
    tree = with_last_state(linear_tree(title, [*texts, "last"]), state)
    content = json.loads(own_json(tree).encode())
    assert content["format"] == "outrider-conversations"
    assert content["version"] == 1
    assert [tree_from(one) for one in content["conversations"]] == [tree]


def test_a_megabyte_is_exported() -> None:
    tree = linear_tree("t", ["# line\n" * 20_000, "x" * 1_000_000])
    assert outline(markdown(tree)) == ["t", "You", "Reply"]
    assert json.loads(own_json(tree))["conversations"][0]["messages"][1]["text"] == "x" * 1_000_000
