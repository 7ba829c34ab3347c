"""An import adds each conversation once, says beforehand what it will do, and can be stopped."""

import json
from pathlib import Path

import pytest

from desktop.conversations import ConversationStore
from desktop.conversations.importing.run import ImportProgress, ImportReport, import_files
from engine.cancel import CancelToken
from engine.errors import Cancelled
from tests.desktop.conversations.importing.places import copied, zipped


def lines(path: Path, count: int) -> Path:
    """A data set of different conversations."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            messages = [
                {"role": "user", "content": f"{number}?"},
                {"role": "assistant", "content": "yes"},
            ]
            file.write(json.dumps({"messages": messages}) + "\n")
    return path


def test_a_dry_run_says_what_the_import_does(store: ConversationStore, tmp_path: Path) -> None:
    folder = copied("chatgpt", tmp_path)
    told = import_files([folder], store, dry_run=True)
    assert not store.conversations()
    assert import_files([folder], store) == told
    assert told == ImportReport(
        added=2,
        messages=6,
        attachments=2,
        apps=told.apps,
        left_out=told.left_out,
    )
    assert told.apps == {"chatgpt": 2}
    assert told.left_out == {
        "Sound and video recordings; their transcripts are kept": 1,
        "Attachments that are not in the export": 1,
        "Messages of a kind that is not known": 1,
    }


def test_what_is_in_the_store_is_what_was_read(store: ConversationStore, tmp_path: Path) -> None:
    import_files([copied("chatgpt", tmp_path)], store)
    (plot,) = [one for one in store.conversations() if one.title == "Plot a line"]
    tree = store.tree(plot.id)
    assert tree.source == f"chatgpt:{plot.id}"
    assert [message.role for message in tree.path()] == ["user", "assistant", "user"]
    picture, table = tree.messages[0].attachments
    assert store.content(picture.sha256).startswith(b"\x89PNG")
    assert table.text == "x,y\n1,2\n"


def test_nothing_is_added_twice(store: ConversationStore, tmp_path: Path) -> None:
    folder = copied("chatgpt", tmp_path)
    first = import_files([folder, zipped(folder)], store)
    assert (first.added, first.duplicates) == (2, 2)
    again = import_files([folder], store)
    assert (again.added, again.duplicates) == (0, 2)
    assert len(store.conversations()) == 2


def test_what_is_in_the_trash_is_not_added_again(store: ConversationStore, tmp_path: Path) -> None:
    path = lines(tmp_path / "data.jsonl", 1)
    import_files([path], store)
    store.trash(store.conversations()[0].id)
    assert import_files([path], store).duplicates == 1


def test_empty_and_damaged_conversations_are_counted(
    store: ConversationStore, tmp_path: Path
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"messages": [{"role": "user", "content": ""}]}\n7\n{"messages', "utf-8")
    report = import_files([path, tmp_path / "gone"], store)
    assert (report.added, report.empty, report.unreadable) == (0, 1, 3)
    assert [(one.where, one.reason) for one in report.troubles] == [
        ("conversation 2", "It is no conversation."),
        ("data.jsonl", "The file ends in the middle."),
        ("gone", "“gone” cannot be read. Check that it is still there and may be read."),
    ]


def test_progress_comes_with_every_conversation(store: ConversationStore, tmp_path: Path) -> None:
    path = lines(tmp_path / "data.jsonl", 30)
    seen: list[ImportProgress] = []
    import_files([path], store, progress=seen.append)
    assert [one.conversations for one in seen] == list(range(1, 31))
    assert seen[-1].bytes_read == seen[-1].bytes_total == path.stat().st_size


def test_a_stopped_import_keeps_whole_batches_and_goes_on_later(
    store: ConversationStore, tmp_path: Path
) -> None:
    path = lines(tmp_path / "data.jsonl", 3_000)
    cancel = CancelToken()

    def stop(progress: ImportProgress) -> None:
        if progress.conversations == 500:
            cancel.cancel()

    with pytest.raises(Cancelled):
        import_files([path], store, progress=stop, cancel=cancel)
    kept = len(store.conversations())
    assert 0 < kept < 3_000
    report = import_files([path], store)
    assert (report.added, report.duplicates) == (3_000 - kept, kept)
