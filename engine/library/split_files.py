"""Models split over several files: `name-00001-of-00003.gguf` and so on, chosen by the first."""

import re
from pathlib import Path
from typing import Final

from engine.errors import BadModelFile
from engine.library.gguf_format import GgufHeader, is_whole
from engine.library.printable import shown_name

_PART_NAME: Final = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf")


def part_count(header: GgufHeader) -> int:
    """Over how many files the model is spread; 1 for an ordinary one."""
    count = header.metadata.get("split.count")
    return max(count, 1) if is_whole(count) else 1


def is_later_part(path: Path) -> bool:
    """Whether the name says that this is a part but not the first one."""
    match = _PART_NAME.fullmatch(path.name)
    return match is not None and int(match["number"]) > 1


def part_paths(header: GgufHeader) -> list[Path]:
    """The files of the model, beginning with the header's; `BadModelFile` for a later part."""
    count = part_count(header)
    if count == 1:
        return [header.path]
    name = shown_name(header.path)
    if header.metadata.get("split.no") != 0:
        raise BadModelFile(f"{name} is not the first part of its model.", hint="Choose part 00001.")
    match = _PART_NAME.fullmatch(header.path.name)
    if match is None or (int(match["number"]), int(match["count"])) != (1, count):
        raise BadModelFile(
            f"{name} is part of a model in {count} files, but its name does not say so.",
            hint=f"Its name has to end in -00001-of-{count:05}.gguf.",
        )
    return [
        header.path.with_name(f"{match['stem']}-{number:05}-of-{count:05}.gguf")
        for number in range(1, count + 1)
    ]
