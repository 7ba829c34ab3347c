"""Breaks GGUF headers in the ways that disks, downloads and ill will do, the same on every run."""

import random
import struct
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from tests.gguf_files import CHAT_TENSORS, Stored, chat_metadata, gguf_bytes

EDGES: Final = (0, 1, 2, 31, 255, 1 << 16, (1 << 31) - 1, 1 << 32, 1 << 40, (1 << 63) - 1, -1)
_SEED: Final = 20_26


def _sound_headers() -> list[bytes]:
    """Different kinds of sound files, so that every check has something to break."""
    mixture: dict[str, Stored] = chat_metadata(llama__expert_count=8, llama__expert_used_count=2)
    layers = chat_metadata(
        llama__attention__head_count=np.array([4, 4], np.int32),
        llama__rope__scaling__type="yarn",
    )
    pieces = chat_metadata(
        tokenizer__ggml__model="llama",
        tokenizer__ggml__pre=None,
        tokenizer__ggml__scores=np.zeros(10, np.float32),
    )
    split = chat_metadata(split__no=0, split__count=2)
    headers = (chat_metadata(), mixture, layers, pieces, split)
    return [gguf_bytes(metadata, CHAT_TENSORS) for metadata in headers]


SOUND: Final = _sound_headers()
_WEIGHTS: Final = sum(tensor.size for tensor in CHAT_TENSORS)


def _end(content: bytearray) -> int:
    """Where the header ends: zeros in place of zeros would break nothing."""
    return len(content) - _WEIGHTS


def _flip(content: bytearray, choose: random.Random) -> None:
    for _ in range(choose.randint(1, 4)):
        content[choose.randrange(_end(content))] = choose.randrange(256)


def _truncate(content: bytearray, choose: random.Random) -> None:
    del content[choose.randrange(_end(content)) :]


def _drop(content: bytearray, choose: random.Random) -> None:
    start = choose.randrange(_end(content))
    del content[start : start + choose.randint(1, 64)]


def _repeat(content: bytearray, choose: random.Random) -> None:
    start = choose.randrange(_end(content))
    content[start:start] = content[start : start + choose.randint(1, 64)]


def _shuffle(content: bytearray, choose: random.Random) -> None:
    """Put a piece of the file somewhere else in it."""
    start, place = choose.randrange(_end(content)), choose.randrange(_end(content))
    piece = content[start : start + choose.randint(4, 32)]
    content[place : place + len(piece)] = piece


def _replace_number(content: bytearray, choose: random.Random) -> None:
    place = choose.randrange(4, _end(content) - 8)
    number = choose.choice(EDGES)
    wide = choose.random() < 0.5
    field = struct.pack("<q", number) if wide else struct.pack("<I", number & 0xFFFFFFFF)
    content[place : place + len(field)] = field


def _replace_small(content: bytearray, choose: random.Random) -> None:
    """Type numbers and dimensions are small: so is what takes their place."""
    place = choose.randrange(4, _end(content) - 4)
    content[place : place + 4] = struct.pack("<I", choose.randrange(44))


WAYS: Final[tuple[Callable[[bytearray, random.Random], None], ...]] = (
    _flip,
    _truncate,
    _drop,
    _repeat,
    _shuffle,
    _replace_number,
    _replace_small,
)


def mutations() -> Iterator[bytes]:
    """Changed files without end; most of them are broken, some happen to be sound."""
    choose = random.Random(_SEED)  # noqa: S311 - the same on every run, and no secret
    while True:
        content = bytearray(choose.choice(SOUND))
        choose.choice(WAYS)(content, choose)
        yield bytes(content)
