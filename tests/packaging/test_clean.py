"""Cleaning removes what can be made again, and nothing else."""

from pathlib import Path

from first_run.clean import clean
from first_run.project import Project
from tests.packaging.checkout import touch


def test_what_can_be_made_again_goes_and_the_rest_stays(project: Project) -> None:
    root = project.root
    made = [root / ".venv/bin/python", root / "build/setup.log", root / "engine/__pycache__/a.pyc"]
    kept = [root / "engine/session.py", root / "models/big.gguf", root / "data/chats.sqlite"]
    for path in (*made, *kept):
        touch(path)
    assert clean(project) == [".venv", "build", str(Path("engine/__pycache__"))]
    assert not any(path.exists() for path in made)
    assert all(path.exists() for path in kept)


def test_a_link_is_removed_but_not_what_it_points_to(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    touch(elsewhere / "precious")
    project.venv.symlink_to(elsewhere)
    assert clean(project) == [".venv"]
    assert (elsewhere / "precious").exists()


def test_a_clean_checkout_stays_as_it_is(project: Project) -> None:
    assert clean(project) == []
