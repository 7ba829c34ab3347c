"""Which app or form a file is of, told by its content: names prove nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from desktop.conversations.importing.fields import obj
from desktop.conversations.importing.json_stream import (
    Bounds,
    Json,
    JsonObject,
    JsonStream,
    Refused,
)
from desktop.conversations.importing.parsed import Parsed, Unreadable
from desktop.conversations.importing.reader import Reader
from desktop.conversations.importing.readers import (
    chatgpt,
    jan,
    llamacpp,
    lm_studio,
    ollama,
    open_webui,
    openai_jsonl,
    own_json,
    sharegpt,
    textgen,
)
from desktop.conversations.importing.sources import Reading, opened
from desktop.conversations.importing.troubles import BadImport, unknown_format
from engine.cancel import CancelToken

READERS: Final = (
    own_json.READER,
    chatgpt.READER,
    open_webui.READER,
    lm_studio.READER,
    jan.READER,
    llamacpp.READER,
    textgen.READER,
    sharegpt.READER,
    openai_jsonl.READER,
    ollama.READER,
)
"""From the most particular form to the most general one."""
_MAY_BE_JSON: Final = re.compile(rb"(\xef\xbb\xbf)?\s*[\[{]")
_GLANCE_BYTES: Final = 4096
_GLANCE: Final = Bounds(parts=2_000, value_bytes=1 << 20)


Found = tuple[Reader, str] | Unreadable


def detect(path: Path) -> Reader:
    """The reader of the first file in `path` that one knows. Raises `BadImport` if none does."""
    with opened(path) as source:
        for found in readable_files(Reading(source, CancelToken())):
            if not isinstance(found, Unreadable):
                return found[0]
    raise unknown_format(path.name)


def read(reading: Reading) -> Iterator[Parsed]:
    """All conversations of the source, one at a time, whichever app they are of.

    Raises `BadImport` where nothing in it is known. What is damaged is told as `Unreadable`; what
    stands before the damage is read.
    """
    is_known = False
    for found in readable_files(reading):
        is_known = True
        if isinstance(found, Unreadable):
            yield found
            continue
        reader, name = found
        try:
            yield from reader.read(reading, name)
        except BadImport as error:
            yield Unreadable(name, error.message)
    if not is_known:
        raise unknown_format(reading.source.path.name)


def readable_files(reading: Reading) -> Iterator[Found]:
    """The files of the source that a reader knows, by name, and those that are damaged."""
    source = reading.source
    if source.is_single and ollama.is_ollama(source.path):
        yield ollama.READER, source.path.name
        return
    for name in source.sizes:
        readers = [reader for reader in READERS if reader.may_read(source, name)]
        if readers:
            yield from _found(reading, name, readers)


def _found(reading: Reading, name: str, readers: list[Reader]) -> Iterator[Found]:
    try:
        record = _first_object(reading, name)
    except BadImport as error:
        if reading.source.is_single:
            raise
        yield Unreadable(name, error.message)
        return
    known = (reader for reader in readers if reader.recognises(record))
    if reader := next(known, None):
        yield reader, name


def _first_object(reading: Reading, name: str) -> JsonObject:
    """The first object as far as a glance goes; an empty one where the file is no JSON at all."""
    with reading.open(name) as file:
        if not _MAY_BE_JSON.match(file.read(_GLANCE_BYTES)):
            return {}
    with reading.open(name) as file:
        first: Json | Refused = next(iter(JsonStream(file, bounds=_GLANCE)), None)
    return obj(first.begun if isinstance(first, Refused) else first)
