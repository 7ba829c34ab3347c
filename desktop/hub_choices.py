"""What the hub and the catalogue offer, as rows and words. Knows no Qt."""

from dataclasses import replace
from typing import Final

from desktop import figures
from desktop.model_choices import Badge, FreeMemory, ModelRow
from engine.language import decimal, tr, trn, whole
from engine.library.catalogue import CatalogueModel, CataloguePair
from engine.library.expected_speed import Regime
from engine.library.hub.values import FoundRepo, RemoteModel, RepoDetails

_GATED: Final = Badge("lock", tr("Asks for access"), "warning")
_INCOMPLETE: Final = Badge("x", tr("Incomplete"), "danger")
_FITS: Final = Badge("check", tr("Fits here"), "success")
_FROM_DISK: Final = Badge("triangle-alert", tr("From disk"), "warning")
_BILLION: Final = 1e9


def repo_row(repo: FoundRepo) -> ModelRow:
    """A search result."""
    facts = [
        _parameters(repo.parameters),
        repo.architecture,
        tr("updated {updated:%Y-%m-%d}").format(updated=repo.updated) if repo.updated else "",
    ]
    downloads = ""
    if repo.downloads is not None:
        downloads = trn("{count} download", "{count} downloads", repo.downloads).format(
            count=whole(repo.downloads)
        )
    return ModelRow(
        choice=repo.repo,
        name=repo.repo,
        quantization="",
        size=downloads,
        badge=_GATED if repo.is_gated else None,
        reason=" · ".join(fact for fact in facts if fact),
    )


def file_row(model: RemoteModel, memory: FreeMemory | None) -> ModelRow:
    """A model of a repository."""
    count = len(model.files)
    parts = trn("{count} part", "{count} parts", count).format(count=count) if count > 1 else ""
    row = ModelRow(
        choice=model.id,
        name=model.name,
        quantization=model.quantization,
        size=figures.file_size(model.size),
        badge=_fit(model.size, memory),
        reason=parts,
    )
    if model.missing_parts:
        missing = ", ".join(map(str, model.missing_parts))
        return replace(
            row,
            badge=_INCOMPLETE,
            reason=tr("Part {missing} is missing").format(missing=missing),
            usable=False,
        )
    return row


def repo_facts(details: RepoDetails) -> str:
    """Licence, size and access in one line."""
    facts = [
        details.architecture,
        _parameters(details.parameters),
        tr("context {context_length}").format(context_length=whole(details.context_length))
        if details.context_length
        else "",
        tr("licence {licence}").format(licence=details.licence)
        if details.licence
        else tr("no licence given"),
        tr("asks for access on its page") if details.is_gated else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def pair_id(pair: CataloguePair) -> str:
    """The pair's name among choices."""
    return f"{pair.target.id} + {pair.draft.id}"


def pair_row(pair: CataloguePair, memory: FreeMemory | None) -> ModelRow:
    """A recommended pair."""
    badge = None
    if memory is not None:
        fits = memory.ram + memory.devices >= pair.memory_bytes
        badge = _FITS if fits else _FROM_DISK
    sizes = [model.files[0].size_bytes for model in (pair.target, pair.draft)]
    known = [size for size in sizes if size is not None]
    whole = figures.file_size(sum(known)) if len(known) == len(sizes) else ""
    return ModelRow(
        choice=pair_id(pair),
        name=f"{pair.target.name} + {pair.draft.name}",
        quantization=pair.target.files[0].quantization,
        size=whole,
        badge=badge,
        reason=pair.suits,
        fits=badge is not _FROM_DISK,
        family=pair.target.family,
    )


def catalogue_line(model: CatalogueModel) -> str:
    """A model of the catalogue in one line."""
    file = model.files[0]
    facts = [
        f"{model.name} {file.quantization}",
        figures.file_size(file.size_bytes) if file.size_bytes else "",
        _parameters(model.parameters),
        tr("licence {licence}").format(licence=model.licence),
        model.repo,
    ]
    return " · ".join(fact for fact in facts if fact)


def _parameters(count: int | None) -> str:
    if not count:
        return ""
    return tr("{number} B parameters").format(number=decimal(count / _BILLION))


def _fit(size: int, memory: FreeMemory | None) -> Badge | None:
    if memory is None:
        return None
    return _FROM_DISK if memory.regime(size) is Regime.STREAMED else _FITS
