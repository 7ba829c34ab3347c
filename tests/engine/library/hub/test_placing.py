"""Where a model lies when it is complete, and that it has no name before."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from huggingface_hub import hf_hub_download, scan_cache_dir

from engine.cancel import CancelToken
from engine.errors import (
    HubTrouble,
)
from engine.library.hub import unfinished
from engine.library.hub.access import HubAccess
from engine.library.hub.transfer import Progress
from engine.library.hub.values import RemoteModel
from tests.engine.library.hub.setting import CONTENT, FILE, REPO, Setting
from tests.hub_server import COMMIT, Repo

SPLIT = tuple(f"Q8_0/Tiny-Q8_0-0000{number}-of-00003.gguf" for number in (1, 2, 3))
PARTS = (CONTENT[:100_000], CONTENT[100_000:180_000], CONTENT[180_000:])


def split_model(setting: Setting) -> RemoteModel:
    setting.server.repos[REPO] = Repo(dict(zip(SPLIT, PARTS, strict=True)))
    return setting.model(SPLIT[0])


def test_it_is_placed_where_other_tools_find_it(setting: Setting) -> None:
    path = setting.download()
    assert path.read_bytes() == CONTENT
    assert path.parent.name == COMMIT
    found = hf_hub_download(
        REPO,
        FILE,
        cache_dir=setting.cache_folder,
        local_files_only=True,
        endpoint="http://no",
    )
    assert Path(found) == path
    scan = scan_cache_dir(setting.cache_folder)
    assert not scan.warnings
    (repo,) = scan.repos
    assert (repo.repo_id, repo.size_on_disk, set(repo.refs)) == (
        REPO,
        len(CONTENT),
        {"main"},
    )
    assert not setting.parts()
    assert not unfinished.list_unfinished(setting.cache_folder)


def test_what_is_there_is_not_fetched_again(setting: Setting) -> None:
    path = setting.download()
    setting.server.forget_requests()
    offline = HubAccess(setting.server.url, offline=True)
    model = RemoteModel(REPO, COMMIT, setting.model().files, "Q4_K_M")
    assert setting.transfer(model, access=offline).run(CancelToken()) == path
    assert not setting.asked


def test_a_new_commit_with_the_same_content_needs_no_bytes(setting: Setting) -> None:
    setting.download()
    setting.server.repos[REPO].commit = "f" * 40
    setting.server.forget_requests()
    path = setting.download()
    assert (path.parent.name, path.read_bytes()) == ("f" * 40, CONTENT)
    assert not setting.asked


def test_a_split_model_arrives_as_one(setting: Setting) -> None:
    model = split_model(setting)
    seen: list[Progress] = []
    path = setting.transfer(model, report=seen.append).run(CancelToken())
    assert [(path.parents[1] / name).read_bytes() for name in SPLIT] == list(PARTS)
    assert (seen[-1].done, seen[-1].total) == (len(CONTENT), len(CONTENT))
    assert [progress.done for progress in seen] == sorted(progress.done for progress in seen)


def test_a_split_model_has_no_names_before_its_last_part(setting: Setting) -> None:
    model = split_model(setting)
    last = setting.server.repos[REPO].files.pop(SPLIT[2])
    with pytest.raises(HubTrouble, match=f"^{SPLIT[2]} is not in"):
        setting.download(model)
    assert not any(setting.cache_folder.rglob("*.gguf"))
    setting.server.repos[REPO].files[SPLIT[2]] = last
    setting.server.forget_requests()
    assert setting.download(model).is_file()
    assert len(setting.asked) == 1


def test_a_split_model_with_a_part_missing_at_the_hub_is_refused(
    setting: Setting,
) -> None:
    split_model(setting)
    del setting.server.repos[REPO].files[SPLIT[1]]
    model = setting.model(SPLIT[0])
    with pytest.raises(HubTrouble) as caught:
        setting.download(model)
    assert caught.value.message == (
        "Tiny-Q8_0-00001-of-00003.gguf is incomplete at the hub: part 2 of 3 is not there."
    )


def test_two_files_of_a_repository_are_placed_at_the_same_time(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, both = Path.replace, threading.Barrier(2)

    def replace_together(self: Path, target: Path) -> Path:
        if target.name == "main":
            both.wait()
        return replace(self, target)

    setting.server.repos[REPO].files["Other.gguf"] = b"1" * 1000
    models = [setting.model(), setting.model("Other.gguf")]
    monkeypatch.setattr(Path, "replace", replace_together)
    with ThreadPoolExecutor(thread_name_prefix="outrider") as threads:
        paths = list(threads.map(setting.download, models))
    assert all(path.is_file() for path in paths)
    assert not scan_cache_dir(setting.cache_folder).warnings


def test_where_links_are_impossible_the_content_moves(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    model = split_model(setting)
    monkeypatch.setattr(Path, "symlink_to", refuse)
    path = setting.download(model)
    assert not path.is_symlink()
    assert path.read_bytes() == PARTS[0]
    assert setting.download(model) == path
    assert not scan_cache_dir(setting.cache_folder).warnings


def test_a_file_that_ends_early_is_taken_up_where_it_ends(setting: Setting) -> None:
    """Whoever left it so: another tool, or a full disk."""
    path = setting.download()
    blob = path.resolve()
    with blob.open("rb+") as file:
        file.truncate(100_000)
    setting.server.forget_requests()
    assert setting.download() == path
    assert path.read_bytes() == CONTENT
    (request,) = setting.asked
    assert request.headers["range"].startswith("bytes=100000-")
    assert not setting.parts()


def test_a_file_that_ends_early_and_is_no_link_is_replaced(setting: Setting) -> None:
    """As the hub library leaves it where a system has no links."""
    path = setting.download()
    path.resolve().unlink()
    path.unlink()
    path.write_bytes(CONTENT[:1000])
    assert setting.download() == path
    assert path.read_bytes() == CONTENT
