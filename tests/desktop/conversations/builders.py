"""What the tests of this folder build conversations from."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from desktop.conversations import (
    ConversationStore,
    ConversationTree,
    MessageState,
    ReplyNotes,
    StoredMessage,
)
from engine.events import Role

NOTES = ReplyNotes(
    target="smollm2",
    draft="smollm2-q2k",
    mode="tree",
    reason="a pass is costly here",
    tokens=41,
    target_passes=9,
    tokens_per_second=21.5,
    first_token_seconds=0.25,
    plain_tokens_per_second=6.75,
    finish="end",
)

SNIPPETS = (
    *("# Big", "Under\n===", "two\nlines\n---", "####### seven", "#\tTab #", "  ## deep"),
    *("```", "````python", "~~~", "> ```", "- ```\n  x", "1. # h", "    code", "\t# code"),
    *("<!--", "-->", "<pre>", "</pre>", "<script>", "<?php", "?>", "<!X", "<![CDATA[", "]]>"),
    *("<div>", "[a]: /x", '[a]: /x "t', "| a |\n|---|", "\\", "***", "- a", "* * *", "You:"),
    *("\r", "\r\n", "\0", "\ud800", "\ud83d\ude00", "\u202e", "\u2028", "\x85", "\x0c"),
    *("שלום", "🏳️‍🌈"),
)

hostile_text = st.one_of(
    st.text(st.characters(categories=None), max_size=60),  # lone surrogates and NUL included
    st.lists(st.sampled_from(SNIPPETS), max_size=8).flatmap(
        lambda parts: st.sampled_from(["\n", "\n\n", " ", ""]).map(lambda gap: gap.join(parts))
    ),
)

utf8_text = hostile_text.map(lambda text: text.encode(errors="replace").decode())
"""What a text looks like once the store has it."""


def linear_tree(
    title: str, texts: Sequence[str], notes: ReplyNotes | None = NOTES
) -> ConversationTree:
    """A conversation without branches: you, a reply with `notes`, you, ..."""
    messages: list[StoredMessage] = []
    for index, text in enumerate(texts):
        messages.append(
            StoredMessage(
                id=f"m{index}",
                conversation_id="c",
                parent_id=messages[-1].id if messages else None,
                role=Role.ASSISTANT if index % 2 else Role.USER,
                text=text,
                state=MessageState.COMPLETE,
                created_at=float(index),
                notes=notes if index % 2 else None,
            )
        )
    return ConversationTree(
        id="c",
        title=title,
        created_at=0.0,
        updated_at=1.0,
        current_id=messages[-1].id if messages else None,
        messages=tuple(messages),
    )


def forked_tree() -> ConversationTree:
    """A question with two replies; the first one goes on."""
    tree = linear_tree("Forked", ["question", "first", "thanks"])
    question, first, thanks = (replace(message, notes=None) for message in tree.messages)
    second = replace(first, id="m3", text="second", created_at=3.0)
    return replace(tree, messages=(question, first, thanks, second))


def with_last_state(tree: ConversationTree, state: MessageState) -> ConversationTree:
    """The same conversation, its last message in `state`."""
    return replace(tree, messages=(*tree.messages[:-1], replace(tree.messages[-1], state=state)))


def texts(store: ConversationStore, conversation_id: str) -> list[str]:
    """The current path, the texts only."""
    return [message.text for message in store.path(conversation_id)]
