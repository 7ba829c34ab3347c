"""The prompt into the target's KV cache; where it costs nothing, the first tree grows meanwhile."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from engine.cancel import CancelToken
from engine.generate import Speculation
from engine.planner import Chances

_NO_GUESSES: Final[Chances] = np.zeros(0, dtype=np.float32)


def read_prompt(
    models: Speculation, tokens: Sequence[int], cancel: CancelToken
) -> Iterator[tuple[int, int]]:
    """Bring the target's prefix to the last of `tokens`, which is the first root.

    Yields (tokens done, tokens reused from the turn before), at the beginning and after each pass.
    Where the draft works beside the target's passes, it reads the prompt too and then drafts the
    first round's tree; elsewhere it catches up when that tree grows: a plain reply needs none.
    Whatever ends this early leaves prefixes of `tokens` in both KV caches.
    """
    before_root = tokens[:-1]
    reused = models.prefix.rewind(before_root)
    models.guesser.rewind(before_root)
    yield reused, reused
    shape = models.planner.plan(_NO_GUESSES).shape
    chunks = models.prefix.advance(before_root[reused:], cancel)
    while (done := models.beside(lambda: next(chunks, None), tokens, shape, cancel)) is not None:
        yield reused + done, reused
