"""A machine where everything is scripted: what is installed, and what each command does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from first_run.machine import Finished

Effect = Callable[[Sequence[str]], Finished]
OK = Finished(0, "")


def fails(output: str) -> Effect:
    """Return the effect of a command that prints `output` and exits with 1."""
    return lambda _command: Finished(1, output)


@dataclass
class FakeMachine:
    """Implements `Machine`. By default it has all that is needed and every command works."""

    platform: str = "linux"
    python: str = "/usr/bin/python3"
    environ: Mapping[str, str] = field(default_factory=dict)
    is_root: bool = False
    programs: set[str] = field(default_factory=lambda: {"c++", "apt-get"})
    modules: set[str] = field(default_factory=lambda: {"venv", "ensurepip"})
    free: int = 100 * 10**9
    effects: dict[str, Effect] = field(default_factory=dict)
    """What a command does, by a word of its arguments; the first that fits is taken."""
    shown_codes: dict[str, int] = field(default_factory=dict)
    commands: list[list[str]] = field(default_factory=list)
    environments: list[Mapping[str, str]] = field(default_factory=list)
    handed_over: list[str] = field(default_factory=list)

    def which(self, program: str) -> str | None:
        return f"/usr/bin/{program}" if program in self.programs else None

    def has_module(self, name: str) -> bool:
        return name in self.modules

    def free_bytes(self, folder: Path) -> int:
        return self.free

    def run(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] = lambda _line: None,
    ) -> Finished:
        self.commands.append(list(command))
        self.environments.append(env or {})
        log.parent.mkdir(parents=True, exist_ok=True)
        log.touch()
        words = " ".join(command)
        effect = next((effect for key, effect in self.effects.items() if key in words), None)
        finished = effect(command) if effect else OK
        for line in finished.output.splitlines():
            on_line(line)
        return finished

    def show(self, command: Sequence[str]) -> int:
        self.commands.append(list(command))
        return next((c for key, c in self.shown_codes.items() if key in " ".join(command)), 0)

    def hand_over(self, command: Sequence[str]) -> int:
        self.handed_over = list(command)
        return 0

    def count(self, words: str) -> int:
        """How many commands held `words`."""
        return sum(words in " ".join(command) for command in self.commands)
