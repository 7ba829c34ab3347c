"""What a test of a pair found on this machine, kept for the next time the pair is looked at.

One small JSON file per pair in the cache folder. A test can always be repeated, so a file that
cannot be read, or that another llama.cpp was measured for, counts as none.
"""

import hashlib
import json
import logging
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from engine.config import Mode, ModelConfig, SelfDraft, SessionConfig
from engine.language import figure, tr, whole
from engine.library.low_bit import model_identity
from engine.llama.version import version
from engine.paths import cache_dir, keep_if_possible

log = logging.getLogger("outrider.tested")

_FORMAT: Final = 1
_SAME: Final = 1.05
"""Speeds closer than this are the same to a person."""


@dataclass(frozen=True)
class PairTestProgress:
    """How far a test is."""

    mode: Mode
    """What runs now."""
    kind: str
    """On which kind of work, such as "code"."""
    fraction: float
    seconds_left: float

    @property
    def sentence(self) -> str:
        """For people."""
        return tr("Testing {mode} on {kind}: about {seconds} s left.").format(
            mode=_mode(self.mode), kind=_kind(self.kind), seconds=whole(self.seconds_left)
        )


@dataclass(frozen=True)
class WorkSpeeds:
    """Tokens per second on one kind of work."""

    kind: str
    """Such as "code"."""
    plain: float
    auto: float
    chain: float | None = None
    """None, as for `tree`, where there is no draft."""
    tree: float | None = None

    @property
    def gain(self) -> float:
        """Times the speed of plain that `auto`, which people use, reached."""
        return self.auto / self.plain


@dataclass(frozen=True)
class PairTest:
    """The result of one test; `works` has at least one kind."""

    seconds: float
    """How long it took, without loading."""
    works: tuple[WorkSpeeds, ...]

    @property
    def gain(self) -> float:
        """Times the speed of plain, in the middle of the kinds of work."""
        return median(work.gain for work in self.works)

    def verdict(self, times: str = "×") -> str:
        """What the test found, in two sentences."""
        if all(1 / _SAME < work.gain < _SAME for work in self.works):
            return tr(
                "Tested for {seconds} s: plain is as fast here as any guess, so plain is used. "
                "Kept with this pair."
            ).format(seconds=whole(self.seconds))
        gains = [f"{figure(work.gain)}{times}" for work in self.works]
        gains[0] = tr("{gain} plain").format(gain=gains[0])
        found = [
            tr("{gain} on {kind}").format(gain=gain, kind=_kind(work.kind))
            for gain, work in zip(gains, self.works, strict=True)
        ]
        return tr("Tested for {seconds} s: {gains}. Kept with this pair.").format(
            seconds=whole(self.seconds), gains=", ".join(found)
        )

    @property
    def details(self) -> tuple[str, ...]:
        """A line for each kind of work: how fast each mode was."""
        return tuple(map(_details, self.works))


def draft_of(config: SessionConfig) -> Path | SelfDraft | None:
    """The draft by which a pair's test is kept."""
    return config.draft.path if isinstance(config.draft, ModelConfig) else config.draft


def last_test(target: Path, draft: Path | SelfDraft | None) -> PairTest | None:
    """What the last test of the pair found; None without one.

    Raises `ModelNotFound` for a model that vanished.
    """
    try:
        data = json.loads(_file(target, draft).read_text(encoding="utf-8"))
        return _tested(data) if data["made_with"] == [_FORMAT, version()] else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        log.warning("A test of %s is not used: %s", target.name, error)
        return None


def has_tests(target: Path) -> bool:
    """Whether any pair of `target` was tested. Raises `ModelNotFound`."""
    return any(_folder().glob(f"{model_identity(target)}-*.json"))


def keep_tested(target: Path, draft: Path | SelfDraft | None, tested: PairTest) -> None:
    """Keep it with the pair, whole or not at all; a disk that refuses costs only a new test.

    Raises `ModelNotFound` for a model that vanished.
    """
    content = {"made_with": [_FORMAT, version()], **asdict(tested)}
    keep_if_possible(_file(target, draft), json.dumps(content))


def _file(target: Path, draft: Path | SelfDraft | None) -> Path:
    return _folder() / f"{model_identity(target)}-{_draft_name(draft)}.json"


def _folder() -> Path:
    return cache_dir() / "pair-tests"


def _draft_name(draft: Path | SelfDraft | None) -> str:
    """A copy by what was asked for: which one that gives, the target and this machine decide."""
    match draft:
        case Path():
            return model_identity(draft)
        case SelfDraft(quantization=str(quantization)):
            return f"copy-{hashlib.sha256(quantization.encode()).hexdigest()[:8]}"
        case SelfDraft():
            return "copy"
    return "none"


def _tested(data: Any) -> PairTest:  # noqa: ANN401 - from a file
    works = tuple(_work(work) for work in data["works"])
    if not works:
        raise ValueError("nothing was measured")
    return PairTest(_positive(data["seconds"]), works)


def _work(data: Any) -> WorkSpeeds:  # noqa: ANN401 - from a file
    kind = data["kind"]
    if not isinstance(kind, str):
        raise TypeError("no kind of work")
    return WorkSpeeds(
        kind,
        _positive(data["plain"]),
        _positive(data["auto"]),
        *(None if data[name] is None else _positive(data[name]) for name in ("chain", "tree")),
    )


def _positive(value: Any) -> float:  # noqa: ANN401 - from a file
    number = float(value)
    if not math.isfinite(number) or number <= 0:
        raise ValueError(f"{value} is no positive number")
    return number


def _details(work: WorkSpeeds) -> str:
    speeds = {
        Mode.OFF: work.plain,
        Mode.CHAIN: work.chain,
        Mode.TREE: work.tree,
        Mode.AUTO: work.auto,
    }
    known = [
        f"{_mode(mode)} {figure(speed)}" for mode, speed in speeds.items() if speed is not None
    ]
    return tr("{kind}: {speeds} tokens/s").format(kind=_kind(work.kind), speeds=", ".join(known))


def _mode(mode: Mode) -> str:
    words = {
        Mode.OFF: tr("plain"),
        Mode.CHAIN: tr("chain"),
        Mode.TREE: tr("tree"),
        Mode.AUTO: tr("auto"),
    }
    return words[mode]


def _kind(kind: str) -> str:
    words = {"chat": tr("chat"), "code": tr("code"), "editing": tr("editing")}
    return words.get(kind, kind)
