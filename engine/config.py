"""Frozen, validated settings of the engine. Facts learnt at run time live elsewhere."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from engine.errors import BadSetting
from engine.language import tr

MAX_BUDGET: Final = 600
DEFAULT_BUDGET: Final = 64
DEFAULT_SAVED_PREFIX_BYTES: Final = 4 << 30
ALL_LAYERS: Final = -1
"""`Placement.gpu_layers` for every layer."""


class Mode(StrEnum):
    """How the next tokens are found."""

    OFF = "off"
    CHAIN = "chain"
    TREE = "tree"
    AUTO = "auto"


class KvType(StrEnum):
    """How the KV caches hold a number; the names are llama.cpp's."""

    F16 = "f16"
    Q8_0 = "q8_0"
    Q4_0 = "q4_0"


def _require(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # not a number is not between them either
        raise BadSetting(
            tr("{name} must be between {low:g} and {high:g}, not {value!s:.12}.").format(
                name=name, low=low, high=high, value=value
            )
        )


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """The user's sampler. Filters run in llama.cpp's order: penalties, k, p, min-p, temperature."""

    temperature: float = 0.7
    """0 is greedy."""
    top_k: int = 40
    """0 keeps every token."""
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    penalty_window: int = 64
    """How many of the last tokens the three penalties look at."""
    seed: int | None = None
    """None draws a fresh one for each reply."""
    max_tokens: int = 1024
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require(tr("Temperature"), self.temperature, 0, 100)
        _require(tr("Top-k"), self.top_k, 0, 1 << 31)
        _require(tr("Top-p"), self.top_p, 0, 1)
        _require(tr("Min-p"), self.min_p, 0, 1)
        _require(tr("Repetition penalty"), self.repeat_penalty, 0.01, 100)
        _require(tr("Presence penalty"), self.presence_penalty, -100, 100)
        _require(tr("Frequency penalty"), self.frequency_penalty, -100, 100)
        _require(tr("Penalty window"), self.penalty_window, 0, 1 << 20)
        _require(tr("Maximum tokens"), self.max_tokens, 1, 1 << 31)
        if self.seed is not None:
            _require(tr("Seed"), self.seed, 0, (1 << 64) - 1)
        if any(not text for text in self.stop):
            raise BadSetting(tr("A stop string must not be empty."))


GREEDY: Final = SamplingConfig(temperature=0.0)


@dataclass(frozen=True, kw_only=True)
class SpeculationConfig:
    """Which speculation to run, and how big its trees may be."""

    mode: Mode = Mode.AUTO
    budget: int = DEFAULT_BUDGET
    """Nodes of a tree besides the root."""
    max_depth: int = 64
    suggestions: bool = True
    """Let tree and auto also guess without a model, from where the text repeats itself."""
    earlier: bool = False
    """Let them also guess from conversations before this one, while the models stay loaded."""

    def __post_init__(self) -> None:
        _require(tr("Budget"), self.budget, 1, MAX_BUDGET)
        _require(tr("Depth"), self.max_depth, 1, MAX_BUDGET)


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where one model's layers go."""

    devices: tuple[str, ...] | None = None
    """llama.cpp device names ("CUDA0", "RPC0"). None: all it finds; (): the CPU only."""
    gpu_layers: int | None = None
    """Layers on those devices; -1 is all of them. None: the memory plan decides."""
    layers_per_device: tuple[int, ...] = ()
    """Layers on each of `devices`, instead of `gpu_layers`; (): the memory plan divides them."""
    cpu_experts: int = 0
    """So many first layers keep their expert tensors in RAM though the layer is on a device."""
    streamed: bool = False
    """Keep the weights in the mapped file instead of repacking them into memory."""
    in_memory: bool = False
    """Hold the weights in locked memory: streaming another model does not push them out."""

    def __post_init__(self) -> None:
        if self.gpu_layers is not None:
            _require(tr("Layers on the device"), self.gpu_layers, ALL_LAYERS, 10_000)
        _require(tr("Layers with experts in RAM"), self.cpu_experts, 0, 10_000)
        for count in self.layers_per_device:
            _require(tr("Layers on the device"), count, 0, 10_000)
        if self.layers_per_device and len(self.layers_per_device) != len(self.devices or ()):
            raise BadSetting(tr("Layers for each device need as many devices."))


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """One GGUF file and where it goes."""

    path: Path
    placement: Placement = field(default_factory=Placement)


@dataclass(frozen=True, kw_only=True)
class SelfDraft:
    """The target's own low-bit copy as the draft; made on first use and kept in the cache."""

    quantization: str | None = None
    """None: what suits the target (`engine.library.low_bit.low_bit_type`)."""
    placement: Placement = field(default_factory=Placement)


@dataclass(frozen=True, kw_only=True)
class SessionConfig:
    """All that `Session.open` needs."""

    target: ModelConfig
    draft: ModelConfig | SelfDraft | None = None
    helper: ModelConfig | None = None
    """A model still smaller than the draft, which guesses how the draft goes on."""
    context_length: int = 4096
    """Tokens of conversation; room for the tree is added to it."""
    kv_type: KvType = KvType.F16
    """Of all models' KV caches."""
    threads: int = 0
    """0: one for each core that can be used, and fewer while other programs want cores."""
    speculation: SpeculationConfig = field(default_factory=SpeculationConfig)
    rpc_endpoints: tuple[str, ...] = ()
    """`host:port` of llama.cpp RPC workers to add as devices."""
    skip_missing_workers: bool = False
    """Load without those of them that do not answer, instead of not at all."""
    saved_prefix_bytes: int = 0
    """Disk space for the prefixes of conversations that were left: going back to one does not
    process its text again. 0 neither saves nor restores."""
    load_anyway: bool = False
    """Load although the memory plan says that there is too little memory."""
    draw_trees: bool = False
    """Report the tree of each round, for a view of it."""

    def __post_init__(self) -> None:
        if self.helper is not None and self.draft is None:
            raise BadSetting(
                tr("A helper guesses for a draft, and there is no draft."),
                hint=tr("Choose a draft too."),
            )
        _require(tr("Context"), self.context_length, 64, 1 << 22)
        _require(tr("Threads"), self.threads, 0, 1024)
        _require(tr("Disk space for prefixes"), self.saved_prefix_bytes, 0, 1 << 50)
