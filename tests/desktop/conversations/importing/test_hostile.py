"""Files made to do harm: each gets a sentence, none gets out, in or through."""

import io
import json
import os
import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.exported import Exported
from desktop.conversations.formats.forms import FORMS
from desktop.conversations.importing.detect import detect
from desktop.conversations.importing.parsed import Imported, Unreadable
from desktop.conversations.importing.sources import opened
from desktop.conversations.importing.troubles import BadImport, UnknownFormat
from tests.desktop.conversations.importing.places import all_of, copied, imported

CHAT = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]}


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as writer:
        for name, data in files.items():
            writer.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "name", ["../../etc/cron.d/x", "/etc/passwd", "a/../../x.json", "C:\\x.json", "..\\x", "C:x"]
)
def test_a_name_that_leads_outside(name: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "chats.zip", {"conversations.json": b"[]", name: b"x"})
    with pytest.raises(BadImport, match="names a file that lies outside"):
        all_of(path)


def test_a_bomb(tmp_path: Path) -> None:
    path = archive(tmp_path / "chats.zip", {"conversations.json": bytes(150 << 20)})
    with pytest.raises(BadImport, match="unpacks to far more"):
        all_of(path)


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    # What zipfile reads never exceeds the size that the archive claims, which was checked.
    path = archive(tmp_path / "chats.zip", {"conversations.json": b" " * (20 << 20)})
    data = path.read_bytes()
    size = struct.pack("<L", 20 << 20)
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, struct.pack("<L", 100)))
    with pytest.raises(BadImport):
        all_of(path)


def test_a_locked_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "chats.zip", {"conversations.json": b"[]"})
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(BadImport, match="locked with a password"):
        all_of(path)


def test_a_damaged_archive(tmp_path: Path) -> None:
    path = archive(tmp_path / "chats.zip", {"data.jsonl": json.dumps(CHAT).encode() * 200})
    data = bytearray(path.read_bytes())
    data[60:70] = b"\xff" * 10
    path.write_bytes(bytes(data))
    with pytest.raises(BadImport, match="damaged archive"):
        all_of(path)


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_text(json.dumps(CHAT))
    folder = tmp_path / "chats"
    folder.mkdir()
    (folder / "link.jsonl").symlink_to(tmp_path / "secret.jsonl")
    with pytest.raises(UnknownFormat):
        all_of(folder)


def test_a_link_put_in_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "chats"
    folder.mkdir()
    (folder / "a.jsonl").write_text("{}")
    (tmp_path / "secret").write_text("secret")
    with opened(folder) as source:
        (folder / "a.jsonl").unlink()
        (folder / "a.jsonl").symlink_to(tmp_path / "secret")
        with pytest.raises(OSError, match="symbolic links"):
            source.open("a.jsonl")


@pytest.mark.parametrize("identifier", ["../../../secret", "/etc/passwd", "..", ""])
def test_an_attachment_names_no_file_outside(identifier: str, tmp_path: Path) -> None:
    folder = copied("lm-studio", tmp_path)
    (tmp_path / "secret").write_text("secret")
    (file,) = folder.rglob("1700000000000.conversation.json")
    file.write_text(file.read_text().replace("1784921393420 - 431.png", identifier))
    one = next(one for one in imported(folder) if len(one.tree.messages) > 1)
    assert not one.contents
    assert dict(one.left_out) == {"Attachments that are not in the export": 1}


