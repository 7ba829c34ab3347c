"""A session and a library without model files: they say what the test wrote."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.engine_port import OpenRequest
from desktop.model_scan import FoundModel, Progress, Verdict
from engine.cancel import CancelToken
from engine.config import SamplingConfig, SpeculationConfig
from engine.errors import Cancelled, EngineDied, OutriderError
from engine.events import (
    ChatMessage,
    Event,
    FinishReason,
    LoadProgress,
    LoadStage,
    Origin,
    PromptProgress,
    RoundFinished,
    RoundStats,
    TextDelta,
    TurnFinished,
    TurnStats,
)
from engine.library.drafts import Grade, RankedDraft

REPLY = "The sea is **calm** tonight."
PATIENCE = 10.0


@dataclass(frozen=True)
class FakeInfo:
    target_name: str = "SmolLM2-135M-Instruct-Q4_K_M"
    draft_name: str | None = "SmolLM2-135M-Instruct-Q2_K"
    context_length: int = 4096
    devices: tuple[str, ...] = ()


class Gate:
    """Holds the engine's thread until the test lets it on; open from the start unless closed."""

    def __init__(self) -> None:
        self._steps = threading.Semaphore(0)
        self._open = True

    def close(self) -> None:
        self._open = False

    def step(self, times: int = 1) -> None:
        self._steps.release(times)

    def open(self) -> None:
        self._open = True
        self._steps.release()

    def wait(self, cancel: CancelToken) -> None:
        while not self._open and not self._steps.acquire(timeout=0.01):
            if cancel.cancelled:
                return


def round_stats(accepted: int = 3, mode: str = "tree") -> RoundStats:
    return RoundStats(
        mode=mode,
        reason="because it was asked for",
        nodes=16,
        leaves=6,
        depth=5,
        accepted=accepted,
        draft_seconds=0.1,
        target_seconds=0.3,
        other_seconds=0.0,
    )


def turn_stats(passes: int, mode: str = "tree") -> TurnStats:
    return TurnStats(
        tokens=passes * 4,
        target_passes=passes,
        prompt_tokens=20,
        prompt_tokens_reused=5,
        prompt_seconds=0.2,
        first_token_seconds=0.4,
        draft_seconds=0.1 * passes,
        target_seconds=0.3 * passes,
        other_seconds=0.0,
        mode=mode,
        reason="because it was asked for",
        plain_tokens_per_second=4.0,
    )


@dataclass
class FakeSession:
    """Implements `EngineSession`. `gate` holds it before each piece of text."""

    reply: str = REPLY
    error: OutriderError | None = None
    dies_when_stopped: bool = False
    info: FakeInfo = field(default_factory=FakeInfo)
    gate: Gate = field(default_factory=Gate)
    asked: list[tuple[ChatMessage, ...]] = field(default_factory=list)
    samplings: list[SamplingConfig] = field(default_factory=list)
    used: list[SpeculationConfig] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    closed: bool = False

    def use(self, speculation: SpeculationConfig) -> None:
        self.used.append(speculation)

    def turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        cancel: CancelToken,
        *,
        turn_id: int,
    ) -> Iterator[Event]:
        self.asked.append(tuple(messages))
        self.samplings.append(sampling)
        self.threads.add(threading.current_thread().name)
        yield PromptProgress(turn_id, 20, 20, 5)
        pieces = self.reply.split(" ")
        for passes, piece in enumerate(pieces, start=1):
            self.gate.wait(cancel)
            if cancel.cancelled:
                if self.dies_when_stopped:
                    raise self.error or EngineDied("It stopped.")
                yield TurnFinished(turn_id, FinishReason.CANCELLED, turn_stats(passes - 1))
                return
            if self.error and passes > 1:
                raise self.error
            text = piece if passes == len(pieces) else piece + " "
            yield TextDelta(turn_id, text, (Origin.TREE, Origin.TARGET))
            yield RoundFinished(turn_id, round_stats())
        yield TurnFinished(turn_id, FinishReason.END, turn_stats(len(pieces)))

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeOpener:
    """Implements `Opener`: gives `session`, or fails with `error`, after `gate` lets it on."""

    session: FakeSession = field(default_factory=FakeSession)
    error: Exception | None = None
    gate: Gate = field(default_factory=Gate)
    requests: list[OpenRequest] = field(default_factory=list)

    def __call__(
        self,
        request: OpenRequest,
        *,
        progress: Callable[[LoadProgress], None],
        cancel: CancelToken,
    ) -> FakeSession:
        self.requests.append(request)
        progress(LoadProgress(LoadStage.TARGET, 0.5))
        self.gate.wait(cancel)
        if cancel.cancelled:
            raise Cancelled
        if self.error:
            raise self.error
        return self.session


BIG = FoundModel(Path("/models/big.gguf"), "big", "Q4_K_M", 19_800_000_000, 8192)
SMALL = FoundModel(Path("/models/small.gguf"), "small", "Q8_0", 600_000_000, 8192)
OTHER = FoundModel(Path("/models/other.gguf"), "other", "Q4_K_M", 800_000_000, 8192)
BROKEN = FoundModel(Path("/models/broken.gguf"), "broken", refusal="The file ends early.")


@dataclass
class FakeLibrary:
    """Implements `Library`: `OTHER` cannot guess for anything else."""

    found: list[FoundModel] = field(default_factory=lambda: [BIG, BROKEN, OTHER, SMALL])
    refusals: dict[Path, str] = field(default_factory=dict)
    threads: set[str] = field(default_factory=set)

    def models(self, on_progress: Progress, cancel: CancelToken) -> list[FoundModel]:
        self.threads.add(threading.current_thread().name)
        on_progress(len(self.found), len(self.found))
        return list(self.found)

    def describe(self, path: Path) -> FoundModel:
        self.threads.add(threading.current_thread().name)
        refusal = self.refusals.get(path, "")
        return FoundModel(path, path.stem, "F16", 300_000_000, 2048, refusal)

    def judge(self, target: Path, draft: Path) -> Verdict:
        self.threads.add(threading.current_thread().name)
        if OTHER.path in (target, draft):
            return Verdict(compatible=False, sentence="Different tokenizer: a / b.")
        return Verdict(compatible=True, sentence="Its tokens are the target's own.")

    def rank(self, target: Path) -> list[RankedDraft]:
        self.threads.add(threading.current_thread().name)
        return [RankedDraft(SMALL.path, SMALL.name, Grade.GREEN, "Same tokenizer.", 3.0)]
