"""The options of `bench`, and what they ask for: methods, samplers, setups, limits."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import product
from pathlib import Path
from typing import Any, Final, TypeVar

from engine.bench.control_group import Limits, limited
from engine.bench.methods import NAMES, NEED_DRAFT, methods
from engine.bench.record import BenchPrompt, Method, Setup
from engine.bench.runs import BenchPlan
from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.terminal import show_loading
from engine.config import (
    ALL_LAYERS,
    ModelConfig,
    Placement,
    SelfDraft,
    SessionConfig,
    SpeculationConfig,
)
from engine.errors import BadSetting
from engine.events import LoadProgress, LoadStage
from engine.library.low_bit import low_bit_type
from engine.library.printable import shown_size
from engine.library.split_files import named_parts
from engine.loading import draft_name
from engine.machine import available_memory
from engine.self_draft import ensure_low_bit_copy

T = TypeVar("T")

_PLANNED: Final = "planned"
_STREAMED: Final = "streamed"
_CHAIN_LENGTHS: Final = "3,8,16,32"
"""llama.cpp's default length, and what its users set."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What to compare, on which models, under which limits."""
    options.add_models(parser, several=True)
    parser.add_argument(
        "--placement",
        action="append",
        metavar="P",
        help=f"each in turn: {_PLANNED}, {_STREAMED}, DEVICES or DEVICES:LAYERS",
    )
    parser.add_argument("--modes", default="off,tree,auto", help=f"of {','.join(NAMES)}")
    parser.add_argument("--budgets", default="64", help="tree sizes, such as 16,64")
    parser.add_argument(
        "--chain-lengths", default=_CHAIN_LENGTHS, help=f"default: {_CHAIN_LENGTHS}"
    )
    parser.add_argument("--repeats", type=int, default=1, metavar="N", help="of every run")
    parser.add_argument(
        "--warm-ups",
        type=int,
        default=1,
        metavar="N",
        help="runs at the start that do not count",
    )
    options.add_sampling(parser, several=True)
    # Where the temperature is above 0, the sampler is the SpecExec paper's.
    parser.set_defaults(max_tokens=128, temperature="0", top_k=0, top_p=0.9, min_p=0.0, seed=0)
    _add_regime(parser)


def _add_regime(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--regime",
        choices=(_PLANNED, _STREAMED),
        default=_PLANNED,
        help=f"{_STREAMED}: the target's weights stay in its file",
    )
    parser.add_argument(
        "--memory",
        type=options.byte_count,
        metavar="1600M",
        help="as with so much memory, page cache included: Linux, root",
    )
    parser.add_argument(
        "--disk",
        type=options.byte_count,
        metavar="500M",
        help="as with a disk that reads so much a second: Linux, root",
    )


def bench_plan(args: argparse.Namespace, prompts: Sequence[BenchPrompt]) -> BenchPlan:
    """What to run with each setup. Raises `BadSetting`."""
    if args.repeats < 1 or args.warm_ups < 0:
        raise BadSetting("At least one repeat is needed, and no less than 0 runs to warm up.")
    return BenchPlan(
        prompts=tuple(prompts),
        methods=tuple(_methods(args)),
        samplings=tuple(
            options.sampling_config(_with(args, temperature=temperature))
            for temperature in _numbers(args.temperature, float, "temperatures", "0,0.6")
        ),
        repeats=args.repeats,
        warm_ups=args.warm_ups,
    )


def setups(args: argparse.Namespace, largest: int) -> list[tuple[Setup, SessionConfig]]:
    """Every target with every draft and helper in every placement.

    `largest` is the largest tree's size.

    Raises `OutriderError` for a name without a file.
    """
    found = []
    guessing = product(args.draft or [None], args.helper or [None])
    for target, (draft, helper), placement in product(args.target, guessing, _placements(args)):
        asked = _with(args, target=target, draft=draft, helper=helper, **placement)
        config = options.session_config(asked, SpeculationConfig(budget=largest))
        where = ", ".join([_where(config.target.placement), *_limit_words(args)])
        found.append((Setup(config.target.path.stem, draft_name(config), where), config))
    return found


