"""Running the environment's pip, and saying in one sentence why it failed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from first_run.machine import Machine
from first_run.project import Project
from first_run.trouble import Trouble

_COMPILED: Final = re.compile(r"\[(\d+)/(\d+)\]")
_COLLECTED: Final = re.compile(r"^\s*(?:Collecting|Downloading) ([\w.-]+)")

_NETWORK: Final = (
    "NewConnectionError|NameResolutionError|Temporary failure in name resolution"
    "|ConnectTimeout|ReadTimeoutError|ProxyError|SSLError|Connection refused"
)
_CAUSES: Final = (
    ("No space left on device|Errno 28", "The disk is full."),
    (_NETWORK, "The package index does not answer; Outrider's packages come from there."),
    (
        "Failed building wheel for llama|ninja: build stopped|CMake Error",
        "llama.cpp does not compile on this system.",
    ),
    (
        r"No matching distribution found for (?P<what>\S+)",
        "The package index has no {what} for this system.",
    ),
)


@dataclass(frozen=True)
class Pip:
    """pip as installed in a checkout's environment; versions are held by constraints.txt."""

    project: Project
    machine: Machine

    def __call__(
        self,
        command: str,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        say: Callable[[str], None],
    ) -> None:
        """Run `pip COMMAND ARGUMENTS`; raise `Trouble` if it fails."""
        finished = self.machine.run(
            [
                *(str(self.project.python), "-m", "pip", command),
                *("--disable-pip-version-check", "--progress-bar", "off"),
                *("--constraint", str(self.project.constraints), *arguments),
            ],
            log=self.project.log,
            env=env,
            on_line=lambda line: _say_progress(line, say),
        )
        if finished.code != 0:
            raise Trouble(explain(finished.output))


def explain(output: str) -> str:
    """Return the sentence for what pip printed before it failed."""
    for pattern, sentence in _CAUSES:
        if found := re.search(pattern, output):
            return sentence.format(**found.groupdict())
    return "pip could not install Outrider's packages."


def _say_progress(line: str, say: Callable[[str], None]) -> None:
    if found := _COMPILED.search(line):
        say(f"{found[1]} of {found[2]} files")
    elif found := _COLLECTED.match(line):
        say(found[1])
