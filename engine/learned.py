"""What was measured and learnt of a pair on this machine, kept for the next start.

One small JSON file per pair, placement, KV type, thread count and library version in the cache
folder. It can always be made again, so a file that cannot be read or makes no sense counts as none.
"""

import hashlib
import json
import logging
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from engine.config import KvType, ModelConfig
from engine.library.low_bit import model_identity
from engine.llama.version import version
from engine.paths import cache_dir, keep_if_possible

log = logging.getLogger("outrider.learned")

_FORMAT: Final = 1

Points = list[tuple[int, float]]
"""Measured (rows, seconds) of a cost curve."""


@dataclass(frozen=True)
class Learned:
    """Everything the planner knows beyond the current reply."""

    target_cost: Points = field(default_factory=list)
    draft_cost: Points = field(default_factory=list)
    helper_cost: Points = field(default_factory=list)
    calibrations: dict[str, list[list[list[float]]]] = field(default_factory=dict)
    """By origin, as `Calibration.to_lists` gives them."""
    forecast: tuple[float, float] | None = None
    """As `DraftForecast.state` gives it."""
    helper: tuple[float, float] | None = None
    """As `Staging.state` gives it."""


def learned_path(
    target: ModelConfig,
    draft: ModelConfig | None,
    kv_type: KvType,
    threads: int,
    helper: ModelConfig | None = None,
) -> Path:
    """The file for this pair here, with this helper.

    Raises `ModelNotFound` for a model that vanished, `DiskTrouble` without a cache folder.
    """
    models = [target] if draft is None else [target, draft]
    names = [model_identity(model.path) for model in models]
    key = [_FORMAT, version(), kv_type, threads, *(repr(model.placement) for model in models)]
    if helper is not None:
        key += [model_identity(helper.path), repr(helper.placement)]
    setup = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]
    return cache_dir() / "pairs" / f"{'-'.join([*names, setup])}.json"


def learned_files(target: Path) -> dict[str, Path]:
    """Where it is kept what is known of a target's pairs, by the draft's `model_identity`.

    Of a pair that was used in several set-ups, the last one's. Raises `ModelNotFound`.
    """
    files = (cache_dir() / "pairs").glob(f"{model_identity(target)}-*-*.json")
    by_age = sorted(files, key=lambda file: file.stat().st_mtime)
    return {file.stem.split("-")[1]: file for file in by_age}


def recall(path: Path) -> Learned:
    """What is known; nothing where there is no sound file."""
    try:
        data = json.loads(path.read_text())
        forecast, helper = data["forecast"], data.get("helper")
        return Learned(
            target_cost=_points(data["target_cost"]),
            draft_cost=_points(data["draft_cost"]),
            helper_cost=_points(data.get("helper_cost", ())),
            calibrations=dict(data["calibrations"]),
            forecast=None if forecast is None else (_positive(forecast[0]), _positive(forecast[1])),
            helper=None if helper is None else (_finite(helper[0]), _positive(helper[1])),
        )
    except FileNotFoundError:
        return Learned()
    except (OSError, ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        log.warning("%s is not used: %s", path.name, error)
        return Learned()


def remember(path: Path, learned: Learned) -> None:
    """Write the file, whole or not at all; a disk that refuses costs only a new measurement."""
    keep_if_possible(path, json.dumps(asdict(learned)))


def _points(data: Any) -> Points:  # noqa: ANN401 - from a file
    return [(int(_positive(rows)), _positive(seconds)) for rows, seconds in data]


def _positive(value: Any) -> float:  # noqa: ANN401 - from a file
    if (number := _finite(value)) <= 0:
        raise ValueError(f"{value} is no positive number")
    return number


def _finite(value: Any) -> float:  # noqa: ANN401 - from a file
    if not math.isfinite(number := float(value)):
        raise ValueError(f"{value} is no number")
    return number