def limits(
    args: argparse.Namespace, configs: Sequence[SessionConfig], cancel: CancelToken
) -> AbstractContextManager[None]:
    """Where the runs happen: on this machine as it is, or on one with less memory, a slower disk.

    Low-bit copies are made before, at full speed. Raises `OutriderError`, `Cancelled`.
    """
    asked = Limits(args.memory, args.disk)
    if asked.memory is None and any(map(_stays_in_memory, configs)):
        print(
            "Without --memory the whole file fits into the page cache: nothing is streamed.",
            file=sys.stderr,
        )
    if asked == Limits():
        return nullcontext()
    return limited(asked, [file for config in configs for file in _model_files(config, cancel)])


def _stays_in_memory(config: SessionConfig) -> bool:
    """Whether a target that is to be streamed would be read from the disk only once."""
    if not config.target.placement.streamed:
        return False
    size = sum(part.stat().st_size for part in named_parts(config.target.path) if part.exists())
    return size < available_memory()


def _methods(args: argparse.Namespace) -> list[Method]:
    names = args.modes.split(",")
    for name in names:
        if name not in NAMES:
            raise BadSetting(
                f"There is no mode {name} here.", hint=f"There are: {', '.join(NAMES)}."
            )
    if not args.draft:
        for name in NEED_DRAFT & set(names):
            print(f"{name} needs a draft and is left out.", file=sys.stderr)
        names = [name for name in names if name not in NEED_DRAFT]
    if not names:
        raise BadSetting("No method is left to measure.", hint="Name a draft with --draft.")
    return methods(
        list(dict.fromkeys(names)),
        _sizes(args.budgets, "budgets", "16,64"),
        _sizes(args.chain_lengths, "lengths", "8,16"),
    )


def _sizes(text: str, what: str, example: str) -> list[int]:
    sizes = _numbers(text, int, what, example)
    for size in sizes:
        SpeculationConfig(budget=size)  # raises `BadSetting` outside of its range
    return sizes


def _numbers(text: str, kind: Callable[[str], T], what: str, example: str) -> list[T]:
    """The numbers between commas, each once."""
    try:
        return list(dict.fromkeys(kind(part) for part in text.split(",")))
    except ValueError as error:
        raise BadSetting(f"{text} is no list of {what}.", hint=f"Write {example}, say.") from error


def _placements(args: argparse.Namespace) -> list[dict[str, Any]]:
    """By what each placement replaces the options of one placement."""
    if args.placement is None:
        return [{"streamed": args.streamed or args.regime == _STREAMED}]
    return [_placement(text) for text in args.placement]


def _placement(text: str) -> dict[str, Any]:
    if text in (_PLANNED, _STREAMED):
        return {"streamed": text == _STREAMED}
    devices, _, layers = text.partition(":")
    if layers and not layers.isdigit():
        raise BadSetting(f"{text} is no placement.", hint="Write RPC0:12, say.")
    return {"target_devices": devices, "target_gpu_layers": int(layers or ALL_LAYERS)}


def _where(placement: Placement) -> str:
    """The placement that was asked for, in words."""
    if placement.streamed:
        return _STREAMED
    if placement.devices == ():
        return "on the CPU"
    devices = " and ".join(placement.devices or ("the devices",))
    match placement.gpu_layers:
        case None:
            return "as planned"
        case layers if layers == ALL_LAYERS:
            return f"on {devices}"
        case layers:
            return f"{layers} layers on {devices}"


def _limit_words(args: argparse.Namespace) -> list[str]:
    words = [f"{shown_size(args.memory)} of memory"] if args.memory else []
    return [*words, f"{shown_size(args.disk)}/s from the disk"] if args.disk else words


def _model_files(config: SessionConfig, cancel: CancelToken) -> list[Path]:
    target = config.target.path
    match config.draft:
        case ModelConfig():
            draft = named_parts(config.draft.path)
        case SelfDraft():
            kind = low_bit_type(target, config.draft.quantization)
            draft = [ensure_low_bit_copy(target, kind, on_progress=_show_copying, cancel=cancel)]
        case None:
            draft = []
    helper = named_parts(config.helper.path) if config.helper is not None else []
    return [*named_parts(target), *draft, *helper]


def _show_copying(fraction: float) -> None:
    show_loading(LoadProgress(LoadStage.COPYING, fraction))


def _with(args: argparse.Namespace, **changes: Any) -> argparse.Namespace:  # noqa: ANN401
    return argparse.Namespace(**{**vars(args), **changes})
