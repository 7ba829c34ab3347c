"""The session in a process of its own, with the starter model: as the one in this process."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from engine.cancel import CancelToken
from engine.config import Mode, SamplingConfig, SpeculationConfig
from engine.errors import Cancelled, EmptyPrompt, EngineDied, ModelNotFound
from engine.events import (
    ChatMessage,
    Event,
    FinishReason,
    LoadProgress,
    RoundFinished,
    TextDelta,
    TurnFinished,
)
from engine.isolated.session import IsolatedSession
from engine.paths import cache_dir
from engine.session import Session
from tests.engine.sessions import pair_config, user
from tests.faults.gate import engines_failing

pytestmark = [
    pytest.mark.real_model,
    pytest.mark.skipif(sys.platform == "win32", reason="looks into /proc and sends signals"),
]
HAIKU = user("Write a haiku about the sea")
SEEDED = SamplingConfig(temperature=0.8, seed=7, max_tokens=24)


@pytest.fixture(scope="module")
def session(smollm2: Path) -> Iterator[IsolatedSession]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_TOKEN", "hf_secret")
        opened = IsolatedSession.open(pair_config(smollm2, None, mode=Mode.OFF, context=256))
    with opened:
        yield opened


@contextmanager
def held_session(model: Path) -> Iterator[IsolatedSession]:
    """Its replies go on until they are stopped, however soon the model would be done."""
    with engines_failing("hold") as gate:
        gate.close()
        with IsolatedSession.open(pair_config(model, None, mode=Mode.OFF, context=256)) as session:
            yield session


def turn(
    session: Session | IsolatedSession, message: ChatMessage, cancel: CancelToken | None = None
) -> list[Event]:
    return list(session.turn([message], SEEDED, cancel or CancelToken(), turn_id=5))


def told(events: list[Event]) -> list[object]:
    """The events without what the clock says."""
    return [
        (type(event), event.stats.accepted)
        if isinstance(event, RoundFinished)
        else (type(event), event.finish, event.stats.tokens)
        if isinstance(event, TurnFinished)
        else event
        for event in events
    ]


def test_the_same_events_as_in_this_process(smollm2: Path, session: IsolatedSession) -> None:
    config = pair_config(smollm2, None, mode=Mode.OFF, context=256)
    session.forget()
    isolated = turn(session, HAIKU)
    with Session.open(config) as here:
        assert told(turn(here, HAIKU)) == told(isolated)
        assert (here.info.target_name, here.info.context_length) == (
            session.info.target_name,
            session.info.context_length,
        )


def test_settings_reach_the_process(session: IsolatedSession) -> None:
    session.use(SpeculationConfig(mode=Mode.TREE, budget=8))
    stats = turn(session, user("Count: 1 2 3 1 2 3 1 2 3 1 2"))[-1]
    session.use(SpeculationConfig(mode=Mode.OFF))
    assert isinstance(stats, TurnFinished)
    assert all(rows > 0 and seconds > 0 for rows, seconds in session.costs.target)


def test_texts_from_before_reach_the_process(session: IsolatedSession) -> None:
    plain = turn(session, HAIKU)
    reply = "".join(event.text for event in plain if isinstance(event, TextDelta))
    session.use(SpeculationConfig(mode=Mode.TREE, budget=4, earlier=True))
    session.learn_earlier(["\ud83c Half a character", reply])
    session.forget()
    helped = turn(session, HAIKU)[-1]
    session.use(SpeculationConfig(mode=Mode.OFF))
    assert isinstance(helped, TurnFinished)
    assert helped.stats.target_passes < helped.stats.tokens / 2


def test_nothing_of_a_temporary_conversation_is_on_the_disk(smollm2: Path, own_home: Path) -> None:
    config = replace(pair_config(smollm2, None, mode=Mode.OFF), saved_prefix_bytes=1 << 30)
    long = user("The sea is deep and cold. " * 60)

    def kept(*, temporary: bool) -> list[Path]:
        with IsolatedSession.open(config) as session:
            brief = replace(SEEDED, max_tokens=1)
            list(session.turn([long], brief, CancelToken(), temporary=temporary))
        return [path for path in cache_dir().rglob("prefixes/*/*") if path.is_file()]

    assert kept(temporary=True) == []
    assert kept(temporary=False) != []


def test_a_failure_in_the_process_is_the_same_error_here(session: IsolatedSession) -> None:
    with pytest.raises(EmptyPrompt):
        list(session.turn([], SEEDED, CancelToken()))
    assert isinstance(turn(session, HAIKU)[-1], TurnFinished)


def test_a_stop_gets_through(smollm2: Path) -> None:
    cancel = CancelToken()
    events: list[Event] = []
    with held_session(smollm2) as session:
        for event in session.turn([HAIKU], replace(SEEDED, max_tokens=200), cancel):
            events.append(event)
            if isinstance(event, TextDelta):
                cancel.cancel()
    last = events[-1]
    assert isinstance(last, TurnFinished)
    assert last.finish is FinishReason.CANCELLED
    assert last.stats.tokens < 200


def test_a_closed_generator_stops_the_reply(session: IsolatedSession) -> None:
    events = session.turn([HAIKU], replace(SEEDED, max_tokens=200), CancelToken())
    next(event for event in events if isinstance(event, TextDelta))
    events.close()
    again = turn(session, HAIKU)
    assert all(event.turn_id == 5 for event in again)


def test_a_missing_file_is_named_and_a_stopped_load_is_no_error(smollm2: Path) -> None:
    with pytest.raises(ModelNotFound):
        IsolatedSession.open(pair_config(Path("nowhere.gguf"), None))
    cancel = CancelToken()
    seen: list[LoadProgress] = []

    def stop(progress: LoadProgress) -> None:
        seen.append(progress)
        cancel.cancel()

    with pytest.raises(Cancelled):
        IsolatedSession.open(
            pair_config(smollm2, None, mode=Mode.AUTO), progress=stop, cancel=cancel
        )
    assert seen


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_process_holds_no_secrets_and_leaves_no_core(session: IsolatedSession) -> None:
    proc = Path("/proc", str(session.process_id))
    assert b"hf_secret" not in (proc / "environ").read_bytes()
    limits = (proc / "limits").read_text(encoding="utf-8").splitlines()
    core = next(line for line in limits if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    assert "NoNewPrivs:\t1" in (proc / "status").read_text(encoding="utf-8")


OPEN = """
import sys, time
from pathlib import Path
import desktop.engine_thread
from engine.cancel import CancelToken
from engine.config import *
from engine.events import *
from engine.isolated.session import IsolatedSession

