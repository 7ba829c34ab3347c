"""Made-up models and a week of conversations, for pictures that are the same on every computer."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

from desktop.app import Desktop
from desktop.conversations.store import ConversationStore
from desktop.conversations.values import MessageState, ReplyNotes
from desktop.engine_port import Opener, OpenRequest
from desktop.model_library import Folder, FoundModel, Progress
from engine.cancel import CancelToken
from engine.config import KvType, Placement, SamplingConfig, SelfDraft, SpeculationConfig
from engine.events import (
    ChatMessage,
    Event,
    FinishReason,
    LoadProgress,
    LoadStage,
    PromptProgress,
    TurnFinished,
    TurnStats,
)
from engine.library.drafts import Grade, RankedDraft
from engine.library.expected_speed import Regime
from engine.library.find_draft import DraftSources, HubQuery
from engine.library.hub.download_state import Download, DownloadState
from engine.library.hub.values import FoundRepo, RemoteFile, RemoteModel, RepoDetails, SearchPage
from engine.memory_plan.machine_facts import DeviceFacts, Held, MachineFacts
from engine.memory_plan.values import (
    Change,
    ChangeKind,
    DeviceUse,
    MemoryPlan,
    Part,
    Segment,
    Speed,
    Verdict,
)
from made_up_trees import rounds

FOLDER: Final = Path("/models")
TARGET_FILE: Final = FOLDER / "Qwen3-32B-Q4_K_M.gguf"
DRAFT_FILE: Final = FOLDER / "Qwen3-0.6B-Q8_0.gguf"

QUESTION: Final = (
    "Write a Python function that groups words by their first letter. Keep the order of the words."
)
ANSWER: Final = '''A dictionary of lists does this in one pass. Python keeps the order in which \
keys were added, so groups appear in the order of their first word.

```python
def group_by_initial(words: list[str]) -> dict[str, list[str]]:
    """Group words by first letter, keeping their order."""
    groups: dict[str, list[str]] = {}
    for word in words:
        if word:
            groups.setdefault(word[0].lower(), []).append(word)
    return groups
```'''
SECOND_QUESTION: Final = "Now count them too, most frequent letter first."
SECOND_ANSWER: Final = """`Counter` from the standard library keeps it short: it counts in one \
pass, and `most_common()` sorts by count.

