"""The seam: everything native in one thread, results by signal, nothing stale."""

import logging
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop.engine_port import OpenRequest
from desktop.engine_thread import EngineThread
from engine.config import SamplingConfig, SpeculationConfig
from engine.errors import BadModelFile, EngineDied, OutriderError
from engine.events import ChatMessage, Role, TextDelta, TurnFinished
from tests.desktop.fakes import PATIENCE, REPLY, FakeOpener, FakeSession

REQUEST = OpenRequest(pair=None, context_length=4096, speculation=SpeculationConfig())
QUESTION = (ChatMessage(Role.USER, "Say something about the sea"),)


@pytest.fixture
def opener() -> FakeOpener:
    return FakeOpener()


@pytest.fixture
def engine(qtbot: QtBot, opener: FakeOpener) -> Iterator[EngineThread]:
    engine = EngineThread(opener)
    yield engine
    opener.gate.open()
    opener.session.gate.open()
    assert engine.shutdown(PATIENCE)


def load(qtbot: QtBot, engine: EngineThread) -> None:
    with qtbot.waitSignal(engine.loaded):
        engine.open(REQUEST)


class Recorder:
    """Collects what a turn delivers."""

    def __init__(self, engine: EngineThread) -> None:
        self.events: list[object] = []
        engine.turn_event.connect(self.events.append)

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def finished(self) -> bool:
        return any(isinstance(event, TurnFinished) for event in self.events)


def test_a_turn_arrives_whole_and_in_order(qtbot: QtBot, engine: EngineThread) -> None:
    load(qtbot, engine)
    recorder = Recorder(engine)
    engine.start_turn(QUESTION, SamplingConfig())
    qtbot.waitUntil(lambda: recorder.finished)
    assert recorder.text == REPLY
    assert isinstance(recorder.events[-1], TurnFinished)


