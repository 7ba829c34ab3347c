"""JSON of any size from a file that nobody vouches for: one value at a time, each within bounds.

Memory is bounded by the largest value, not by the file. A value beyond the bounds is skipped and
told; only what makes the rest of the file unreadable ends the reading.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO, Final, TypeAlias

import ijson
from ijson.backends import python as slow_parser

from desktop.conversations.importing.troubles import BadImport
from engine.language import tr

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
JsonObject: TypeAlias = dict[str, Json]

_PARSING: Final = {"buf_size": 1 << 16, "multiple_values": True}
_BOM: Final = b"\xef\xbb\xbf"
_OPENERS: Final = frozenset(("start_map", "start_array"))
_CLOSERS: Final = frozenset(("end_map", "end_array"))


@dataclass(frozen=True)
class Bounds:
    """What one value may take."""

    depth: int = 200
    """Far below Python's own limit, so that whatever walks the value may recurse."""
    parts: int = 1_000_000
    value_bytes: int = 128 << 20
    string_bytes: int = 64 << 20


@dataclass(frozen=True)
class Refused:
    """Stands where a value would be that is beyond the bounds."""

    reason: str
    """Goes on after "It is"."""
    begun: Json
    """The value as far as it was read."""


class _Metered:
    """The file as ijson reads it: counts bytes, drops a byte order mark, bounds one string."""

    def __init__(self, file: BinaryIO, longest: int) -> None:
        self._file = file
        self._longest = longest
        self.position = 0
        self.last_event_at = 0

    def rewind(self) -> None:
        self._file.seek(0)
        self.position = self.last_event_at = 0

    def read(self, size: int) -> bytes:
        if size == 0:  # ijson asks so whether the file is binary
            return b""
        if self.position - self.last_event_at > self._longest:
            raise BadImport(
                tr("The file holds a text longer than {longest} MB.").format(
                    longest=self._longest >> 20
                ),
                hint=tr("It is damaged, or no export of conversations."),
            )
        data = self._file.read(size)
        if self.position == 0:
            data = data.removeprefix(_BOM)
        self.position += len(data)
        return data


class JsonStream:
    """The values of a JSON or JSONL file.

    Iterating gives each top-level value; an array on top gives its items instead. With `key`, an
    object on top that has an array under `key` gives the items of that array.
    """

    def __init__(self, file: BinaryIO, *, key: str = "", bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._metered = _Metered(file, self._bounds.string_bytes)
        self._key = key
        self._events = self._parsed()
        self._open = 0
        """How deep in a refused value the next event is."""
        self.head: JsonObject = {}
        """With `key`: what else the object on top holds, as far as it was read."""

    def __iter__(self) -> Iterator[Json | Refused]:
        try:
            yield from self._values()
        except (ijson.JSONError, UnicodeDecodeError, ValueError) as error:
            raise BadImport(
                _sentence(error, self._metered.position),
                hint=tr("Export it again from the other app."),
                detail=str(error),
            ) from error

    def _values(self) -> Iterator[Json | Refused]:
        for event, value in self._events:
            if event == "start_array":
                yield from self._items()
            elif event == "start_map" and self._key:
                yield from self._items_under_key()
            else:
                yield self._value(event, value)
                self._skip_rest()

    def _items(self) -> Iterator[Json | Refused]:
        for event, value in self._events:
            if event == "end_array":
                return
            yield self._value(event, value)
            self._skip_rest()

    def _items_under_key(self) -> Iterator[Json | Refused]:
        for event, name in self._events:
            if event == "end_map":
                return
            event, value = next(self._events)  # noqa: PLW2901  the value of that name
            if name == self._key and event == "start_array":
                yield from self._items()
            elif not isinstance(part := self._value(event, value), Refused):
                self.head[name] = part
            self._skip_rest()

    def _parsed(self) -> Iterator[tuple[str, Any]]:
        """ijson's events."""
        # The quick parser takes numbers of 64 bits only: asked for more, it crashes over an
        # integer of 5,000 digits. A file with longer ones is read again by the slow parser.
        metered, count = self._metered, 0
        try:
            for event in ijson.basic_parse(metered, use_float=True, **_PARSING):
                count += 1
                metered.last_event_at = metered.position
                yield event
        except ijson.JSONError as error:
            if "overflow" not in str(error):
                raise
        else:
            return
        metered.rewind()
        for number, event in enumerate(slow_parser.basic_parse(metered, **_PARSING)):
            metered.last_event_at = metered.position
            if number >= count:
                yield event

    def _value(self, event: str, value: Any) -> Json | Refused:  # noqa: ANN401  ijson decides
        """One whole value, of which `event` is the first event."""
        if event not in _OPENERS:
            return _scalar(value)
        bounds, metered, start = self._bounds, self._metered, self._metered.position
        root: Any = {} if event == "start_map" else []
        open_now = [root]
        key, parts = "", 0
        for event, value in self._events:  # noqa: PLR1704  the first event is done with
            if event == "map_key":
                key = value
                continue
            if event in _CLOSERS:
                open_now.pop()
                if not open_now:
                    return root  # type: ignore[no-any-return]
                continue
            part = _empty(event) if event in _OPENERS else _scalar(value)
            if isinstance(top := open_now[-1], dict):
                top[key] = part
            else:
                top.append(part)
            if event in _OPENERS:
                open_now.append(part)
            parts += 1
            if parts > bounds.parts or metered.position - start > bounds.value_bytes:
                return self._refused(tr("It is too large."), root, len(open_now))
            if len(open_now) > bounds.depth:
                return self._refused(tr("It is nested too deeply."), root, len(open_now))
        raise AssertionError("ijson reports a file that ends early")

    def _refused(self, reason: str, begun: Json, depth: int) -> Refused:
        self._open = depth
        return Refused(reason, begun)

    def _skip_rest(self) -> None:
        """Read on to the end of a refused value; only once somebody wants the next one."""
        while self._open:
            event, _ = next(self._events)
            self._open += (event in _OPENERS) - (event in _CLOSERS)


def _empty(event: str) -> dict[str, Any] | list[Any]:
    return {} if event == "start_map" else []


def _scalar(value: Any) -> Json:  # noqa: ANN401  ijson decides
    if isinstance(value, Decimal):
        number = float(value)
        return number if math.isfinite(number) else str(value)
    return value  # type: ignore[no-any-return]


def _sentence(error: Exception, position: int) -> str:
    told = str(error)
    place = (
        tr("after {size} MB").format(size=position >> 20)
        if position >> 20
        else tr("near its beginning")
    )
    if "UTF8" in told or isinstance(error, UnicodeDecodeError):
        return tr("The file is not UTF-8 text {place}.").format(place=place)
    if "EOF" in told or "Incomplete" in told:
        return tr("The file ends in the middle.")
    return tr("The file is no JSON {place}.").format(place=place)
