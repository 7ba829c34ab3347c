"""The runs of one benchmark, on the disk after each of them, and taken up again from there."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from engine.bench.decode import NotThis, decode
from engine.bench.document import Measured, document
from engine.bench.record import BenchPrompt, BenchRun, Method, Setup, from_json
from engine.bench.whole_file import write_whole
from engine.config import SamplingConfig, SessionConfig, SpeculationConfig
from engine.errors import BadSetting
from engine.library.low_bit import model_identity

_WHAT_NOW: Final = "Leave --resume out to replace it, or name another file."


@dataclass(frozen=True)
class Coordinates:
    """Which run of a plan: no two runs that are not for warming up share them."""

    setup: Setup
    method: Method
    sampling: SamplingConfig
    prompt: int
    repeat: int


def coordinates(run: BenchRun) -> Coordinates:
    """Where the run stands in its plan."""
    return Coordinates(run.setup, run.method, run.sampling, run.prompt, run.repeat)


@dataclass
class Results:
    """What was measured so far. `add` writes all of it to `path`, where there is one."""

    path: Path | None
    machine: dict[str, Any]
    models: dict[str, Any]
    identities: Sequence[str]
    """By prompt: see `question_identities`."""
    measured: list[Measured] = field(default_factory=list)

    @property
    def runs(self) -> list[BenchRun]:
        """In the order in which they were measured."""
        return [each.run for each in self.measured]

    @property
    def done(self) -> frozenset[Coordinates]:
        """What needs no measuring any more; warming up is never over."""
        return frozenset(coordinates(run) for run in self.runs if not run.warm_up)

    def add(self, run: BenchRun) -> None:
        """Keep one more run. Raises `DiskTrouble`; it is kept in memory all the same."""
        self.measured.append(Measured(run, self.identities[run.prompt]))
        if self.path is not None:
            content = document(self.machine, self.models, self.measured)
            write_whole(self.path, json.dumps(content, indent=1))

    def resume(self) -> None:
        """Take over what the file holds; a missing file holds nothing.

        Raises `BadSetting` for a file of another plan, of other models, or of another machine.
        """
        if self.path is None:
            raise BadSetting("There is nothing to resume.", hint="Name the file with --json OUT.")
        if not self.path.exists():
            return
        machine, measured = _read(self.path)
        if machine != self.machine:
            raise BadSetting(
                f"{self.path} was measured on another machine or with another llama.cpp.",
                hint=_WHAT_NOW,
            )
        if not all(map(self._is_ours, measured)):
            raise BadSetting(
                f"{self.path} was measured with other prompts, models or settings.", hint=_WHAT_NOW
            )
        self.measured = measured

    def _is_ours(self, measured: Measured) -> bool:
        number = measured.run.prompt
        return 0 <= number < len(self.identities) and measured.identity == self.identities[number]


def question_identities(
    prompts: Sequence[BenchPrompt], configs: Sequence[SessionConfig]
) -> list[str]:
    """What makes two runs the same measurement: per prompt, its text, the models, how all is held.

    Models go by what is in their files, not by their names. Raises `ModelNotFound`.
    """
    held = repr([_held(config) for config in configs])
    return [hashlib.sha256(f"{held}\0{prompt.text}".encode()).hexdigest() for prompt in prompts]


def _held(config: SessionConfig) -> dict[str, Any]:
    # The speculation is what the methods vary.
    held = asdict(replace(config, speculation=SpeculationConfig()))
    for model in (held["target"], held["draft"] or {}):
        if "path" in model:
            model["path"] = model_identity(model["path"])
    return held


def _read(path: Path) -> tuple[object, list[Measured]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return content["machine"], [_measured(data) for data in content["runs"]]
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise BadSetting(
            f"{path} holds no benchmark of this version.", hint=_WHAT_NOW, detail=str(error)
        ) from error


def _measured(data: object) -> Measured:
    run = from_json(data)
    if not isinstance(data, dict):
        raise NotThis("a run is an object")
    return Measured(run, decode(str, data["identity"]))
