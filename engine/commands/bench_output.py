"""Where the figures of `bench` go: a file that grows run by run, a table, a report."""

import argparse
import importlib.util
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.bench.machine_facts import describe_machine
from engine.bench.peer import PeerPlan, misread_prompts, plan_peer
from engine.bench.peer_command import Programs
from engine.bench.record import BenchPrompt, Setup
from engine.bench.results import Results, question_identities
from engine.bench.runs import BenchPlan
from engine.bench.table import table
from engine.bench.whole_file import write_whole
from engine.config import SessionConfig
from engine.errors import BadSetting

Setups = Sequence[tuple[Setup, SessionConfig]]


def add_output(parser: argparse.ArgumentParser) -> None:
    """Files to write, runs to take over, programs to compare with."""
    parser.add_argument("--json", type=Path, metavar="OUT", help="keep the runs in this file")
    parser.add_argument(
        "--resume", action="store_true", help="leave out the runs that OUT holds already"
    )
    parser.add_argument("--report", type=Path, metavar="OUT", help="write an HTML page with plots")
    parser.add_argument(
        "--llama-cpp",
        type=Path,
        metavar="DIR",
        help="measure llama.cpp's own programs in this folder too",
    )


def open_results(
    args: argparse.Namespace, prompts: Sequence[BenchPrompt], setups: Setups
) -> Results:
    """An empty benchmark, or the one to resume. Raises `OutriderError` before anything is measured.

    A report that cannot be drawn is refused here, not after an hour.
    """
    if args.report and importlib.util.find_spec("matplotlib") is None:
        raise BadSetting(
            "The report needs matplotlib, which is not installed.",
            hint="Install it: pip install 'outrider[report]'.",
        )
    results = Results(
        path=args.json,
        machine=describe_machine(),
        models={
            "target": _names(setup.target for setup, _ in setups),
            "draft": _names(setup.draft for setup, _ in setups) or None,
        },
        identities=question_identities(prompts, [config for _, config in setups]),
    )
    if args.resume:
        results.resume()
    return results


def peer_plans(
    args: argparse.Namespace, plan: BenchPlan, setups: Setups, results: Results
) -> list[PeerPlan]:
    """What llama.cpp's programs are still to do; nothing without `--llama-cpp`.

    Raises `OutriderError`.
    """
    if args.llama_cpp is None:
        return []
    if any(sampling.stop for sampling in plan.samplings):
        raise BadSetting(
            "llama.cpp's programs know no stop strings.", hint="Leave --stop or --llama-cpp out."
        )
    return plan_peer(Programs.find(args.llama_cpp), plan, setups, results.done)


def show(args: argparse.Namespace, results: Results) -> None:
    """The table on stdout, the report in its file; nothing where nothing was measured."""
    if not results.done:
        return
    print(table(results.runs))
    if misread := misread_prompts(results.runs):
        print(
            f"llama.cpp took {misread} of the prompts for other tokens than Outrider did: "
            "its figures there are of another text.",
            file=sys.stderr,
        )
    if args.report:
        # matplotlib is there only where reports are wanted, and takes a second to import.
        from engine.bench.html import report  # noqa: PLC0415

        write_whole(args.report, report(results.machine, results.runs))
        print(f"The report is in {args.report}.", file=sys.stderr)


def _names(names: Iterable[str | None]) -> str:
    return ", ".join(dict.fromkeys(name for name in names if name))
