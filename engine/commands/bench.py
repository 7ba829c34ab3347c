"""`bench`: the modes side by side on the same prompts, in one process."""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from engine.bench.report import document, table
from engine.bench.runs import BenchPlan, run_bench
from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.terminal import cancel_on_interrupt, show_loading
from engine.config import Mode, SpeculationConfig
from engine.errors import BadSetting, Cancelled, DiskTrouble
from engine.session import Session

_MODES: Final = tuple(str(mode) for mode in Mode)
_NOT_BUILT: Final = frozenset({"specinfer", "ngram"})
"""Methods of the headless contract that `bench` will have; scripts may name them already."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`bench --target T [--draft D] --prompts FILE --modes ... --budgets ... --json OUT`."""
    parser = commands.add_parser("bench", help="compare the modes on the same prompts")
    options.add_models(parser)
    parser.add_argument(
        "--prompts", required=True, type=Path, metavar="FILE", help="JSON list of user messages"
    )
    parser.add_argument("--modes", default="off,tree,auto", help=f"of {','.join(_MODES)}")
    parser.add_argument("--budgets", default="64", help="tree sizes, such as 16,64")
    options.add_sampling(parser)
    parser.set_defaults(max_tokens=128, temperature=0.0, seed=0)
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to this file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Run the plan, print the table, write the figures; Ctrl-C keeps what was measured."""
    plan = BenchPlan(
        prompts=_prompts(args.prompts),
        modes=_modes(args.modes),
        budgets=_budgets(args.budgets),
        sampling=options.sampling_config(args),
    )
    config = options.session_config(args, SpeculationConfig(budget=max(plan.budgets)))
    cancel = CancelToken()
    with (
        cancel_on_interrupt(cancel),
        Session.open(config, progress=show_loading, cancel=cancel) as session,
    ):
        runs = []
        for run_ in run_bench(session, plan, cancel):
            runs.append(run_)
            print(
                f"{len(runs)} of {plan.count}: {run_.label}, "
                f"{run_.stats.tokens_per_second:.2f} tokens/s",
                file=sys.stderr,
            )
        print(table(runs))
        if args.json:
            _write(args.json, json.dumps(document(session.info, runs), indent=1))
    if cancel.cancelled:
        raise Cancelled


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DiskTrouble(f"{path} cannot be written.", detail=str(error)) from error


def _prompts(path: Path) -> tuple[str, ...]:
    try:
        prompts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSetting(f"{path} cannot be read as JSON.", detail=str(error)) from error
    if not isinstance(prompts, list) or not prompts or not all(isinstance(p, str) for p in prompts):
        raise BadSetting(f"{path} must hold a JSON list of user messages.")
    return tuple(prompts)


def _modes(text: str) -> tuple[Mode, ...]:
    names = [name for name in text.split(",") if name not in _NOT_BUILT]
    for name in _NOT_BUILT & set(text.split(",")):
        print(f"{name} is not built yet and is left out.", file=sys.stderr)
    for name in names:
        if name not in _MODES:
            raise BadSetting(
                f"There is no mode {name} here.", hint=f"There are: {', '.join(_MODES)}."
            )
    return tuple(Mode(name) for name in names)


def _budgets(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise BadSetting(f"{text} is no list of budgets.", hint="Write 16,64, say.") from error
