"""The JSON in `docs/export-format.md` is what Outrider writes, to the letter."""

import json
import re
from dataclasses import fields
from pathlib import Path

from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.exported import Exported
from desktop.conversations.formats.forms import FORMS, ExportFormat
from desktop.conversations.importing.detect import READERS
from desktop.conversations.values import ConversationTree, ReplyNotes, StoredMessage
from tests.desktop.conversations.importing.places import imported

DOCS = Path(__file__).parents[4] / "docs"
TEXT = (DOCS / "export-format.md").read_text(encoding="utf-8")


def test_the_example_is_read_and_written_as_it_stands(tmp_path: Path) -> None:
    example = TEXT.split("```json\n")[1].split("```")[0]
    path = tmp_path / "example.json"
    path.write_text(example, encoding="utf-8")
    (one,) = imported(path)
    assert not one.left_out
    with (tmp_path / "again.json").open("wb") as file:
        conversations = [Exported(one.tree, one.contents.__getitem__)]
        FORMS[ExportFormat.JSON].write(file, conversations, Extent.TREE)
    assert (tmp_path / "again.json").read_text(encoding="utf-8") == example


def test_every_field_is_described() -> None:
    described = set(re.findall(r"`(\w+)`", TEXT.split("## Conversation")[1]))
    kinds = (ConversationTree, StoredMessage, ReplyNotes)
    ours = {field.name for kind in kinds for field in fields(kind)}
    assert ours - described == {"conversation_id", "created_at", "text"} - described


def test_every_format_is_named() -> None:
    table = TEXT.split("# The JSON export")[0]
    assert all(f"`{name.value}`" in table for name in ExportFormat)
    guide = (DOCS / "import.md").read_text(encoding="utf-8")
    assert all(reader.title in guide for reader in READERS)


def test_version_1_is_read(tmp_path: Path) -> None:
    old = json.loads(TEXT.split("```json\n")[1].split("```")[0])
    old["version"] = 1
    for conversation in old["conversations"]:
        for name in ("folder", "pinned", "tags", "system_prompt", "sampling", "contents", "extra"):
            del conversation[name]
        for message in conversation["messages"]:
            for name in ("model", "thinking", "attachments", "extra"):
                del message[name]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(old), encoding="utf-8")
    (one,) = imported(path)
    assert [message.text for message in one.tree.messages] == [
        "Write a haiku about the sea",
        "Grey waves",
    ]
    assert one.tree.system_prompt == ""
