"""Files on the disk: whole or not at all, never over another by accident, with safe names."""

import errno
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.conversations import ConversationStore, MessageState
from desktop.conversations.disk import DestinationExists
from desktop.conversations.export import ExportFormat, Job, export, suggested_file_name
from desktop.conversations.formats.forms import FORMS
from engine.errors import DiskTrouble
from tests.desktop.conversations.builders import NOTES, hostile_text


@pytest.fixture
def turn(store: ConversationStore, conversation: str) -> str:
    """A question with two replies; the conversation's id."""
    question = store.add_user_message(conversation, "A haiku\nplease", parent_id=None)
    for text, state in (("First", MessageState.COMPLETE), ("Second", MessageState.STOPPED)):
        reply = store.start_reply(conversation, parent_id=question.id)
        store.finish_reply(reply.id, text, state, NOTES)
    return conversation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "exports"
    path.mkdir()
    return path


def test_markdown_holds_the_current_path(store: ConversationStore, turn: str, folder: Path) -> None:
    export(store, turn, Job(ExportFormat.MARKDOWN), folder / "sea.md")
    front_matter, text = (folder / "sea.md").read_bytes().decode().split("\n---\n\n")
    assert 'title: "The sea"' in front_matter
    assert text == (
        "# The sea\n\n## You\n\nA haiku\nplease\n\n## Reply\n\n"
        "*smollm2 with draft smollm2-q2k, tree, 22 tokens/s, stopped*\n\nSecond\n"
    )


def test_plain_text_holds_the_current_path(
    store: ConversationStore, turn: str, folder: Path
) -> None:
    export(store, turn, Job(ExportFormat.TEXT), folder / "sea.txt")
    assert (folder / "sea.txt").read_bytes().decode() == (
        "The sea\n\nYou:\nA haiku\nplease\n\n"
        "Reply (smollm2 with draft smollm2-q2k, tree, 22 tokens/s, stopped):\nSecond\n"
    )


def test_json_holds_every_branch(store: ConversationStore, turn: str, folder: Path) -> None:
    export(store, turn, Job(ExportFormat.JSON), folder / "sea.json")
    content = json.loads((folder / "sea.json").read_bytes())
    (exported,) = content["conversations"]
    assert [message["text"] for message in exported["messages"]] == [
        "A haiku\nplease",
        "First",
        "Second",
    ]
    assert exported["current_id"] == exported["messages"][2]["id"]


@pytest.mark.parametrize("file_format", FORMS)
def test_an_empty_conversation_can_be_exported(
    store: ConversationStore, folder: Path, file_format: ExportFormat
) -> None:
    export(store, store.create().id, Job(file_format), folder / "empty")
    content = (folder / "empty").read_bytes().lower()
    assert b"conversation" in content or b"session" in content or content == b'{"messages": []}\n'


def test_an_existing_file_is_not_replaced_unasked(
    store: ConversationStore, turn: str, folder: Path
) -> None:
    destination = folder / "taken.md"
    destination.write_text("mine")
    with pytest.raises(DestinationExists, match="is there already"):
        export(store, turn, Job(ExportFormat.MARKDOWN), destination)
    assert destination.read_text() == "mine"
    export(store, turn, Job(ExportFormat.MARKDOWN), destination, overwrite=True)
    assert "# The sea" in destination.read_text()
    assert list(folder.iterdir()) == [destination]


@pytest.mark.parametrize(
    ("owner", "step"), [(os, "fsync"), (Path, "replace")], ids=["write", "rename"]
)
@pytest.mark.parametrize("before", [[], ["mine"]], ids=["new", "overwrite"])
def test_a_full_disk_leaves_the_folder_as_it_was(  # noqa: PLR0917  fixtures and parameters
    store: ConversationStore,
    turn: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    owner: object,
    step: str,
    before: list[str],
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    destination = folder / "sea.md"
    for text in before:
        destination.write_text(text)
    monkeypatch.setattr(owner, step, fail)
    with pytest.raises(DiskTrouble, match=r"sea\.md.*the disk is full"):
        export(store, turn, Job(ExportFormat.MARKDOWN), destination, overwrite=bool(before))
    assert [file.read_text() for file in folder.iterdir()] == before


def test_a_missing_folder_is_told(store: ConversationStore, turn: str, folder: Path) -> None:
    with pytest.raises(DiskTrouble, match="folder does not exist"):
        export(store, turn, Job(ExportFormat.TEXT), folder / "no" / "sea.txt")


def test_a_folder_is_not_replaced(store: ConversationStore, turn: str, folder: Path) -> None:
    with pytest.raises(DiskTrouble):
        export(store, turn, Job(ExportFormat.TEXT), folder, overwrite=True)
    assert folder.is_dir()


def test_a_name_that_is_too_long_is_told(store: ConversationStore, turn: str, folder: Path) -> None:
    with pytest.raises(DiskTrouble, match="too long"):
        export(store, turn, Job(ExportFormat.TEXT), folder / ("x" * 300))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The sea", "The sea.md"),
        ("", "conversation.md"),
        ("...", "conversation.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ("C:\\Windows", "C Windows.md"),
        ('a<b>c:d"e/f\\g|h?i*j', "a b c d e f g h i j.md"),
        ("line\nbreak\0and\x1b[31mcolour", "line breakand[31mcolour.md"),
        ("turn \u202etxt.exe", "turn txt.exe.md"),
        ("ends with a dot. ", "ends with a dot.md"),
        ("-rf", "rf.md"),
        (".hidden", "hidden.md"),
        ("CON", "_CON.md"),
        ("nul.txt", "_nul.txt.md"),
        ("Com1 ", "_Com1.md"),
        ("LPT¹", "_LPT¹.md"),
        ("console", "console.md"),
        ("e\u0301tude", "étude.md"),
        ("half \ud83d", "half \ufffd.md"),
        ("word " * 40, ("word " * 12).strip() + ".md"),
        ("🙂" * 100, "🙂" * 30 + ".md"),
    ],
)
def test_suggested_file_name(title: str, name: str) -> None:
    assert suggested_file_name(title, ExportFormat.MARKDOWN) == name


@given(hostile_text | st.text(max_size=300), st.sampled_from(list(FORMS)))
@example("con .", ExportFormat.JSON)
@example("- .con", ExportFormat.JSON)
def test_every_suggested_name_is_safe(title: str, file_format: ExportFormat) -> None:
    name = suggested_file_name(title, file_format)
    stem, _, suffix = name.rpartition(".")
    assert f".{suffix}" == FORMS[file_format].suffix
    assert stem
    assert stem == stem.strip(" ")
    assert not stem.endswith(".")
    assert not stem.startswith((".", "-", "~"))
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
    assert not re.fullmatch(r"(?i)(con|prn|aux|nul|(com|lpt)\d)", stem.split(".")[0].rstrip())
    assert len(name.encode()) <= 130
