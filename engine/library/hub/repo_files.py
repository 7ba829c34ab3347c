"""The files of a repository as models: only chat weights, and the parts of a split one together."""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from huggingface_hub.hf_api import RepoSibling

from engine.library.hub.names import is_safe_path, is_sha256, is_size, quantization
from engine.library.hub.values import RemoteFile, RemoteModel

_MOST_FILES: Final = 5000
_MOST_PARTS: Final = 1000
_PART: Final = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf")
_SIDECAR: Final = re.compile(r"(?i)mmproj|imatrix|^mtp-|^eagle\d?-|-?vocab-?only")


def models_of(repo: str, commit: str, siblings: Iterable[RepoSibling]) -> tuple[RemoteModel, ...]:
    """The models among `siblings`, the smallest first; files without a checksum are left out."""
    groups: dict[str, dict[int, RemoteFile]] = {}
    for file in _usable_files(siblings):
        group, number = _place(file)
        groups.setdefault(group, {})[number] = file
    models = [_model(repo, commit, group, parts) for group, parts in groups.items()]
    return tuple(sorted(models, key=lambda model: (model.size, model.id)))


def _usable_files(siblings: Iterable[RepoSibling]) -> Iterator[RemoteFile]:
    for sibling, _ in zip(siblings, range(_MOST_FILES), strict=False):
        name, lfs = sibling.rfilename, sibling.lfs
        if not is_safe_path(name) or not name.endswith(".gguf") or lfs is None:
            continue
        if _SIDECAR.search(PurePosixPath(name).name) is None and (
            is_size(lfs.size) and is_sha256(lfs.sha256)
        ):
            yield RemoteFile(name, lfs.size, lfs.sha256)


def _place(file: RemoteFile) -> tuple[str, int]:
    """The path of the part 1 that `file` belongs to, and the number of `file`."""
    part = _PART.fullmatch(file.path)
    if part is None or not 0 < int(part["number"]) <= int(part["count"]) <= _MOST_PARTS:
        return file.path, 1
    return f"{part['stem']}-00001-of-{part['count']}.gguf", int(part["number"])


def _model(repo: str, commit: str, first: str, parts: dict[int, RemoteFile]) -> RemoteModel:
    part = _PART.fullmatch(first)
    count = int(part["count"]) if part else 1
    return RemoteModel(
        repo=repo,
        commit=commit,
        files=tuple(file for _, file in sorted(parts.items())),
        quantization=quantization(first),
        missing_parts=tuple(sorted(set(range(1, min(count, _MOST_PARTS) + 1)) - set(parts))),
    )
