"""Promises that the checkout as a whole keeps: pins, version, documents, and what is left out."""

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import module_index
from first_run.main import COMMANDS
from first_run.project import Project

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED: Final = [
    Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
]
# In pieces, so that this file passes its own test.
REGISTRY: Final = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.org"]))
HOME: Final = re.compile("|".join(["/ro" + "ot/", "/ho" + r"me/\w+/", "/Use" + r"rs/\w+/"]))
LINK: Final = re.compile(r"\]\((?!\w+://|#|mailto:)([^)#\s]+)")


def pins() -> dict[str, str]:
    lines = Project(ROOT).constraints.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return dict(pairs)


def tracked_texts() -> Iterator[tuple[str, str]]:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            yield name, path.read_bytes().decode("utf-8", errors="replace")


def installed_requirements() -> set[str]:
    """The names of all that is installed here because pyproject.toml asks for it."""
    found: set[str] = set()
    todo = [(requirement, "") for requirement in DECLARED]
    while todo:
        requirement, extra = todo.pop()
        name = canonicalize_name(requirement.name)
        needed = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
        if needed and name not in found:
            found.add(name)
            extras = ["", *requirement.extras]
            todo += [(Requirement(line), e) for line in requires(name) or [] for e in extras]
    return found


def test_constraints_are_names_and_versions_only() -> None:
    text = Project(ROOT).constraints.read_text(encoding="utf-8")
    assert "://" not in text
    for line in text.splitlines():
        assert re.fullmatch(r"#.*|[a-z0-9-]+==[0-9][0-9a-z.]*", line)


@pytest.mark.parametrize("requirement", DECLARED, ids=str)
def test_every_dependency_is_pinned_within_its_range(requirement: Requirement) -> None:
    pinned = pins()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(pinned)


def test_every_dependency_of_a_dependency_is_pinned() -> None:
    assert installed_requirements() <= pins().keys()


def test_the_tests_run_with_the_pinned_versions() -> None:
    pinned = pins()
    installed = {name: version(name) for name in installed_requirements()}
    assert installed == {name: pinned[name] for name in installed}


def test_the_changelog_begins_with_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(.+?)\] - (Unreleased|\d{4}-\d\d-\d\d)$", changelog, re.MULTILINE)
    assert newest
    assert newest[1] == PROJECT["version"]


def test_no_file_names_a_package_registry_or_somebodys_home() -> None:
    found = [
        f"{name}: {match[0]}"
        for name, text in tracked_texts()
        for match in [*REGISTRY.finditer(text), *HOME.finditer(text)]
    ]
    assert not found


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{name}: {link}"
        for name, text in tracked_texts()
        if name.endswith(".md")
        for link in LINK.findall(text)
        if not (ROOT / name).parent.joinpath(link).exists()
    ]
    assert not broken


def test_the_structure_document_knows_every_module() -> None:
    document = module_index.DOCUMENT.read_text(encoding="utf-8")
    assert document == module_index.indexed(document), "make format writes the index"


def test_make_has_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^COMMANDS := (.*)$", makefile, re.MULTILINE)
    assert targets
    assert set(targets[1].split()) == set(COMMANDS)
    assert all(f"make {command} " in makefile for command in COMMANDS)


def test_our_scripts_do_not_shadow_the_library_packaging() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
