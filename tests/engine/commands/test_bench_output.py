"""`bench`: what it keeps, takes up again, draws, and says beforehand."""

import importlib.util
import json
from pathlib import Path

import pytest

from tests.engine.commands.running import Outcome, run
from tests.gguf_files import write_chat_model

Capture = pytest.CaptureFixture[str]


@pytest.mark.real_model
def test_a_bench_is_kept_resumed_and_drawn(capsys: Capture, smollm2: Path, tmp_path: Path) -> None:
    prompts, figures, page = (tmp_path / name for name in ("in.json", "out.json", "page.html"))
    prompts.write_text('["Count.", "Name a sea."]')

    def bench(*options: str | Path) -> Outcome:
        return run(
            capsys, "bench", "--target", smollm2, "--prompts", prompts,
            "--max-tokens", "2", "--context", "256", "--threads", "1", "--warm-ups", "0",
            "--json", figures, *options,
        )  # fmt: skip

    first = bench("--modes", "off")
    assert first.code == 0
    assert len(first.err.splitlines()) == 2
    more = bench("--modes", "off,ngram", "--resume", "--report", page)
    assert more.code == 0
    assert more.err.splitlines()[0].startswith("3 of 4: ngram, prompt 1, ")
    assert more.err.splitlines()[-1] == f"The report is in {page}."
    assert len(more.err.splitlines()) == 3
    runs = json.loads(figures.read_text())["runs"]
    assert [each["method"] for each in runs] == ["off", "off", "ngram", "ngram"]
    assert "<h2>smollm2-135m, " in page.read_text()
    done = bench("--modes", "off,ngram", "--resume")
    assert (done.code, done.err) == (0, "")
    assert done.out == more.out
    other = bench("--modes", "off", "--resume", "--context", "128")
    assert (other.code, other.out) == (2, "")
    assert other.complaint == (
        f"{figures} was measured with other prompts, models or settings. "
        "Leave --resume out to replace it, or name another file."
    )


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--resume",), 2, "There is nothing to resume. Name the file with --json OUT."),
        (("--per-category", "0"), 2, "At least one prompt of each category is needed."),
        (
            ("--llama-cpp", "nowhere"),
            1,
            (
                "There is no llama-speculative-simple in nowhere. "
                "docs/benchmarks.md says how to build it."
            ),
        ),
        (
            ("--llama-cpp", "nowhere", "--stop", "END"),
            2,
            "llama.cpp's programs know no stop strings. Leave --stop or --llama-cpp out.",
        ),
    ],
)
def test_what_cannot_be_done_is_said_before_loading(
    capsys: Capture, tmp_path: Path, options: tuple[str, ...], code: int, sentence: str
) -> None:
    target = write_chat_model(tmp_path / "tiny.gguf")
    done = run(capsys, "bench", "--target", target, "--prompts", "chat", "--modes", "off", *options)
    assert (done.code, done.out, done.complaint) == (code, "", sentence)


def test_a_report_without_the_plotting_library_is_refused_before_loading(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    target = write_chat_model(tmp_path / "tiny.gguf")
    done = run(
        capsys, "bench", "--target", target, "--prompts", "chat", "--modes", "off",
        "--report", tmp_path / "page.html",
    )  # fmt: skip
    assert (done.code, done.out) == (2, "")
    assert done.complaint == (
        "The report needs matplotlib, which is not installed. "
        "Install it: pip install 'outrider[report]'."
    )
