"""Made-up models and a week of conversations, for pictures that are the same on every computer."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.conversations.store import ConversationStore
from desktop.conversations.values import MessageState, ReplyNotes
from desktop.engine_port import OpenRequest
from desktop.model_scan import FoundModel, Progress, Verdict
from engine.cancel import CancelToken
from engine.config import SamplingConfig, SpeculationConfig
from engine.events import (
    ChatMessage,
    Event,
    LoadProgress,
    LoadStage,
    PromptProgress,
    RoundFinished,
    RoundStats,
    TextDelta,
)
from engine.library.drafts import Grade, RankedDraft

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


class Session:
    """Streams one reply up to its middle and stays there until it is stopped."""

    info = Info()

    def use(self, speculation: SpeculationConfig) -> None:
        """Nothing to switch."""

    def close(self) -> None:
        """Nothing to free."""

    def turn(
        self,
        messages: Sequence[ChatMessage],
        sampling: SamplingConfig,
        cancel: CancelToken,
        *,
        turn_id: int,
    ) -> Iterator[Event]:
        """Nine rounds, then wait."""
        del messages, sampling
        yield PromptProgress(turn_id, 2318, 2318, 2204)
        yield TextDelta(turn_id, STREAMED)
        stats = RoundStats("tree", "", 48, 20, 9, 5, 0.12, 0.6, 0.02)
        for _ in range(9):
            yield RoundFinished(turn_id, stats)
        while not cancel.cancelled:
            time.sleep(0.01)


class Library:
    """Models of every kind the dialog knows."""

    def models(self, on_progress: Progress, cancel: CancelToken) -> list[FoundModel]:
        """See `desktop.model_scan.Library`."""
        del on_progress, cancel
        return [
            FoundModel(TARGET_FILE, "Qwen3-32B", "Q4_K_M", 19_800_000_000, 40_960),
            FoundModel(FOLDER / "a.gguf", "Llama-3.1-8B-Instruct", "Q8_0", 8_500_000_000, 131_072),
            FoundModel(FOLDER / "b.gguf", "Qwen3-14B", "Q4_K_M", 9_000_000_000, 40_960),
            FoundModel(DRAFT_FILE, "Qwen3-0.6B", "Q8_0", 640_000_000, 40_960),
            FoundModel(FOLDER / "c.gguf", "Qwen3-1.7B", "Q4_K_M", 1_100_000_000, 40_960),
            FoundModel(
                FOLDER / "d.gguf",
                "Qwen3-30B-A3B",
                "Q4_K_M",
                6_200_000_000,
                refusal="The file ends early: 6.2 of 18.6 GB.",
            ),
            FoundModel(
                FOLDER / "e.gguf",
                "nomic-embed-text",
                "F16",
                270_000_000,
                refusal="It is an embedding model: it cannot chat.",
            ),
        ]

    def describe(self, path: Path) -> FoundModel:
        """See `desktop.model_scan.Library`."""
        return FoundModel(path, path.stem)

    def judge(self, target: Path, draft: Path) -> Verdict:
        """See `desktop.model_scan.Library`."""
        del target
        if draft.name == "a.gguf":
            return Verdict(compatible=False, sentence="Different tokenizer: qwen2 / llama-bpe.")
        return Verdict(compatible=True, sentence="Its tokens are the target's own.")

    def rank(self, target: Path) -> list[RankedDraft]:
        """See `desktop.model_scan.Library`."""
        del target
        return [RankedDraft(DRAFT_FILE, "Qwen3-0.6B", Grade.GREEN, "Same tokenizer.", 3.4)]


def open_session(
    request: OpenRequest, *, progress: Callable[[LoadProgress], None], cancel: CancelToken
) -> Session:
    """See `desktop.engine_port.Opener`."""
    del request
    cancel.check()
    progress(LoadProgress(LoadStage.TARGET, 0.6))
    return Session()


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
