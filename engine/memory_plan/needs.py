"""How much memory llama.cpp takes for one model: weights, KV cache, buffers, device by device.

Weights and KV cache follow from the header. The compute buffer is the most that is alive at one
time in llama.cpp's graph; its formulas are fitted to the buffers that llama.cpp (0.3.36) reports,
which `docs/memory.md` compares.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from engine.config import KvType
from engine.memory_plan.cache_size import CacheSize
from engine.memory_plan.machine_facts import RAM, DeviceFacts
from engine.memory_plan.model_facts import LayerFacts, ModelFacts

_KV_BYTES: Final = {KvType.F16: 2.0, KvType.Q8_0: 34 / 32, KvType.Q4_0: 18 / 32}
"""For each number."""
_FLOAT: Final = 4
_MASK_BYTES: Final = 2
"""Flash attention takes its mask in F16."""
_VOCABULARY_BYTES: Final = 320
"""For each token: llama.cpp's tables of texts, ranks and merges."""

_STAGING_BYTES: Final = 8 << 20
"""In RAM for a model that is partly elsewhere: what goes between the two passes through it."""


@dataclass(frozen=True)
class Use:
    """Bytes of one model on one device."""

    weights: int = 0
    kv_cache: int = 0
    buffers: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.kv_cache + self.buffers

    def __add__(self, other: "Use") -> "Use":
        return Use(
            self.weights + other.weights,
            self.kv_cache + other.kv_cache,
            self.buffers + other.buffers,
        )


@dataclass(frozen=True)
class Split:
    """Which layers are where: the last ones on devices, in order, the output layer at their end."""

    devices: tuple[DeviceFacts, ...] = ()
    counts: tuple[int, ...] = ()
    """Layers on each device."""
    cpu_experts: int = 0
    """So many first layers keep their expert tensors in RAM."""

    @property
    def on_devices(self) -> int:
        """Layers on devices, the output layer counted as one."""
        return sum(self.counts)

    def places(self, layers: int) -> list[DeviceFacts | None]:
        """The device of each layer and of the output layer, None for RAM; `layers` without it."""
        of_devices = [d for d, n in zip(self.devices, self.counts, strict=True) for _ in range(n)]
        return [None] * (layers + 1 - len(of_devices)) + of_devices


@dataclass(frozen=True)
class Needs:
    """One model with a KV cache."""

    facts: ModelFacts
    size: CacheSize
    kv_type: KvType

    def on(self, split: Split) -> Mapping[str, Use]:
        """Bytes on every device, RAM among them, for layers split so."""
        facts = self.facts
        places = split.places(len(facts.layers))
        uses: defaultdict[str, Use] = defaultdict(Use)
        uses[RAM] = self._always_in_ram(places, split.cpu_experts)
        rest_in_ram = None in places or split.cpu_experts > 0
        for device, count in zip(split.devices, split.counts, strict=True):
            if count:
                scores = device == places[-1]
                buffers = self.device_buffers(device, scores=scores, rest_in_ram=rest_in_ram)
                uses[device.name] = Use(buffers=buffers)
        for index, (layer, place) in enumerate(zip(facts.layers, places, strict=False)):
            in_ram = layer.experts if place and index < split.cpu_experts else 0
            uses[RAM] += Use(weights=in_ram)
            uses[place.name if place else RAM] += self.layer(layer, in_ram)
        last = places[-1]
        output = facts.output_layer if last else facts.output
        uses[last.name if last else RAM] += Use(weights=output)
        return uses

    def layer(self, layer: LayerFacts, weights_elsewhere: int = 0) -> Use:
        """One layer with its part of the KV cache."""
        numbers = (layer.key_width + layer.value_width) * self.size.cells
        cache = numbers * _KV_BYTES[self.kv_type] + layer.state * self.size.slots
        return Use(weights=layer.weights - weights_elsewhere, kv_cache=round(cache))

    @cached_property
    def layer_sizes(self) -> tuple[tuple[int, int], ...]:
        """Of each layer, and of the output layer on a device: all of it, and its experts alone."""
        layers = [(self.layer(layer).total, layer.experts) for layer in self.facts.layers]
        return (*layers, (self.facts.output_layer, 0))

    @property
    def largest_layer(self) -> int:
        """What streaming must hold at least to make progress."""
        return max((layer.weights for layer in self.facts.layers), default=0)

    def _always_in_ram(self, places: Sequence[DeviceFacts | None], cpu_experts: int) -> Use:
        """The embedding, the rows of logits, the vocabulary, and the CPU's compute buffer."""
        facts, size = self.facts, self.size
        logits = facts.vocabulary_size * max(size.logit_rows, size.slots) * _FLOAT
        compute = self._inputs
        if None in places[:-1] or cpu_experts:
            compute = self._layer_rows + self._masks
        if places[-1] is None:
            compute = max(compute, self._logit_rows)
        buffers = compute + logits + facts.vocabulary_size * _VOCABULARY_BYTES
        if any(places):
            buffers += _STAGING_BYTES
        return Use(weights=facts.embedding, buffers=buffers)

    def device_buffers(self, device: DeviceFacts, *, scores: bool, rest_in_ram: bool) -> int:
        """A device's compute buffer, with room for one tensor at a time that it gets from RAM.

        `scores`: the output layer is there; `rest_in_ram`: some weights are not on devices.
        """
        compute = self._layer_rows + self._masks
        if scores:
            compute = max(compute, self._logit_rows)
        copies = device.copies_weights and rest_in_ram
        return compute + (self.facts.largest_tensor if copies else 0)

    @property
    def _row(self) -> int:
        """The rows of a pass between layers."""
        return self.size.rows * self.facts.embedding_length * _FLOAT

    @property
    def _masks(self) -> int:
        return self.facts.masks * self.size.cells * self.size.rows * _MASK_BYTES

    @property
    def _inputs(self) -> int:
        """Of the CPU where every layer is elsewhere: it still looks up the embeddings."""
        return self._masks + 2 * self._row

    @property
    def _layer_rows(self) -> int:
        """A layer at its widest: gate, up and their product, or queries, keys and values."""
        facts = self.facts
        widest = max(3 * facts.feed_forward_width, 3 * facts.query_width)
        if facts.expert_rows:
            down = facts.feed_forward_width + 2 * facts.expert_rows * facts.embedding_length
            widest = max(widest, down)
        return 5 * self._row + self.size.rows * widest * _FLOAT

    @property
    def _logit_rows(self) -> int:
        """Scoring: the logits, with the rows they come from."""
        rows = min(self.size.rows, max(self.size.logit_rows, self.size.slots))
        width = self.facts.vocabulary_size + self.facts.embedding_length
        return rows * width * _FLOAT + self._row


def without_weights(use: Use) -> Use:
    """What stays in memory where the weights are streamed."""
    return replace(use, weights=0)
