"""Each app's files, as `formats.md` of the project describes them, become the trees they hold."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from desktop.conversations.importing.detect import detect
from desktop.conversations.importing.parsed import Imported
from tests.conftest import Golden
from tests.desktop.conversations.importing.places import copied, imported, ollama_file, zipped

APPS = (
    "chatgpt",
    "chatgpt-split",
    "jan",
    "json",
    "llamacpp",
    "llamacpp-old",
    "lm-studio",
    "open-webui",
    "openai-jsonl",
    "sharegpt",
    "textgen",
)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """TextGen writes local times."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def told(conversations: list[Imported]) -> list[dict[str, Any]]:
    """What a golden file keeps of conversations."""
    content = [
        {
            "tree": asdict(one.tree),
            "contents": {sha256: len(data) for sha256, data in one.contents.items()},
            "left_out": dict(one.left_out),
        }
        for one in conversations
    ]
    return json.loads(json.dumps(content))  # type: ignore[no-any-return]


@pytest.mark.parametrize("app", APPS)
def test_a_folder_of_an_app(app: str, tmp_path: Path, golden: Golden) -> None:
    folder = copied(app, tmp_path)
    assert detect(folder).name == app.removesuffix("-split").removesuffix("-old")
    golden(f"imported/{app}.json", told(imported(folder)))


@pytest.mark.parametrize("app", APPS)
def test_an_archive_holds_the_same(app: str, tmp_path: Path) -> None:
    folder = copied(app, tmp_path)
    assert told(imported(zipped(folder))) == told(imported(folder))


def test_ollama(tmp_path: Path, golden: Golden) -> None:
    path = ollama_file(tmp_path)
    assert detect(path).name == "ollama"
    golden("imported/ollama.json", told(imported(path)))


@pytest.mark.parametrize(
    ("name", "app"),
    [
        ("chatgpt/conversations.json", "chatgpt"),
        ("lm-studio/conversations/1700000100000.conversation.json", "lm-studio"),
        ("open-webui/chat-export-1720000000.json", "open-webui"),
        ("textgen/logs/chat/Ada/20250405-14-30-12.json", "textgen"),
        ("openai-jsonl/data.jsonl", "openai-jsonl"),
    ],
)
def test_a_single_file_may_have_any_name(name: str, app: str, tmp_path: Path) -> None:
    path = copied(name, tmp_path)
    renamed = path.rename(tmp_path / "download (1).bin")
    assert detect(renamed).name == app
    assert imported(renamed)


def test_half_of_a_thread_of_jan_brings_the_other(tmp_path: Path) -> None:
    folder = copied("jan", tmp_path)
    (thread,) = folder.rglob("thread.json")
    whole = imported(folder)[0].tree.messages
    assert imported(thread)[0].tree.messages == whole
    assert imported(thread.with_name("messages.jsonl"))[0].tree.messages == whole


def test_pictures_of_lm_studio_are_found_beside_a_single_file(tmp_path: Path) -> None:
    folder = copied("lm-studio", tmp_path)
    (one,) = imported(folder / "conversations" / "Work" / "1700000000000.conversation.json")
    assert [file.name for file in one.tree.messages[0].attachments] == ["1784921393420 - 431.png"]
    assert not one.left_out


@pytest.mark.parametrize("app", APPS)
def test_ids_are_the_same_at_every_import(app: str, tmp_path: Path) -> None:
    folder = copied(app, tmp_path)
    first, second = imported(folder), imported(folder)
    assert [one.tree.id for one in first] == [one.tree.id for one in second]
    assert len({one.tree.source or one.tree.id for one in first}) == len(first)