| Words | Result |
|---|---|
| `["apple", "Ant", "bee"]` | `[("a", 2), ("b", 1)]` |
| `["", "cat"]` | `[("c", 1)]` |
"""
THIRD_QUESTION: Final = "And how would I read the words from a file?"
STREAMED: Final = '`Path("words.txt").read_text().split()` gives the list of words, and with'
ROUND_WITH_TREE: Final = 5
STREAMED_STATS: Final = TurnStats(
    tokens=26,
    target_passes=8,
    prompt_tokens=2318,
    prompt_tokens_reused=2204,
    prompt_seconds=0.9,
    first_token_seconds=1.5,
    draft_seconds=1.0,
    target_seconds=3.9,
    other_seconds=0.2,
    mode="tree",
    reason="",
    plain_tokens_per_second=2.4,
)
OTHERS: Final = (
    ("Letter to the landlord, German", 0),
    ("Why does ext4 reserve 5 %?", 0),
    ("Explain the CAP theorem with a bakery", 1),
    ("Regex for ISO dates", 1),
    ("Sourdough timetable for a weekend", 1),
    ("Compare two rental contracts", 3),
    ("Unit tests for the invoice parser", 4),
    ("Summary: chapter 4, thermodynamics", 5),
)
DAY: Final = 24 * 3600.0


@dataclass(frozen=True)
class Info:
    """What is loaded, for the pictures."""

    target_name: str = TARGET_FILE.stem
    draft_name: str | None = DRAFT_FILE.stem
    context_length: int = 8192
    held: Held = field(default_factory=Held)
    plan: str = ""


class NothingLoaded:
    """A session with nothing behind it: whoever derives from it says what a turn brings."""

    info = Info()

    def use(self, speculation: SpeculationConfig) -> None:
        """Nothing to switch."""

    def learn_earlier(self, texts: Sequence[str]) -> None:
        """It guesses nothing."""

    def when_over(self, tell: Callable[[], None]) -> None:
        """It does not end by itself."""

    def require_alive(self) -> None:
        """It is."""

    def close(self) -> None:
        """Nothing to free."""

    def turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        cancel: CancelToken,
        *,
        turn_id: int,
        temporary: bool = False,
    ) -> Iterator[Event]:
        """What is made up does not follow from what was asked."""
        del messages, sampling, temporary
        return self.events(turn_id, cancel)

    def events(self, turn_id: int, cancel: CancelToken) -> Iterator[Event]:
        """The events of every turn."""
        raise NotImplementedError


class Session(NothingLoaded):
    """Streams one reply up to its middle, and stays there until it is stopped or may end."""

    may_end = threading.Event()

    def events(self, turn_id: int, cancel: CancelToken) -> Iterator[Event]:
        """Some rounds, then wait."""
        self.may_end.clear()
        yield PromptProgress(turn_id, 2318, 2318, 2204)
        yield from rounds(turn_id, re.findall(r" ?\w+|[^\w\s]|\s", STREAMED))
        while not (cancel.cancelled or self.may_end.is_set()):
            time.sleep(0.01)
        yield TurnFinished(turn_id, FinishReason.END, STREAMED_STATS)


GIGA: Final = 1_000_000_000


def model(
    name: str, quantization: str, size: float, *, refusal: str = "", offline: bool = False
) -> FoundModel:
    """A file of the made-up computer."""
    return FoundModel(
        FOLDER / f"{name}-{quantization}.gguf",
        name,
        quantization,
        round(size * GIGA),
        40_960,
        refusal,
        offline=offline,
    )


MODELS: Final = (
    model("Qwen3-32B", "Q4_K_M", 19.8),
    model("Llama-3.1-8B-Instruct", "Q8_0", 8.5),
    model("Qwen3-14B", "Q4_K_M", 9.0),
    model("gemma-3-27b-it", "Q4_K_M", 16.5),
    model("Llama-3.3-70B-Instruct", "Q4_K_M", 42.5),
    model("Qwen3-0.6B", "Q8_0", 0.64),
    model("Qwen3-1.7B", "Q4_K_M", 1.1),
    model(
        "Mistral-Large-Instruct-2411",
        "Q2_K",
        45.2,
        refusal="Its folder is not there now.",
        offline=True,
    ),
    model("Qwen3-30B-A3B", "Q4_K_M", 6.2, refusal="The file ends early: 6.2 of 18.6 GB."),
)


class Library:
    """Models of every kind the dialog knows; see `desktop.model_library.Library`."""

    def models(self, on_progress: Progress, cancel: CancelToken) -> list[FoundModel]:
        """See there, as for all that follows."""
        del on_progress, cancel
        return list(MODELS)

    def describe(self, path: Path) -> FoundModel:
        """Known files by their name."""
        return next((m for m in MODELS if m.path == path), FoundModel(path, path.stem))

    def rank(self, target: Path, regime: Regime | None = None) -> list[RankedDraft]:
        """Qwen3 can guess for Qwen3."""
        del target, regime
        small, middle = MODELS[5], MODELS[6]
        ranked = [
            RankedDraft(small.path, small.name, Grade.GREEN, "Same tokenizer.", 3.4, measured=True),
            RankedDraft(middle.path, middle.name, Grade.GREEN, "Same tokenizer.", 2.9),
            RankedDraft(
                SelfDraft(),
                "Copy of the target in Q2_K",
                Grade.AMBER,
                "Too big beside this target: guessing would eat up what it gains.",
                1.0,
                quantization="Q2_K",
            ),
        ]
        other = (
            "Different tokenizer: llama-bpe / qwen2. Drafts with another tokenizer do not work yet."
        )
        reds = (MODELS[1], MODELS[3], MODELS[4])
        return ranked + [RankedDraft(m.path, m.name, Grade.RED, other) for m in reds]

    def sources(self, target: Path) -> DraftSources:
        """What is on the disk."""
        return DraftSources(tuple(self.rank(target)[:3]), (), HubQuery("Qwen3", 10 * GIGA))

    def folders(self) -> list[Folder]:
        """One of them away."""
        away = Folder(Path("/media/Archive"), "", 1, offline=True)
        return [Folder(FOLDER, "", len(MODELS) - 1, offline=False), away]

    def unchanged(self, path: Path) -> None:
        """Nothing here changes."""

    add_folder = remove_folder = add_file = unchanged
    remove_from_list = move_to_trash = keep_download = unchanged


class Planner:
    """A card of 12 GB, 32 GB of memory; see `desktop.engine_port.Planner`."""

    def plan(self, request: OpenRequest, held: Held, cancel: CancelToken) -> MemoryPlan:
        """Offloaded."""
        del held, cancel
        fits = request.kv_type is KvType.F16
        card = _bar((7.0 if fits else 7.2, 0.6, 0.8 if fits else 0.4, 0.9, 0.5))
        return MemoryPlan(
            verdict=Verdict.OFFLOADED,
            devices=(
                DeviceUse("CUDA0", "GeForce RTX 4070", 11 * GIGA, card, 12 * GIGA),
                DeviceUse(
                    "RAM",
                    "memory of this machine",
                    25 * GIGA,
                    _bar((12.5, 0, 1.2, 0, 0.2)),
                    32 * GIGA,
                ),
            ),
            target=Placement(devices=("CUDA0",), gpu_layers=24, layers_per_device=(24,)),
            draft=Placement(),
            layers=65,
            streamed_bytes=0,
            speed=Speed(8.2, 2.4, measured=True),
            changes=(
                Change(
                    ChangeKind.KV_TYPE,
                    "q8_0",
                    "With the context in Q8_0: a part in RAM, about 9.0 tokens/s.",
                    Verdict.OFFLOADED,
                    Speed(9.0, 2.6, measured=False),
                ),
            )
            if fits
            else (),
            summary="Offloaded to RAM: 24 of 65 layers on CUDA0, 12.4 GB in RAM.",
            expectation="About 8.2 tokens/s, as measured here.",
            shortage="",
            machine=MachineFacts(
                26 * GIGA, (DeviceFacts("CUDA0", "GeForce RTX 4070", 12 * GIGA),), disk_speed=2.9e9
            ),
        )

    def close(self) -> None:
        """Nothing to end."""


REPO: Final = "someone/Qwen3-8B-GGUF"
COMMIT: Final = "0" * 40


class Hub:
    """Three repositories, one download under way; see `desktop.hub_port.HubPort`."""

    def search(self, text: str, most_parameters: int | None, cancel: CancelToken) -> SearchPage:
        """See there, as for all that follows."""
        del text, most_parameters, cancel
        found = (
            FoundRepo(REPO, 182_400, 310, None, False, "qwen3", 8 * GIGA, ""),  # noqa: FBT003
            FoundRepo("someone/Qwen3-32B-GGUF", 90_100, 88, None, False, "qwen3", 32 * GIGA, ""),  # noqa: FBT003
            FoundRepo("other/Qwen3-4B-GGUF", 12_345, 12, None, True, "qwen3", 4 * GIGA, ""),  # noqa: FBT003
        )
        return SearchPage(found, has_more=False)

    def details(self, repo: str, cancel: CancelToken) -> RepoDetails:
        """Four quantizations."""
        del cancel
        sizes = {"Q3_K_M": 4.1, "Q4_K_M": 5.0, "Q8_0": 8.7, "BF16": 16.4}
        return RepoDetails(
            repo=repo,
            commit=COMMIT,
            page="https://hub.example/page",
            licence="apache-2.0",
            is_gated=False,
            summary="A language model of eight billion parameters that thinks before it answers.",
            architecture="qwen3",
            parameters=8 * GIGA,
            context_length=40_960,
            models=tuple(remote(repo, name, size) for name, size in sizes.items()),
        )

    def sign_in(self, token: str) -> str:
        """Everybody is known."""
        del token
        return "someone"

    def downloads(self, on_change: Callable[[], None]) -> "Queue":
        """One that moves, one that is paused."""
        del on_change
        return Queue()


def remote(repo: str, quantization: str, size: float) -> RemoteModel:
    """A file of a repository."""
    file = RemoteFile(f"Qwen3-8B-{quantization}.gguf", round(size * GIGA), "0" * 64)
    return RemoteModel(repo, COMMIT, (file,), quantization)


class Queue:
    """See `desktop.hub_port.Downloads`."""

    is_busy = False
    """Of all: whether something is downloaded."""

    def snapshot(self) -> tuple[Download, ...]:
        """Halfway."""
        if not Queue.is_busy:
            return ()
        moving, paused = remote(REPO, "Q4_K_M", 5.0), remote(REPO, "Q8_0", 8.7)
        return (
            Download(moving, DownloadState.RECEIVING, 3_200_000_000, 12e6, 150.0),
            Download(paused, DownloadState.PAUSED, 1_100_000_000),
        )

    def add(self, model: RemoteModel) -> str:
        """Nothing moves."""
        return model.id

    def unchanged(self, id_: str) -> None:
        """Nothing moves."""

    pause = resume = remove = unchanged

    def close(self) -> None:
        """Nothing to stop."""


def _bar(sizes: tuple[float, float, float, float, float]) -> tuple[Segment, ...]:
    parts = zip(Part, sizes, strict=True)
    return tuple(Segment(part, round(size * GIGA)) for part, size in parts)


def open_session(
    request: OpenRequest, *, progress: Callable[[LoadProgress], None], cancel: CancelToken
) -> Session:
    """See `desktop.engine_port.Opener`."""
    del request
    cancel.check()
    progress(LoadProgress(LoadStage.TARGET, 0.6))
    return Session()


def desktop(application: QApplication, opener: Opener) -> Desktop:
    """The app on the made-up computer, not started yet."""
    return Desktop(application, opener=opener, library=Library(), planner=Planner(), hub=Hub())


def notes(tokens: int, passes: int, speed: float, first: float, plain: float) -> ReplyNotes:
    """How a reply was made."""
    return ReplyNotes(
        target=TARGET_FILE.stem,
        draft=DRAFT_FILE.stem,
        mode="tree",
        reason="",
        tokens=tokens,
        target_passes=passes,
        tokens_per_second=speed,
        first_token_seconds=first,
        plain_tokens_per_second=plain,
        finish="end",
    )


def fill(path: Path) -> None:
    """A store with a week of conversations, the newest with content."""
    now = [0.0]
    store = ConversationStore(path, clock=lambda: now[0])
    for title, days in reversed(OTHERS):
        now[0] = time.time() - days * DAY - 60
        conversation = store.create(title)
        store.add_user_message(conversation.id, title, parent_id=None)
    now[0] = time.time()
    conversation = store.create("Group words by first letter")
    parent: str | None = None
    for question, answer, figures in (
        (QUESTION, ANSWER, notes(114, 10, 12.3, 1.4, 2.4)),
        (SECOND_QUESTION, SECOND_ANSWER, notes(61, 10, 8.2, 1.6, 2.4)),
    ):
        asked = store.add_user_message(conversation.id, question, parent_id=parent)
        reply = store.start_reply(conversation.id, parent_id=asked.id)
        store.finish_reply(reply.id, answer, MessageState.COMPLETE, figures)
        parent = reply.id
    store.close()
