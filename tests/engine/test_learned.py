"""What is kept between starts: it comes back as it was, or counts as nothing."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import learned as learned_module
from engine.config import KvType, ModelConfig, Placement
from engine.errors import ModelNotFound
from engine.learned import Learned, learned_path, recall, remember

SAMPLE = Learned(
    target_cost=[(1, 0.035), (65, 0.838)],
    draft_cost=[(1, 0.028)],
    calibrations={"tree": [[[1.0, 2.0]], [[0.5, 0.0]]]},
    forecast=(1.1, 0.9),
    helper_cost=[(1, 0.004)],
    helper=(-0.02, 0.7),
)
finite = st.floats(1e-9, 1e9)
points = st.lists(st.tuples(st.integers(1, 600), finite), max_size=5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pairs" / "pair.json"


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """The messages logged as warnings, also where a command has taken the log for itself."""
    log = logging.getLogger("outrider.learned")
    log.addHandler(caplog.handler)
    yield lambda: sorted({r.getMessage() for r in caplog.records if r.levelname == "WARNING"})
    log.removeHandler(caplog.handler)


Warnings = Callable[[], list[str]]


@given(
    learned=st.builds(
        Learned,
        target_cost=points,
        draft_cost=points,
        calibrations=st.dictionaries(
            st.sampled_from(["tree", "ngram"]),
            st.lists(st.lists(st.lists(finite, max_size=3), max_size=3), max_size=2),
        ),
        forecast=st.none() | st.tuples(finite, finite),
        helper_cost=points,
        helper=st.none() | st.tuples(st.floats(-1e9, 1e9), finite),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_comes_back(file: Path, learned: Learned) -> None:
    remember(file, learned)
    assert recall(file) == learned


def test_a_first_start_knows_nothing_and_does_not_complain(file: Path, warnings: Warnings) -> None:
    assert recall(file) == Learned()
    assert warnings() == []


def test_a_newer_file_takes_the_place_of_the_older(file: Path) -> None:
    remember(file, SAMPLE)
    remember(file, replace(SAMPLE, forecast=None))
    assert recall(file).forecast is None
    assert [path.name for path in file.parent.iterdir()] == [file.name], "no part is left"


def with_(**values: object) -> bytes:
    good: dict[str, object] = {
        "target_cost": [],
        "draft_cost": [],
        "calibrations": {},
        "forecast": None,
    }
    return json.dumps({**good, **values}).encode()


def test_a_file_from_before_there_were_helpers_is_as_good(file: Path, warnings: Warnings) -> None:
    file.parent.mkdir()
    file.write_bytes(with_(target_cost=[[1, 0.5]], forecast=[1.0, 2.0]))
    assert recall(file) == Learned(target_cost=[(1, 0.5)], forecast=(1.0, 2.0))
    assert warnings() == []


BROKEN: dict[str, bytes] = {
    "empty": b"",
    "text": b"Dear diary",
    "cut": with_(forecast=[1.0, 1.0])[:-5],
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "nothing in it": b"{}",
    "nested without end": b"[" * 200_000,
    "cost is no list": with_(target_cost=3),
    "cost without seconds": with_(target_cost=[[1]]),
    "cost of three": with_(draft_cost=[[1, 2.0, 3.0]]),
    "cost in words": with_(draft_cost=[["one", "two"]]),
    "cost of null": with_(draft_cost=[[1, None]]),
    "cost NaN": with_(target_cost=[[1, float("nan")]]),
    "cost endless": with_(target_cost=[[1, float("inf")]]),
    "cost for nothing": with_(target_cost=[[1, 0.0]]),
    "cost below nothing": with_(target_cost=[[1, -1.0]]),
    "rows below one": with_(target_cost=[[0, 1.0]]),
    "rows too many for a float": with_(target_cost=[[10**400, 1.0]]),
    "calibrations are a number": with_(calibrations=3),
    "calibrations are a list": with_(calibrations=[1]),
    "forecast NaN": with_(forecast=[float("nan"), 1.0]),
    "forecast of one": with_(forecast=[1.0]),
    "forecast is a number": with_(forecast=1.0),
    "forecast is an object": with_(forecast={}),
    "helper NaN": with_(helper=[float("nan"), 1.0]),
    "helper of one": with_(helper=[1.0]),
    "helper that is worth nothing": with_(helper=[1.0, 0.0]),
    "helper's cost without seconds": with_(helper_cost=[[1]]),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_counts_as_none(file: Path, content: bytes, warnings: Warnings) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    assert recall(file) == Learned()
    assert len(warnings()) == 1
    assert warnings()[0].startswith("pair.json is not used: ")
    remember(file, SAMPLE)
    assert recall(file) == SAMPLE, "and the next one is written over it"


def test_a_folder_in_the_files_place_only_warns(file: Path, warnings: Warnings) -> None:
    file.mkdir(parents=True)
    assert recall(file) == Learned()
    remember(file, SAMPLE)
    assert [message.partition(":")[0] for message in warnings()] == [
        "pair.json is not used",
        "pair.json is not written",
    ]
    assert list(file.parent.iterdir()) == [file], "no part is left"


def test_a_folder_that_cannot_be_made_only_warns(
    file: Path, tmp_path: Path, warnings: Warnings
) -> None:
    (tmp_path / "pairs").write_text("a file")
    remember(file, SAMPLE)
    assert len(warnings()) == 1
    assert warnings()[0].startswith("pair.json is not written: ")
    assert (tmp_path / "pairs").read_text() == "a file"


def test_a_failed_write_leaves_the_older_file(
    file: Path, monkeypatch: pytest.MonkeyPatch, warnings: Warnings
) -> None:
    remember(file, SAMPLE)

    def full(_part: Path, _text: str) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        remember(file, Learned())
    assert recall(file) == SAMPLE
    assert warnings() == ["pair.json is not written: [Errno 28] No space left on device"]


def model(folder: Path, content: bytes, placement: Placement | None = None) -> ModelConfig:
    path = folder / f"{content.hex()}.gguf"
    path.write_bytes(content)
    return ModelConfig(path=path, placement=placement or Placement())


def test_each_pair_placement_thread_count_and_library_has_its_own_file(
    tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big, small = model(tmp_path, b"big"), model(tmp_path, b"small")
    paths = {
        "pair": learned_path(big, small, KvType.F16, 2),
        "no draft": learned_path(big, None, KvType.F16, 2),
        "another target": learned_path(model(tmp_path, b"other"), small, KvType.F16, 2),
        "another draft": learned_path(big, model(tmp_path, b"other"), KvType.F16, 2),
        "the other way round": learned_path(small, big, KvType.F16, 2),
        "KV type": learned_path(big, small, KvType.Q8_0, 2),
        "threads": learned_path(big, small, KvType.F16, 1),
        "a helper": learned_path(big, small, KvType.F16, 2, model(tmp_path, b"tiny")),
        "another helper": learned_path(big, small, KvType.F16, 2, model(tmp_path, b"other")),
    }
    for placement in (
        Placement(devices=()),
        Placement(devices=("CUDA0",)),
        Placement(gpu_layers=12),
        Placement(streamed=True),
        Placement(in_memory=True),
    ):
        paths[f"target on {placement}"] = learned_path(
            model(tmp_path, b"big", placement), small, KvType.F16, 2
        )
        paths[f"helper on {placement}"] = learned_path(
            big, small, KvType.F16, 2, model(tmp_path, b"tiny", placement)
        )
        paths[f"draft on {placement}"] = learned_path(
            big, model(tmp_path, b"small", placement), KvType.F16, 2
        )
    monkeypatch.setattr(learned_module, "version", lambda: "0.0.0")
    paths["another library"] = learned_path(big, small, KvType.F16, 2)
    assert len(set(paths.values())) == len(paths)
    assert {path.parent for path in paths.values()} == {own_home / "cache" / "pairs"}


def test_the_same_pair_under_other_names_has_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    here, there = model(tmp_path, b"big"), model(tmp_path / "elsewhere", b"big")
    assert learned_path(here, None, KvType.F16, 2) == learned_path(there, None, KvType.F16, 2)


def test_a_model_that_vanished_has_no_file(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        learned_path(ModelConfig(path=tmp_path / "gone.gguf"), None, KvType.F16, 2)
