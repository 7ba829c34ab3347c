"""`outrider conversations` as it is typed: what it prints, and its exit code."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from desktop.__main__ import main
from desktop.conversations import ConversationStore
from desktop.conversations.importing.run import ImportProgress
from desktop.conversations.place import conversations_file
from engine.errors import Cancelled

ROOT = Path(__file__).parents[3]


@pytest.fixture
def window() -> Iterator[ConversationStore]:
    """The store of a window that stays open."""
    with closing(ConversationStore(conversations_file())) as store:
        yield store


@pytest.fixture
def talk(window: ConversationStore) -> str:
    conversation = window.create("Whales\x1b[31m").id
    window.add_user_message(conversation, "Why do whales sing?", parent_id=None)
    return conversation


class Typed:
    """Runs commands; `out` and `err` are what the last one printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *words: str) -> int:
        code = main(["conversations", *words])
        self.out, self.err = self._capsys.readouterr()
        return code

    def json(self, *words: str) -> Any:  # noqa: ANN401  whatever JSON holds
        assert self(*words, "--json") == 0
        return json.loads(self.out)


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    return Typed(capsys)


def test_list_and_search_beside_an_open_window(typed: Typed, talk: str) -> None:
    assert typed("list") == 0
    assert typed.out.startswith(talk[:8])
    assert "\x1b" not in typed.out
    assert typed("search", "sing whales") == 0
    assert "Why do whales sing?" in typed.out
    (facts,) = typed.json("list")
    assert (facts["id"], facts["tags"], facts["folder"]) == (talk, [], "")
    title, message = typed.json("search", "whales")
    assert (title["message_id"], message["role"]) == (None, "user")
    ((start, end),) = message["marks"]
    assert message["snippet"][start:end] == "whales"


def test_search_filters(typed: Typed, talk: str, window: ConversationStore) -> None:
    window.tag(talk, ["sea"])
    window.folders.move(talk, window.folders.create("Box").id)
    assert len(typed.json("search", "sing", "--tag", "sea", "--folder", "Box")) == 1
    assert typed.json("search", "sing", "--tag", "land") == []
    assert typed.json("search", "sing", "--until", "2000-01-01") == []
    assert typed("search", "sing", "--folder", "Nowhere") == 2
    assert typed("search", "sing", "--since", "yesterday") == 2
    assert "Write it as" in typed.err


def test_the_trash_is_listed_apart(typed: Typed, talk: str, window: ConversationStore) -> None:
    window.trash(talk)
    assert typed.json("list") == []
    assert [one["id"] for one in typed.json("list", "--trash")] == [talk]


def test_backup_and_check(typed: Typed, talk: str, tmp_path: Path) -> None:
    copy = Path(typed.json("backup", str(tmp_path / "copies"))["file"])
    with closing(ConversationStore(copy)) as store:
        assert [one.id for one in store.conversations()] == [talk]
    assert typed("check") == 0
    assert "sound: 1 conversation, 1 message." in typed.out


def test_check_finds_damage_and_changes_nothing(
    typed: Typed, talk: str, window: ConversationStore
) -> None:
    window.close()
    path = conversations_file()
    content = bytearray(path.read_bytes())
    content[8192:16384] = b"\xff" * 8192
    path.write_bytes(content)
    assert typed("check") == 1
    assert "damaged" in typed.err
    assert path.read_bytes() == content


@pytest.mark.parametrize("command", [["check"], ["backup", "copies"]])
def test_without_conversations_there_is_a_sentence(typed: Typed, command: list[str]) -> None:
    assert typed(*command) == 1
    assert typed.err == "outrider: There are no conversations yet.\n"
    assert not conversations_file().exists()


def test_import_with_and_without_doing_it(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "chats.jsonl"
    file.write_text(
        '{"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]}'
    )
    assert typed("import", str(file), "--dry-run") == 0
    assert typed.out == "Would add 1 conversation with 2 messages.\n"
    assert typed.json("list") == []
    assert typed.json("import", str(file))["added"] == 1
    assert typed.json("import", str(file))["duplicates"] == 1
    assert len(typed.json("list")) == 1


def test_a_file_of_nothing_is_an_error(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("no conversation")
    assert typed("import", str(file)) == 1
    assert "notes.txt" in typed.out
    assert "Nothing in these files could be read." in typed.err


def test_a_cancelled_import_ends_with_130(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel(_progress: ImportProgress) -> None:
        raise Cancelled

    monkeypatch.setattr("desktop.conversations.commands.moving._show_import", cancel)
    file = tmp_path / "chats.jsonl"
    file.write_text('{"messages": [{"role": "user", "content": "hi"}]}')
    assert typed("import", str(file)) == 130


@pytest.mark.parametrize(
    "file_format",
    ["json", "markdown", "html", "pdf", "text", "openai-jsonl", "sharegpt", "llamacpp"],
)
def test_export_in_every_format(typed: Typed, talk: str, tmp_path: Path, file_format: str) -> None:
    command = ("export", talk[:6], "--format", file_format, "--output", str(tmp_path))
    (file,) = typed.json(*command)["files"]
    content = Path(file).read_bytes()
    assert b"whales" in content or content.startswith((b"%PDF-", b"PK"))


def test_what_to_export_must_be_clear(typed: Typed, talk: str, tmp_path: Path) -> None:
    rest = ("--format", "json", "--output", str(tmp_path))
    assert typed("export", *rest) == 2
    assert typed("export", "--all", talk, *rest) == 2
    assert typed("export", "zz", *rest) == 1
    assert "No conversation has an id that begins with zz." in typed.err
    with pytest.raises(SystemExit) as usage:
        typed("export", "--all", "--format", "tape", "--output", str(tmp_path))
    assert usage.value.code == 2


def test_no_qt_is_imported() -> None:
    program = (
        "import sys; from desktop.__main__ import main; main(['conversations', 'list']);"
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
