"""Models of which something is missing, and how the list of models offers the rest. Knows no Qt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from desktop import figures
from desktop.model_choices import INCOMPLETE, Choice, ModelRow
from desktop.model_library import FoundModel
from engine.language import tr

if TYPE_CHECKING:
    from desktop.hub_desk import HubDesk
    from engine.library.hub.download_state import Download

RESUME: Final = tr("Resume download")
_AGAIN: Final = tr("Download again")


@dataclass(frozen=True)
class AtHub:
    """A file that the hub has."""

    repo: str
    file_name: str


@dataclass(frozen=True)
class IncompleteModels:
    """Downloads that have not ended, and files of the list that end early."""

    downloads: "tuple[Download, ...]" = ()
    files: Sequence[FoundModel] = ()

    def rows(self, listed: Sequence[ModelRow]) -> list[ModelRow]:
        """`listed` with ways to complete what ends early, then what is still to arrive."""
        files = {model.path: model for model in self.files if model.cut_off}
        named = {model.path.name for model in files.values()}
        rows = [
            replace(row, action=self._offer(files[row.choice])) if row.choice in files else row
            for row in listed
        ]
        return [*rows, *(_row(one) for one in self.downloads if one.model.name not in named)]

    def complete(self, row: ModelRow, hub: "HubDesk") -> None:
        """Bring what is missing of `row`."""
        match self._rest_of(row.choice):
            case AtHub(repo, file_name):
                hub.download_named(repo, file_name)
            case str(download):
                hub.resume(download)

    def _rest_of(self, choice: Choice) -> str | AtHub | None:
        """The id of a download, or a file at the hub."""
        if isinstance(choice, str):
            return choice
        return next((self._rest(model) for model in self.files if model.path == choice), None)

    def _offer(self, model: FoundModel) -> str:
        match self._rest(model):
            case None:
                return ""
            case AtHub() if not model.grows_in_place:
                return _AGAIN
        return RESUME

    def _rest(self, model: FoundModel) -> str | AtHub | None:
        known = next((one.id for one in self.downloads if one.model.name == model.path.name), None)
        if known:
            return known
        return AtHub(model.origin, model.path.name) if model.origin else None


def unfinished(downloads: "Sequence[Download]") -> "tuple[Download, ...]":
    """Those that have not ended."""
    return tuple(download for download in downloads if download.path is None)


def _row(download: "Download") -> ModelRow:
    model = download.model
    return ModelRow(
        choice=download.id,
        name=model.name.removesuffix(".gguf"),
        quantization=model.quantization,
        size=figures.file_size(download.total_bytes),
        badge=INCOMPLETE,
        reason=", ".join(_state(download)),
        usable=False,
        fits=False,
        action="" if download.state.is_pending else RESUME,
    )


def _state(download: "Download") -> Iterator[str]:
    # The hub library comes along; it is here already where there is a download.
    from desktop.download_words import arrived  # noqa: PLC0415

    if download.state.is_pending:
        yield tr("is being downloaded")
    elif download.error:
        yield download.error.message
    yield arrived(download)
