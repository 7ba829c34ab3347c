"""What the hub offers, as frozen values whose names and numbers have been checked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath


class Sort(StrEnum):
    """The order of search results."""

    DOWNLOADS = "downloads"
    LIKES = "likes"
    UPDATED = "updated"
    TRENDING = "trending"


@dataclass(frozen=True)
class FoundRepo:
    """One search result. Unknown facts are "" or None."""

    repo: str
    downloads: int | None
    likes: int | None
    updated: datetime | None
    is_gated: bool
    architecture: str
    parameters: int | None
    base_model: str
    """The repository that this one was made from."""


@dataclass(frozen=True)
class SearchPage:
    """The first results of a search; where `has_more`, a higher limit brings more of them."""

    repos: tuple[FoundRepo, ...]
    has_more: bool


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository: a path of plain names, its size and its content's SHA-256."""

    path: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True)
class RemoteModel:
    """A GGUF model at one commit of a repository: one file, or the parts of a split one in order.

    A model with `missing_parts` can be shown but not downloaded.
    """

    repo: str
    commit: str
    files: tuple[RemoteFile, ...]
    quantization: str
    missing_parts: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same file of the same repository, whatever the commit."""
        return f"{self.repo}/{self.files[0].path}"

    @property
    def name(self) -> str:
        """The file name by which the model is known, the first part's."""
        return self.files[0].name

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class RepoDetails:
    """A repository at one commit. Unknown facts are "" or None."""

    repo: str
    commit: str
    page: str
    licence: str
    is_gated: bool
    summary: str
    """The beginning of the model card, as plain text."""
    architecture: str
    parameters: int | None
    context_length: int | None
    models: tuple[RemoteModel, ...]
    """By size, the smallest first."""
