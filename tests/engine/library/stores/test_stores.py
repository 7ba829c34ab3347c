"""What each app's store holds, and what a hostile or half-made one can do: nothing."""

import json
from pathlib import Path

import pytest

from engine.library.stores import hugging_face, jan, lm_studio, ollama, walk
from tests.engine.library.stores import fixtures
from tests.gguf_files import write_chat_model


def test_hugging_face_names_the_repository_and_the_newest_commit_comes_first(
    tmp_path: Path,
) -> None:
    old = fixtures.hugging_face(tmp_path, "org/a", "m.gguf", commit="f" * 40)
    new = fixtures.hugging_face(tmp_path, "org/a", "n.gguf", commit="9" * 40)
    nested = fixtures.hugging_face(tmp_path, "b", "x.gguf").parent / "Q4"
    nested.mkdir()
    write_chat_model(nested / "y.gguf")
    (tmp_path / "datasets--c" / "snapshots" / "1").mkdir(parents=True)
    write_chat_model(tmp_path / "datasets--c" / "snapshots" / "1" / "no.gguf")
    found = list(hugging_face.find_models(tmp_path))
    assert [(file.title, file.origin) for file in found] == [
        ("y", "b"),
        ("x", "b"),
        ("n", "org/a"),
        ("m", "org/a"),
    ]
    assert [file.path for file in found[2:]] == [new, old]


def test_lm_studio_names_publisher_and_model(tmp_path: Path) -> None:
    fixtures.file_in(tmp_path / "publisher" / "model", "a.gguf")
    fixtures.file_in(tmp_path, "loose.gguf")
    found = list(lm_studio.find_models(tmp_path))
    assert [(file.title, file.origin) for file in found] == [
        ("loose", ""),
        ("a", "publisher/model"),
    ]


def test_ollama_names_models_as_its_own_list_does(tmp_path: Path) -> None:
    fixtures.ollama(tmp_path, "qwen3:8b")
    fixtures.ollama(tmp_path, "qwen3:latest")
    fixtures.ollama(tmp_path, "mine:latest", "b" * 64, host="registry.ollama.ai/me")
    fixtures.ollama(tmp_path, "repo:Q4_K_M", "c" * 64, host="hf.co/org")
    found = {file.title: file.path.name for file in ollama.find_models(tmp_path)}
    assert found == {
        "qwen3:8b": f"sha256-{64 * 'a'}",
        "qwen3:latest": f"sha256-{64 * 'a'}",
        "me/mine:latest": f"sha256-{64 * 'b'}",
        "hf.co/org/repo:Q4_K_M": f"sha256-{64 * 'c'}",
    }


MODEL_LAYER = "application/vnd.ollama.image.model"
MANIFESTS = {
    "empty": "",
    "no JSON": "hello",
    "a list": "[]",
    "no layers": "{}",
    "layers that are none": '{"layers": 7}',
    "a layer that is none": '{"layers": ["x", null]}',
    "no digest": json.dumps({"layers": [{"mediaType": MODEL_LAYER}]}),
    "a path": json.dumps({"layers": [{"mediaType": MODEL_LAYER, "digest": "../../etc/passwd"}]}),
    "a path behind a hash": json.dumps(
        {"layers": [{"mediaType": MODEL_LAYER, "digest": f"sha256:{64 * 'a'}/../../x"}]}
    ),
    "a number": json.dumps({"layers": [{"mediaType": MODEL_LAYER, "digest": 5}]}),
    "deep": '{"layers":' + 50_000 * "[",
    "huge": " " * (2 << 20),
}


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS.keys())
def test_a_manifest_that_names_no_weights_is_left_out(tmp_path: Path, manifest: str) -> None:
    path = tmp_path / "manifests/registry.ollama.ai/library/evil/latest"
    path.parent.mkdir(parents=True)
    path.write_text(manifest)
    assert list(ollama.find_models(tmp_path)) == []


def test_jan_takes_names_from_descriptions_and_folders(tmp_path: Path) -> None:
    described = fixtures.jan(tmp_path, "org/a")
    bare = fixtures.jan(tmp_path, "org/b", described=False)
    imported = fixtures.file_in(tmp_path / "far", "imported.gguf")
    folder = tmp_path / "llamacpp/models/mine"
    folder.mkdir()
    (folder / "model.yml").write_text(f"model_path: {imported}\nname: mine\n")
    write_chat_model(described.with_name("mmproj.gguf"))
    found = [(file.title, file.path) for file in jan.find_models(tmp_path)]
    assert found == [
        ("mine", imported),
        ("org/a", described),
        ("mmproj", described.with_name("mmproj.gguf")),
        ("org/a", described),
        ("org/b", bare),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "- a",
        "model_path: 3",
        "model_path: x.txt",
        "{",
        "a: &a [*a, *a]",
        "!!python/object:x {}",
    ],
)
def test_a_description_that_makes_no_sense_names_nothing(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "llamacpp" / "models" / "x"
    folder.mkdir(parents=True)
    (folder / "model.yml").write_text(content)
    assert list(jan.find_models(tmp_path)) == []


def test_the_search_follows_links_and_survives_loops(tmp_path: Path) -> None:
    root, far = tmp_path / "root", tmp_path / "far"
    model = fixtures.file_in(far, "far.gguf")
    root.mkdir()
    (root / "link").symlink_to(far)
    (root / "up").symlink_to(root)
    (far / "back").symlink_to(root)
    (root / "self").symlink_to("self")
    (root / "gone").symlink_to(tmp_path / "nowhere")
    (root / ".hidden").mkdir()
    write_chat_model(root / ".hidden" / "no.gguf")
    assert list(walk.model_paths(root)) == [root / "link" / model.name]


def test_a_split_model_is_named_once_by_its_first_part(tmp_path: Path) -> None:
    for number in (2, 3):
        (tmp_path / f"big-{number:05}-of-00003.gguf").write_bytes(b"")
    assert list(walk.model_paths(tmp_path)) == [tmp_path / "big-00001-of-00003.gguf"]


def test_a_search_of_a_whole_disk_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MAX_ENTRIES", 5)
    for number in range(9):
        (tmp_path / f"{number}.gguf").write_bytes(b"")
    assert len(list(walk.model_paths(tmp_path))) == 5


def test_a_deep_tree_is_searched_to_a_depth(tmp_path: Path) -> None:
    folder = tmp_path
    for number in range(walk.MAX_DEPTH + 1):
        folder = folder / str(number)
    write = fixtures.file_in(folder, "too-deep.gguf")
    fixtures.file_in(write.parents[1], "deep.gguf")
    assert [path.name for path in walk.model_paths(tmp_path)] == ["deep.gguf"]
