"""A download ends with exactly the hub's bytes, whatever the network does on the way."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from huggingface_hub import hf_hub_download, scan_cache_dir

from engine.cancel import CancelToken
from engine.errors import (
    AccessNeeded,
    Cancelled,
    DamagedDownload,
    DiskTrouble,
    HubTrouble,
    HubUnreachable,
)
from engine.library.hub import unfinished
from engine.library.hub.access import HubAccess
from engine.library.hub.cache import RepoCache
from engine.library.hub.part_file import PartFile
from engine.library.hub.transfer import Progress, Stage
from engine.library.hub.values import RemoteModel
from tests.engine.library.hub.setting import CONTENT, FILE, REPO, RIGHT, Setting
from tests.hub_server import COMMIT, CutAfter, Repo, Status, WithEtag, WithoutRanges

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


def test_a_stopped_download_goes_on_where_it_stopped(setting: Setting) -> None:
    model = setting.leave_part(100_000)
    (part,) = setting.parts()
    arrived = part.stat().st_size
    assert 100_000 <= arrived < len(CONTENT)
    assert not scan_cache_dir(setting.cache_folder).warnings
    stages: list[Stage] = []
    transfer = setting.transfer(model, report=lambda progress: stages.append(progress.stage))
    assert transfer.run(CancelToken()).read_bytes() == CONTENT
    (request,) = setting.asked
    assert request.headers["range"] == f"bytes={arrived}-"
    assert request.headers["if-range"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    assert (stages[0], stages[-1]) == (Stage.CHECKING, Stage.RECEIVING)


@pytest.mark.parametrize(
    "fault",
    [WithEtag("new"), WithoutRanges()],
    ids=["another ETag", "200 instead of 206"],
)
def test_what_cannot_go_on_begins_anew(setting: Setting, fault: WithEtag | WithoutRanges) -> None:
    model = setting.leave_part(100_000)
    setting.server.faults.append(fault)
    assert setting.download(model).read_bytes() == CONTENT
    assert len(setting.asked) == 1


def test_another_etag_without_if_range_begins_anew(setting: Setting) -> None:
    model = setting.leave_part(100_000)
    setting.storage.ignores_if_range = True
    setting.server.faults.append(WithEtag("new"))
    assert setting.download(model).read_bytes() == CONTENT
    assert ["range" in request.headers for request in setting.asked] == [True, False]


def test_a_range_that_the_server_refuses_begins_anew(setting: Setting) -> None:
    model = setting.leave_part(100_000)
    setting.server.faults.append(Status(416))
    assert setting.download(model).read_bytes() == CONTENT
    assert ["range" in request.headers for request in setting.asked] == [True, False]


def test_a_cut_connection_is_mended(setting: Setting) -> None:
    setting.server.faults.extend([CutAfter(50_000), CutAfter(50_000), CutAfter(0)])
    assert setting.download().read_bytes() == CONTENT
    assert [request.headers.get("range") for request in setting.asked[:2]] == [
        None,
        "bytes=50000-",
    ]
    assert setting.waits == [1, 1, 2]


def test_a_busy_hub_is_asked_again_after_the_time_it_wants(setting: Setting) -> None:
    setting.server.faults.extend(
        [
            Status(503),
            Status(429, {"Retry-After": "7"}),
            Status(429, {"RateLimit": '"resolvers";r=0;t=55'}),
            Status(500, {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}),
        ]
    )
    notes: list[str] = []
    transfer = setting.transfer(report=lambda progress: notes.append(progress.note))
    assert transfer.run(CancelToken()).read_bytes() == CONTENT
    assert setting.waits == [1, 7, 55, 8]
    assert "127.0.0.1 asks for a pause: too many requests. Next try in 7 s." in notes


def test_a_hub_that_stays_busy_is_given_up(setting: Setting) -> None:
    setting.server.faults.extend([Status(502)] * 20)
    with pytest.raises(HubUnreachable, match=r"^127\.0\.0\.1 has a problem of its own \(502\)\.$"):
        setting.download()
    assert setting.waits == [1, 2, 4, 8, 16, 30]


def test_nobody_waits_for_an_hour(setting: Setting) -> None:
    setting.server.faults.append(Status(429, {"Retry-After": "3600"}))
    with pytest.raises(HubUnreachable, match="asks for a pause"):
        setting.download()
    assert setting.waits == []


def test_another_content_is_removed_and_named(setting: Setting) -> None:
    setting.server.repos[REPO].sha256[FILE] = "0" * 64
    with pytest.raises(DamagedDownload) as caught:
        setting.download()
    assert caught.value.sentence == (
        f"{FILE} arrived damaged: its SHA-256 is not the hub's. It was removed. Download it again."
    )
    assert not setting.parts()
    assert not any(setting.cache_folder.rglob("*.gguf"))


def test_bytes_changed_on_the_disk_are_found_after_a_resume(setting: Setting) -> None:
    model = setting.leave_part(100_000)
    (part,) = setting.parts()
    part.write_bytes(b"x" + part.read_bytes()[1:])
    with pytest.raises(DamagedDownload, match=f"^{FILE} arrived damaged"):
        setting.download(model)
    assert setting.download(model).read_bytes() == CONTENT


def test_a_part_file_that_is_too_long_begins_anew(setting: Setting) -> None:
    model = setting.leave_part(100_000)
    (part,) = setting.parts()
    part.write_bytes(CONTENT + b"x")
    assert setting.download(model).read_bytes() == CONTENT
    assert "range" not in setting.asked[0].headers


def test_another_size_than_described_is_refused(setting: Setting) -> None:
    model = setting.model()
    setting.server.repos[REPO].files[FILE] = CONTENT[:-1]
    with pytest.raises(DamagedDownload, match=r"299999 bytes instead of 300,000\.$"):
        setting.download(model)


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        (None, "its authors want to know who uses it"),
        ("hf_wrong", "this account has no access to it yet"),
    ],
    ids=["401", "403"],
)
def test_a_gated_repository_says_what_to_do(
    setting: Setting, token: str | None, sentence: str
) -> None:
    setting.server.repos[REPO].opens_for = RIGHT
    access = HubAccess(setting.server.url, token=token)
    with pytest.raises(AccessNeeded, match=sentence) as caught:
        setting.transfer(access=access).run(CancelToken())
    assert caught.value.page == f"{setting.server.url}/{REPO}"
    assert f"Open {caught.value.page} and accept the terms" in caught.value.hint


def test_the_token_opens_a_gated_repository_and_goes_to_no_other_host(
    setting: Setting,
) -> None:
    setting.server.repos[REPO].opens_for = RIGHT
    access = HubAccess(setting.server.url, token=RIGHT)
    path = setting.transfer(access=access).run(CancelToken())
    assert path.read_bytes() == CONTENT
    resolved = [seen for seen in setting.server.requests if "/resolve/" in seen.path]
    assert resolved[-1].headers["authorization"] == f"Bearer {RIGHT}"
    assert len(setting.asked) == 1
    assert "authorization" not in setting.asked[0].headers


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_a_storage_host_refuses_says_nothing_of_the_account(
    setting: Setting, status: int
) -> None:
    setting.server.faults.append(Status(status))
    with pytest.raises(HubTrouble, match=rf"^127\.0\.0\.1 refuses the request \({status}\)\.$"):
        setting.download()


def test_a_file_that_is_gone_is_named(setting: Setting) -> None:
    model = setting.model()
    del setting.server.repos[REPO].files[FILE]
    with pytest.raises(HubTrouble, match=f"^{FILE} is not in {REPO} any more"):
        setting.download(model)


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


def test_room_is_looked_for_before_anything_is_fetched(setting: Setting) -> None:
    with pytest.raises(DiskTrouble) as caught:
        setting.transfer(reserved=lambda: 1 << 60).run(CancelToken())
    assert caught.value.message.startswith(
        f"{FILE} needs 300.0 kB more, but {setting.cache_folder}"
    )
    assert "other downloads need" in caught.value.message
    assert not setting.asked


def test_a_full_disk_keeps_what_has_arrived(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = PartFile.append

    def fill(self: PartFile, chunk: bytes) -> None:
        if self.size > 150_000:
            raise OSError(28, "No space left on device")
        append(self, chunk)

    model = setting.model()
    monkeypatch.setattr(PartFile, "append", fill)
    with pytest.raises(DiskTrouble, match=r"^The disk is full"):
        setting.download(model)
    assert setting.parts()[0].stat().st_size > 150_000
    monkeypatch.undo()
    assert setting.download(model).read_bytes() == CONTENT


def test_a_file_in_the_way_of_the_folder_is_named(setting: Setting) -> None:
    setting.cache_folder.write_text("in the way")
    with pytest.raises(DiskTrouble, match=f"cannot be written to {setting.cache_folder}"):
        setting.download()


def test_two_programs_do_not_write_the_same_file(setting: Setting) -> None:
    model = setting.model()
    with (
        RepoCache(setting.cache_folder, REPO).locked(model),
        pytest.raises(DiskTrouble, match="is being downloaded by another program"),
    ):
        setting.download(model)


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


def test_a_stop_during_the_wait_is_at_once(setting: Setting) -> None:
    setting.server.faults.append(Status(503))
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.stage is Stage.WAITING:
            cancel.cancel()

    with pytest.raises(Cancelled):
        setting.transfer(report=stop).run(cancel)


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
