"""`profile` and `selfdraft`, for people and for machines."""

import json
import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Self

import pytest

from engine.errors import ModelLoadFailed
from engine.library.gguf_header import read_header
from engine.session import Session
from engine.session_info import Costs
from tests.engine.commands.running import run
from tests.gguf_files import write_chat_model, write_gguf

Capture = pytest.CaptureFixture[str]


@dataclass
class MeasuredSession:
    """A session whose passes took what the test says."""

    costs: Costs
    closed: bool = field(default=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_chat_model(tmp_path / "tiny.gguf")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> MeasuredSession:
    session = MeasuredSession(Costs(((1, 0.0351), (65, 0.838)), ((1, 0.028), (32, 0.2504))))
    monkeypatch.setattr(Session, "open", lambda *_args, **_options: session)
    return session


def test_costs_are_a_table_by_rows(capsys: Capture, tiny: Path, measured: MeasuredSession) -> None:
    done = run(capsys, "profile", tiny)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "  rows   target ms    draft ms",
        "     1        35.1        28.0",
        "    32                   250.4",
        "    65       838.0            ",
    ]
    assert measured.closed


def test_a_helper_has_a_column_of_its_own(
    capsys: Capture, tiny: Path, measured: MeasuredSession
) -> None:
    measured.costs = replace(measured.costs, helper=((1, 0.004),))
    done = run(capsys, "profile", tiny, tiny, "--helper", tiny)
    assert done.out.splitlines()[:2] == [
        "  rows   target ms    draft ms   helper ms",
        "     1        35.1        28.0         4.0",
    ]
    done = run(capsys, "profile", tiny, tiny, "--helper", tiny, "--json")
    assert json.loads(done.out)["helper"] == {"1": 0.004}


def test_a_helper_without_a_draft_is_a_usage_error(capsys: Capture, tiny: Path) -> None:
    done = run(capsys, "profile", tiny, "--helper", tiny)
    assert (done.code, done.out) == (2, "")
    assert done.complaint.startswith("A helper guesses for a draft, and there is no draft.")


def test_with_json_costs_are_one_object(
    capsys: Capture, tiny: Path, measured: MeasuredSession
) -> None:
    done = run(capsys, "profile", tiny, "--json")
    assert json.loads(done.out) == {
        "target": {"1": 0.0351, "65": 0.838},
        "draft": {"1": 0.028, "32": 0.2504},
    }


def test_a_pair_that_does_not_load_is_one_sentence(
    capsys: Capture, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> MeasuredSession:
        raise ModelLoadFailed("It does not load.", hint="Choose another.")

    monkeypatch.setattr(Session, "open", refuse)
    done = run(capsys, "profile", tiny)
    assert (done.code, done.out) == (1, "")
    assert done.complaint == "It does not load. Choose another."


@pytest.mark.parametrize("budget", ["0", "601"])
def test_a_budget_out_of_range_is_a_usage_error(capsys: Capture, tiny: Path, budget: str) -> None:
    done = run(capsys, "profile", tiny, "--budget", budget)
    assert (done.code, done.out) == (2, "")
    assert done.complaint == f"Budget must be between 1 and 600, not {budget}."


def test_selfdraft_prints_where_the_copy_is(
    capsys: Capture, tmp_path: Path, own_home: Path
) -> None:
    target = write_gguf(tmp_path / "tiny.gguf")
    done = run(capsys, "selfdraft", target, "--type", "Q8_0")
    assert (done.code, done.err) == (0, "")
    copy = Path(done.out.removesuffix("\n"))
    assert own_home in copy.parents
    assert read_header(copy).tensors
    again = run(capsys, "selfdraft", target, "--type", "Q8_0", "--json")
    assert json.loads(again.out) == {"path": str(copy), "bytes": copy.stat().st_size}


def test_selfdraft_of_what_is_no_model_is_one_sentence(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("Dear diary")
    done = run(capsys, "selfdraft", tmp_path / "notes.gguf")
    assert (done.code, done.out) == (1, "")
    assert "notes.gguf" in done.complaint
    done = run(capsys, "selfdraft", tmp_path / "gone.gguf")
    assert (done.code, done.out) == (1, "")
    assert done.complaint.startswith("gone.gguf is not there.")


def test_selfdraft_on_a_full_disk_is_one_sentence(
    capsys: Capture, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=0))
    done = run(capsys, "selfdraft", tiny)
    assert (done.code, done.out) == (1, "")
    assert done.complaint.startswith("A low-bit copy of tiny.gguf needs up to ")


def test_selfdraft_knows_its_types(capsys: Capture, tiny: Path) -> None:
    done = run(capsys, "selfdraft", tiny, "--type", "Q9_X")
    assert (done.code, done.out) == (2, "")
    assert "'Q2_K'" in done.err


@pytest.mark.real_model
def test_the_copy_that_selfdraft_makes_is_the_draft_that_profile_measures(
    capsys: Capture, smollm2: Path, own_home: Path
) -> None:
    made = run(capsys, "selfdraft", smollm2, "--json")
    assert (made.code, made.err) == (0, "")
    copy = Path(json.loads(made.out)["path"])
    assert json.loads(made.out)["bytes"] == copy.stat().st_size < smollm2.stat().st_size
    os.utime(copy, (1, 1))

    arguments = (
        "profile", smollm2, "self", "--target-devices", "cpu",
        "--draft-devices", "cpu", "--budget", "8", "--context", "128", "--threads", "1", "--json",
    )  # fmt: skip
    first = run(capsys, *arguments)
    assert (first.code, first.err) == (0, "")
    assert copy.stat().st_mtime == 1, "no second copy is made"
    costs = json.loads(first.out)
    assert {"1", "9"} <= costs["target"].keys()
    assert "1" in costs["draft"]
    assert all(seconds > 0 for curve in costs.values() for seconds in curve.values())
    assert len(list((own_home / "cache" / "pairs").iterdir())) == 1

    second = json.loads(run(capsys, *arguments).out)
    assert second["target"].keys() >= costs["target"].keys()
    assert len(list((own_home / "cache" / "pairs").iterdir())) == 1, "the same pair, the same file"
