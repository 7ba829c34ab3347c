"""`pair`: whether two models go together, and with `--test` whether that pays here."""

import argparse
import dataclasses
import json

from engine.bench.pair_test import SECONDS, run_pair_test
from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.terminal import (
    cancel_on_interrupt,
    clear_line,
    printable,
    show_line,
    show_loading,
)
from engine.config import SamplingConfig, SelfDraft, SpeculationConfig
from engine.errors import BadSetting, IncompatiblePair
from engine.events import LoadProgress
from engine.isolated.session import IsolatedSession
from engine.library.pair import check_pair
from engine.tested_pairs import PairTestProgress


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`pair T D [--helper H]`, `pair T [D] --test [--seconds 60]`."""
    parser = commands.add_parser("pair", help="whether a draft can guess for a target")
    options.add_pair(parser)
    parser.add_argument(
        "--test", action="store_true", help="try the pair in a minute, and keep what was found"
    )
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, metavar="N", help="of the test, after loading"
    )
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print the verdict. Raises `IncompatiblePair` (exit 1) for a pair that cannot work."""
    if args.test:
        _test(args)
    elif args.draft is None:
        raise BadSetting("A pair has a draft.", hint="Name a draft, or add --test.")
    else:
        _check(args)


def _check(args: argparse.Namespace) -> None:
    config = options.session_config(args, SpeculationConfig())
    target = config.target.path
    models = [model for model in (config.draft, config.helper) if model is not None]
    guessing = [target if isinstance(model, SelfDraft) else model.path for model in models]
    verdicts = [check_pair(target, model) for model in guessing]
    names = [f"{model.stem}: " if len(guessing) > 1 else "" for model in guessing]
    lines = [name + verdict.sentence for name, verdict in zip(names, verdicts, strict=True)]
    refused = [line for line, each in zip(lines, verdicts, strict=True) if not each.compatible]
    if args.json:
        reason = "\n".join(refused or lines)
        print(json.dumps({"compatible": not refused, "reason": reason}))
    elif not refused:
        print(printable("\n".join(lines)))
    if refused:
        raise IncompatiblePair(printable("\n".join(refused)))


def _test(args: argparse.Namespace) -> None:
    config = options.session_config(args, SpeculationConfig())
    cancel = CancelToken()
    with cancel_on_interrupt(cancel):
        result = run_pair_test(
            config,
            IsolatedSession.open,
            SamplingConfig(),
            progress=_show,
            cancel=cancel,
            seconds=args.seconds,
        )
    clear_line()
    if args.json:
        print(json.dumps({**dataclasses.asdict(result), "verdict": result.verdict("x")}))
    else:
        print("\n".join((result.verdict("x"), *result.details)))


def _show(progress: LoadProgress | PairTestProgress) -> None:
    if isinstance(progress, LoadProgress):
        show_loading(progress)
        return
    show_line(f"{progress.fraction:.0%} {progress.sentence}")
