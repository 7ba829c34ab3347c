"""`profile` and `selfdraft`: what passes cost here, and the draft that needs no download."""

import argparse
import json

from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.terminal import cancel_on_interrupt, clear_line, show_loading
from engine.config import SpeculationConfig
from engine.events import LoadProgress, LoadStage
from engine.library.low_bit import low_bit_type
from engine.library.models import resolve_model
from engine.llama.quantize import LOW_BIT_TYPES
from engine.self_draft import ensure_low_bit_copy
from engine.session import Session
from engine.session_info import Costs


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`profile T [D]` and `selfdraft TARGET [--type Q2_K]`."""
    profile = commands.add_parser("profile", help="seconds of a pass by its rows, on this machine")
    options.add_pair(profile)
    profile.add_argument("--budget", type=int, default=64, metavar="N", help="nodes of a tree")
    options.add_json(profile)
    profile.set_defaults(run=run_profile)
    selfdraft = commands.add_parser("selfdraft", help="make a low-bit copy of a model as its draft")
    selfdraft.add_argument("target", metavar="TARGET")
    selfdraft.add_argument(
        "--type", choices=list(LOW_BIT_TYPES), help="default: what suits the target"
    )
    options.add_json(selfdraft)
    selfdraft.set_defaults(run=run_selfdraft)


def run_profile(args: argparse.Namespace) -> None:
    """Load the pair, which measures its costs or confirms known ones, and print them."""
    config = options.session_config(args, SpeculationConfig(budget=args.budget))
    cancel = CancelToken()
    with (
        cancel_on_interrupt(cancel),
        Session.open(config, progress=show_loading, cancel=cancel) as session,
    ):
        costs = session.costs
    if args.json:
        curves = {"target": dict(costs.target), "draft": dict(costs.draft)}
        print(json.dumps(curves | ({"helper": dict(costs.helper)} if costs.helper else {})))
    else:
        print(_table(costs))


def run_selfdraft(args: argparse.Namespace) -> None:
    """Make the copy where it does not exist yet, and print its path."""
    cancel = CancelToken()
    target = resolve_model(args.target)
    with cancel_on_interrupt(cancel):
        copy = ensure_low_bit_copy(
            target,
            low_bit_type(target, args.type),
            on_progress=lambda fraction: show_loading(LoadProgress(LoadStage.COPYING, fraction)),
            cancel=cancel,
        )
    clear_line()
    print(json.dumps({"path": str(copy), "bytes": copy.stat().st_size}) if args.json else copy)


def _table(costs: Costs) -> str:
    curves = {"target": dict(costs.target), "draft": dict(costs.draft)}
    if costs.helper:
        curves["helper"] = dict(costs.helper)
    lines = ["  rows" + "".join(f"{name} ms".rjust(12) for name in curves)]
    for rows in sorted(set().union(*curves.values())):
        cells = [f"{1e3 * curve[rows]:.1f}" if rows in curve else "" for curve in curves.values()]
        lines.append(f"{rows:>6}" + "".join(cell.rjust(12) for cell in cells))
    return "\n".join(lines)
