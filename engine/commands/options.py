"""Options that several commands share, and how they become a `SessionConfig`."""

import argparse
import re
from pathlib import Path
from typing import Final

from engine.config import (
    DEFAULT_BUDGET,
    KvType,
    Mode,
    ModelConfig,
    Placement,
    SamplingConfig,
    SelfDraft,
    SessionConfig,
    SpeculationConfig,
)
from engine.library.models import resolve_model
from engine.rpc_worker import check_endpoint

_SELF: Final = "self"
NO_HELPER: Final = "none"
"""Where several helpers are tried in turn."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """`--json`: machine output on stdout."""
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")


_TARGET_HELP: Final = "GGUF file, or a name in the models folder"
_DRAFT_HELP: Final = "GGUF file or name; 'self' or 'self:Q3_K_S' is the target's own low-bit copy"
_HELPER_HELP: Final = "GGUF file or name of a model still smaller than the draft, to guess for it"


def add_models(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Which models by `--target`, `--draft` and `--helper`, and where their layers go.

    With `several`, all can be given more than once and are lists.
    """
    action = "append" if several else "store"
    parser.add_argument("--target", required=True, action=action, metavar="T", help=_TARGET_HELP)
    parser.add_argument("--draft", action=action, metavar="D", help=_DRAFT_HELP)
    none = f"; '{NO_HELPER}': without one" if several else ""
    parser.add_argument("--helper", action=action, metavar="H", help=_HELPER_HELP + none)
    add_placement(parser)


def add_pair(parser: argparse.ArgumentParser) -> None:
    """Which models by place, `T [D]`, and `--helper`; and where their layers go."""
    parser.add_argument("target", metavar="T", help=_TARGET_HELP)
    parser.add_argument("draft", nargs="?", metavar="D", help=_DRAFT_HELP)
    parser.add_argument("--helper", metavar="H", help=_HELPER_HELP)
    add_placement(parser)


def add_placement(parser: argparse.ArgumentParser) -> None:
    """Where the layers of all models go."""
    parser.add_argument("--context", type=int, default=4096, metavar="N", help="tokens")
    parser.add_argument(
        "--kv-type",
        choices=[str(kind) for kind in KvType],
        default=str(KvType.F16),
        help="numbers in the KV caches: q8_0 needs about half the memory of f16, q4_0 a quarter",
    )
    parser.add_argument(
        "--saved-prefixes",
        type=byte_count,
        default=0,
        metavar="SIZE",
        help="disk space for long prompts that were processed, so that none is processed twice",
    )
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="0: one per core")
    for role in ("target", "draft", "helper"):
        parser.add_argument(
            f"--{role}-devices", metavar="A,B", help="device names; 'cpu' for the CPU only"
        )
        parser.add_argument(
            f"--{role}-gpu-layers",
            type=int,
            metavar="N",
            help="-1: all; without it the memory plan decides",
        )
    parser.add_argument(
        "--streamed", action="store_true", help="read the target's weights from the file each pass"
    )
    parser.add_argument(
        "--load-anyway", action="store_true", help="load past the memory plan's budgets"
    )
    parser.add_argument(
        "--rpc", action="append", default=[], metavar="HOST:PORT", help="llama.cpp RPC worker"
    )
    parser.add_argument(
        "--trust-rpc-network",
        action="store_true",
        help="allow workers on other machines: the protocol has no authentication",
    )


def add_speculation(parser: argparse.ArgumentParser) -> None:
    """Which speculation."""
    parser.add_argument("--mode", choices=[str(mode) for mode in Mode], default=str(Mode.AUTO))
    parser.add_argument(
        "--budget", type=int, default=DEFAULT_BUDGET, metavar="N", help="nodes of a tree"
    )


