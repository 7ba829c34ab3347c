"""The token: asked about at the hub, kept in the keyring or the hub library's own store."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from huggingface_hub import constants, get_token

from engine.cancel import CancelToken
from engine.errors import AccessNeeded, HubTrouble
from engine.library.hub.access import HubAccess
from engine.library.hub.sign_in import sign_in, sign_out
from tests.engine.library.hub.setting import CONTENT, REPO, RIGHT, Setting

WRONG = "hf_wrong"


class Keyring(ModuleType):
    """The package `keyring` in memory; locked or not."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.errors = ModuleType("keyring.errors")
        self.errors.KeyringError = LookupError  # type: ignore[attr-defined]
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, name: str) -> str | None:
        self._check()
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self._check()
        self.kept[service, name] = password

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]

    def _check(self) -> None:
        if self.is_locked:
            raise LookupError("locked")


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    fake = Keyring()
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setitem(sys.modules, "keyring.errors", fake.errors)
    return fake


@pytest.fixture(autouse=True)
def known_person(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada has a token; her computer has no other keyring."""
    setting.server.people[RIGHT] = "ada"
    setting.server.repos[REPO].opens_for = RIGHT
    monkeypatch.setattr("huggingface_hub.hf_api.api.endpoint", setting.server.url)
    monkeypatch.setattr("huggingface_hub._login.unset_git_credential", lambda: None)
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setitem(sys.modules, "keyring.errors", None)


def can_download(setting: Setting) -> bool:
    return setting.transfer().run(CancelToken()).read_bytes() == CONTENT


def test_without_a_keyring_the_hub_library_keeps_the_token(setting: Setting) -> None:
    assert sign_in(setting.access, RIGHT) == "ada"
    assert get_token() == RIGHT
    assert Path(constants.HF_TOKEN_PATH).stat().st_mode & 0o077 == 0
    assert can_download(setting)
    sign_out()
    assert get_token() is None


def test_a_keyring_keeps_it_from_other_programs(setting: Setting, keyring: Keyring) -> None:
    assert sign_in(setting.access, RIGHT) == "ada"
    assert get_token() is None
    assert list(keyring.kept.values()) == [RIGHT]
    assert can_download(setting)
    sign_out()
    assert not keyring.kept


def test_a_locked_keyring_is_none(setting: Setting, keyring: Keyring) -> None:
    keyring.is_locked = True
    sign_in(setting.access, RIGHT)
    assert get_token() == RIGHT
    assert can_download(setting)


def test_the_environment_comes_first(
    setting: Setting, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(setting.access, RIGHT)
    monkeypatch.setenv("HF_TOKEN", WRONG)
    assert setting.access.headers()["authorization"] == f"Bearer {WRONG}"


def test_an_unknown_token_is_not_kept(setting: Setting) -> None:
    with pytest.raises(AccessNeeded) as caught:
        sign_in(setting.access, WRONG)
    assert caught.value.message == "127.0.0.1 does not know this token."
    assert caught.value.page == f"{setting.server.url}/settings/tokens"
    assert get_token() is None


def test_an_answer_without_a_name_keeps_nothing(setting: Setting) -> None:
    setting.server.api_faults.append(b"{}")
    with pytest.raises(HubTrouble, match="cannot be read"):
        sign_in(setting.access, RIGHT)
    assert get_token() is None


def test_nobody_signs_in_offline(setting: Setting) -> None:
    with pytest.raises(HubTrouble, match="Offline mode is on"):
        sign_in(HubAccess(setting.server.url, offline=True), RIGHT)
    assert not setting.server.requests
