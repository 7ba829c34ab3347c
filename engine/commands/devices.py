"""`devices`: what this machine and its workers compute with, and how much memory is free."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.terminal import cancel_on_interrupt, printable
from engine.llama.devices import Device, list_devices
from engine.llama.library import initialize
from engine.own_devices import Backends
from engine.rpc_worker import WorkerReport, probe


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`devices [--worker HOST:PORT] ...`."""
    parser = commands.add_parser("devices", help="list devices with their memory; test a worker")
    parser.add_argument(
        "--worker", action="append", default=[], metavar="HOST:PORT", help="llama.cpp RPC worker"
    )
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print them. Raises `DeviceUnavailable` for a worker that does not answer."""
    cancel = CancelToken()
    with cancel_on_interrupt(cancel):
        workers = [probe(endpoint, cancel=cancel) for endpoint in args.worker]
    devices = list_devices()
    if args.json:
        print(json.dumps(_document(devices, workers, initialize())))
        return
    for device in devices:
        memory = _memory(device.free_memory, device.total_memory)
        print(printable(f"{device.name}: {device.description}, {memory}"))
    for worker in workers:
        for offer in worker.devices:
            memory = _memory(offer.free_memory, offer.total_memory)
            latency = f"answers in {worker.latency_seconds * 1e3:.2g} ms"
            print(printable(f"{worker.endpoint}: {memory}, {latency}"))
    _print_backends(initialize())


def _print_backends(found: Backends) -> None:
    if found.loaded:
        print(f"Back ends in use: {', '.join(found.loaded)}")
    for failed in found.unusable:
        print(printable(f"{failed.name} cannot be used: {failed.reason}"))


def _memory(free: int, total: int) -> str:
    return f"{free / 1e9:.1f} of {total / 1e9:.1f} GB free"


def _document(
    devices: list[Device], workers: list[WorkerReport], found: Backends
) -> dict[str, Any]:
    return {
        "devices": [
            {
                "name": device.name,
                "description": device.description,
                "kind": device.kind.name.lower(),
                "free_bytes": device.free_memory,
                "total_bytes": device.total_memory,
            }
            for device in devices
        ],
        "backends": {
            "loaded": list(found.loaded),
            "unusable": [asdict(failed) for failed in found.unusable],
        },
        "workers": [
            {
                "endpoint": worker.endpoint,
                "latency_seconds": worker.latency_seconds,
                "devices": [
                    {"free_bytes": offer.free_memory, "total_bytes": offer.total_memory}
                    for offer in worker.devices
                ],
            }
            for worker in workers
        ],
    }
