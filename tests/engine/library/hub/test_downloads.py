"""Several downloads at once: queued, paused, removed, and there again at the next start."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

import pytest

from engine.errors import DamagedDownload, DiskTrouble, HubTrouble
from engine.library.hub import unfinished
from engine.library.hub.access import HubAccess
from engine.library.hub.cache import RepoCache
from engine.library.hub.download_state import Download, DownloadState
from engine.library.hub.downloads import DownloadQueue
from engine.library.hub.values import RemoteModel
from tests.engine.library.hub.setting import CONTENT, FILE, REPO, Setting
from tests.hub_server import HoldAfter, Repo

HELD = 64_000


@dataclass
class Watched:
    """A queue, and everything that it told."""

    queue: DownloadQueue
    news: threading.Condition
    told: list[tuple[Download, ...]] = field(default_factory=list)

    def wait_until(self, is_so: Callable[[dict[str, Download]], bool]) -> dict[str, Download]:
        """By file name, as soon as it is so."""
        with self.news:
            for _ in range(400):
                now = {download.model.name: download for download in self.queue.snapshot()}
                if is_so(now):
                    return now
                self.news.wait(0.1)
        pytest.fail(f"this stays so: {self.queue.snapshot()}")

    def wait_for(self, name: str, state: DownloadState) -> Download:
        return self.wait_until(lambda now: name in now and now[name].state is state)[name]


@contextmanager
def queue_of(setting: Setting, access: HubAccess | None = None) -> Iterator[Watched]:
    news = threading.Condition()

    def tell() -> None:
        with news:
            news.notify_all()

    queue = DownloadQueue(
        access or setting.access,
        cache_folder=setting.cache_folder,
        on_change=tell,
        patience=setting.patience,
    )
    try:
        yield Watched(queue, news)
    finally:
        queue.close()
        for thread in threading.enumerate():
            if thread.name == "outrider-download":
                thread.join(20)


@pytest.fixture
def held(setting: Setting) -> Iterator[threading.Event]:
    """Every transfer stops after a while until this is set."""
    release = threading.Event()
    setting.server.faults.extend([HoldAfter(HELD, release)] * 20)
    with ExitStack() as at_end:
        at_end.callback(release.set)
        at_end.callback(setting.server.faults.clear)
        yield release


def go_on(setting: Setting, held: threading.Event) -> None:
    setting.server.faults.clear()
    held.set()


def several(setting: Setting, count: int) -> list[RemoteModel]:
    files = {f"M{number}.gguf": bytes([number]) + CONTENT for number in range(count)}
    setting.server.repos[REPO] = Repo(files)
    return [setting.model(name) for name in files]


def test_a_download_is_done_and_says_where(setting: Setting) -> None:
    with queue_of(setting) as watched:
        assert watched.queue.add(setting.model()) == f"{REPO}/{FILE}"
        done = watched.wait_for(FILE, DownloadState.DONE)
        assert done.path
        assert done.path.read_bytes() == CONTENT
        assert (done.done_bytes, done.total_bytes) == (len(CONTENT), len(CONTENT))
        watched.queue.remove(done.id)
        assert watched.queue.snapshot() == ()
    assert done.path.is_file()


def test_two_run_and_the_others_wait_their_turn(setting: Setting, held: threading.Event) -> None:
    models = several(setting, 4)
    with queue_of(setting) as watched:
        for model in models:
            watched.queue.add(model)
        now = watched.wait_until(lambda d: sum(x.done_bytes >= HELD for x in d.values()) == 2)
        assert [download.state.value for download in now.values()] == [
            "receiving",
            "receiving",
            "queued",
            "queued",
        ]
        watched.queue.pause(models[0].id)
        watched.wait_until(lambda d: d["M2.gguf"].done_bytes >= HELD)
        assert watched.queue.snapshot()[3].state is DownloadState.QUEUED
        go_on(setting, held)
        watched.queue.resume(models[0].id)
        watched.wait_until(
            lambda d: all(download.state is DownloadState.DONE for download in d.values())
        )


def test_a_pause_shows_at_once_and_keeps_what_has_arrived(
    setting: Setting, held: threading.Event
) -> None:
    with queue_of(setting) as watched:
        id_ = watched.queue.add(setting.model())
        watched.wait_until(lambda d: d[FILE].done_bytes >= HELD)
        watched.queue.pause(id_)
        (paused,) = watched.queue.snapshot()
        assert (paused.state, paused.done_bytes) == (DownloadState.PAUSED, HELD)
        assert paused.bytes_per_second is None
        watched.queue.resume(id_)
        go_on(setting, held)
        watched.wait_for(FILE, DownloadState.DONE)
    assert setting.asked[-1].headers["range"] == f"bytes={HELD}-"


def test_what_was_asked_for_is_there_at_the_next_start(
    setting: Setting, held: threading.Event
) -> None:
    models = several(setting, 3)
    with queue_of(setting) as watched:
        for model in models:
            watched.queue.add(model)
        watched.wait_until(lambda d: sum(x.done_bytes >= HELD for x in d.values()) == 2)
        go_on(setting, held)
    setting.server.forget_requests()
    with queue_of(setting) as watched:
        left = watched.queue.snapshot()
        assert {download.state for download in left} == {DownloadState.PAUSED}
        assert sorted(download.model.name for download in left) == [m.name for m in models]
        assert not setting.server.requests
        for download in left:
            watched.queue.resume(download.id)
        watched.wait_until(lambda d: all(x.state is DownloadState.DONE for x in d.values()))
    with queue_of(setting) as watched:
        assert watched.queue.snapshot() == ()


def test_a_removed_download_leaves_nothing_behind(setting: Setting, held: threading.Event) -> None:
    model = setting.model()
    with queue_of(setting) as watched:
        id_ = watched.queue.add(model)
        watched.wait_until(lambda d: d[FILE].done_bytes >= HELD)
        watched.queue.remove(id_)
        assert watched.queue.snapshot() == ()
        go_on(setting, held)
    assert not setting.parts()
    assert not unfinished.list_unfinished(setting.cache_folder)


def test_a_removed_download_can_be_asked_for_again_at_once(
    setting: Setting, held: threading.Event
) -> None:
    with queue_of(setting) as watched:
        id_ = watched.queue.add(setting.model())
        watched.wait_until(lambda d: d[FILE].done_bytes >= HELD)
        watched.queue.remove(id_)
        watched.queue.add(setting.model())
        go_on(setting, held)
        done = watched.wait_for(FILE, DownloadState.DONE)
    assert done.path
    assert done.path.read_bytes() == CONTENT


def test_a_leftover_of_another_start_can_be_removed(setting: Setting) -> None:
    model = setting.leave_part(100_000)
    with queue_of(setting) as watched:
        watched.queue.remove(model.id)
        assert watched.queue.snapshot() == ()
    assert not setting.parts()


def test_what_another_program_downloads_is_not_removed(setting: Setting) -> None:
    model = setting.leave_part(100_000)
    with queue_of(setting) as watched, RepoCache(setting.cache_folder, REPO).locked(model):
        with pytest.raises(DiskTrouble, match="by another program"):
            watched.queue.remove(model.id)
        assert len(watched.queue.snapshot()) == 1
        assert setting.parts()


def test_a_failure_is_told_and_can_be_tried_again(setting: Setting) -> None:
    model = setting.model()
    setting.server.repos[REPO].files[FILE] = b"y" + CONTENT[1:]
    wrong = replace(model, files=(replace(model.files[0], sha256="0" * 64),))
    setting.server.repos[REPO].sha256[FILE] = "0" * 64
    with queue_of(setting) as watched:
        watched.queue.add(wrong)
        failed = watched.wait_for(FILE, DownloadState.FAILED)
        assert isinstance(failed.error, DamagedDownload)
        watched.queue.resume(failed.id)
        watched.wait_until(lambda d: d[FILE].state is not DownloadState.FAILED)
        assert watched.wait_for(FILE, DownloadState.FAILED).error


def test_an_unexpected_end_is_told_too(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    model = setting.model()
    seen: list[object] = []
    monkeypatch.setattr(threading, "excepthook", seen.append)
    monkeypatch.setattr(RepoCache, "place", fail)
    with queue_of(setting) as watched:
        watched.queue.add(model)
        failed = watched.wait_for(FILE, DownloadState.FAILED)
    assert str(failed.error) == "The download ended unexpectedly."
    assert len(seen) == 1


def test_an_incomplete_model_is_not_queued(setting: Setting) -> None:
    with queue_of(setting) as watched:
        with pytest.raises(HubTrouble, match="is incomplete at the hub"):
            watched.queue.add(replace(setting.model(), missing_parts=(2,)))
        assert watched.queue.snapshot() == ()


def test_a_new_access_counts_from_the_next_start_on(setting: Setting) -> None:
    with queue_of(setting, HubAccess(setting.server.url, offline=True)) as watched:
        watched.queue.add(setting.model())
        failed = watched.wait_for(FILE, DownloadState.FAILED)
        assert str(failed.error) == "Offline mode is on."
        watched.queue.access = setting.access
        watched.queue.resume(failed.id)
        watched.wait_for(FILE, DownloadState.DONE)


def test_names_that_nobody_knows_do_nothing(setting: Setting) -> None:
    with queue_of(setting) as watched:
        for act in (watched.queue.pause, watched.queue.resume, watched.queue.remove):
            act("nobody/knows")
        assert watched.queue.snapshot() == ()


def test_a_model_that_is_done_can_be_asked_for_again(setting: Setting) -> None:
    with queue_of(setting) as watched:
        watched.queue.add(setting.model())
        old = watched.wait_for(FILE, DownloadState.DONE)
        setting.server.repos[REPO].commit = "f" * 40
        watched.queue.add(setting.model())
        watched.wait_until(lambda d: d[FILE].path not in (None, old.path))
    assert unfinished.list_unfinished(setting.cache_folder) == []


def test_a_closed_queue_is_silent(setting: Setting) -> None:
    told: list[None] = []
    queue = DownloadQueue(
        setting.access, cache_folder=setting.cache_folder, on_change=lambda: told.append(None)
    )
    queue.close()
    queue.add(setting.model())
    assert not told
    (download,) = queue.snapshot()
    assert download.state is DownloadState.QUEUED
    assert not setting.asked


def test_a_new_version_takes_the_place_of_an_unfinished_one(setting: Setting) -> None:
    setting.leave_part(100_000)
    setting.server.repos[REPO] = Repo({FILE: b"new" + CONTENT}, commit="f" * 40)
    with queue_of(setting) as watched:
        watched.queue.add(setting.model())
        done = watched.wait_for(FILE, DownloadState.DONE)
    assert done.path
    assert done.path.read_bytes() == b"new" + CONTENT
    assert not setting.parts()
    assert unfinished.list_unfinished(setting.cache_folder) == []
