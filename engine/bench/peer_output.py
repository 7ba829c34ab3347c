"""What llama.cpp's own programs print of their speed, read with some patience.

Lines may have prefixes, time stamps and other spacing, and further lines may stand between them.
"""

import re
from dataclasses import dataclass
from typing import Final

from engine.errors import OutriderError

_NUMBER: Final = r"([0-9]+(?:\.[0-9]+)?)"
_ENCODED: Final = re.compile(rf"encoded\s+{_NUMBER} tokens in\s+{_NUMBER} seconds")
_DECODED: Final = re.compile(rf"decoded\s+{_NUMBER} tokens in\s+{_NUMBER} seconds")
_ACCEPTED: Final = re.compile(rf"n_accept\s*=\s*{_NUMBER}")
_DRAFTED: Final = re.compile(rf"n_drafted\s*=\s*{_NUMBER}")
_DRAFTING: Final = re.compile(rf"dur\(b,g,a\)\s*=\s*{_NUMBER},\s*{_NUMBER},\s*{_NUMBER}\s*ms")
_CALLS: Final = re.compile(r"#calls\(b,g,a\)\s*=\s*\d+\s+\d+\s+(\d+)")
_BY_DEPTH: Final = re.compile(r"#acc rate/pos\s*=\s*\(([0-9., ]+)\)")
_SAMPLING: Final = re.compile(rf"sampling time\s*=\s*{_NUMBER} ms")
_PROMPT: Final = re.compile(rf"prompt eval time\s*=\s*{_NUMBER} ms\s*/\s*{_NUMBER} tokens")
_PLAIN: Final = re.compile(rf"(?<!prompt )eval time\s*=\s*{_NUMBER} ms\s*/\s*{_NUMBER} runs")


class UnreadablePeer(OutriderError):
    """A program of llama.cpp's is missing, fails, or prints something else than it used to."""

    title = "llama.cpp's own program cannot be measured"


@dataclass(frozen=True)
class PeerFigures:
    """One reply of a program of llama.cpp's, by its own account."""

    prompt_tokens: int
    prompt_seconds: float
    tokens: int
    passes: int
    seconds: float
    """Generation apart from the prompt."""
    draft_seconds: float = 0.0
    sampling_seconds: float = 0.0
    drafted: int = 0
    accepted_by_depth: tuple[int, ...] = ()
    """Entry 0 is depth 1. Empty where the program does not tell."""


def parse_speculative(printed: str) -> PeerFigures:
    """The figures of `llama-speculative-simple`. Raises `UnreadablePeer`."""
    prompt_tokens, prompt_seconds = _require(_ENCODED, printed)
    tokens, seconds = _require(_DECODED, printed)
    (accepted,) = _require(_ACCEPTED, printed)
    _, drafting, _ = _find(_DRAFTING, printed) or (0.0, 0.0, 0.0)
    (sampling,) = _find(_SAMPLING, printed) or (0.0,)
    (drafted,) = _find(_DRAFTED, printed) or (0.0,)
    return PeerFigures(
        prompt_tokens=int(prompt_tokens),
        prompt_seconds=prompt_seconds,
        tokens=int(tokens),
        passes=int(tokens - accepted),  # each pass gives its bonus
        seconds=seconds,
        draft_seconds=drafting / 1000,
        sampling_seconds=sampling / 1000,
        drafted=int(drafted),
        accepted_by_depth=_by_depth(printed),
    )


def parse_completion(printed: str) -> PeerFigures:
    """The figures of `llama-completion`: plain generation. Raises `UnreadablePeer`."""
    prompt_milliseconds, prompt_tokens = _require(_PROMPT, printed)
    milliseconds, runs = _require(_PLAIN, printed)
    (sampling,) = _find(_SAMPLING, printed) or (0.0,)
    return PeerFigures(
        prompt_tokens=int(prompt_tokens),
        prompt_seconds=prompt_milliseconds / 1000,
        tokens=int(runs),
        passes=int(runs),
        seconds=milliseconds / 1000,
        sampling_seconds=sampling / 1000,
    )


def _by_depth(printed: str) -> tuple[int, ...]:
    calls, rates = _CALLS.search(printed), _BY_DEPTH.search(printed)
    if calls is None or rates is None:
        return ()
    shares = (float(rate) for rate in rates[1].replace(",", " ").split())
    return tuple(round(share * int(calls[1])) for share in shares)


def _find(pattern: re.Pattern[str], printed: str) -> tuple[float, ...] | None:
    """The numbers of the last such line."""
    lines = list(pattern.finditer(printed))
    return tuple(map(float, lines[-1].groups())) if lines else None


def _require(pattern: re.Pattern[str], printed: str) -> tuple[float, ...]:
    numbers = _find(pattern, printed)
    if numbers is None:
        raise UnreadablePeer(
            "The figures that llama.cpp's program printed are not those of the known versions.",
            hint="Build it from the llama.cpp that docs/benchmarks.md names.",
            detail=printed[-2000:],
        )
    return numbers
