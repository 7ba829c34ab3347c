"""The files of a repository as models: only chat weights, and the parts of a split one together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from huggingface_hub.hf_api import RepoSibling

from engine.library.chat_fitness import kind_by_name
from engine.library.hub.names import is_safe_path, is_sha256, is_size, quantization
from engine.library.hub.values import RemoteFile, RemoteModel
from engine.library.split_files import first_part, named_parts

_MOST_FILES: Final = 5000


def models_of(repo: str, commit: str, siblings: Iterable[RepoSibling]) -> tuple[RemoteModel, ...]:
    """The models among `siblings`, the smallest first; files without a checksum are left out."""
    groups: dict[str, dict[str, RemoteFile]] = defaultdict(dict)
    for file in _usable_files(siblings):
        groups[first_part(Path(file.path)).as_posix()][file.path] = file
    models = [_model(repo, commit, first, files) for first, files in groups.items()]
    return tuple(sorted(filter(_has_files, models), key=lambda model: (model.size, model.id)))


def _usable_files(siblings: Iterable[RepoSibling]) -> Iterator[RemoteFile]:
    for sibling in islice(siblings, _MOST_FILES):
        path, lfs = sibling.rfilename, sibling.lfs
        if not is_safe_path(path) or not path.endswith(".gguf") or lfs is None:
            continue
        file = RemoteFile(path, lfs.size, lfs.sha256)
        if is_size(file.size) and is_sha256(file.sha256) and kind_by_name(file.name) is None:
            yield file


def _model(repo: str, commit: str, first: str, files: Mapping[str, RemoteFile]) -> RemoteModel:
    paths = [path.as_posix() for path in named_parts(Path(first))]
    return RemoteModel(
        repo=repo,
        commit=commit,
        files=tuple(files[path] for path in paths if path in files),
        quantization=quantization(first),
        missing_parts=tuple(
            number for number, path in enumerate(paths, start=1) if path not in files
        ),
    )


def _has_files(model: RemoteModel) -> bool:
    """Not so where the only part claims a number that its set does not have."""
    return bool(model.files)
