"""The bill of materials of a release, in CycloneDX's form: all parts that the last freeze held."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

sys.path.insert(0, str(Path(__file__).parent))

from engine.library.starter import STARTER
from notices import LISTED

_NAMESPACES: Final = {"pypi": None, "deb": "debian"}
_LICENCES: Final = LicenseFactory()


def bill(version: str, parts: Iterable[dict[str, Any]]) -> str:
    """The document for Outrider `version`, from the list that `notices.write` left."""
    bom = Bom()
    program = Component(
        name="outrider",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="outrider",
        licenses=[_LICENCES.make_from_string("Apache-2.0")],
    )
    bom.metadata.component = program
    components = [_component(part) for part in parts]
    bom.components.update(components)
    bom.register_dependency(program, components)
    return JsonV1Dot6(bom).output_as_string(indent=1)


def write(file: Path, version: str) -> None:
    """The bill of what was frozen last. Raises `OSError` where nothing was."""
    parts = json.loads(LISTED.read_text(encoding="utf-8"))
    file.write_text(bill(version, parts), encoding="utf-8")


def _component(part: dict[str, Any]) -> Component:
    name, version, origin = part["name"], part["version"], part["origin"]
    if name == STARTER.name:
        return _starter(part)
    place = (
        PackageURL(origin, _NAMESPACES[origin], name, version) if origin in _NAMESPACES else None
    )
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{origin}:{name}",
        purl=place,
        licenses=[_LICENCES.make_from_string(part["licence"])],
    )


def _starter(part: dict[str, Any]) -> Component:
    return Component(
        name=STARTER.name,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref="starter",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=STARTER.sha256)],
        licenses=[_LICENCES.make_from_string(part["licence"])],
    )
