"""A session and a library without model files: they say what the test wrote."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from desktop.engine_port import OpenRequest
from desktop.model_library import Folder, FoundModel, Progress
from engine.cancel import CancelToken
from engine.config import Mode, Placement, SamplingConfig, SelfDraft, SpeculationConfig
from engine.errors import Cancelled, EngineDied, OutriderError
from engine.events import (
    ChatMessage,
    Event,
    FinishReason,
    LoadProgress,
    LoadStage,
    Origin,
    PromptProgress,
    Role,
    RoundFinished,
    RoundStats,
    TextDelta,
    TurnFinished,
    TurnStats,
)
from engine.library.catalogue import load_catalogue
from engine.library.drafts import Grade, RankedDraft
from engine.library.expected_speed import Regime
from engine.library.find_draft import DraftSources, HubQuery
from engine.library.hub.download_state import Download, DownloadState
from engine.library.hub.values import FoundRepo, RemoteFile, RemoteModel, RepoDetails, SearchPage
from engine.memory_plan.machine_facts import Held
from engine.memory_plan.values import (
    Change,
    DeviceUse,
    MemoryPlan,
    Part,
    Segment,
    Speed,
    Verdict,
)
from engine.tested_pairs import PairTest, PairTestProgress, WorkSpeeds

REPLY = "The sea is **calm** tonight."
PATIENCE = 10.0


@dataclass(frozen=True)
class FakeInfo:
    target_name: str = "SmolLM2-135M-Instruct-Q4_K_M"
    draft_name: str | None = "SmolLM2-135M-Instruct-Q2_K"
    context_length: int = 4096
    devices: tuple[str, ...] = ()
    held: Held = field(default_factory=lambda: Held({"RAM": 200_000_000}))
    plan: str = "All in memory."


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
        while not self._open:
            stepped = self._steps.acquire(timeout=0.01)
            if stepped and cancel.cancelled:
                self._steps.release()  # it was for the next turn
            if stepped or cancel.cancelled:
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
    """Implements `EngineSession`. `gate` holds it before each piece of text.

    `opens` is what the prompt opened: new replies begin with it.
    """

    reply: str = REPLY
    opens: str = ""
    error: OutriderError | None = None
    dies_when_stopped: bool = False
    info: FakeInfo = field(default_factory=FakeInfo)
    gate: Gate = field(default_factory=Gate)
    asked: list[tuple[ChatMessage, ...]] = field(default_factory=list)
    samplings: list[SamplingConfig] = field(default_factory=list)
    temporary: list[bool] = field(default_factory=list)
    used: list[SpeculationConfig] = field(default_factory=list)
    earlier: list[tuple[str, ...]] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    closed: bool = False
    death: EngineDied | None = None
    """Set by `die`."""
    _tell: list[Callable[[], None]] = field(default_factory=list)

    def die(self, death: EngineDied) -> None:
        """End as a process does: of itself, at any time."""
        self.death = death
        for tell in self._tell:
            tell()

    def when_over(self, tell: Callable[[], None]) -> None:
        self._tell.append(tell)

    def require_alive(self) -> None:
        if self.death:
            raise self.death

    def use(self, speculation: SpeculationConfig) -> None:
        self.used.append(speculation)

    def learn_earlier(self, texts: Sequence[str]) -> None:
        self.earlier.append(tuple(texts))

    def turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        cancel: CancelToken,
        *,
        turn_id: int,
        temporary: bool = False,
    ) -> Iterator[Event]:
        self.asked.append(tuple(messages))
        self.temporary.append(temporary)
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
            if self.opens and passes == 1 and messages[-1].role is Role.USER:
                yield TextDelta(turn_id, self.opens)
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
BROKEN = FoundModel(
    Path("/models/broken.gguf"), "broken", refusal="The file ends early.", cut_off=True
)


@dataclass
class FakeLibrary:
    """Implements `Library`: `OTHER` cannot guess for anything else, nor anything for it."""

    found: list[FoundModel] = field(default_factory=lambda: [BIG, BROKEN, OTHER, SMALL])
    refusals: dict[Path, str] = field(default_factory=dict)
    threads: set[str] = field(default_factory=set)
    changes: list[tuple[str, Path]] = field(default_factory=list)
    ranked: list[Path] = field(default_factory=list)
    trouble: OutriderError | None = None

    def models(self, on_progress: Progress, cancel: CancelToken) -> list[FoundModel]:
        self.threads.add(threading.current_thread().name)
        on_progress(len(self.found), len(self.found))
        return list(self.found)

    def describe(self, path: Path) -> FoundModel:
        self.threads.add(threading.current_thread().name)
        refusal = self.refusals.get(path, "")
        return FoundModel(path, path.stem, "F16", 300_000_000, 2048, refusal)

    def rank(self, target: Path, regime: Regime | None = None) -> list[RankedDraft]:
        self.threads.add(threading.current_thread().name)
        self.ranked.append(target)
        copy = RankedDraft(
            SelfDraft(),
            "Copy of the target in Q4_0",
            Grade.GREEN,
            "The target itself in fewer bits; usually guesses best.",
            4.0,
            quantization="Q4_0",
        )
        others = [model for model in self.found if not model.refusal and model.path != target]
        ranked = [self._rank(target, model) for model in others]
        return [copy, *sorted(ranked, key=lambda draft: list(Grade).index(draft.grade))]

    def sources(self, target: Path) -> DraftSources:
        on_disk = [draft for draft in self.rank(target) if draft.grade is not Grade.RED]
        models = tuple(load_catalogue().models[:1])
        return DraftSources(tuple(on_disk), models, HubQuery("big", 1_000_000_000))

    def folders(self) -> list[Folder]:
        return [Folder(Path("/models"), "", len(self.found), offline=False)]

    def add_folder(self, folder: Path) -> None:
        self.changes.append(("add folder", folder))

    def remove_folder(self, folder: Path) -> None:
        self.changes.append(("remove folder", folder))

    def add_file(self, path: Path) -> None:
        self.changes.append(("add", path))
        self.found.append(self.describe(path))

    def remove_from_list(self, path: Path) -> None:
        self.changes.append(("remove", path))
        self._forget(path)

    def move_to_trash(self, path: Path) -> None:
        if self.trouble:
            raise self.trouble
        self.changes.append(("trash", path))
        self._forget(path)

    def keep_download(self, path: Path) -> None:
        self.add_file(path)

    def _forget(self, path: Path) -> None:
        self.found = [model for model in self.found if model.path != path]

    def _rank(self, target: Path, model: FoundModel) -> RankedDraft:
        if OTHER.path in (target, model.path):
            sentence = "Different tokenizer: a / b. Drafts with another tokenizer do not work yet."
            return RankedDraft(model.path, model.name, Grade.RED, sentence)
        if model.path == BIG.path:
            return RankedDraft(model.path, model.name, Grade.AMBER, "Not smaller than the target.")
        return RankedDraft(model.path, model.name, Grade.GREEN, "Same tokenizer.", 3.0)


GIGA = 1_000_000_000


def make_plan(
    *,
    verdict: Verdict = Verdict.RESIDENT,
    measured: bool = False,
    changes: tuple[Change, ...] = (),
    ram: int = 8 * GIGA,
) -> MemoryPlan:
    """A plan for a machine with one card of 4 GB, 3 GB of it taken."""
    segments = (
        Segment(Part.TARGET_WEIGHTS, 2 * GIGA),
        Segment(Part.DRAFT_WEIGHTS, GIGA // 2),
        Segment(Part.TARGET_KV, GIGA // 4),
        Segment(Part.BUFFERS, GIGA // 4),
    )
    in_memory = (Segment(Part.TARGET_WEIGHTS, GIGA),)
    summaries = {
        Verdict.RESIDENT: "Fits on the GPU: all layers on CUDA0.",
        Verdict.OFFLOADED: "Offloaded to RAM: 24 of 65 layers on CUDA0, 1.0 GB in RAM.",
        Verdict.STREAMED: "Streamed from the disk: each pass reads 9.0 GB.",
        Verdict.IMPOSSIBLE: "Will not run: 9.0 GB are needed in RAM, and 8.0 GB can be used.",
    }
    layers = {Verdict.RESIDENT: 65, Verdict.OFFLOADED: 24}.get(verdict, 0)
    return MemoryPlan(
        verdict=verdict,
        devices=(
            DeviceUse("CUDA0", "GeForce RTX 4070", 4 * GIGA, segments),
            DeviceUse("RAM", "memory of this machine", ram, in_memory),
        ),
        target=Placement(devices=("CUDA0",), layers_per_device=(layers,))
        if layers
        else Placement(),
        draft=None,
        layers=65,
        streamed_bytes=9 * GIGA if verdict is Verdict.STREAMED else 0,
        speed=Speed(8.2, 2.4, measured),
        changes=changes,
        summary=summaries[verdict],
        expectation="About 8.2 tokens/s.",
        shortage="",
    )


@dataclass
class FakePlanner:
    """Implements `Planner`: the same plan for every pair, or an error."""

    answer: MemoryPlan = field(default_factory=make_plan)
    error: OutriderError | None = None
    requests: list[OpenRequest] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    closed: int = 0
    gate: threading.Event = field(default_factory=threading.Event)
    """Plans wait until it is set; it is unless a test clears it."""

    def __post_init__(self) -> None:
        self.gate.set()

    def plan(self, request: OpenRequest, held: Held, cancel: CancelToken) -> MemoryPlan:
        self.requests.append(request)
        self.held.append(held)
        while not self.gate.wait(0.01):
            cancel.check()
        cancel.check()
        if self.error:
            raise self.error
        return self.answer

    def close(self) -> None:
        self.closed += 1


REPO = "someone/Big-GGUF"
REMOTE = RemoteModel(
    REPO, "0" * 40, (RemoteFile("Big-Q4_K_M.gguf", 4_000_000_000, "0" * 64),), "Q4_K_M"
)


@dataclass
class FakeDownloads:
    """Implements `Downloads`: what is added is received up to the half and stays there."""

    on_change: Callable[[], None]
    entries: dict[str, Download] = field(default_factory=dict)

    def snapshot(self) -> tuple[Download, ...]:
        return tuple(self.entries.values())

    def add(self, model: RemoteModel) -> str:
        half = model.size // 2
        self.entries[model.id] = Download(
            model, DownloadState.RECEIVING, half, bytes_per_second=1e7, seconds_left=200
        )
        self.on_change()
        return model.id

    def pause(self, id_: str) -> None:
        self._become(id_, state=DownloadState.PAUSED)

    def resume(self, id_: str) -> None:
        self._become(id_, state=DownloadState.RECEIVING)

    def remove(self, id_: str) -> None:
        del self.entries[id_]
        self.on_change()

    def finish(self, id_: str, path: Path) -> None:
        """The rest arrives."""
        size = self.entries[id_].total_bytes
        self._become(id_, state=DownloadState.DONE, done_bytes=size, path=path)

    def close(self) -> None:
        """Nothing to stop."""

    def _become(self, id_: str, **values: Any) -> None:  # noqa: ANN401 - fields of a Download
        self.entries[id_] = replace(self.entries[id_], **values)
        self.on_change()


@dataclass
class FakeHub:
    """Implements `HubPort`: one repository with one model."""

    error: OutriderError | None = None
    asked: list[str] = field(default_factory=list)
    queue: FakeDownloads | None = None
    unfinished: tuple[Download, ...] = ()

    def search(self, text: str, most_parameters: int | None, cancel: CancelToken) -> SearchPage:
        self.asked.append(f"search {text} {most_parameters}")
        if self.error:
            raise self.error
        repo = FoundRepo(REPO, 1200, 30, None, True, "llama", 8_000_000_000, "")
        return SearchPage((repo,), has_more=False)

    def details(self, repo: str, cancel: CancelToken) -> RepoDetails:
        self.asked.append(f"details {repo}")
        if self.error:
            raise self.error
        model = replace(REMOTE, repo=repo)
        return RepoDetails(
            repo=repo,
            commit=REMOTE.commit,
            page=f"https://hub.example/{repo}",
            licence="apache-2.0",
            is_gated=True,
            summary="A model.",
            architecture="llama",
            parameters=8_000_000_000,
            context_length=8192,
            models=(model,),
        )

    def sign_in(self, token: str) -> str:
        self.asked.append("sign in")
        if self.error:
            raise self.error
        return "ada"

    def downloads(self, on_change: Callable[[], None]) -> FakeDownloads:
        self.queue = FakeDownloads(on_change, {entry.id: entry for entry in self.unfinished})
        return self.queue


TESTED = PairTest(60.0, (WorkSpeeds("chat", 2.4, 8.16, 5.0, 8.0),))


@dataclass
class FakeTester:
    """Implements `PairTester`: finds `found`, or fails, once `gate` lets it on."""

    found: PairTest = TESTED
    error: OutriderError | None = None
    gate: Gate = field(default_factory=Gate)
    requests: list[OpenRequest] = field(default_factory=list)
    known: dict[Path, PairTest] = field(default_factory=dict)
    """By target."""

    def test(
        self,
        request: OpenRequest,
        sampling: SamplingConfig,
        progress: Callable[[LoadProgress | PairTestProgress], None],
        cancel: CancelToken,
    ) -> PairTest:
        self.requests.append(request)
        progress(LoadProgress(LoadStage.TARGET, 0.5))
        progress(PairTestProgress(Mode.TREE, "chat", 0.5, 30.0))
        self.gate.wait(cancel)
        cancel.check()
        if self.error:
            raise self.error
        if request.pair:
            self.known[request.pair.target] = self.found
        return self.found

    def recall(self, request: OpenRequest) -> PairTest | None:
        if self.error:
            raise self.error
        return self.known.get(request.pair.target) if request.pair else None
