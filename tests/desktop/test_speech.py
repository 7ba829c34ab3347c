"""Reading aloud: the words of a message, through a program that speaks its input."""

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.speech import Speaker, SpeechProgram, spoken_text, system_speech


def program(tmp_path: Path, code: str) -> SpeechProgram:
    script = tmp_path / "speak.py"
    script.write_text(code)
    return SpeechProgram((sys.executable, str(script)))


def patient(tmp_path: Path) -> SpeechProgram:
    """Speaks until it is ended."""
    return program(tmp_path, "import time\nwhile True: time.sleep(1)")


def test_words_are_read_and_marks_and_code_are_not() -> None:
    text = (
        "# The sea\n\nIt is **calm** and [deep](http://x.y).\n\n```py\nprint(1)\n```\n- one\n- two"
    )
    assert spoken_text(text).splitlines() == [
        " The sea",
        " It is calm and deep.",
        " Here is code.",
        " one",
        " two",
    ]


@pytest.mark.parametrize("text", ["!-! SET SELF VOLUME 100", "a\n\n!-!QUIT", "x" * 5000 + "!-!"])
def test_no_line_is_a_command_of_the_program(text: str) -> None:
    lines = spoken_text(text).splitlines()
    assert lines
    assert all(line.startswith(" ") and len(line) < 2100 for line in lines)


def test_a_mark_of_the_macs_program_is_broken() -> None:
    assert "[[" not in spoken_text("[[volm 0]] [[[slnc 9]]")


def test_the_text_reaches_the_program_whole(qtbot: QtBot, tmp_path: Path) -> None:
    heard = tmp_path / "heard.txt"
    code = f"import sys; open({str(heard)!r}, 'wb').write(sys.stdin.buffer.read())"
    speaker = Speaker(program(tmp_path, code))
    with qtbot.waitSignals([speaker.changed, speaker.changed], timeout=20_000):
        speaker.toggle("m1", "Grüße, 海")
    assert heard.read_text("utf-8") == " Grüße, 海\n"
    assert speaker.message_id == ""


def test_the_same_message_again_ends_it(qtbot: QtBot, tmp_path: Path) -> None:
    speaker = Speaker(patient(tmp_path))
    speaker.toggle("m1", "Hello")
    assert speaker.message_id == "m1"
    speaker.toggle("m2", "Hello")
    assert speaker.message_id == "m2"
    speaker.toggle("m2", "Hello")
    assert speaker.message_id == ""


def test_a_program_that_cannot_start_is_an_end(qtbot: QtBot) -> None:
    speaker = Speaker(SpeechProgram(("/nowhere/speak",)))
    speaker.toggle("m1", "Hello")
    qtbot.waitUntil(lambda: speaker.message_id == "")


def test_without_a_program_it_says_why(qtbot: QtBot) -> None:
    speaker = Speaker(None)
    assert speaker.refusal
    speaker.toggle("m1", "Hello")
    assert speaker.message_id == ""
    speaker.stop()


def test_the_first_program_that_is_installed_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("shutil.which", lambda name: name == "espeak-ng")
    found = system_speech()
    assert found is not None
    assert found.command == ("espeak-ng", "--stdin")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert system_speech() is None
