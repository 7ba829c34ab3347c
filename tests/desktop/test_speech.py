"""Reading aloud: a text in its language, through a program that may fail or never end."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QElapsedTimer
from pytestqt.qtbot import QtBot

from desktop import speech
from desktop.speech import NotSpoken, Speaker
from desktop.speech_program import SpeechProgram

PATIENCE = 20_000


def program(tmp_path: Path, code: str, name: str = "speak.py") -> SpeechProgram:
    """Runs `code` and writes what it was given to `heard`, the language before the text."""
    script = tmp_path / name
    heard = tmp_path / "heard.txt"
    script.write_text(
        "import sys, time\n"
        f"with open({str(heard)!r}, 'ab') as heard:\n"
        "    heard.write(sys.argv[1].encode() + b':' + sys.stdin.buffer.read())\n" + code
    )
    return SpeechProgram((sys.executable, str(script), "{language}"), name="speak")


def patient(tmp_path: Path) -> SpeechProgram:
    """Speaks until it is ended."""
    return program(tmp_path, "while True: time.sleep(1)")


def speaker(program: SpeechProgram | None) -> Speaker:
    """Reads what it is given, in German where an umlaut is in it."""
    return Speaker(
        program,
        lambda text, language: text,
        lambda text: "de" if set("äöüß") & set(text) else "en",
    )


@pytest.fixture
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However fast a program ends, it was heard."""
    monkeypatch.setattr(QElapsedTimer, "elapsed", lambda _self: 10**9)


@pytest.mark.usefixtures("_unhurried")
def test_the_text_reaches_the_program_whole_with_its_language(qtbot: QtBot, tmp_path: Path) -> None:
    one = speaker(program(tmp_path, ""))
    with qtbot.assertNotEmitted(one.failed):
        for text in ("Grüße, 海", "Hello"):
            one.toggle("m1", text)
            assert one.message_id == "m1"
            qtbot.waitUntil(lambda: one.message_id == "", timeout=PATIENCE)
    assert (tmp_path / "heard.txt").read_text("utf-8") == "de:Grüße, 海en:Hello"
    assert one.shutdown(PATIENCE)


def test_the_same_message_again_ends_it(qtbot: QtBot, tmp_path: Path) -> None:
    one = speaker(patient(tmp_path))
    one.toggle("m1", "Hello")
    assert one.message_id == "m1"
    one.toggle("m2", "Hello")
    assert one.message_id == "m2"
    qtbot.waitUntil((tmp_path / "heard.txt").exists, timeout=PATIENCE)
    one.toggle("m2", "Hello")
    assert one.message_id == ""
    assert one.shutdown(PATIENCE)


def test_what_is_stopped_before_it_is_understood_is_never_read(
    qtbot: QtBot, tmp_path: Path
) -> None:
    one = speaker(patient(tmp_path))
    one.toggle("m1", "Hello")
    one.toggle("m1", "Hello")
    one.toggle("m2", "Grüße")
    qtbot.waitUntil((tmp_path / "heard.txt").exists, timeout=PATIENCE)
    one.stop()
    assert (tmp_path / "heard.txt").read_text("utf-8") in {"", "de:Grüße"}
    assert one.shutdown(PATIENCE)


def failure(qtbot: QtBot, one: Speaker) -> NotSpoken:
    with qtbot.waitSignal(one.failed, timeout=PATIENCE) as told:
        one.toggle("m1", "Hello, and good evening")
    assert one.message_id == ""
    assert one.shutdown(PATIENCE)
    assert told.args is not None
    error: NotSpoken = told.args[0]
    assert error.hint
    return error


def test_a_program_that_cannot_start_is_told(qtbot: QtBot) -> None:
    gone = SpeechProgram(("/nowhere/speak",), name="speak")
    assert failure(qtbot, speaker(gone)).message == "speak cannot be started."


def test_a_program_that_fails_is_told_with_what_it_said(qtbot: QtBot, tmp_path: Path) -> None:
    failing = program(tmp_path, "sys.exit('no such device')")
    error = failure(qtbot, speaker(failing))
    assert error.message == "speak ended with an error."
    assert "no such device" in error.detail


def test_a_program_that_hides_that_it_was_not_heard_is_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QElapsedTimer, "elapsed", lambda _self: 50)
    error = failure(qtbot, speaker(program(tmp_path, "")))
    assert error.message == "speak ended before anything can have been heard."


def test_a_program_that_waits_for_ever_is_ended_and_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "_SLOWEST_START_MS", 1)
    monkeypatch.setattr(speech, "_MS_OF_A_LETTER", (5, 1))
    error = failure(qtbot, speaker(patient(tmp_path)))
    assert error.message == "speak does not end: it waits for a sound output."


@pytest.mark.usefixtures("_unhurried")
def test_without_a_voice_for_the_language_another_one_reads_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    picky = program(tmp_path, "sys.exit(sys.argv[1] == 'de')")
    without = (*picky.command[:2], "any")
    one = speaker(SpeechProgram(picky.command, name="speak", without_voice=without))
    with qtbot.assertNotEmitted(one.failed):
        one.toggle("m1", "Grüße")
        qtbot.waitUntil(lambda: one.message_id == "", timeout=PATIENCE)
    assert (tmp_path / "heard.txt").read_text("utf-8") == "de:Grüßeany:Grüße"
    assert one.shutdown(PATIENCE)


def test_a_program_that_fails_with_every_voice_is_tried_once_more_only(
    qtbot: QtBot, tmp_path: Path
) -> None:
    failing = program(tmp_path, "sys.exit(3)")
    without = (*failing.command[:2], "any")
    one = speaker(SpeechProgram(failing.command, name="speak", without_voice=without))
    assert failure(qtbot, one).message == "speak ended with an error."
    assert (tmp_path / "heard.txt").read_text("utf-8").count(":") == 2


def test_nothing_to_read_is_no_failure(qtbot: QtBot, tmp_path: Path) -> None:
    one = speaker(patient(tmp_path))
    with qtbot.assertNotEmitted(one.failed):
        one.toggle("m1", "")
        qtbot.waitUntil(lambda: one.message_id == "", timeout=PATIENCE)
    assert one.shutdown(PATIENCE)


def test_without_a_program_it_says_why(qtbot: QtBot) -> None:
    one = speaker(None)
    assert one.refusal
    one.toggle("m1", "Hello")
    assert one.message_id == ""
    assert one.shutdown(PATIENCE)
