"""Recommended pairs: a target, a draft of its family, and the machine they suit.

The data is `resources/catalogue.json`. A size is there only where the repository's page states it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from engine.language import tr_data
from resources import resource_path

_BILLION: Final = 1e9


@dataclass(frozen=True)
class CatalogueFile:
    """One quantization of a model, as the hub has it."""

    quantization: str
    name: str
    size_bytes: int | None
    """To two decimals of a gigabyte; None where nobody vouches for it. The hub knows it exactly."""


@dataclass(frozen=True)
class CatalogueModel:
    """A model in a repository of the hub."""

    id: str
    name: str
    family: str
    """Models of one family have one vocabulary."""
    parameters: int
    licence: str
    repo: str
    """`owner/name` on the hub."""
    files: tuple[CatalogueFile, ...]
    """The recommended one first."""


@dataclass(frozen=True)
class CataloguePair:
    """A target and a draft that go together."""

    target: CatalogueModel
    draft: CatalogueModel
    suits: str
    """The machine, as a sentence."""
    memory_bytes: int
    """Memory of the machine, the card's included, from which the target need not be streamed."""


@dataclass(frozen=True)
class Catalogue:
    """Everything that is recommended."""

    models: tuple[CatalogueModel, ...]
    pairs: tuple[CataloguePair, ...]

    def drafts_for(self, family: str, parameters: int) -> list[CatalogueModel]:
        """Models of a family that are smaller than a target, the smallest first."""
        smaller = (
            model
            for model in self.models
            if model.family == family and model.parameters < parameters
        )
        return sorted(smaller, key=lambda model: model.parameters)

    @property
    def families(self) -> Sequence[str]:
        """In the order of the file."""
        return list(dict.fromkeys(model.family for model in self.models))


@cache
def load_catalogue() -> Catalogue:
    """The catalogue that ships with the program."""
    content = json.loads(resource_path("catalogue.json").read_text("utf-8"))
    models = {model.id: model for model in map(_model, content["models"])}
    pairs = [
        CataloguePair(
            target=models[pair["target"]],
            draft=models[pair["draft"]],
            suits=tr_data(pair["suits"]),
            memory_bytes=int(pair["memory_gigabytes"] * _BILLION),
        )
        for pair in content["pairs"]
    ]
    return Catalogue(tuple(models.values()), tuple(pairs))


def _model(values: dict[str, Any]) -> CatalogueModel:
    return CatalogueModel(
        id=values["id"],
        name=values["name"],
        family=values["family"],
        parameters=round(values["parameters_billion"] * _BILLION),
        licence=values["licence"],
        repo=values["repo"],
        files=tuple(map(_file, values["files"])),
    )


def _file(values: dict[str, Any]) -> CatalogueFile:
    gigabytes = values.get("gigabytes")
    size = None if gigabytes is None else round(gigabytes * _BILLION)
    return CatalogueFile(values["quantization"], values["name"], size)
