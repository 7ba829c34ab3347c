"""The same turn on the CPU and on an RPC worker: `rpc_session_child.py ENDPOINT TARGET DRAFT`.

In a process of its own, because ggml never forgets a device and aborts once its worker is gone.
"""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

from engine.config import Placement
from engine.llama.devices import list_devices
from engine.session import Session
from tests.engine.sessions import Answer, ask, greedy, pair_config, user


def main(endpoint: str, target: Path, draft: Path) -> None:
    """Print devices and both answers as JSON."""
    on_cpu = pair_config(target, draft, context=256)
    on_worker = replace(
        pair_config(
            target,
            draft,
            context=256,
            target_on=Placement(devices=("RPC0",), gpu_layers=12),
            draft_on=Placement(devices=("RPC0",)),
        ),
        rpc_endpoints=(endpoint,),
    )
    cpu = _answer(Session.open(on_cpu))
    session = Session.open(on_worker)
    devices = {device.name: device for device in list_devices()}
    worker = devices["RPC0"]
    report = {
        "devices": list(devices),
        "kind": worker.kind.name,
        "endpoint": endpoint in worker.description,
        "total_memory": worker.total_memory,
        "cpu": [asdict(choice) for choice in cpu.choices],
        "worker": [asdict(choice) for choice in _answer(session).choices],
        "mode": cpu.stats.mode,
    }
    print(json.dumps(report))


def _answer(session: Session) -> Answer:
    with session:
        return ask(session, [user("Write a haiku about the sea")], greedy(24))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
