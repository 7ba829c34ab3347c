"""What to load where memory ran out: the same target with less around it."""

from dataclasses import replace
from typing import Final

from desktop.engine_port import OpenRequest

_SHORTEST: Final = 1024
"""Tokens of a context that a conversation can begin in."""


def with_less_memory(request: OpenRequest) -> OpenRequest:
    """Half the context, and no draft; the starter pair keeps its own, which takes next to none."""
    context_length = min(request.context_length, max(_SHORTEST, request.context_length // 2))
    pair = replace(request.pair, draft=None) if request.pair else None
    return replace(request, pair=pair, context_length=context_length)