def test_the_session_lives_in_one_thread_of_its_own(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    load(qtbot, engine)
    recorder = Recorder(engine)
    engine.start_turn(QUESTION, SamplingConfig())
    qtbot.waitUntil(lambda: recorder.finished)
    assert opener.session.threads == {"outrider engine"}
    assert threading.current_thread().name not in opener.session.threads


def test_nothing_of_a_stopped_turn_arrives(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    load(qtbot, engine)
    recorder = Recorder(engine)
    opener.session.gate.close()
    engine.start_turn(QUESTION, SamplingConfig())
    qtbot.waitUntil(lambda: len(opener.session.asked) == 1)
    engine.stop_turn()
    seen = len(recorder.events)
    opener.session.gate.open()
    second = engine.start_turn(QUESTION, SamplingConfig())
    qtbot.waitUntil(lambda: recorder.finished)
    later = recorder.events[seen:]
    assert {getattr(event, "turn_id", None) for event in later} == {second}
    assert recorder.text == REPLY


def test_a_failing_turn_is_told_and_the_next_one_works(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    load(qtbot, engine)
    opener.session.error = OutriderError("The device is gone.")
    with qtbot.waitSignal(engine.turn_failed) as failed:
        engine.start_turn(QUESTION, SamplingConfig())
    assert failed.args == [opener.session.error]
    opener.session.error = None
    recorder = Recorder(engine)
    engine.start_turn(QUESTION, SamplingConfig())
    qtbot.waitUntil(lambda: recorder.finished)


def test_a_turn_without_a_model_fails_with_a_sentence(qtbot: QtBot, engine: EngineThread) -> None:
    with qtbot.waitSignal(engine.turn_failed) as failed:
        engine.start_turn(QUESTION, SamplingConfig())
    assert failed.args is not None
    assert failed.args[0].message == "No model is loaded."


def test_loading_reports_progress(qtbot: QtBot, engine: EngineThread) -> None:
    with qtbot.waitSignal(engine.load_progressed) as progress:
        engine.open(REQUEST)
    assert progress.args is not None
    assert progress.args[0].fraction == 0.5


def test_a_failing_load_is_told(qtbot: QtBot, engine: EngineThread, opener: FakeOpener) -> None:
    opener.error = BadModelFile("The file ends early.")
    with qtbot.waitSignal(engine.load_failed) as failed:
        engine.open(REQUEST)
    assert failed.args == [opener.error]


def test_a_bug_while_loading_becomes_a_sentence_and_a_log_entry(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener, caplog: pytest.LogCaptureFixture
) -> None:
    opener.error = ValueError("unexpected shape")
    with (
        caplog.at_level(logging.ERROR, "outrider"),
        qtbot.waitSignal(engine.load_failed) as failed,
    ):
        engine.open(REQUEST)
    assert failed.args is not None
    assert "unexpected shape" not in failed.args[0].sentence
    assert "unexpected shape" in failed.args[0].detail
    assert "unexpected shape" in caplog.text


def test_a_load_can_be_stopped(qtbot: QtBot, engine: EngineThread, opener: FakeOpener) -> None:
    opener.gate.close()
    with qtbot.waitSignal(engine.load_progressed):
        engine.open(REQUEST)
    with qtbot.waitSignal(engine.load_stopped):
        engine.stop_load()


def test_a_second_load_replaces_the_first(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    opener.gate.close()
    with qtbot.waitSignal(engine.load_progressed):
        engine.open(REQUEST)
    with qtbot.assertNotEmitted(engine.load_stopped), qtbot.waitSignal(engine.loaded):
        engine.open(REQUEST)
        opener.gate.open()


def test_opening_again_closes_the_former_session(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    load(qtbot, engine)
    load(qtbot, engine)
    assert opener.session.closed


def test_shutdown_in_the_middle_of_a_turn_ends_the_thread(qtbot: QtBot) -> None:
    opener = FakeOpener()
    engine = EngineThread(opener)
    load(qtbot, engine)
    opener.session.gate.close()
    engine.start_turn(QUESTION, SamplingConfig())
    qtbot.waitUntil(lambda: len(opener.session.asked) == 1)
    assert engine.shutdown(PATIENCE)
    assert engine.shutdown(PATIENCE)
    assert opener.session.closed


def test_shutdown_waits_no_longer_than_told(qtbot: QtBot) -> None:
    stuck = threading.Event()
    opener = FakeOpener()
    opener.gate.wait = lambda cancel: (stuck.wait(), None)[1]  # type: ignore[method-assign]
    engine = EngineThread(opener)
    engine.open(REQUEST)
    qtbot.waitUntil(lambda: len(opener.requests) == 1)
    assert not engine.shutdown(0.01)
    stuck.set()
    assert engine.shutdown(PATIENCE)


def test_an_engine_that_died_is_closed_and_told_once(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    load(qtbot, engine)
    session = opener.session
    session.error = EngineDied("It stopped.")
    with qtbot.waitSignal(engine.died) as died, qtbot.assertNotEmitted(engine.turn_failed):
        engine.start_turn(QUESTION, SamplingConfig())
    assert died.args == [session.error]
    assert session.closed
    with qtbot.waitSignal(engine.turn_failed) as failed:
        engine.start_turn(QUESTION, SamplingConfig())
    assert str(failed.args[0]) == "No model is loaded."


def test_an_engine_that_dies_while_nobody_asks_is_told_at_once(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    load(qtbot, engine)
    session = opener.session
    with qtbot.waitSignal(engine.died) as died:
        session.die(EngineDied("It stopped."))
    assert died.args == [session.death]
    assert session.closed


def test_the_end_of_a_closed_engine_is_no_death(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    load(qtbot, engine)
    former, opener.session = opener.session, FakeSession()
    with qtbot.assertNotEmitted(engine.died, wait=100):
        load(qtbot, engine)
        assert former.closed
        former.die(EngineDied("It was ended."))
    assert not opener.session.closed


def test_a_turn_that_waits_behind_a_dying_engine_ends_with_it(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    load(qtbot, engine)
    opener.session.gate.close()
    opener.session.error = EngineDied("It stopped.")
    opener.session.dies_when_stopped = True
    with qtbot.waitSignal(engine.died), qtbot.assertNotEmitted(engine.turn_failed, wait=100):
        engine.start_turn(QUESTION, SamplingConfig())
        qtbot.waitUntil(lambda: len(opener.session.asked) == 1)
        engine.start_turn(QUESTION, SamplingConfig())


def test_a_death_while_another_pair_is_on_its_way_is_nobodys_business(
    qtbot: QtBot, engine: EngineThread, opener: FakeOpener
) -> None:
    load(qtbot, engine)
    opener.session.gate.close()
    opener.session.error = EngineDied("It stopped.")
    opener.session.dies_when_stopped = True
    engine.start_turn(QUESTION, SamplingConfig())
    qtbot.waitUntil(lambda: len(opener.session.asked) == 1)
    with qtbot.waitSignal(engine.loaded), qtbot.assertNotEmitted(engine.died):
        engine.open(REQUEST)


def test_the_end_of_a_batch_is_told_after_its_events(qtbot: QtBot, engine: EngineThread) -> None:
    load(qtbot, engine)
    told: list[object] = []
    engine.turn_event.connect(told.append)
    engine.taken.connect(lambda: told.append("taken"))
    engine.start_turn(QUESTION, SamplingConfig())
    qtbot.waitUntil(lambda: told[-1:] == ["taken"] and isinstance(told[-2], TurnFinished))
