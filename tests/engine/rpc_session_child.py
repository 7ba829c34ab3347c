"""The same turn in several placements: `rpc_session_child.py TARGET DRAFT ENDPOINT ENDPOINT`.

In a process of its own, because ggml never forgets a device and aborts once its worker is gone.
"""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from engine.config import Placement
from engine.llama.devices import list_devices
from engine.rpc_keepalive import keep_alive
from engine.session import Session
from tests.engine.sessions import CPU, ask, greedy, pair_config, user

PLACEMENTS: Final = {
    "all on the CPU": (CPU, CPU),
    "draft and some layers on one device": (
        Placement(devices=("RPC0",), gpu_layers=12),
        Placement(devices=("RPC0",)),
    ),
    "draft on another device than the target": (
        Placement(devices=("RPC0",)),
        Placement(devices=("RPC1",)),
    ),
    "draft on a device": (CPU, Placement(devices=("RPC0",))),
    "target over two devices": (
        Placement(devices=("RPC0", "RPC1"), layers_per_device=(16, 15)),
        CPU,
    ),
}
"""Of target and draft."""


def main(target: Path, draft: Path, endpoints: tuple[str, ...]) -> None:
    """Print devices and the choices of each answer as JSON."""
    answers, kept, beside = {}, {}, {}
    for name, (target_on, draft_on) in PLACEMENTS.items():
        config = pair_config(target, draft, context=256, target_on=target_on, draft_on=draft_on)
        with Session.open(replace(config, rpc_endpoints=endpoints)) as session:
            answer = ask(session, [user("Write a haiku about the sea")], greedy(24))
            kept[name] = keep_alive(endpoints)
            beside[name] = session._speculation.background is not None
        assert answer.stats.mode == "tree"
        answers[name] = [asdict(choice) for choice in answer.choices]
    devices = {
        device.name: {
            "kind": device.kind.name,
            "description": device.description,
            "total": device.total_memory,
        }
        for device in list_devices()
    }
    report = {"devices": devices, "answers": answers, "kept": kept, "beside": beside}
    print(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), tuple(sys.argv[3:]))
