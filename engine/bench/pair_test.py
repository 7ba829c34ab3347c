"""A pair tested in a minute: plain, chain, tree and auto on three prompts, and what pays here."""

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from typing import Final, Protocol

from engine.bench.prompts import load_prompts
from engine.cancel import CancelToken
from engine.config import (
    Mode,
    SamplingConfig,
    SessionConfig,
    SpeculationConfig,
)
from engine.errors import BadSetting
from engine.events import ChatMessage, Event, LoadProgress, Role, RoundFinished, RoundStats
from engine.tested_pairs import PairTest, PairTestProgress, WorkSpeeds, draft_of, keep_tested
from resources import resource_path

SECONDS: Final = 60.0
KINDS: Final = ("chat", "code", "editing")
"""What the prompts of `resources/prompts/pair_test.json` ask for."""
_COMPARED: Final = ((Mode.OFF, 0.5), (Mode.AUTO, 0.5), (Mode.AUTO, 0.5), (Mode.OFF, 0.5))
"""Runs, and how large a share of the time each gets. In this order a machine that becomes slower or
faster meanwhile does so for both alike."""
_RUNS: Final = (*_COMPARED, (Mode.TREE, 1.0), (Mode.CHAIN, 1.0))
_FEWEST_ROUNDS: Final = 2
_ENOUGH_ROUNDS: Final = 8
"""Of a run, for a second one: a slow target is not tested twice."""
_LONGEST: Final = 512
"""Tokens of a reply: more say nothing new."""
_SEED: Final = 1


class SessionUnderTest(Protocol):
    """The part of a session that a test uses."""

    def use(self, speculation: SpeculationConfig) -> None:
        """Switch the mode."""

    def turn(
        self, messages: Sequence[ChatMessage], sampling: SamplingConfig, cancel: CancelToken
    ) -> Generator[Event, None, None]:
        """Answer; closing the generator stops the reply."""


class PairOpener(Protocol):
    """Loads a pair, as `IsolatedSession.open` does."""

    def __call__(
        self,
        config: SessionConfig,
        *,
        progress: Callable[[LoadProgress], None],
        cancel: CancelToken,
    ) -> AbstractContextManager[SessionUnderTest]:
        """Raises `OutriderError` or `Cancelled`."""


Report = Callable[[LoadProgress | PairTestProgress], None]


def run_pair_test(
    config: SessionConfig,
    open_pair: PairOpener,
    sampling: SamplingConfig,
    *,
    progress: Report,
    cancel: CancelToken,
    seconds: float = SECONDS,
) -> PairTest:
    """Load the pair, test it for about so many seconds, and keep the result with it.

    Samples as `sampling` says, with a seed of its own. A slow target is tested on fewer prompts,
    on one at least. Raises `OutriderError`, `Cancelled`; then no result is kept.
    """
    config = replace(
        config,
        speculation=replace(config.speculation, mode=Mode.AUTO),
        saved_prefix_bytes=0,
        draw_trees=False,
    )
    sampling = replace(sampling, seed=_SEED, max_tokens=_LONGEST, stop=())
    with open_pair(config, progress=progress, cancel=cancel) as session:
        test = _Test(session, config, sampling, seconds, progress, cancel)
        result = test.run()
    keep_tested(config.target.path, draft_of(config), result)
    return result


class _Test:
    """Divides the time among the runs: prompt by prompt, each mode on it."""

    def __init__(  # noqa: PLR0917 - what `run_pair_test` was given
        self,
        session: SessionUnderTest,
        config: SessionConfig,
        sampling: SamplingConfig,
        seconds: float,
        progress: Report,
        cancel: CancelToken,
    ) -> None:
        self._session = session
        self._speculation = config.speculation
        self._sampling = sampling
        self._seconds = seconds
        self._progress = progress
        self._cancel = cancel
        self._runs = _RUNS if config.draft else _COMPARED
        self._start = time.monotonic()

    def run(self) -> PairTest:
        """Every mode on the first prompt, and on the others as far as the time goes."""
        prompts = load_prompts(str(resource_path("prompts/pair_test.json")))
        works: list[WorkSpeeds] = []
        for number, (kind, prompt) in enumerate(zip(KINDS, prompts, strict=True)):
            if works and self._left <= 0:
                break
            shares = (len(KINDS) - number) * sum(share for _, share in self._runs)
            works.append(self._work(kind, prompt.text, shares))
        return PairTest(time.monotonic() - self._start, tuple(works))

    @property
    def _left(self) -> float:
        """Seconds."""
        return self._seconds - (time.monotonic() - self._start)

    def _work(self, kind: str, prompt: str, shares: float) -> WorkSpeeds:
        """All modes on a prompt, where the time left is for so many `shares`."""
        runs: dict[Mode, list[list[RoundStats]]] = {}
        for mode, share in self._runs:
            if mode not in runs or len(runs[mode][0]) >= _ENOUGH_ROUNDS:
                left = max(self._left, 0.0)
                self._progress(PairTestProgress(mode, kind, 1 - left / self._seconds, left))
                self._session.use(replace(self._speculation, mode=mode))
                runs.setdefault(mode, []).append(self._rounds(prompt, share * left / shares))
            shares -= share
        speeds = {mode: _speed(of_mode) for mode, of_mode in runs.items()}
        return WorkSpeeds(
            kind,
            plain=speeds[Mode.OFF],
            auto=speeds[Mode.AUTO],
            chain=speeds.get(Mode.CHAIN),
            tree=speeds.get(Mode.TREE),
        )

    def _rounds(self, prompt: str, seconds: float) -> list[RoundStats]:
        """The rounds of a reply that may take so long."""
        end = time.monotonic() + seconds
        rounds = list[RoundStats]()
        message = ChatMessage(Role.USER, prompt)
        with closing(self._session.turn([message], self._sampling, CancelToken())) as events:
            for event in events:
                self._cancel.check()
                if isinstance(event, RoundFinished):
                    rounds.append(event.stats)
                    if len(rounds) >= _FEWEST_ROUNDS and time.monotonic() > end:
                        break
        return rounds


def _speed(runs: Sequence[Sequence[RoundStats]]) -> float:
    """Tokens per second. The first round, in which the draft reads the prompt, counts if alone."""
    if not all(runs):
        raise BadSetting("The context has no room for a reply.", hint="Choose a longer one.")
    counted = [stats for rounds in runs for stats in rounds[1:] or rounds]
    tokens = sum(stats.accepted + 1 for stats in counted)
    seconds = sum(s.draft_seconds + s.target_seconds + s.other_seconds for s in counted)
    return tokens / max(seconds, 1e-9)
