"""`bench`: the methods side by side on the same prompts, in one process."""

import argparse
from itertools import chain

from engine.bench.peer import run_peer
from engine.bench.progress import Progress
from engine.bench.prompts import ALL, SETS, load_prompts
from engine.bench.runs import run_bench
from engine.cancel import CancelToken
from engine.commands import bench_options, bench_output
from engine.commands.terminal import cancel_on_interrupt, show_loading
from engine.errors import Cancelled


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`bench --target T [--draft D] --prompts P --modes ... --budgets ... --json OUT`."""
    parser = commands.add_parser("bench", help="compare the methods on the same prompts")
    parser.add_argument(
        "--prompts",
        required=True,
        metavar="P",
        help=f"JSON list of messages, or a set of ours: {', '.join((*SETS, ALL))}",
    )
    parser.add_argument(
        "--per-category", type=int, metavar="N", help="only so many prompts of each set"
    )
    bench_options.add_options(parser)
    bench_output.add_output(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Run the plan, keep each run, print the table; Ctrl-C keeps what was measured."""
    prompts = load_prompts(args.prompts, args.per_category)
    plan = bench_options.bench_plan(args, prompts)
    setups = bench_options.setups(args, plan.largest)
    results = bench_output.open_results(args, prompts, setups)
    work = plan.work(setups, results.done)
    peers = bench_output.peer_plans(args, plan, setups, results)
    count = sum(len(each.steps) for each in work) + sum(len(each.coordinates) for each in peers)
    done = len(results.done)
    cancel = CancelToken()
    try:
        with (
            cancel_on_interrupt(cancel),
            bench_options.limits(args, [config for _, config in setups], cancel),
            Progress(done + count, done) as progress,
        ):
            runs = chain(
                run_bench(work, plan, cancel, show_loading),
                *(run_peer(each, cancel) for each in peers),
            )
            for measured in runs:
                results.add(measured)
                progress.show(measured)
    finally:
        bench_output.show(args, results)
    if cancel.cancelled:
        raise Cancelled
