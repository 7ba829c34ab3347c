"""`generate`: the headless contract, in this process and in its own."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from engine.errors import DecodeFailed
from engine.events import FinishReason
from tests.engine.commands.conftest import Scripted
from tests.engine.commands.running import CHECKOUT, FIGURES, command, run, run_apart
from tests.gguf_files import write_chat_model

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_chat_model(tmp_path / "tiny.gguf")


def test_with_json_one_object_is_all_of_stdout(
    capsys: Capture, tiny: Path, scripted: Scripted
) -> None:
    session = scripted(["Wave", " on\n", "wave"])
    done = run(capsys, "generate", "--target", tiny, "--prompt", "A haiku", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("\n")
    reply = json.loads(done.out)
    assert reply.keys() == FIGURES | {"text", "finish"}
    assert (reply["text"], reply["finish"]) == ("Wave on\nwave", "end")
    assert (reply["tokens"], reply["tokens_per_pass"], reply["tokens_per_second"]) == (6, 3.0, 3.0)
    assert session.closed


def test_without_json_the_text_streams_and_the_numbers_go_to_stderr(
    capsys: Capture, tiny: Path, scripted: Scripted
) -> None:
    scripted(["Wave", " on"])
    done = run(capsys, "generate", "--target", tiny, "--prompt", "A haiku", "--system", "Be brief")
    assert (done.code, done.out) == (0, "Wave on")
    assert done.err == "\n[tree, 6 tokens, 3.0 per pass, 3.0 tokens/s]\n"


def test_a_system_prompt_comes_before_the_prompt(
    capsys: Capture, tiny: Path, scripted: Scripted
) -> None:
    session = scripted(["x"])
    run(capsys, "generate", "--target", tiny, "--prompt", "Hi", "--system", "Be brief", "--json")
    assert [(m.role, m.content) for m in session.asked[0]] == [
        ("system", "Be brief"),
        ("user", "Hi"),
    ]


def test_a_reply_cannot_command_the_terminal(
    capsys: Capture, tiny: Path, scripted: Scripted
) -> None:
    scripted(["a\x1b[2J\x1b]0;title\x07b\r\x9bc\tü🌊\n"])
    done = run(capsys, "generate", "--target", tiny, "--prompt", "x")
    assert done.out == "a[2J]0;titlebc\tü🌊\n"


def test_a_cancelled_reply_prints_what_there_is_and_exits_130(
    capsys: Capture, tiny: Path, scripted: Scripted
) -> None:
    scripted(["half a"], finish=FinishReason.CANCELLED)
    done = run(capsys, "generate", "--target", tiny, "--prompt", "x", "--json")
    assert done.code == 130
    assert json.loads(done.out)["text"] == "half a"


def test_an_error_in_the_middle_is_one_line(
    capsys: Capture, tiny: Path, scripted: Scripted
) -> None:
    session = scripted(DecodeFailed("It\nbroke\x1b[31m.", hint="Try again."))
    done = run(capsys, "generate", "--target", tiny, "--prompt", "x", "--json")
    assert (done.code, done.out) == (1, "")
    assert done.complaint == "It broke [31m. Try again."
    assert session.closed


@pytest.mark.real_model
def test_a_tree_in_a_process_of_its_own(smollm2: Path, low_bit: Path) -> None:
    done = run_apart(
        "generate", "--target", smollm2, "--draft", low_bit, "--mode", "tree", "--budget", "8",
        "--prompt", "Count to ten.", "--temperature", "0", "--max-tokens", "12",
        "--context", "256", "--threads", "1", "--json",
    )  # fmt: skip
    assert (done.code, done.err) == (0, "")
    reply = json.loads(done.out)
    assert reply.keys() == FIGURES | {"text", "finish"}
    assert (reply["mode"], reply["tokens"], reply["finish"]) == ("tree", 12, "max_tokens")
    assert reply["tokens_per_pass"] > 1
    assert reply["text"]


@pytest.mark.real_model
def test_ctrl_c_stops_a_long_reply_with_130(smollm2: Path) -> None:
    process = subprocess.Popen(
        command(
            "generate", "--target", smollm2, "--prompt", "Tell me a very long story.",
            "--temperature", "0", "--max-tokens", "4000", "--threads", "1",
        ),
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.read(1)
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (first + rest).decode().strip()
    assert b"Traceback" not in err


@pytest.mark.real_model
@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        (" \n", "The message is empty. Write something to answer."),
        ("word " * 500, "Shorten it, or choose a longer context."),
    ],
    ids=["empty", "longer than the context"],
)
def test_a_prompt_that_cannot_be_answered(
    capsys: Capture, smollm2: Path, prompt: str, sentence: str
) -> None:
    done = run(
        capsys, "generate", "--target", smollm2, "--prompt", prompt, "--context", "128",
        "--budget", "1", "--threads", "1", "--json",
    )  # fmt: skip
    assert (done.code, done.out) == (1, "")
    assert done.complaint.endswith(sentence)


def test_a_reader_that_leaves_early_is_no_error(tiny: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command("inspect", tiny), stdout=writer, stderr=subprocess.PIPE, cwd=CHECKOUT, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_without_a_character_shows_a_stand_in(tmp_path: Path) -> None:
    model = write_chat_model(tmp_path / "tiny.gguf", general__name="Größe")
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii:strict"}
    done = run_apart("inspect", model, environment=narrow)
    assert (done.code, done.err) == (0, "")
    assert "name: Gr??e" in done.out
