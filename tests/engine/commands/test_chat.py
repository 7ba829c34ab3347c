"""`chat`: messages from stdin, replies on stdout, everything else on stderr."""

import io
import json
import sys
from pathlib import Path

import pytest

from engine.errors import PromptTooLong
from engine.events import ContextTrimmed, FinishReason
from tests.engine.commands.conftest import Scripted
from tests.engine.commands.running import FIGURES, run, run_apart
from tests.gguf_files import write_chat_model

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_chat_model(tmp_path / "tiny.gguf")


def feed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_each_line_is_answered_with_the_conversation_so_far(
    capsys: Capture, tiny: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = scripted(["Hi."], ["A\x1b[1m wave."])
    feed(monkeypatch, "Hello", "", "   ", "What is it?")
    done = run(capsys, "chat", "--target", tiny, "--system", "Be brief")
    assert (done.code, done.out) == (0, "Hi.\nA[1m wave.\n")
    assert [m.content for m in session.asked[1]] == ["Be brief", "Hello", "Hi.", "What is it?"]
    assert done.err.splitlines() == [
        "Big listens. Ctrl-C stops a reply, Ctrl-D leaves.",
        "[tree, 6 tokens, 3.0 per pass, 3.0 tokens/s]",
        "[tree, 6 tokens, 3.0 per pass, 3.0 tokens/s]",
    ]
    assert session.closed


def test_with_json_each_reply_is_one_object_a_line(
    capsys: Capture, tiny: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(["Hi."], ["Two\nlines."])
    feed(monkeypatch, "Hello", "More")
    done = run(capsys, "chat", "--target", tiny, "--json")
    replies = [json.loads(line) for line in done.out.splitlines()]
    assert [reply["text"] for reply in replies] == ["Hi.", "Two\nlines."]
    assert all(reply.keys() >= FIGURES | {"text"} for reply in replies)


def test_a_message_that_cannot_be_answered_is_taken_back_and_the_chat_goes_on(
    capsys: Capture, tiny: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = scripted(PromptTooLong("Too long.", hint="Shorten it."), ["Hi."])
    feed(monkeypatch, "a novel", "Hello")
    done = run(capsys, "chat", "--target", tiny)
    assert (done.code, done.out) == (0, "Hi.\n")
    assert "Too long. Shorten it." in done.err.splitlines()
    assert [m.content for m in session.asked[1]] == ["Hello"]


def test_messages_left_out_are_told(
    capsys: Capture, tiny: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted([ContextTrimmed(0, 4), "Hi."])
    feed(monkeypatch, "Hello")
    done = run(capsys, "chat", "--target", tiny)
    sentence = "The oldest 4 messages are left out: the conversation is longer than the context."
    assert sentence in done.err.splitlines()
    scripted([ContextTrimmed(0, 1), "Hi."])
    feed(monkeypatch, "Hello")
    done = run(capsys, "chat", "--target", tiny, "--json")
    assert json.loads(done.out)["messages_left_out"] == 1
    assert "The oldest message is left out" in done.err


@pytest.mark.real_model
def test_a_conversation_in_a_process_of_its_own(smollm2: Path) -> None:
    done = run_apart(
        "chat", "--target", smollm2, "--context", "512", "--budget", "1", "--threads", "1",
        "--temperature", "0", "--max-tokens", "6", "--json",
        stdin=b"Hello\nbytes that are no text: \xff\n",
    )  # fmt: skip
    assert done.code == 0
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert first["text"]
    assert second["text"]
    assert second["prompt_tokens"] > first["prompt_tokens"]
    assert done.err == "smollm2-135m listens. Ctrl-C stops a reply, Ctrl-D leaves.\n"


def test_a_reply_that_fills_the_context_says_why_it_ends(
    capsys: Capture, tiny: Path, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    sentence = "The context is full, so the reply ends here. --context makes it longer."
    for command in (("chat",), ("generate", "--prompt", "Hello")):
        scripted(["Hi."], finish=FinishReason.CONTEXT_FULL)
        feed(monkeypatch, "Hello")
        done = run(capsys, *command, "--target", tiny)
        assert done.err.splitlines()[-1] == sentence
