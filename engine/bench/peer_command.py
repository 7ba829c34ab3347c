"""Command lines of llama.cpp's own programs that do what a session of ours does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.bench.peer_output import UnreadablePeer
from engine.bench.record import Method
from engine.config import (
    ALL_LAYERS,
    ModelConfig,
    Placement,
    SamplingConfig,
    SelfDraft,
    SessionConfig,
)
from engine.library.low_bit import low_bit_path
from engine.machine import threads_for

SPECULATIVE: Final = "llama-speculative-simple"
COMPLETION: Final = "llama-completion"
PEER: Final = "llama.cpp"
"""Method name of its chains; the budget is their length."""
PEER_OFF: Final = "llama.cpp off"

_SAMPLERS: Final = "penalties;top_k;top_p;min_p;temperature"
_TRACE: Final = "4"
"""The log level at which the program says how long drafting took, below that of its debugging."""


@dataclass(frozen=True)
class Programs:
    """llama.cpp's programs in a folder."""

    speculative: Path
    completion: Path | None
    """Plain generation; the comparison does without it where it was not built."""

    @classmethod
    def find(cls, folder: Path) -> "Programs":
        """Look in the folder and in its `bin`. Raises `UnreadablePeer`."""
        speculative = _program(folder, SPECULATIVE)
        if speculative is None:
            raise UnreadablePeer(
                f"There is no {SPECULATIVE} in {folder}.",
                hint="docs/benchmarks.md says how to build it.",
            )
        return cls(speculative, _program(folder, COMPLETION))

    def methods(self, chains: Sequence[int], *, has_draft: bool) -> list[Method]:
        """Plain, and a chain of each length."""
        plain = [Method(PEER_OFF)] if self.completion else []
        return plain + [Method(PEER, length) for length in chains if has_draft]


def command(
    programs: Programs,
    config: SessionConfig,
    method: Method,
    sampling: SamplingConfig,
    prompt: Path,
) -> list[str]:
    """The command line for one reply to the prompt in a file."""
    common = _common(config, prompt) + _sampler(sampling)
    if method.budget is None:
        return [str(programs.completion), *common, *_plain(sampling)]
    return [str(programs.speculative), *common, *_draft(config, method.budget, sampling)]


def _common(config: SessionConfig, prompt: Path) -> list[str]:
    threads = str(threads_for(config.threads))
    kv_type = str(config.kv_type)
    return [
        *("--model", str(config.target.path), "--file", str(prompt), "--no-escape"),
        *("--ctx-size", str(config.context_length)),
        *("--threads", threads, "--threads-batch", threads),
        *("--cache-type-k", kv_type, "--cache-type-v", kv_type),
        *("--load-mode", "mmap", "--fit", "off"),
        *(["--no-repack"] if config.target.placement.streamed else []),
        *(["--rpc", ",".join(config.rpc_endpoints)] if config.rpc_endpoints else []),
        *_place("--device", "--gpu-layers", config.target.placement),
        *("--log-verbosity", _TRACE, "--log-colors", "off"),
    ]


def _sampler(sampling: SamplingConfig) -> list[str]:
    return [
        *("--samplers", _SAMPLERS, "--temp", str(sampling.temperature)),
        *("--top-k", str(sampling.top_k), "--top-p", str(sampling.top_p)),
        *("--min-p", str(sampling.min_p), "--repeat-penalty", str(sampling.repeat_penalty)),
        *("--presence-penalty", str(sampling.presence_penalty)),
        *("--frequency-penalty", str(sampling.frequency_penalty)),
        *("--repeat-last-n", str(sampling.penalty_window)),
        *(["--seed", str(sampling.seed % (1 << 32))] if sampling.seed is not None else []),
    ]


def _plain(sampling: SamplingConfig) -> list[str]:
    return [
        *("--predict", str(sampling.max_tokens)),
        *("--no-conversation", "--no-display-prompt", "--no-warmup"),
    ]


def _draft(config: SessionConfig, length: int, sampling: SamplingConfig) -> list[str]:
    threads = str(threads_for(config.threads))
    kv_type = str(config.kv_type)
    path, placement = _draft_model(config)
    return [
        # The program ends after the first token beyond this number.
        *("--predict", str(sampling.max_tokens - 1)),
        *("--model-draft", str(path), "--spec-type", "draft-simple"),
        *("--spec-draft-n-max", str(length), "--spec-draft-n-min", "0", "--spec-draft-p-min", "0"),
        *("--threads-draft", threads, "--threads-batch-draft", threads),
        *("--cache-type-k-draft", kv_type, "--cache-type-v-draft", kv_type),
        *_place("--device-draft", "--gpu-layers-draft", placement),
    ]


def _draft_model(config: SessionConfig) -> tuple[Path, Placement]:
    match config.draft:
        case ModelConfig():
            return config.draft.path, config.draft.placement
        case SelfDraft():
            copy = low_bit_path(config.target.path, config.draft.quantization)
            return copy, config.draft.placement
    raise ValueError("a chain needs a draft")


def _place(device_option: str, layers_option: str, placement: Placement) -> list[str]:
    options = []
    if placement.devices is not None:
        options += [device_option, ",".join(placement.devices) or "none"]
    if placement.gpu_layers is not None:
        layers = "all" if placement.gpu_layers == ALL_LAYERS else str(placement.gpu_layers)
        options += [layers_option, layers]
    return options


def _program(folder: Path, name: str) -> Path | None:
    places = (folder / sub / f"{name}{end}" for sub in ("", "bin") for end in ("", ".exe"))
    return next((place.resolve() for place in places if place.is_file()), None)
