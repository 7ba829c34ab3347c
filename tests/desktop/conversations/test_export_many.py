"""Many conversations at once: names that clash, files in the way, progress, and a way to stop."""

import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.conversations import ConversationStore
from desktop.conversations.export import ExportFormat, Extent, Job, export_many, preview
from desktop.conversations.file_names import UniqueStems, safe_stem
from desktop.conversations.formats.forms import FORMS
from engine.cancel import CancelToken
from engine.errors import Cancelled, DiskTrouble
from tests.desktop.conversations.builders import forked_tree, hostile_text


@pytest.fixture
def ids(store: ConversationStore) -> list[str]:
    """Four conversations, three of which a file system may think of one name."""
    titles = ("Sea", "sea", "Sea", "con")
    found = [store.create(title).id for title in titles]
    for number, conversation_id in enumerate(found):
        store.add_user_message(conversation_id, f"message {number}", parent_id=None)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "exports"
    path.mkdir()
    return path


def test_each_readable_conversation_has_a_file_of_its_own(
    store: ConversationStore, ids: list[str], folder: Path
) -> None:
    (folder / "Sea.txt").write_text("mine")
    files = export_many(store, ids, Job(ExportFormat.TEXT), folder)
    assert [file.name for file in files] == [
        "Sea (2).txt",
        "sea (3).txt",
        "Sea (4).txt",
        "_con.txt",
    ]
    assert (folder / "Sea.txt").read_text() == "mine"
    for number, file in enumerate(files):
        assert f"message {number}" in file.read_text()


@pytest.mark.parametrize(
    ("file_format", "name"),
    [
        (ExportFormat.JSON, "outrider-conversations.json"),
        (ExportFormat.OPENAI, "outrider-conversations.jsonl"),
        (ExportFormat.SHAREGPT, "outrider-conversations.json"),
        (ExportFormat.LLAMACPP, "outrider-conversations.zip"),
    ],
)
def test_forms_that_gather_give_one_file(
    store: ConversationStore, ids: list[str], folder: Path, file_format: ExportFormat, name: str
) -> None:
    (file,) = export_many(store, ids, Job(file_format), folder)
    assert file.name == name
    content = file.read_bytes()
    if file_format is ExportFormat.LLAMACPP:
        with zipfile.ZipFile(file) as archive:
            content = b"".join(archive.read(member) for member in archive.namelist())
            assert len(archive.namelist()) == len(set(archive.namelist())) == len(ids)
    assert all(f"message {number}".encode() in content for number in range(len(ids)))
    (second,) = export_many(store, ids, Job(file_format), folder)
    assert second.stem == f"{file.stem} (2)"


def test_progress_counts_conversations(
    store: ConversationStore, ids: list[str], folder: Path
) -> None:
    for file_format in (ExportFormat.TEXT, ExportFormat.JSON):
        seen: list[tuple[int, int]] = []
        job = Job(file_format, progress=lambda *counts, into=seen: into.append(counts))
        export_many(store, ids, job, folder)
        assert seen == [(done, len(ids)) for done in range(len(ids) + 1)]


def stopping_job(file_format: ExportFormat, after: int) -> Job:
    cancel = CancelToken()

    def stop(done: int, _total: int) -> None:
        if done == after:
            cancel.cancel()

    return Job(file_format, progress=stop, cancel=cancel)


def test_a_stopped_export_keeps_the_files_that_are_done(
    store: ConversationStore, ids: list[str], folder: Path
) -> None:
    with pytest.raises(Cancelled):
        export_many(store, ids, stopping_job(ExportFormat.MARKDOWN, 1), folder)
    assert sorted(file.name for file in folder.iterdir()) == ["Sea.md"]


@pytest.mark.parametrize("file_format", [ExportFormat.JSON, ExportFormat.LLAMACPP])
def test_a_stopped_export_leaves_no_half_file(
    store: ConversationStore, ids: list[str], folder: Path, file_format: ExportFormat
) -> None:
    with pytest.raises(Cancelled):
        export_many(store, ids, stopping_job(file_format, 1), folder)
    assert not list(folder.iterdir())


def test_a_folder_that_is_not_there_is_told(
    store: ConversationStore, ids: list[str], tmp_path: Path
) -> None:
    with pytest.raises(DiskTrouble, match="folder does not exist"):
        export_many(store, ids, Job(ExportFormat.HTML), tmp_path / "gone")


def test_a_hundred_of_one_title(store: ConversationStore, folder: Path) -> None:
    ids = [store.create("Same").id for _ in range(100)]
    files = export_many(store, ids, Job(ExportFormat.TEXT), folder)
    assert len({file.name.casefold() for file in files}) == len(ids)
    assert files[-1].name == "Same (100).txt"


@pytest.mark.parametrize("file_format", FORMS)
def test_a_preview_is_the_beginning_of_the_file(
    store: ConversationStore, file_format: ExportFormat
) -> None:
    (conversation_id,) = store.add_trees([forked_tree()])
    shown = preview(store, conversation_id, Job(file_format, Extent.TREE))
    assert "question" in shown
    assert len(shown) <= 4_000


def test_json_of_many_is_one_document(
    store: ConversationStore, ids: list[str], folder: Path
) -> None:
    (file,) = export_many(store, ids, Job(ExportFormat.JSON), folder)
    assert [one["id"] for one in json.loads(file.read_bytes())["conversations"]] == ids
    (none,) = export_many(store, [], Job(ExportFormat.JSON), folder)
    assert json.loads(none.read_bytes())["conversations"] == []
    (empty,) = export_many(store, [], Job(ExportFormat.SHAREGPT), folder)
    assert json.loads(empty.read_bytes()) == []


@given(st.lists(hostile_text | st.sampled_from(["a", "A", "a (2)", "é", "e\u0301"]), max_size=8))
def test_no_name_is_given_twice(titles: list[str]) -> None:
    stems = UniqueStems()
    given = [stems.next(title).casefold() for title in titles]
    assert len(set(given)) == len(given)
    assert all(given)


@given(hostile_text)
def test_a_safe_stem_stays_as_it_is(title: str) -> None:
    stem = safe_stem(title)
    assert safe_stem(stem) == stem
