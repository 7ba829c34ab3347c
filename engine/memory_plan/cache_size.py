"""How large the KV caches of a session are: cells, rows of a pass, rows with logits, slots."""

from dataclasses import dataclass
from typing import Final

MAX_SLOTS: Final = 256
"""LLAMA_MAX_SEQ of this build (llama-cparams.h): a tree has at most this many leaves."""
_PREFILL_ROWS: Final = 256
_FRONTIER_ROWS: Final = 32
_DRAFT_CELLS: Final = 1024
_HELPER_CELLS: Final = 256
_CELL_STEP: Final = 256


@dataclass(frozen=True)
class CacheSize:
    """What one model's context reserves memory for."""

    cells: int
    rows: int
    logit_rows: int
    slots: int


def target_cache(context_length: int, trained_context: int, budget: int) -> CacheSize:
    """The target's: one pass takes a whole tree (`engine.reserve`)."""
    tree_rows = budget + 1
    return CacheSize(
        cells=_padded(min(context_length, trained_context) + tree_rows),
        rows=max(tree_rows, _PREFILL_ROWS),
        logit_rows=tree_rows,
        slots=min(budget // 2 + 2, MAX_SLOTS),
    )


def draft_cache(context_length: int, trained_context: int, budget: int) -> CacheSize:
    """The draft's: cells also for nodes that do not stay in the tree (`engine.reserve`)."""
    return CacheSize(
        cells=_padded(min(context_length, trained_context) + _DRAFT_CELLS),
        rows=_PREFILL_ROWS,
        logit_rows=_FRONTIER_ROWS,
        slots=min(budget + _FRONTIER_ROWS, MAX_SLOTS),
    )


def helper_cache(context_length: int, trained_context: int) -> CacheSize:
    """The helper's: one path at a time (`engine.reserve`)."""
    return CacheSize(
        cells=_padded(min(context_length, trained_context) + _HELPER_CELLS),
        rows=_PREFILL_ROWS,
        logit_rows=_FRONTIER_ROWS,
        slots=1,
    )


def _padded(cells: int) -> int:
    """llama.cpp rounds up."""
    return -(-cells // _CELL_STEP) * _CELL_STEP