model = sys.argv[1]
config = SessionConfig(
    target=ModelConfig(path=Path(model)),
    context_length=256,
    threads=1,
    speculation=SpeculationConfig(mode=Mode.OFF),
)
session = IsolatedSession.open(config)
"""
MAPS = """
def maps(process):
    return Path(f"/proc/{process}/maps").read_text()

list(session.turn([ChatMessage(Role.USER, "Hi")], SamplingConfig(max_tokens=4), CancelToken()))
assert "libllama" in maps(session.process_id)
for name in ("libllama", "libggml", model):
    assert name not in maps("self"), name
session.close()
"""
WAIT = """
print(session.process_id, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_native_library_of_the_engine_is_in_the_window(smollm2: Path) -> None:
    """In a process of its own: the tests beside this one load llama.cpp themselves."""
    done = subprocess.run(
        [sys.executable, "-c", OPEN + MAPS, smollm2], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_nothing_survives_the_parents_sudden_end(smollm2: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OPEN + WAIT, smollm2], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        engine = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    gone, alive = psutil.wait_procs([engine], timeout=20)
    assert gone or alive[0].status() == psutil.STATUS_ZOMBIE  # where nobody reaps orphans


def test_closing_gives_all_memory_back(smollm2: Path) -> None:
    """The weights were never here, and the process that had them is gone."""
    before = psutil.Process().memory_info().rss
    session = IsolatedSession.open(pair_config(smollm2, None, mode=Mode.OFF, context=256))
    engine = psutil.Process(session.process_id)
    assert engine.memory_info().rss > 80 << 20
    session.close()
    assert not engine.is_running()
    assert psutil.Process().memory_info().rss - before < 20 << 20


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT], ids=lambda number: number.name)
def test_a_process_that_dies_while_nobody_looks_is_told(
    smollm2: Path, number: signal.Signals
) -> None:
    with IsolatedSession.open(pair_config(smollm2, None, mode=Mode.OFF, context=256)) as session:
        over = threading.Event()
        session.when_over(over.set)
        session.require_alive()
        assert not over.is_set()
        os.kill(session.process_id, number)
        assert over.wait(20)
        with pytest.raises(EngineDied):
            session.require_alive()
        with pytest.raises(EngineDied) as caught:
            turn(session, HAIKU)
        assert f"The process ended with {number.name}." in caught.value.detail
        with pytest.raises(EngineDied):
            session.use(SpeculationConfig())


def test_a_process_that_hangs_is_ended_when_it_is_to_stop(smollm2: Path) -> None:
    with held_session(smollm2) as session:
        cancel = CancelToken()
        events = session.turn([HAIKU], replace(SEEDED, max_tokens=200), cancel)
        next(event for event in events if isinstance(event, TextDelta))
        os.kill(session.process_id, signal.SIGSTOP)
        cancel.cancel()
        started = time.monotonic()
        with pytest.raises(EngineDied, match="did not answer"):
            list(events)
        assert time.monotonic() - started < 30  # 2 s and what a busy machine adds
