"""The parent against processes that do what no engine of ours does. No model is loaded."""

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cancel import CancelToken
from engine.config import GREEDY, SessionConfig
from engine.errors import BadModelFile, EngineDied
from engine.events import ChatMessage, Role
from engine.isolated import process
from engine.isolated.session import IsolatedSession
from tests.engine.sessions import pair_config

Act = Callable[[str], None]


@pytest.fixture
def act(monkeypatch: pytest.MonkeyPatch) -> Act:
    """Puts a hostile process in the place of the engine's."""

    def put(what: str) -> None:
        command = [sys.executable, "-P", "-m", "tests.engine.isolated.hostile_child", what]
        monkeypatch.setattr(process, "_command", lambda: command)

    return put


@pytest.fixture(autouse=True)
def nothing_left_running() -> object:
    """Threads and files of a process end with it."""
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def config() -> SessionConfig:
    return pair_config(Path("no-model.gguf"), None)


@pytest.mark.parametrize("what", ["babble", "flood"])
def test_what_is_no_message_ends_the_process(act: Act, what: str) -> None:
    act(what)
    with pytest.raises(EngineDied, match="nobody understands") as caught:
        IsolatedSession.open(config())
    assert len(caught.value.detail) < 500
    assert not caught.value.out_of_memory


def test_only_the_last_complaints_are_kept(act: Act) -> None:
    act("complain")
    with pytest.raises(EngineDied, match="cannot go on from") as caught:
        IsolatedSession.open(config())
    lines = caught.value.detail.splitlines()
    assert lines[0] == "The process ended with SIGABRT."
    assert lines[-1] == "complaint 19999"
    assert len(lines) == 31


def test_no_list_of_threads_hides_what_native_code_said(act: Act) -> None:
    act("abort with many threads")
    with pytest.raises(EngineDied, match="cannot go on from") as caught:
        IsolatedSession.open(config())
    assert caught.value.detail == (
        "The process ended with SIGABRT.\nGGML_ASSERT(n > 0) failed\nFatal Python error: Aborted"
    )


def test_a_process_that_just_ends_is_told(act: Act) -> None:
    act("end")
    with pytest.raises(EngineDied, match="ended unexpectedly"):
        IsolatedSession.open(config())


def test_a_process_that_closes_its_pipes_and_stays_is_ended(
    act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_END_SECONDS", 0.2)
    act("close and stay")
    with pytest.raises(EngineDied, match="ended unexpectedly") as caught:
        IsolatedSession.open(config())
    assert not caught.value.out_of_memory


def test_a_failure_keeps_its_kind_and_leaves_no_process(act: Act) -> None:
    act("fail")
    with pytest.raises(BadModelFile, match="ends early"):
        IsolatedSession.open(config())


def test_a_long_conversation_does_not_wait_for_a_process_that_reads_nothing(act: Act) -> None:
    act("never read")
    session = IsolatedSession.open(config())
    cancel = CancelToken()
    message = ChatMessage(Role.USER, "words " * 100_000)  # more than any pipe holds
    timer = threading.Timer(0.2, cancel.cancel)
    timer.start()
    started = time.monotonic()
    with pytest.raises(EngineDied, match="did not answer"):
        list(session.turn([message], GREEDY, cancel))
    assert time.monotonic() - started < 60  # it ends; how soon is measured in the faults
    with pytest.raises(EngineDied, match="did not answer"):
        session.forget()
    timer.join()
    session.close()


def test_the_environment_holds_no_secrets() -> None:
    given = process._environment(
        {
            "PATH": "/bin",
            "HOME": "/home/me",
            "CUDA_VISIBLE_DEVICES": "0",
            "LD_LIBRARY_PATH": "/opt/cuda",
            "OUTRIDER_HOME": "/data",
            "HF_TOKEN": "1",
            "GH_TOKEN": "1",
            "OPENAI_API_KEY": "1",
            "AWS_SECRET_ACCESS_KEY": "1",
            "PGPASSWORD": "1",
            "https_proxy": "http://me:word@proxy",
            "SSH_AUTH_SOCK": "/run/agent",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus",
            "GGML_BACKEND_PATH": "/evil.so",
            "LLAMA_CPP_LIB_PATH": "/evil",
        }
    )
    assert set(given) == {
        "PATH",
        "HOME",
        "CUDA_VISIBLE_DEVICES",
        "LD_LIBRARY_PATH",
        "OUTRIDER_HOME",
        "PYTHONPATH",
    }