@pytest.mark.parametrize(
    "data",
    [b"", b"\0\1\2\3", b"hello", b"[]", b"{}", b"[1, 2]", b'{"a": 1}', b'"text"', b"\x89PNG"],
)
def test_a_file_of_nothing_known(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(data)
    with pytest.raises(UnknownFormat, match=r"“file\.bin” holds no conversations"):
        all_of(path)
    with pytest.raises(UnknownFormat):
        detect(path)


@pytest.mark.parametrize("data", [b'[{"mapping"', b'{"messages": [\xff', b"[" * 100])
def test_json_that_is_damaged_from_its_beginning(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    path.write_bytes(data)
    with pytest.raises(BadImport, match=r"ends in the middle|is no JSON"):
        all_of(path)


def test_what_stands_before_the_damage_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    line = json.dumps(CHAT)
    path.write_text(f"{line}\n{line[:30]}", "utf-8")
    first, second = all_of(path)
    assert isinstance(first, Imported)
    assert second == Unreadable("data.jsonl", "The file ends in the middle.")


def test_one_conversation_beyond_the_bounds_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    deep = "[" * 500 + "]" * 500
    path.write_text(f'{json.dumps(CHAT)}\n{{"messages": {deep}}}\n{json.dumps(CHAT)}', "utf-8")
    first, second, third = all_of(path)
    assert second == Unreadable("conversation 2", "It is nested too deeply.")
    assert first == third


def test_a_newer_file_of_outrider(tmp_path: Path) -> None:
    path = tmp_path / "new.json"
    path.write_text('{"format": "outrider-conversations", "version": 99, "conversations": []}')
    assert all_of(path) == [Unreadable("new.json", "A newer Outrider wrote this file.")]


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [1], [{}], {"a": None}, True, 1e308])
@pytest.mark.parametrize(
    "fields",
    [
        {"mapping": {"a": {"message": "?"}}, "current_node": "?", "create_time": "?"},
        {"mapping": {"a": {"message": {"author": "?", "content": "?", "metadata": "?"}}}},
        {"mapping": {"a": {"message": {"content": {"content_type": "thoughts", "thoughts": "?"}}}}},
        {"mapping": {"a": {"message": {"content": {"content_type": "text", "parts": "?"}}}}},
        {"messages": [{"versions": "?"}], "name": "?", "createdAt": "?"},
        {"messages": [{"versions": [{"steps": "?", "role": "?"}], "currentlySelected": "?"}]},
        {"messages": [{"versions": [{"content": "?", "steps": [{"content": "?"}]}]}]},
        {"conv": "?", "messages": "?"},
        {"conv": {"id": "?", "currNode": "?"}, "messages": [{"id": "?", "extra": "?"}]},
        {"conv": {}, "messages": [{"toolCalls": "?", "content": "?", "timestamp": "?"}]},
        {"chat": {"history": {"messages": "?", "currentId": "?"}, "tags": "?"}, "title": "?"},
        {"chat": {"history": {"messages": {"a": {"content": "?", "files": "?", "role": "?"}}}}},
        {"internal": "?", "visible": "?", "metadata": "?"},
        {"internal": [["a", "b"]], "visible": [], "metadata": {"assistant_0": "?", "user_0": "?"}},
        {"internal": ["?"], "visible": [], "metadata": {"user_0": {"versions": "?"}}},
        {"messages": [{"role": "?", "content": "?", "tool_calls": "?"}], "id": "?"},
        {"messages": [{"role": "user", "content": [{"image_url": "?"}, {"text": "?"}, "?"]}]},
        {"conversations": [{"from": "?", "value": "?"}], "system": "?", "id": "?"},
        {"format": "outrider-conversations", "conversations": "?", "version": "?"},
        {"conversations": [{"id": "a", "current_id": "?", "messages": "?", "tags": "?"}]},
        {"conversations": [{"id": "a", "current_id": "a", "created_at": "?", "sampling": "?"}]},
        {
            "conversations": [
                {"id": "a", "current_id": "a", "contents": {"b": "?"}, "extra": "?"}
                | {"messages": [{"id": "?", "notes": "?", "attachments": "?", "state": "?"}]}
            ]
        },
        {
            "conversations": [
                {"id": "a", "current_id": "a"}
                | {"messages": [{"notes": {"tokens": "?", "origins": "?"}, "attachments": ["?"]}]}
            ]
        },
    ],
)
def test_fields_of_any_type(value: object, fields: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(json.dumps(fields).replace('"?"', json.dumps(value)))
    try:
        parsed = all_of(path)
    except UnknownFormat:
        return
    for one in parsed:
        assert isinstance(one, Imported | Unreadable)


def test_a_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE places (id)")
    with pytest.raises(UnknownFormat):
        all_of(path)


def test_a_database_whose_tables_are_views(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE VIEW chats AS SELECT 1 AS id; CREATE VIEW messages AS SELECT 1 AS chat_id"
        )
    with pytest.raises(UnknownFormat):
        all_of(path)


def test_a_damaged_database(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    with pytest.raises(BadImport, match="damaged database"):
        all_of(path)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(BadImport, match=r"“gone\.json” cannot be read"):
        all_of(tmp_path / "gone.json")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BadImport, match="neither a file nor a folder"):
        all_of(tmp_path / "pipe")


def test_times_beyond_the_calendar_can_be_exported(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    message = {"id": "m", "role": "user", "text": "Hi", "created_at": 1e300}
    one = {"id": "a", "created_at": -1e300, "current_id": "m", "messages": [message]}
    text = {"format": "outrider-conversations", "version": 2, "conversations": [one]}
    path.write_text(json.dumps(text))
    (conversation,) = imported(path)
    for form in FORMS.values():
        file = io.BytesIO()
        (form.of_many or form).write(file, [Exported(conversation.tree)], Extent.TREE)
        assert file.getvalue()
