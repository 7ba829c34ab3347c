"""What a release is made of: versions that agree, a bill of materials, licences of every part."""

import json
import sys
from pathlib import Path

import pytest

import notices
import release
import sbom
import third_party
from engine.library.starter import STARTER
from notices import Shipped

CHANGELOG = """# Changelog

## [0.2.0] - 2027-01-15

### Added

- Something.

## [0.1.0] - 2026-12-01

- The first.
"""
METAINFO = '<component><releases><release version="0.2.0" date="{day}"/></releases></component>'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    metainfo = tmp_path / release._METAINFO
    metainfo.parent.mkdir(parents=True)
    metainfo.write_text(METAINFO.format(day="2027-01-15"))
    write_addresses(tmp_path, "https://releases.example/latest-version")
    return tmp_path


def write_addresses(checkout: Path, version_file: str) -> None:
    file = checkout / release._ADDRESSES
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"version_file": version_file, "page": "https://a.example/"}))


def test_a_version_that_all_agree_on_can_be_published(checkout: Path) -> None:
    assert [*release.faults(checkout, "0.2.0")] == []
    assert release.notes(checkout).splitlines() == [
        *("## [0.2.0] - 2027-01-15", "", "### Added", "", "- Something."),
    ]


def test_a_changelog_of_another_version_is_told(checkout: Path) -> None:
    (fault,) = release.faults(checkout, "0.3.0")
    assert fault == "The first heading of CHANGELOG.md is not version 0.3.0."


def test_a_version_without_a_date_is_told(checkout: Path) -> None:
    text = CHANGELOG.replace("2027-01-15", "Unreleased")
    (checkout / "CHANGELOG.md").write_text(text)
    no_date, other_release = release.faults(checkout, "0.2.0")
    assert "no date for version 0.2.0" in no_date
    assert "metainfo" in other_release


def test_metainfo_of_another_day_is_told(checkout: Path) -> None:
    (checkout / release._METAINFO).write_text(METAINFO.format(day="2027-01-14"))
    (fault,) = release.faults(checkout, "0.2.0")
    assert "metainfo" in fault


def test_a_version_that_nobody_could_find_is_told(checkout: Path) -> None:
    write_addresses(checkout, "")
    (fault,) = release.faults(checkout, "0.2.0")
    assert fault == "resources/releases.json does not say where versions are published."


def test_the_notes_of_a_first_version_are_the_rest_of_the_changelog(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text(CHANGELOG[CHANGELOG.index("## [0.1.0]") :])
    assert release.notes(checkout) == "## [0.1.0] - 2026-12-01\n\n- The first.\n"


def test_the_bill_names_every_part_with_its_licence_and_place() -> None:
    bill = json.loads(
        sbom.bill(
            "0.2.0",
            [
                {"name": "numpy", "version": "2", "licence": "MIT AND Zlib", "origin": "pypi"},
                {"name": "libxcb1", "version": "1.15-1", "licence": "own", "origin": "deb"},
                {"name": STARTER.name, "version": "", "licence": "Apache-2.0", "origin": "generic"},
            ],
        )
    )
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["version"] == "0.2.0"
    parts = {part["name"]: part for part in bill["components"]}
    assert parts["numpy"]["purl"] == "pkg:pypi/numpy@2"
    assert parts["numpy"]["licenses"] == [{"expression": "MIT AND Zlib"}]
    assert parts["libxcb1"]["purl"] == "pkg:deb/debian/libxcb1@1.15-1"
    assert parts[STARTER.name]["type"] == "machine-learning-model"
    assert parts[STARTER.name]["hashes"] == [{"alg": "SHA-256", "content": STARTER.sha256}]
    (needed,) = [entry for entry in bill["dependencies"] if entry["ref"] == "outrider"]
    assert len(needed["dependsOn"]) == 3


def test_libraries_of_python_and_of_the_checkout_are_no_libraries_of_the_system() -> None:
    ours = [f"{sys.prefix}/lib/one.so", f"{sys.base_prefix}/lib/two.so", f"{notices.ROOT}/x.so"]
    assert notices.system_libraries([*ours, "/elsewhere/three.so"]) == [Path("/elsewhere/three.so")]


def test_what_nobody_answers_for_is_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_args, **_kwargs: _Refusal())
    with pytest.raises(LookupError, match=r"/opt/own/libodd\.so would be packed"):
        notices.system_packages([Path("/opt/own/libodd.so")])


class _Refusal:
    returncode = 1


def test_every_part_gets_a_folder_of_licences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "LISTED", tmp_path / "build" / "parts.json")
    text = tmp_path / "LICENSE"
    packed = dict(notices.write([Shipped("lib", "1.0", "MIT", "pypi", {"LICENSE": text})]))
    assert packed["licences/lib/LICENSE"] == text
    assert "| lib | 1.0 | MIT |" in packed["licences/README.md"].read_text(encoding="utf-8")
    (listed,) = json.loads(notices.LISTED.read_text(encoding="utf-8"))
    assert listed["texts"] == ["LICENSE"]


def test_qt_comes_with_the_licences_it_does_not_bring_itself() -> None:
    for name in ("pyside6-essentials", "shiboken6"):
        part = notices._package(third_party.part(name))
        assert {"LGPL-3.0.txt", "GPL-3.0.txt"} <= set(part.texts)
    for file in notices.TEXTS.iterdir():
        assert file.stat().st_size > 1000


def test_a_package_brings_its_own_texts() -> None:
    part = notices._package(third_party.part("markdown-it-py"))
    assert set(part.texts) == {"LICENSE", "LICENSE.markdown-it"}
    assert all(file.is_file() for file in part.texts.values())
