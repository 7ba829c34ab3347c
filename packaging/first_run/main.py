"""The commands behind the Makefile: what each prepares, and what it runs then."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from first_run import gate
from first_run.checks import NoDisplay
from first_run.clean import clean
from first_run.environment import (
    audit_tools_step,
    bundle_tools_step,
    developer_tools_step,
    environment_step,
    forget_if_lost,
    packages_step,
    plots_step,
)
from first_run.llama_build import llama_step, release_llama_step
from first_run.machine import Machine, ThisMachine
from first_run.project import Project
from first_run.report import Report
from first_run.start import qt_step, start
from first_run.starter_model import starter_step
from first_run.steps import Step, prepare
from first_run.trouble import Trouble

BENCH: Final = (
    *("-m", "engine", "bench", "--target", "qwen-1.5b", "--draft", "qwen-0.5b"),
    *("--prompts", "all", "--per-category", "1", "--max-tokens", "40", "--context", "2048"),
    *("--modes", "off,chain,specinfer,tree,ngram,auto", "--budgets", "8,32,128"),
    *("--temperature", "0,0.6"),
    *("--json", "build/bench.json", "--report", "build/bench.html"),
)
BENCH_SPEED: Final = ("packaging/speed_bench.py",)
BENCH_STORE: Final = ("packaging/store_bench.py",)
BENCH_UI: Final = ("packaging/ui_bench.py",)
SOAK: Final = ("-m", "tests.desktop.conversations.soak")
FAULTS: Final = ("-m", "tests.faults")
AUDIT: Final = ("packaging/third_party.py",)
TRANSLATIONS: Final = ("packaging/translations.py",)
SCREENSHOTS: Final = ("packaging/screenshots.py", "docs/pictures")
BUNDLE: Final = ("packaging/freeze.py",)
PACK: Final = ("packaging/linux/pack.py",)
TRY_PACKAGES: Final = ("packaging/linux/trial/try_packages.py",)
RELEASE: Final = ("packaging/release.py",)
INTERRUPTED: Final = 130


@dataclass(frozen=True)
class FirstRun:
    """One call of a command on one checkout."""

    project: Project
    machine: Machine
    report: Report
    arguments: Sequence[str] = ()
    """What the user wrote after the command; goes to the program that is run."""

    def run(self) -> int:
        """Open the window, or the terminal chat."""
        self._prepare()
        return start(self.project, self.machine, self.report, self.arguments)

    def test(self) -> int:
        """Run the whole gate."""
        return self._check(gate.TEST)

    def lint(self) -> int:
        """Run the gate without the tests."""
        return self._check(gate.LINT)

    def format(self) -> int:
        """Format the code and mend what can be mended by itself."""
        return self._check(gate.FORMAT)

    def translations(self) -> int:
        """Bring the catalogues up to the sentences of the code, and compile them."""
        self._prepare(developer_tools_step(self.project, self.machine))
        return self._hand_over(TRANSLATIONS)

    def bench(self) -> int:
        """Compare the methods on the pair of benchmark models, and draw the report."""
        self._prepare(plots_step(self.project, self.machine))
        (self.project.root / "build").mkdir(exist_ok=True)
        return self._hand_over(BENCH)

    def bench_speed(self) -> int:
        """Measure what the planner must reach, resident and streamed."""
        self._prepare()
        return self._hand_over(BENCH_SPEED)

    def bench_store(self) -> int:
        """Time the store with 10,000 conversations."""
        self._prepare()
        return self._hand_over(BENCH_STORE)

    def bench_ui(self) -> int:
        """Time the window, on a display of its own where X has one."""
        display = self._own_display()
        self._prepare(qt_step(self.project, self.machine, offscreen=bool(display)))
        python = str(self.project.python)
        return self.machine.hand_over([*display, python, *BENCH_UI, *self.arguments])

    def soak(self) -> int:
        """Kill a process that writes conversations, over 1,000 steps."""
        self._prepare()
        return self._hand_over(SOAK)

    def faults(self) -> int:
        """Break the engine, the disk and the files while a reply streams, in every way we know."""
        self._prepare(developer_tools_step(self.project, self.machine))
        return self._hand_over(FAULTS)

    def audit(self) -> int:
        """List the licences of all parts that are shipped, and their known weaknesses."""
        self._prepare(audit_tools_step(self.project, self.machine))
        return self._hand_over(AUDIT)

    def screenshots(self) -> int:
        """Take the pictures of docs/pictures again, on a display of their own where X has one."""
        self._prepare()
        python = str(self.project.python)
        return self.machine.hand_over([*self._own_display(), python, *SCREENSHOTS])

    def bundle(self) -> int:
        """Freeze Outrider into one folder, dist/outrider."""
        return self._freeze(BUNDLE)

    def deb(self) -> int:
        """Freeze, and make a Debian package."""
        return self._freeze((*PACK, "deb"))

    def rpm(self) -> int:
        """Freeze, and make a Red Hat package."""
        return self._freeze((*PACK, "rpm"))

    def tar(self) -> int:
        """Freeze, and make an archive that runs where it is unpacked."""
        return self._freeze((*PACK, "tar"))

    def try_packages(self) -> int:
        """Install, use and remove the packages in dist/ on a clean Debian without Python."""
        self._prepare()
        return self._hand_over(TRY_PACKAGES)

    def release(self) -> int:
        """Make all that is published of a version, in dist/release."""
        return self._freeze(RELEASE)

    def clean(self) -> int:
        """Remove what can be made again."""
        removed = clean(self.project)
        self.report.say(f"Removed {', '.join(removed)}." if removed else "Nothing to remove.")
        return 0

    def _prepare(self, *more: Step) -> None:
        project, machine = self.project, self.machine
        project.log.unlink(missing_ok=True)
        forget_if_lost(project)
        steps = [
            environment_step(project, machine),
            llama_step(project, machine),
            packages_step(project, machine),
            starter_step(project, machine),
        ]
        prepare([*steps, *more], project.stamps, self.report)

    def _check(self, checks: gate.Checks) -> int:
        tools = developer_tools_step(self.project, self.machine)
        self._prepare(tools, qt_step(self.project, self.machine, offscreen=True))
        return gate.run_all(self.project, self.machine, self.report, checks)

    def _freeze(self, command: Sequence[str]) -> int:
        tools = bundle_tools_step(self.project, self.machine)
        self._prepare(tools, release_llama_step(self.project, self.machine))
        return self._hand_over(command)

    def _own_display(self) -> list[str]:
        """What makes a display for a command that follows; nothing where X has none."""
        xvfb = self.machine.which("xvfb-run")
        return [xvfb, "-a", "-s", "-screen 0 1600x1200x24"] if xvfb else []

    def _hand_over(self, command: Sequence[str]) -> int:
        return self.machine.hand_over([str(self.project.python), *command, *self.arguments])


COMMANDS: Final[dict[str, Callable[[FirstRun], int]]] = {
    name: getattr(FirstRun, name.replace("-", "_"))
    for name in (
        *("run", "test", "lint", "format", "translations"),
        *(
            "bench",
            "bench-speed",
            "bench-store",
            "bench-ui",
            "soak",
            "faults",
            "audit",
            "screenshots",
        ),
        *("bundle", "deb", "rpm", "tar", "try-packages", "release", "clean"),
    )
}


def carry_out(command: str, call: FirstRun) -> int:
    """Run one command and return its exit code; every failure is one sentence."""
    try:
        return COMMANDS[command](call)
    except Trouble as trouble:
        call.report.say(f"\n{trouble.sentence}")
        if trouble.command:
            call.report.say(f"\n    {trouble.command}\n")
        if call.project.log.exists():
            call.report.say(f"What was printed: {call.project.log.relative_to(call.project.root)}")
        return 1
    except NoDisplay:
        call.report.say(
            "\nThis needs a display, or xvfb-run to make one, and there is neither here."
        )
        return 1
    except KeyboardInterrupt:
        call.report.say("\nStopped. The same command goes on where this one stopped.")
        return INTERRUPTED


def main(arguments: Sequence[str]) -> int:
    """Read the command line and carry it out on this machine."""
    parser = argparse.ArgumentParser(prog="python packaging/bootstrap.py", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    known, rest = parser.parse_known_args(arguments)
    project = Project(Path(__file__).resolve().parents[2])
    os.chdir(project.root)
    return carry_out(known.command, FirstRun(project, ThisMachine(), Report(sys.stdout), rest))
