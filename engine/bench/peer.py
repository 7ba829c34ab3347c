"""llama.cpp's own programs on the same questions: started once a reply, believed as they print."""

import contextlib
import subprocess
import tempfile
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

import psutil

from engine.bench.peer_command import PEER_OFF, Programs, command
from engine.bench.peer_output import (
    PeerFigures,
    UnreadablePeer,
    parse_completion,
    parse_speculative,
)
from engine.bench.peer_prompt import prompt_texts
from engine.bench.record import (
    BenchPrompt,
    BenchRun,
    DepthCounts,
    Method,
    Resources,
    RoundCounts,
    Setup,
)
from engine.bench.results import Coordinates
from engine.bench.runs import BenchPlan
from engine.bench.statistics import CHAIN
from engine.cancel import CancelToken
from engine.config import SamplingConfig, SessionConfig
from engine.errors import Cancelled
from engine.events import FinishReason, TurnStats

_LOOK_EVERY: Final = 0.2
"""Seconds between looks at a running program."""


@dataclass(frozen=True)
class PeerPlan:
    """What to ask llama.cpp's programs with one setup."""

    programs: Programs
    config: SessionConfig
    prompts: tuple[BenchPrompt, ...]
    texts: tuple[str, ...]
    """The prompts as the chat template renders them for the target, one by one."""
    coordinates: tuple[Coordinates, ...]
    """The runs; methods take turns on each prompt."""


def plan_peer(
    programs: Programs,
    plan: BenchPlan,
    setups: Iterable[tuple[Setup, SessionConfig]],
    done: Container[Coordinates],
) -> list[PeerPlan]:
    """What is not `done` of a plan's questions, for each setup. Raises `OutriderError`."""
    chains = [method.budget for method in plan.methods if method.name == CHAIN and method.budget]
    found = []
    for setup, config in setups:
        methods = programs.methods(chains, has_draft=config.draft is not None)
        left = tuple(
            at
            for repeat, prompt, sampling, method in product(
                range(plan.repeats), range(len(plan.prompts)), plan.samplings, methods
            )
            if (at := Coordinates(setup, method, sampling, prompt, repeat)) not in done
        )
        texts = prompt_texts(config.target.path, plan.prompts)
        found.append(PeerPlan(programs, config, plan.prompts, texts, left))
    return found


def run_peer(plan: PeerPlan, cancel: CancelToken) -> Iterator[BenchRun]:
    """Start a program for each run. A cancel ends the iteration; no program stays behind.

    Raises `UnreadablePeer`.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "prompt.txt"
        for at in plan.coordinates:
            # The programs take one line end off a file's end.
            file.write_bytes(f"{plan.texts[at.prompt]}\n".encode())
            try:
                yield _run(plan, at, file, cancel)
            except Cancelled:
                return


def misread_prompts(runs: Iterable[BenchRun]) -> int:
    """How many prompts llama.cpp's programs took for another number of tokens than we did."""
    tokens: dict[tuple[Setup, int], set[int]] = {}
    for run in runs:
        tokens.setdefault((run.setup, run.prompt), set()).add(run.stats.prompt_tokens)
    return sum(len(counts) > 1 for counts in tokens.values())


def _run(plan: PeerPlan, at: Coordinates, file: Path, cancel: CancelToken) -> BenchRun:
    line = command(plan.programs, plan.config, at.method, at.sampling, file)
    output = _start(line, cancel)
    parse = parse_completion if at.method.name == PEER_OFF else parse_speculative
    figures = parse(output.log)
    return BenchRun(
        setup=at.setup,
        method=at.method,
        sampling=at.sampling,
        prompt=at.prompt,
        category=plan.prompts[at.prompt].category,
        repeat=at.repeat,
        warm_up=False,
        text=output.text.strip("\n").removeprefix(plan.texts[at.prompt].strip("\n")).strip(),
        finish=_finish(figures, at.sampling),
        stats=_stats(figures, at.method),
        rounds=RoundCounts((), (), ()),
        depths=DepthCounts(
            proposed=tuple(figures.passes for _ in figures.accepted_by_depth),
            accepted=figures.accepted_by_depth,
        ),
        resources=Resources(own_bytes=output.own_bytes),
    )


@dataclass(frozen=True)
class _Output:
    text: str
    log: str
    own_bytes: int


def _start(line: Sequence[str], cancel: CancelToken) -> _Output:
    """Run a program to its end. Raises `UnreadablePeer`, `Cancelled`."""
    own_bytes = 0
    try:
        process = subprocess.Popen(  # noqa: S603 - the user names the folder of the programs
            line,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C is ours to pass on
        )
    except OSError as error:
        raise UnreadablePeer(f"{line[0]} cannot be started.", detail=str(error)) from error
    with process, _ending(process):
        while True:
            cancel.check()
            own_bytes = max(own_bytes, _own_bytes(process.pid))
            with contextlib.suppress(subprocess.TimeoutExpired):
                text, log = process.communicate(timeout=_LOOK_EVERY)
                break
    shown = log.decode("utf-8", errors="replace")
    if process.returncode != 0:
        raise UnreadablePeer(
            f"{Path(line[0]).name} failed with exit code {process.returncode}.",
            hint="Run with --verbose to see what it printed.",
            detail=shown[-2000:],
        )
    return _Output(text.decode("utf-8", errors="replace"), shown, own_bytes)


@contextlib.contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Nothing that was started outlives what started it."""
    try:
        yield
    except BaseException:
        process.kill()
        raise


def _own_bytes(pid: int) -> int:
    """Memory of the program without the pages of mapped files; 0 once it has ended."""
    with contextlib.suppress(psutil.Error):
        memory = psutil.Process(pid).memory_info()
        return int(memory.rss - getattr(memory, "shared", 0))
    return 0


def _finish(figures: PeerFigures, sampling: SamplingConfig) -> FinishReason:
    # Plain generation counts passes, and the first token comes from the prompt's.
    full = figures.tokens >= sampling.max_tokens - 1
    return FinishReason.MAX_TOKENS if full else FinishReason.END


def _stats(figures: PeerFigures, method: Method) -> TurnStats:
    """As if it were a turn of ours. What the program does not time counts as the target's."""
    other = min(figures.sampling_seconds, figures.seconds - figures.draft_seconds)
    return TurnStats(
        tokens=figures.tokens,
        target_passes=figures.passes,
        prompt_tokens=figures.prompt_tokens,
        prompt_tokens_reused=0,
        prompt_seconds=figures.prompt_seconds,
        first_token_seconds=figures.prompt_seconds + figures.seconds / max(figures.passes, 1),
        draft_seconds=figures.draft_seconds,
        target_seconds=figures.seconds - figures.draft_seconds - other,
        other_seconds=other,
        mode="plain" if method.budget is None else "chain",
        reason="as llama.cpp's own program printed it",
        plain_tokens_per_second=None,
    )
