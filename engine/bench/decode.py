"""Frozen values from JSON that nobody vouches for: the dataclass itself is the schema."""

import math
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class NotThis(ValueError):
    """The data holds no value of the kind asked for."""


def decode(kind: type[T], data: object) -> T:
    """What `dataclasses.asdict` and JSON made of a `kind`. Keys that it has no field for are left.

    Raises `NotThis` for a value of another kind, a number that is not finite, a missing field.
    """
    value: T = _decode(kind, data)
    return value


def _decode(kind: Any, data: object) -> Any:  # noqa: ANN401 - a type from a hint, a value of it
    if is_dataclass(kind):
        return _decode_fields(kind, data)
    if get_origin(kind) is UnionType:
        return _decode_any(get_args(kind), data)
    if get_origin(kind) is tuple:
        if not isinstance(data, list | tuple):
            raise NotThis(f"{data!r:.40} is no list")
        return tuple(_decode(get_args(kind)[0], item) for item in data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _decode_enum(kind, data)
    return _decode_plain(kind, data)


def _decode_fields(kind: Any, data: object) -> Any:  # noqa: ANN401
    if not isinstance(data, dict):
        raise NotThis(f"{data!r:.40} has no fields")
    hints = get_type_hints(kind)
    values = {}
    for field in fields(kind):
        if field.name in data:
            values[field.name] = _decode(hints[field.name], data[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise NotThis(f"{field.name} is missing")
    return kind(**values)


def _decode_enum(kind: type[Enum], data: object) -> Enum:
    try:
        return kind(data)
    except ValueError as error:
        raise NotThis(str(error)) from error


def _decode_any(kinds: tuple[Any, ...], data: object) -> Any:  # noqa: ANN401
    for kind in kinds:
        try:
            return _decode(kind, data)
        except NotThis:
            continue
    raise NotThis(f"{data!r:.40} is of another kind")


def _decode_plain(kind: type, data: object) -> object:
    if kind is NoneType and data is None:
        return None
    if kind is float and type(data) in (int, float) and math.isfinite(data):  # type: ignore[arg-type]
        return float(data)  # type: ignore[arg-type]
    if kind in (int, str, bool) and type(data) is kind:
        return data
    raise NotThis(f"{data!r:.40} is no {kind.__name__}")