def add_sampling(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """The sampler. With `several`, the temperature is the text of a list."""
    defaults = SamplingConfig()
    parser.add_argument("--max-tokens", type=int, default=defaults.max_tokens, metavar="N")
    parser.add_argument(
        "--temperature",
        type=str if several else float,
        default=defaults.temperature,
        metavar="X,Y" if several else "X",
        help="0 is greedy",
    )
    parser.add_argument("--top-k", type=int, default=defaults.top_k, metavar="N")
    parser.add_argument("--top-p", type=float, default=defaults.top_p, metavar="X")
    parser.add_argument("--min-p", type=float, default=defaults.min_p, metavar="X")
    parser.add_argument("--repeat-penalty", type=float, default=1.0, metavar="X")
    parser.add_argument("--presence-penalty", type=float, default=0.0, metavar="X")
    parser.add_argument("--frequency-penalty", type=float, default=0.0, metavar="X")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--stop", action="append", default=[], metavar="TEXT")


def add_conversation(parser: argparse.ArgumentParser) -> None:
    """All that a reply depends on, and `--json`."""
    add_models(parser)
    parser.add_argument("--system", metavar="TEXT", help="system prompt")
    add_speculation(parser)
    add_sampling(parser)
    add_json(parser)


def session_config(args: argparse.Namespace, speculation: SpeculationConfig) -> SessionConfig:
    """The session that the options describe. Raises `OutriderError` for a name without a file."""
    for endpoint in args.rpc:
        check_endpoint(endpoint, trusted=args.trust_rpc_network)
    return SessionConfig(
        target=ModelConfig(
            path=resolve_model(args.target),
            placement=_placement(args, "target", streamed=args.streamed),
        ),
        draft=_draft(args),
        helper=_helper(args),
        context_length=args.context,
        kv_type=KvType(args.kv_type),
        saved_prefix_bytes=args.saved_prefixes,
        threads=args.threads,
        speculation=speculation,
        rpc_endpoints=tuple(args.rpc),
        load_anyway=args.load_anyway,
    )


_SIZE: Final = re.compile(r"(\d+(?:\.\d*)?)\s*([KMGT]?)(i?)B?", re.IGNORECASE | re.ASCII)
_UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def byte_count(text: str) -> int:
    """For argparse: `8G` and `8GB` are 8 x 10^9 bytes, `8GiB` 8 x 2^30."""
    match = _SIZE.fullmatch(text.strip())
    if match is None or (match[3] and not match[2]):
        raise argparse.ArgumentTypeError(f"{text} is no size such as 8G, 1600M or 8GiB")
    unit = match[2].upper()
    scale = 1 << 10 * list(_UNITS).index(unit) if match[3] else _UNITS[unit]
    return int(float(match[1]) * scale)


def speculation_config(args: argparse.Namespace) -> SpeculationConfig:
    """The speculation that the options describe."""
    return SpeculationConfig(mode=Mode(args.mode), budget=args.budget)


def sampling_config(args: argparse.Namespace) -> SamplingConfig:
    """The sampler that the options describe."""
    return SamplingConfig(
        temperature=args.temperature,
        top_k=args.top_k,
        top_p=args.top_p,
        min_p=args.min_p,
        repeat_penalty=args.repeat_penalty,
        presence_penalty=args.presence_penalty,
        frequency_penalty=args.frequency_penalty,
        seed=args.seed,
        max_tokens=args.max_tokens,
        stop=tuple(args.stop),
    )


def _draft(args: argparse.Namespace) -> ModelConfig | SelfDraft | None:
    if args.draft is None:
        return None
    placement = _placement(args, "draft", streamed=False)
    name, _, quantization = args.draft.partition(":")
    if name == _SELF and not Path(args.draft).exists():
        return SelfDraft(quantization=quantization or None, placement=placement)
    return ModelConfig(path=resolve_model(args.draft), placement=placement)


def _helper(args: argparse.Namespace) -> ModelConfig | None:
    if args.helper in (None, NO_HELPER):
        return None
    return ModelConfig(
        path=resolve_model(args.helper), placement=_placement(args, "helper", streamed=False)
    )


def _placement(args: argparse.Namespace, role: str, *, streamed: bool) -> Placement:
    names: str | None = getattr(args, f"{role}_devices")
    devices = None if names is None else tuple(n for n in names.split(",") if n not in ("", "cpu"))
    return Placement(
        devices=devices, gpu_layers=getattr(args, f"{role}_gpu_layers"), streamed=streamed
    )
