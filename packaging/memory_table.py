"""Writes the table at the end of docs/memory.md: what the memory plan says, against what happens.

Each row is a session in a process of its own: ggml keeps its devices, and so their memory. An RPC
worker on loopback stands in for a GPU. Takes about ten minutes, with the models of the benchmarks:
`PYTHONPATH=. python packaging/memory_table.py`.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Final

from engine.bench.memory import DeviceMemory, measure_memory
from engine.config import KvType, Mode, ModelConfig, Placement, SessionConfig, SpeculationConfig
from engine.errors import DeviceUnavailable
from engine.library.models import resolve_model
from engine.memory_plan.model_facts import read_model_facts
from engine.rpc_worker import require_worker

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "memory.md"
MARK: Final = "<!-- From here on written by packaging/memory_table.py. -->\n"
_CASES: Final = (
    ("smollm2", "smollm2", (2048, 8192)),
    ("qwen-1.5b", "qwen-0.5b", (2048, 8192, 32768)),
)
"""Target, draft, contexts."""
_PLACES: Final = {
    "CPU": None,
    "draft on the device": 0,
    "half of the layers too": 0.5,
    "all layers too": 1,
}
"""Names of placements, and the share of the target's layers on the device."""
_GOAL: Final = 0.1
_START_SECONDS: Final = 60
_MIB: Final = 1 << 20


@dataclass(frozen=True)
class Case:
    """One session."""

    target: str
    draft: str
    context: int
    kv_type: str
    place: str


@dataclass(frozen=True)
class Row:
    """One device of one session."""

    case: Case
    memory: DeviceMemory

    @property
    def error(self) -> float:
        """How much more is planned than the process has, as a share."""
        return self.memory.planned / (self.memory.resident or 1) - 1


def main(arguments: list[str]) -> None:
    """Measure one case and print it as JSON, or all of them and write the document."""
    if arguments:
        print(json.dumps([asdict(found) for found in _measure(Case(**json.loads(arguments[0])))]))
        return
    rows = [row for case in _cases() for row in _in_a_child(case)]
    head = DOCUMENT.read_text(encoding="utf-8").split(MARK, maxsplit=1)[0]
    DOCUMENT.write_text(head + MARK + "\n".join(_table(rows)) + "\n", encoding="utf-8")


def _cases() -> Iterator[Case]:
    for target, draft, contexts in _CASES:
        for context, kv_type, place in product(contexts, (KvType.F16, KvType.Q8_0), _PLACES):
            yield Case(target, draft, context, str(kv_type), place)


def _in_a_child(case: Case) -> list[Row]:
    done = subprocess.run(
        [sys.executable, __file__, json.dumps(asdict(case))],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    rows = [Row(case, DeviceMemory(**found)) for found in json.loads(done.stdout.splitlines()[-1])]
    for row in rows:
        print(f"{case}: {row.memory.name} {row.error:+.1%}", file=sys.stderr)
    return rows


def _measure(case: Case) -> list[DeviceMemory]:
    if _PLACES[case.place] is None:
        return measure_memory(_config(case, ()), {})
    with _worker() as (endpoint, process):
        return measure_memory(_config(case, (endpoint,)), {"RPC0": process})


def _config(case: Case, endpoints: tuple[str, ...]) -> SessionConfig:
    target, draft = resolve_model(case.target), resolve_model(case.draft)
    share = _PLACES[case.place]
    devices = () if share is None else ("RPC0",)
    layers = round((share or 0) * (len(read_model_facts(target).layers) + 1))
    on_target = Placement(devices=devices, gpu_layers=layers, in_memory=True)
    on_draft = Placement(devices=devices, in_memory=True)
    return SessionConfig(
        target=ModelConfig(path=target, placement=on_target),
        draft=ModelConfig(path=draft, placement=on_draft),
        context_length=case.context,
        kv_type=KvType(case.kv_type),
        threads=1,  # more would wait for each other on a busy machine, and change no figure
        speculation=SpeculationConfig(mode=Mode.TREE),
        rpc_endpoints=endpoints,
    )


@contextmanager
def _worker() -> Iterator[tuple[str, int]]:
    """The endpoint of an RPC worker on loopback, and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "engine", "worker", "--port", str(port), "--threads", "1"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as worker:
        try:
            _wait_for(f"127.0.0.1:{port}")
            yield f"127.0.0.1:{port}", worker.pid
        finally:
            worker.kill()


def _wait_for(endpoint: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            require_worker(endpoint)
        except DeviceUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _table(rows: list[Row]) -> Iterator[str]:
    errors = [row.error for row in rows]
    good = sum(abs(error) <= _GOAL for error in errors)
    yield f"\nOf {len(rows)} figures {good} are within {_GOAL:.0%}; what was planned is between"
    yield f"{min(errors):+.1%} and {max(errors):+.1%} of what was measured.\n"
    yield "| target, draft | context | KV | placement | device | plan | log | measured | plan is |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        case, memory = row.case, row.memory
        sizes = [memory.planned, memory.logged, memory.resident or 0]
        yield " | ".join(
            [
                f"| {case.target}, {case.draft}",
                f"{case.context:,}",
                case.kv_type,
                case.place,
                memory.name,
                *(f"{size / _MIB:,.0f}" for size in sizes),
                f"{row.error:+.1%} |",
            ]
        )


if __name__ == "__main__":
    main(sys.argv[1:])
