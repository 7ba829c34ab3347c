"""What the hub and the catalogue offer, as rows and words. Knows no Qt."""

import re
from dataclasses import replace
from typing import Final

from desktop import figures
from desktop.fit_badges import FROM_DISK, Badge, FreeMemory, plain_words
from desktop.model_choices import INCOMPLETE, ModelRow
from engine.language import date, decimal, tr, trn, whole
from engine.library.catalogue import CatalogueModel, CataloguePair
from engine.library.expected_speed import Regime
from engine.library.hub.values import FoundRepo, RemoteModel, RepoDetails
from engine.memory_plan.forecast import Size, pair_speed, size_of

_GATED: Final = Badge("lock", tr("Asks for access"), "warning")
_FITS: Final = Badge("check", tr("Fits here"), "success")
_BILLION: Final = 1e9
_MIXTURE: Final = re.compile(r"moe|mixtral|\bA[0-9.]+B\b|[0-9]x[0-9]+B", re.IGNORECASE)
"""In the names of models that read only a part of their weights for a token."""


def repo_row(repo: FoundRepo) -> ModelRow:
    """A search result."""
    facts = [
        _parameters(repo.parameters),
        repo.architecture,
        tr("updated {day}").format(day=date(repo.updated)) if repo.updated else "",
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


def file_row(model: RemoteModel, memory: FreeMemory | None, architecture: str = "") -> ModelRow:
    """A model of a repository. How fast it is here can be said unless it is of experts."""
    count = len(model.files)
    facts = [trn("{count} part", "{count} parts", count).format(count=count)] if count > 1 else []
    if memory and memory.machine and not _MIXTURE.search(f"{model.name} {architecture}"):
        facts.append(plain_words(model.size, memory.machine))
    row = ModelRow(
        choice=model.id,
        name=model.name,
        quantization=model.quantization,
        size=figures.file_size(model.size),
        badge=_fit(model.size, memory),
        reason=" · ".join(facts),
    )
    if model.missing_parts:
        missing = ", ".join(map(str, model.missing_parts))
        return replace(
            row,
            badge=INCOMPLETE,
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
        badge = _FITS if fits else FROM_DISK
    target, draft = _size(pair.target), _size(pair.draft)
    reason = pair.suits
    if memory is not None and memory.machine is not None:
        rate = pair_speed(target, draft, memory.machine).tokens_per_second
        about = tr("About {rate} tokens/s").format(rate=figures.rate(rate))
        reason = f"{about} · {pair.suits}"
    return ModelRow(
        choice=pair_id(pair),
        name=f"{pair.target.name} + {pair.draft.name}",
        quantization=pair.target.files[0].quantization,
        size=figures.file_size(target.weights + draft.weights),
        badge=badge,
        reason=reason,
        fits=badge is not FROM_DISK,
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


def _size(model: CatalogueModel) -> Size:
    file = model.files[0]
    return size_of(model.parameters, file.quantization, file.size_bytes)


def _parameters(count: int | None) -> str:
    if not count:
        return ""
    return tr("{number} B parameters").format(number=decimal(count / _BILLION))


def _fit(size: int, memory: FreeMemory | None) -> Badge | None:
    if memory is None:
        return None
    return FROM_DISK if memory.regime(size) is Regime.STREAMED else _FITS
