"""Conversations as hypothesis builds them: branches, thoughts, files, notes, all kinds of text."""

import hashlib
import uuid
from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from desktop.conversations.formats.exported import Exported
from desktop.conversations.values import (
    Attachment,
    ConversationTree,
    MessageState,
    StoredMessage,
    TextOrigins,
)
from engine.config import SamplingConfig
from engine.events import Origin, Role
from tests.desktop.conversations.builders import NOTES, utf8_text

PNG: Final = b"\x89PNG\r\n\x1a\n" + bytes(20)
CONTENTS: Final = {hashlib.sha256(data).hexdigest(): data for data in (PNG, b"a,b\n1,2\n")}
moments = st.integers(1_000_000_000_000, 2_000_000_000_000).map(lambda number: number / 1000)
"""Unix seconds, to the millisecond."""
plain_json = st.dictionaries(
    st.sampled_from(["timings", "meta", "größe"]),
    st.none() | st.booleans() | st.integers() | st.text(max_size=5).map(lambda one: [one]),
    max_size=2,
)
words = utf8_text.map(lambda text: f"{text}.")
"""Text that says something."""


@st.composite
def files(draw: st.DrawFn) -> tuple[Attachment, ...]:
    picture, table = (hashlib.sha256(data).hexdigest() for data in CONTENTS.values())
    kinds = (
        Attachment("a.png", "image/png", len(PNG), picture),
        Attachment("t.csv", "text/plain", 8, table, text="a,b\n1,2\n"),
    )
    return tuple(draw(st.lists(st.sampled_from(kinds), max_size=2, unique_by=id)))


FULL_NOTES: Final = replace(
    NOTES,
    prompt_tokens=12,
    prompt_seconds=0.5,
    sampling=SamplingConfig(temperature=0.25, seed=3, stop=("###",)),
    origins=(TextOrigins(3, (Origin.TREE, Origin.NGRAM)), TextOrigins(0, ())),
)


@st.composite
def trees(draw: st.DrawFn, *, most: int = 6) -> ConversationTree:
    """Person and model take turns on every path, as the window makes it."""
    conversation_id = str(draw(st.uuids(version=4)))
    messages: list[StoredMessage] = []
    for number in range(draw(st.integers(1, most))):
        parent = draw(st.none() | st.sampled_from(messages)) if messages else None
        is_reply = parent is not None and parent.role is Role.USER
        messages.append(
            StoredMessage(
                id=str(uuid.uuid5(uuid.UUID(conversation_id), str(number))),
                conversation_id=conversation_id,
                parent_id=None if parent is None else parent.id,
                role=Role.ASSISTANT if is_reply else Role.USER,
                text=draw(words),
                state=draw(st.sampled_from(MessageState)) if is_reply else MessageState.COMPLETE,
                created_at=draw(moments),
                notes=draw(st.sampled_from([None, NOTES, FULL_NOTES])) if is_reply else None,
                model=draw(st.sampled_from(["", "smollm2"])) if is_reply else "",
                thinking=draw(st.just("") | words) if is_reply else "",
                attachments=() if is_reply else draw(files()),
                extra=draw(plain_json),
            )
        )
    return ConversationTree(
        id=conversation_id,
        title=draw(words),
        created_at=draw(moments),
        updated_at=draw(moments),
        current_id=draw(st.sampled_from(messages)).id,
        messages=tuple(messages),
        folder=draw(utf8_text),
        pinned=draw(st.booleans()),
        tags=tuple(draw(st.lists(words, max_size=2))),
        system_prompt=draw(st.just("") | words),
        sampling=draw(st.none() | st.just(SamplingConfig(temperature=0.25, stop=("###",)))),
        source=draw(st.sampled_from(["", "chatgpt:1"])),
        extra=draw(plain_json),
    )


def exported(tree: ConversationTree) -> Exported:
    """The tree with the bytes of its files."""
    return Exported(tree, CONTENTS.__getitem__)
