"""A hub on loopback with a storage host of its own, and a cache in the test's folder."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import close_session, constants

from engine.library.hub import client
from tests.engine.library.hub.setting import Setting
from tests.hub_server import HubServer


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No token of the person's, no offline mode, no connection left open."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "hf" / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(tmp_path / "hf" / "stored_tokens"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    # A machine that stands still while others measure on it must not fail a test.
    monkeypatch.setattr(client, "_TIMEOUT", httpx2.Timeout(600))
    yield
    close_session()


@pytest.fixture
def setting(tmp_path: Path) -> Iterator[Setting]:
    """A hub whose contents are at another host."""
    server, storage = HubServer(), HubServer()
    server.storage, storage.repos, storage.faults = storage, server.repos, server.faults
    with server.running(), storage.running():
        yield Setting(server, tmp_path / "cache")
