"""Models split over several files: `name-00001-of-00003.gguf` and so on, chosen by the first."""

import re
from pathlib import Path
from typing import Final

from engine.errors import BadModelFile
from engine.language import tr
from engine.library.gguf_format import GgufHeader, is_whole
from engine.library.printable import shown_name

_PART_NAME: Final = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf")
MAX_PARTS: Final = 1000
"""More than any model has; the names alone must not make a program look for 99,999 files."""


def part_count(header: GgufHeader) -> int:
    """Over how many files the model is spread; 1 for an ordinary one."""
    count = header.metadata.get("split.count")
    return max(count, 1) if is_whole(count) else 1


def first_part(path: Path) -> Path:
    """The file that stands for the model: the first part where the name says it is a later one."""
    match = _PART_NAME.fullmatch(path.name)
    if match is None or int(match["number"]) <= 1:
        return path
    return path.with_name(f"{match['stem']}-{1:05}-of-{match['count']}.gguf")


def named_parts(path: Path) -> list[Path]:
    """All files of the model by the name of its first one, whether they are there or not."""
    match = _PART_NAME.fullmatch(path.name)
    if match is None or int(match["number"]) != 1:
        return [path]
    return _parts(path, match["stem"], min(int(match["count"]), MAX_PARTS))


def part_paths(header: GgufHeader) -> list[Path]:
    """The files of the model, beginning with the header's; `BadModelFile` for a later part."""
    count = part_count(header)
    if count == 1:
        return [header.path]
    name = shown_name(header.path)
    if header.metadata.get("split.no") != 0:
        raise BadModelFile(
            tr("{name} is not the first part of its model.").format(name=name),
            hint=tr("Choose part 00001."),
        )
    match = _PART_NAME.fullmatch(header.path.name)
    if match is None or (int(match["number"]), int(match["count"])) != (1, count):
        raise BadModelFile(
            tr("{name} is part of a model in {count} files, but its name does not say so.").format(
                name=name, count=count
            ),
            hint=tr("Its name has to end in -00001-of-{count:05}.gguf.").format(count=count),
        )
    return _parts(header.path, match["stem"], count)


def _parts(first: Path, stem: str, count: int) -> list[Path]:
    return [
        first.with_name(f"{stem}-{number:05}-of-{count:05}.gguf") for number in range(1, count + 1)
    ]
