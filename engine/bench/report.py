"""Bench figures as JSON for machines and as a table for people."""

import platform
from statistics import median
from typing import Any

import psutil

from engine.bench.runs import BenchRun
from engine.commands.generate import figures
from engine.llama.library import version
from engine.session import SessionInfo


def document(info: SessionInfo, runs: list[BenchRun]) -> dict[str, Any]:
    """The headless contract's `bench` object."""
    return {
        "machine": {
            "system": platform.platform(),
            "processor": platform.processor() or platform.machine(),
            "cores": psutil.cpu_count(logical=False),
            "memory_bytes": psutil.virtual_memory().total,
            "llama_cpp_python": version(),
        },
        "models": {"target": info.target_name, "draft": info.draft_name},
        "runs": [
            {
                "method": run.method.label,
                **figures(run.stats),
                "mode": str(run.method.mode),
                "mode_used": run.stats.mode,
                "budget": run.method.budget,
                "prompt": run.prompt,
                "text": run.text,
            }
            for run in runs
        ],
        "summary": summary(runs),
    }


def summary(runs: list[BenchRun]) -> list[dict[str, Any]]:
    """Medians over the prompts, a row per method; ratios are against `off` on the same prompt."""
    plain = {r.prompt: r.stats.tokens_per_second for r in runs if r.method.label == "off"}
    rows = []
    for label in dict.fromkeys(run.method.label for run in runs):
        mine = [run for run in runs if run.method.label == label]
        ratios = [
            run.stats.tokens_per_second / plain[run.prompt] for run in mine if plain.get(run.prompt)
        ]
        rows.append(
            {
                "method": label,
                "tokens_per_pass": median(run.stats.tokens_per_pass for run in mine),
                "tokens_per_second": median(run.stats.tokens_per_second for run in mine),
                "times_plain": median(ratios) if ratios else None,
                "least_times_plain": min(ratios, default=None),
                "other_share": median(
                    run.stats.other_seconds / run.stats.seconds for run in mine if run.stats.seconds
                ),
            }
        )
    return rows


def table(runs: list[BenchRun]) -> str:
    """The summary for a terminal."""
    lines = [
        f"{'method':<12}{'per pass':>10}{'tokens/s':>10}{'x plain':>9}{'least':>8}{'other':>8}"
    ]
    for row in summary(runs):
        times, least = row["times_plain"], row["least_times_plain"]
        lines.append(
            f"{row['method']:<12}{row['tokens_per_pass']:>10.2f}{row['tokens_per_second']:>10.2f}"
            f"{times if times is None else format(times, '.2f')!s:>9}"
            f"{least if least is None else format(least, '.2f')!s:>8}"
            f"{row['other_share']:>8.1%}"
        )
    return "\n".join(lines)
