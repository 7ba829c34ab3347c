"""How names become files, and the list of what is there."""

from pathlib import Path

import pytest

from engine.errors import ModelNotFound
from engine.library.models import list_library, resolve_model
from tests.gguf_files import write_chat_model


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models folder, empty."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setenv("OUTRIDER_MODELS", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def failure(name: str) -> str:
    with pytest.raises(ModelNotFound) as caught:
        resolve_model(name)
    return caught.value.sentence


def test_a_path_is_itself(folder: Path, tmp_path: Path) -> None:
    path = write_chat_model(tmp_path / "elsewhere.gguf")
    assert resolve_model(str(path)) == path
    assert resolve_model("./elsewhere.gguf") == Path("elsewhere.gguf")
    assert resolve_model("elsewhere.gguf") == Path("elsewhere.gguf")


def test_a_path_may_begin_at_home(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = write_chat_model(tmp_path / "m.gguf")
    assert resolve_model("~/m.gguf") == path


def test_a_name_is_a_stem_or_the_only_start(folder: Path) -> None:
    small, big = (write_chat_model(folder / f"{name}.gguf") for name in ("qwen", "qwen-1.5b"))
    other = write_chat_model(folder / "smollm2-135m.gguf")
    assert resolve_model("qwen") == small
    assert resolve_model("qwen-1") == big
    assert resolve_model("SmolLM2") == other
    assert resolve_model("smollm2-135m.gguf") == other


def test_a_folder_in_the_way_does_not_hide_a_model(folder: Path, tmp_path: Path) -> None:
    path = write_chat_model(folder / "qwen.gguf")
    (tmp_path / "qwen").mkdir()
    assert resolve_model("qwen") == path


def test_an_unclear_name_lists_what_it_could_be(folder: Path) -> None:
    for name in ("qwen-0.5b", "qwen-1.5b", "smollm2"):
        write_chat_model(folder / f"{name}.gguf")
    assert failure("qwen") == "“qwen” could be qwen-0.5b or qwen-1.5b. Write more of the name."
    assert failure("gemma") == (
        f"There is no model “gemma” in {folder}. There is qwen-0.5b, qwen-1.5b and smollm2."
    )
    assert failure("").startswith(f"There is no model “” in {folder}.")


def test_an_empty_or_missing_folder_is_named(folder: Path) -> None:
    sentence = (
        f"There is no model “smol”: no .gguf file is in {folder}. "
        "Put one there, or give the path of a file."
    )
    assert failure("smol") == sentence
    folder.rmdir()
    assert failure("smol") == sentence
    assert list_library().models == []


def test_a_path_that_is_not_there_is_not_a_name(folder: Path, tmp_path: Path) -> None:
    write_chat_model(folder / "m.gguf")
    assert failure(str(tmp_path / "m.gguf")).startswith("m.gguf is not there.")
    assert failure(str(folder)).startswith("models is a folder, not a model file.")


def test_the_list_has_every_file_with_its_reason(folder: Path) -> None:
    write_chat_model(folder / "b.gguf")
    write_chat_model(folder / "A.GGUF")
    write_chat_model(folder / "c.gguf", general__architecture="bert")
    (folder / "d.gguf").write_bytes(b"nothing")
    (folder / "e.gguf").mkdir()
    (folder / "f.gguf").symlink_to(folder / "gone")
    (folder / "notes.txt").write_text("not a model")
    (folder / "g-00002-of-00002.gguf").write_bytes(b"the first part is missing")
    listed = list_library().models
    assert [model.path.name for model in listed] == [
        *("A.GGUF", "b.gguf", "c.gguf", "d.gguf", "e.gguf", "f.gguf"),
        "g-00001-of-00002.gguf",
    ]
    assert [model.info is not None for model in listed] == [*3 * [True], *4 * [False]]
    assert [model.refusal for model in listed] == [
        "",
        "",
        "c.gguf is an embedding model: it turns text into numbers and cannot answer.",
        "d.gguf is not a GGUF file.",
        "e.gguf is a folder, not a model file.",
        "f.gguf is not there.",
        "g-00001-of-00002.gguf is not there.",
    ]
