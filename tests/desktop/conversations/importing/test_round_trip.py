"""What is exported comes back: all of it from JSON, from the others what their form can carry."""

import io
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings

from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.exported import Exported
from desktop.conversations.formats.forms import FORMS, ExportFormat, Form
from desktop.conversations.importing.parsed import Imported
from desktop.conversations.values import ConversationTree, MessageState, StoredMessage
from tests.desktop.conversations.builders import linear_tree
from tests.desktop.conversations.importing.places import MOMENT, copied, imported, ollama_file
from tests.desktop.conversations.importing.test_readers import APPS
from tests.desktop.conversations.tree_strategies import CONTENTS, exported, trees

LINES = (ExportFormat.OPENAI, ExportFormat.SHAREGPT)
"""Hold the current path only."""
BIG = linear_tree("Big", ["x" * 1_000_000, "🙂 שלום\0" * 100_000])


def came_back(form: Form, conversations: Iterable[Exported]) -> list[Imported]:
    file = io.BytesIO()
    form.write(file, conversations, Extent.TREE)
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(file.getvalue())
        os.utime(path, (MOMENT, MOMENT))
        return imported(path)


def again(form: Form, conversations: list[Imported]) -> list[Imported]:
    return came_back(form, [Exported(one.tree, one.contents.__getitem__) for one in conversations])


@settings(max_examples=30)
@given(trees())
@example(BIG)
def test_json_loses_nothing(tree: ConversationTree) -> None:
    (one,) = came_back(FORMS[ExportFormat.JSON], [exported(tree)])
    assert one.tree == tree
    assert not one.left_out
    wanted = {file.sha256 for message in tree.messages for file in message.attachments}
    assert one.contents == {sha256: CONTENTS[sha256] for sha256 in wanted}


def in_llamacpp(tree: ConversationTree) -> ConversationTree:
    """The part of the tree that llama.cpp's form can carry."""
    source = f"llamacpp:{tree.id}"
    return replace(
        tree,
        created_at=min(tree.created_at, *(message.created_at for message in tree.messages)),
        messages=tuple(map(_said, tree.messages)),
        folder="",
        tags=(),
        sampling=None,
        source=source,
        extra={},
    )


def _said(message: StoredMessage) -> StoredMessage:
    return replace(message, state=MessageState.COMPLETE, notes=None, extra={})


@settings(max_examples=30)
@given(trees())
def test_llamacpp_keeps_the_whole_tree(tree: ConversationTree) -> None:
    (one,) = came_back(FORMS[ExportFormat.LLAMACPP], [exported(tree)])
    extras = [replace(message, extra={}) for message in one.tree.messages]
    assert replace(one.tree, messages=tuple(extras)) == in_llamacpp(tree)


@settings(max_examples=30)
@given(trees())
@pytest.mark.parametrize("name", LINES)
def test_data_sets_keep_the_current_path(name: ExportFormat, tree: ConversationTree) -> None:
    (one,) = came_back(FORMS[name], [exported(tree)])
    assert [message.role for message in one.tree.path()] == [
        message.role for message in tree.path()
    ]
    assert len(one.tree.messages) == len(tree.path())
    for back, message in zip(one.tree.path(), tree.path(), strict=True):
        assert (
            message.text.lstrip("\n") in f"{back.thinking}{back.text}" or "<think>" in message.text
        )
    assert one.tree.system_prompt == tree.system_prompt


@settings(max_examples=30)
@given(trees())
@pytest.mark.parametrize("name", [*LINES, ExportFormat.LLAMACPP, ExportFormat.JSON])
def test_a_second_journey_changes_nothing(name: ExportFormat, tree: ConversationTree) -> None:
    form = FORMS[name]
    first = came_back(form, [exported(tree)])
    assert again(form, first) == first


@pytest.mark.parametrize("name", [*LINES, ExportFormat.LLAMACPP, ExportFormat.JSON])
@pytest.mark.parametrize("app", [*APPS, "ollama"])
def test_what_came_from_an_app_can_travel_on(app: str, name: ExportFormat, tmp_path: Path) -> None:
    source = ollama_file(tmp_path) if app == "ollama" else copied(app, tmp_path)
    conversations = [one for one in imported(source) if one.tree.messages]
    form = FORMS[name]
    first = again(form, conversations)
    assert len(first) == len(conversations)
    assert again(form, first) == first
    if name is ExportFormat.JSON:
        assert first == [replace(one, left_out={}) for one in conversations]
