"""`plan`: where a pair would go, how fast it would be, and what would help; also elsewhere."""

import argparse
import json
from dataclasses import replace
from typing import Any

from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.terminal import cancel_on_interrupt, printable
from engine.config import Placement, SessionConfig, SpeculationConfig
from engine.library.printable import shown_size
from engine.llama.devices import add_rpc_worker
from engine.loading import draft_name
from engine.memory_plan.machine_facts import DeviceFacts, MachineFacts
from engine.memory_plan.values import DeviceUse, MemoryPlan, Speed
from engine.pair_plan import check_files, choose_copy, plan_pair
from engine.this_machine import machine_now, with_speeds


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`plan T [D] ...`."""
    parser = commands.add_parser("plan", help="where a pair goes, and how fast it is there")
    options.add_pair(parser)
    parser.add_argument(
        "--budget",
        type=int,
        default=SpeculationConfig().budget,
        metavar="N",
        help="tree nodes",
    )
    what_if = parser.add_argument_group(
        "another machine",
        "sizes such as 8G, 1600M or 8GiB; what is not given is this machine's",
    )
    what_if.add_argument(
        "--gpu-memory",
        type=options.byte_count,
        action="append",
        metavar="SIZE",
        help="a GPU with so much free memory; again for another one; 0: none",
    )
    what_if.add_argument(
        "--memory",
        type=options.byte_count,
        metavar="SIZE",
        help="free memory of the machine",
    )
    what_if.add_argument(
        "--disk",
        type=options.byte_count,
        metavar="SIZE",
        help="what the disk reads per second",
    )
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print the plan. Raises `OutriderError` for files that cannot be a pair, `Cancelled`."""
    config = options.session_config(args, SpeculationConfig(budget=args.budget))
    check_files(config)
    for endpoint in config.rpc_endpoints:
        add_rpc_worker(endpoint)
    here = machine_now()
    machine = _machine(args, here)
    cancel = CancelToken()
    with cancel_on_interrupt(cancel):
        measured = with_speeds(machine, config.target.path, cancel)
    config = choose_copy(config, measured)
    plan = plan_pair(config, measured, is_here=machine == here)
    print(json.dumps(facts(plan)) if args.json else printable(_text(plan, config)))


def _machine(args: argparse.Namespace, here: MachineFacts) -> MachineFacts:
    """This machine, but for what the options say."""
    devices = here.devices
    if args.gpu_memory is not None:
        sizes = [size for size in args.gpu_memory if size]
        devices = tuple(
            DeviceFacts(name=f"GPU{index}", description="a GPU to think about", free=size)
            for index, size in enumerate(sizes)
        )
    ram, total = (here.ram, here.ram_total) if args.memory is None else (args.memory, 0)
    return replace(here, ram=ram, ram_total=total, devices=devices, disk_speed=args.disk or None)


def facts(plan: MemoryPlan) -> dict[str, Any]:
    """The plan under the names of the headless contract."""
    return {
        "verdict": str(plan.verdict),
        "fits": plan.fits,
        "summary": plan.summary,
        "expectation": plan.expectation,
        "devices": [_device(device) for device in plan.devices],
        "streamed_bytes": plan.streamed_bytes,
        "layers": plan.layers,
        "target": _placement(plan.target),
        "draft": plan.draft and _placement(plan.draft),
        "helper": plan.helper and _placement(plan.helper),
        "speed": _speed(plan.speed),
        "changes": [
            {
                "kind": str(change.kind),
                "value": change.value,
                "sentence": change.sentence,
                "verdict": str(change.verdict),
                "speed": _speed(change.speed),
            }
            for change in plan.changes
        ],
    }


def _device(device: DeviceUse) -> dict[str, Any]:
    return {
        "name": device.name,
        "description": device.description,
        "free_bytes": device.free,
        "used_bytes": device.used,
        "left_bytes": device.left,
        "segments": {str(segment.part): segment.size for segment in device.segments},
    }


def _placement(placement: Placement) -> dict[str, Any]:
    devices = zip(placement.devices or (), placement.layers_per_device, strict=True)
    return {
        "device_layers": dict(devices),
        "gpu_layers": placement.gpu_layers,
        "cpu_experts": placement.cpu_experts,
        "streamed": placement.streamed,
        "in_memory": placement.in_memory,
    }


def _speed(speed: Speed) -> dict[str, Any]:
    return {
        "tokens_per_second": round(speed.tokens_per_second, 4),
        "plain_tokens_per_second": round(speed.plain, 4),
        "measured": speed.measured,
    }


def _text(plan: MemoryPlan, config: SessionConfig) -> str:
    lines = [_headline(config), "", *_table(plan), "", plan.summary]
    if plan.expectation:
        lines.append(plan.expectation)
    if plan.changes:
        lines += ["", "What would help most:"]
        lines += [f"  {change.sentence}" for change in plan.changes]
    return "\n".join(lines)


def _headline(config: SessionConfig) -> str:
    draft = draft_name(config)
    pair = config.target.path.stem + (f", draft {draft}" if draft else ", no draft")
    return f"{pair}, context {config.context_length:,}, KV caches {config.kv_type}"


def _table(plan: MemoryPlan) -> list[str]:
    parts = [str(segment.part) for segment in plan.ram.segments]
    rows = [["", "free", *parts, "left"]]
    rows += [
        [
            device.name,
            shown_size(device.free),
            *(shown_size(segment.size) if segment.size else "" for segment in device.segments),
            shown_size(device.left) if device.left >= 0 else f"-{shown_size(-device.left)}",
        ]
        for device in plan.devices
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
