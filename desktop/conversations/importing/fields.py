"""Fields of JSON that nobody vouches for, as the type that they should have or none at all."""

import math
from datetime import datetime
from typing import Final

from desktop.conversations.importing.json_stream import Json, JsonObject

_LATEST: Final = 253_402_300_799.0
"""The end of the year 9999."""
_UNITS: Final = (1e17, 1e9), (1e14, 1e6), (1e11, 1e3)
"""From this on, a number counts nano-, micro- or milliseconds."""
_WRITTEN_TIMES: Final = ("%b %d, %Y %H:%M", "%B %d, %Y %H:%M", "%Y-%m-%d %H:%M")


def text(value: Json) -> str:
    """The string, or ""."""
    return value if isinstance(value, str) else ""


def obj(value: Json) -> JsonObject:
    """The object, or an empty one."""
    return value if isinstance(value, dict) else {}


def array(value: Json) -> list[Json]:
    """The array, or an empty one."""
    return value if isinstance(value, list) else []


def objects(value: Json) -> list[JsonObject]:
    """The objects of an array; whatever else it holds is left out."""
    return [item for item in array(value) if isinstance(item, dict)]


def number(value: Json) -> float | None:
    """A finite number; a boolean is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        as_float = float(value)
    except OverflowError:
        return None
    return as_float if math.isfinite(as_float) else None


def seconds(value: Json) -> float | None:
    """Unix seconds of a moment, in whatever unit or notation it is given; None if it is none."""
    moment = _written(value) if isinstance(value, str) else number(value)
    if moment is None:
        return None
    for least, per_second in _UNITS:
        if moment >= least:
            moment /= per_second
            break
    return moment if 0 < moment <= _LATEST else None


def _written(value: str) -> float | None:
    try:
        return datetime.fromisoformat(value).timestamp()
    except (ValueError, OverflowError, OSError):
        pass
    for form in _WRITTEN_TIMES:
        try:
            return datetime.strptime(value, form).timestamp()
        except (ValueError, OverflowError, OSError):
            continue
    return None


def rest(value: JsonObject, *carried: str) -> JsonObject:
    """What of an object has no place of its own here, to be kept as it is."""
    return {
        key: item
        for key, item in value.items()
        if key not in carried and item not in (None, "", [], {})
    }
