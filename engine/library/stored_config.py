"""Frozen configurations as plain values for TOML, and back with every type checked.

Only what differs from a default is stored. Whatever a configuration gains later needs nothing here,
as long as it is made of dataclasses, texts, numbers, truth values, paths, enums and tuples.
"""

from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.language import tr

ConfigT = TypeVar("ConfigT")

_WRONG_KIND: Final = tr("{!s:.40} is not of the right kind")


def to_plain(config: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """The fields that differ from their defaults."""
    return {
        field.name: _plain(value)
        for field in fields(config)
        if (value := getattr(config, field.name)) != _default(field)
    }


def from_plain(kind: type[ConfigT], values: object) -> ConfigT:
    """The configuration that `to_plain` gave these values for.

    Raises `ValueError` for values of other types or names, and what the configuration itself raises
    for impossible ones.
    """
    if not isinstance(values, dict):
        raise ValueError(tr("{name} is no table").format(name=kind.__name__))  # noqa: TRY004 - one error for all of a file
    hints = get_type_hints(kind)
    if unknown := set(values) - set(hints):
        raise ValueError(
            tr("{name} has no {min}").format(name=kind.__name__, min=min(map(str, unknown)))
        )
    try:
        return kind(**{name: _restored(hints[name], value) for name, value in values.items()})
    except TypeError as error:  # a field without a default is missing
        raise ValueError(str(error)) from error


def _default(field: "Field[Any]") -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field
    if is_dataclass(value):
        return to_plain(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _restored(hint: Any, value: Any) -> Any:  # noqa: ANN401 - any field
    if get_origin(hint) in (Union, UnionType):
        return _restored_one_of(get_args(hint), value)
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_restored(get_args(hint)[0], item) for item in value)
    if isinstance(hint, type):
        return _restored_as(hint, value)
    raise ValueError(_WRONG_KIND.format(value))


def _restored_as(kind: type[Any], value: Any) -> Any:  # noqa: ANN401 - any field
    if is_dataclass(kind):
        return from_plain(kind, value)
    if issubclass(kind, Enum) or (kind is Path and isinstance(value, str)):
        return kind(value)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(_WRONG_KIND.format(value))
    return value


def _restored_one_of(hints: tuple[Any, ...], value: Any) -> Any:  # noqa: ANN401 - any field
    for hint in hints:
        if hint is not NoneType:
            try:
                return _restored(hint, value)
            except ValueError:
                continue
    raise ValueError(_WRONG_KIND.format(value))
