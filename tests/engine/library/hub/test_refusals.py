"""Downloads that cannot be, and what a person can do about it."""

import pytest

from engine.cancel import CancelToken
from engine.errors import (
    AccessNeeded,
    DamagedDownload,
    DiskTrouble,
    HubTrouble,
)
from engine.library.hub.access import HubAccess
from engine.library.hub.cache import RepoCache
from engine.library.hub.part_file import PartFile
from tests.engine.library.hub.setting import CONTENT, FILE, REPO, RIGHT, Setting
from tests.hub_server import Status


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
