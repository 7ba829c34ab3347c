"""Each bad input of a user: one sentence on stderr, nothing on stdout, and its exit code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.commands.running import run
from tests.gguf_files import TOKENS, write_chat_model

Capture = pytest.CaptureFixture[str]
Make = Callable[[Path], Path]


def not_gguf(folder: Path) -> Path:
    path = folder / "notes.gguf"
    path.write_text("Dear diary")
    return path


def truncated(folder: Path) -> Path:
    path = write_chat_model(folder / "cut.gguf")
    path.write_bytes(path.read_bytes()[:-100])
    return path


def a_directory(folder: Path) -> Path:
    path = folder / "folder.gguf"
    path.mkdir()
    return path


def embedding(folder: Path) -> Path:
    return write_chat_model(folder / "embed.gguf", llama__pooling_type=1)


def vanished(folder: Path) -> Path:
    return folder / "gone.gguf"


def hostile_name(folder: Path) -> Path:
    path = folder / "a\x1b[2J\nb.gguf"
    path.write_text("no model")
    return path


BAD_FILES: dict[Make, str] = {
    not_gguf: "notes.gguf is not a GGUF file.",
    truncated: "cut.gguf ends early: ",
    a_directory: "folder.gguf is a folder, not a model file. Choose a .gguf file.",
    embedding: "embed.gguf is an embedding model: it turns text into numbers and cannot answer.",
    vanished: "gone.gguf is not there. It may have been moved, renamed or deleted.",
    hostile_name: "a [2J b.gguf is not a GGUF file.",
}


@pytest.mark.parametrize("role", ["target", "draft"])
@pytest.mark.parametrize(
    ("make", "sentence"), BAD_FILES.items(), ids=lambda v: getattr(v, "__name__", "")
)
def test_a_file_that_is_no_model_to_chat_with(
    capsys: Capture, tmp_path: Path, role: str, make: Make, sentence: str
) -> None:
    good = write_chat_model(tmp_path / "good.gguf")
    files = {"target": good, "draft": good, role: make(tmp_path)}
    done = run(
        capsys, "generate", "--target", files["target"], "--draft", files["draft"],
        "--prompt", "x", "--json",
    )  # fmt: skip
    assert (done.code, done.out) == (1, "")
    assert done.complaint.startswith(sentence)


@pytest.mark.parametrize("command", ["generate", "chat", "inspect"])
def test_every_command_refuses_it(capsys: Capture, tmp_path: Path, command: str) -> None:
    arguments = {
        "generate": ("generate", "--prompt", "x", "--target"),
        "chat": ("chat", "--target"),
        "inspect": ("inspect",),
    }[command]
    done = run(capsys, *arguments, truncated(tmp_path))
    assert (done.code, done.out) == (1, "")
    assert done.complaint.startswith("cut.gguf ends early: ")


def test_a_file_without_read_permission(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_chat_model(tmp_path / "secret.gguf")

    def refuse(self: Path, *_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)  # tests may run as root, who may read everything
    done = run(capsys, "generate", "--target", path, "--prompt", "x", "--json")
    assert (done.code, done.out) == (1, "")
    assert done.complaint == "secret.gguf may not be read. Its permissions do not allow it."


def test_a_draft_with_another_vocabulary(capsys: Capture, tmp_path: Path) -> None:
    target = write_chat_model(tmp_path / "target.gguf")
    draft = write_chat_model(
        tmp_path / "draft.gguf", tokenizer__ggml__tokens=(*TOKENS[:-1], "other")
    )
    done = run(capsys, "generate", "--target", target, "--draft", draft, "--prompt", "x", "--json")
    assert (done.code, done.out) == (1, "")
    assert done.complaint == (
        "Token 9 differs: “b” / “other”. This draft cannot guess for this target. "
        "Choose a draft of the target's own family."
    )


def test_a_home_that_is_no_folder(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("OUTRIDER_HOME", str(tmp_path / "file"))
    target = write_chat_model(tmp_path / "target.gguf")
    done = run(capsys, "generate", "--target", target, "--draft", "self", "--prompt", "x")
    assert (done.code, done.out) == (1, "")
    assert "cannot be made. Set OUTRIDER_HOME" in done.complaint


USAGE = {
    "no command": (),
    "unknown command": ("fly",),
    "no target": ("generate", "--prompt", "x"),
    "no prompt": ("generate", "--target", "GOOD"),
    "mode": ("generate", "--target", "GOOD", "--prompt", "x", "--mode", "fast"),
    "number": ("generate", "--target", "GOOD", "--prompt", "x", "--budget", "many"),
}
SETTINGS = {
    ("--budget", "0"): "Budget must be between 1 and 600, not 0.",
    ("--budget", "601"): "Budget must be between 1 and 600, not 601.",
    ("--temperature", "-1"): "Temperature must be between 0 and 100, not -1.0.",
    ("--temperature", "nan"): "Temperature must be between 0 and 100, not nan.",
    ("--max-tokens", "1" + "0" * 400): "Maximum tokens must be between 1 and 2.14748e+09, not 1",
    ("--context", "10"): "Context must be between 64 and ",
    ("--stop", ""): "A stop string must not be empty.",
    ("--target-gpu-layers", "-7"): "Layers on the device must be between -1 and 10000, not -7.",
    ("--rpc", "nowhere"): "nowhere is not HOST:PORT. Write 127.0.0.1:50052, say.",
    ("--rpc", "192.0.2.1:50052"): "The worker at 192.0.2.1:50052 is on another machine, ",
    ("--rpc", "example.org:50052"): "The worker at example.org:50052 is on another machine, ",
    ("--rpc", "0.0.0.0:50052"): "The worker at 0.0.0.0:50052 is on another machine, ",
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_wrong_usage_exits_2(capsys: Capture, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    good = str(write_chat_model(tmp_path / "good.gguf"))
    done = run(capsys, *(good if a == "GOOD" else a for a in arguments))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("usage: outrider-engine")


@pytest.mark.parametrize(("option", "sentence"), SETTINGS.items(), ids=lambda v: str(v)[:30])
def test_an_impossible_setting_exits_2(
    capsys: Capture, tmp_path: Path, option: tuple[str, str], sentence: str
) -> None:
    good = write_chat_model(tmp_path / "good.gguf")
    done = run(capsys, "generate", "--target", good, "--prompt", "x", "--json", *option)
    assert (done.code, done.out) == (2, "")
    assert done.complaint.startswith(sentence)


@pytest.mark.parametrize("endpoint", ["127.0.0.1:1", "localhost:1", "127.9.9.9:1"])
def test_a_loopback_worker_needs_no_flag_but_must_be_there(
    capsys: Capture, tmp_path: Path, endpoint: str
) -> None:
    good = write_chat_model(tmp_path / "good.gguf")
    done = run(capsys, "generate", "--target", good, "--prompt", "x", "--rpc", endpoint)
    assert done.code == 1
    assert done.complaint == f"The worker at {endpoint} does not answer. Start it, or remove it."


def test_a_worker_elsewhere_is_tried_when_the_network_is_trusted(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added: list[str] = []

    def add(endpoint: str) -> None:
        added.append(endpoint)
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.loading.add_rpc_worker", add)
    good = write_chat_model(tmp_path / "good.gguf")
    done = run(
        capsys, "generate", "--target", good, "--prompt", "x", "--rpc", "192.0.2.1:50052",
        "--trust-rpc-network",
    )  # fmt: skip
    assert (done.code, added) == (130, ["192.0.2.1:50052"])
