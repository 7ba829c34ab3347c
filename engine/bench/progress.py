"""How far a benchmark is, on stderr: a bar on a terminal, a line per run anywhere else."""

import sys
from types import TracebackType
from typing import Self

from tqdm import tqdm

from engine.bench.record import BenchRun


class Progress:
    """Shows each run as it ends, and when the last one may."""

    def __init__(self, count: int, done: int) -> None:
        self._bar = tqdm(
            total=count,
            initial=done,
            unit="run",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            dynamic_ncols=True,
            smoothing=0,  # methods take turns: the mean of all foretells better than the last ones
            bar_format="{percentage:3.0f}% |{bar:20}| {n} of {total}, {remaining} left{postfix}",
        )
        self._count, self._done = count, done

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._bar.close()

    def show(self, run: BenchRun) -> None:
        """One more run is done."""
        self._done += 1
        purpose = " to warm up" if run.warm_up else ""
        line = f"{run.label}{purpose}, {run.stats.tokens_per_second:.2f} tokens/s"
        if self._bar.disable:
            print(f"{self._done} of {self._count}: {line}", file=sys.stderr)
        else:
            self._bar.set_postfix_str(line, refresh=False)
            self._bar.update()
