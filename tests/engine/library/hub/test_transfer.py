"""A download ends with exactly the hub's bytes, whatever the network does on the way."""

import hashlib

import pytest
from huggingface_hub import scan_cache_dir

from engine.cancel import CancelToken
from engine.errors import (
    Cancelled,
    DamagedDownload,
    HubUnreachable,
)
from engine.library.hub.transfer import Progress, Stage
from tests.engine.library.hub.setting import CONTENT, FILE, REPO, Setting
from tests.hub_server import CutAfter, Status, WithEtag, WithoutRanges


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


def test_a_stop_during_the_wait_is_at_once(setting: Setting) -> None:
    setting.server.faults.append(Status(503))
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.stage is Stage.WAITING:
            cancel.cancel()

    with pytest.raises(Cancelled):
        setting.transfer(report=stop).run(cancel)
