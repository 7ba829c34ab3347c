"""What the engine reports while it works: small frozen values, each with the id of its turn.

A consumer that has moved on drops events of an older turn by comparing `turn_id`.
"""

from dataclasses import dataclass
from enum import StrEnum

from engine.language import trn


class Role(StrEnum):
    """Who wrote a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True)
class ChatMessage:
    """One message of the conversation that is sent to the model."""

    role: Role
    content: str


class LoadStage(StrEnum):
    """The steps of `Session.open`, in this order; a step may be left out."""

    CHECKING = "checking"
    COPYING = "copying"
    """Making the target's low-bit copy."""
    TARGET = "target"
    DRAFT = "draft"
    HELPER = "helper"
    MEASURING = "measuring"


@dataclass(frozen=True)
class LoadProgress:
    """How far one stage of loading is; `fraction` runs from 0 to 1."""

    stage: LoadStage
    fraction: float


class Origin(StrEnum):
    """Where a token of the reply came from."""

    TREE = "tree"
    NGRAM = "ngram"
    RECYCLED = "recycled"
    TARGET = "target"


class FinishReason(StrEnum):
    """Why a reply ended."""

    END = "end"
    STOP_STRING = "stop_string"
    MAX_TOKENS = "max_tokens"
    CONTEXT_FULL = "context_full"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class PromptProgress:
    """Prompt tokens processed so far; `reused` of them were still in the KV cache."""

    turn_id: int
    done: int
    total: int
    reused: int


@dataclass(frozen=True)
class ContextTrimmed:
    """The oldest `dropped` messages were left out so that the prompt fits the context."""

    turn_id: int
    dropped: int

    @property
    def sentence(self) -> str:
        """For people."""
        return trn(
            "The oldest message is left out: the conversation is longer than the context.",
            "The oldest {count} messages are left out: the conversation is longer than the "
            "context.",
            self.dropped,
        ).format(count=self.dropped)


@dataclass(frozen=True)
class TextDelta:
    """New text of the reply: whole characters, stop strings held back.

    `origins` and `lengths` have one entry for each token: where it came from, and how many
    characters of `text` became certain with it. A text without tokens is what was held back, or
    the mark of a thought in which the prompt ends: the reply begins with it.
    """

    turn_id: int
    text: str
    origins: tuple[Origin, ...] = ()
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True)
class RoundStats:
    """One round: what ran, what it gave, what it cost. All seconds are wall clock."""

    mode: str
    """"plain", "n-gram", "chain" or "tree"."""
    reason: str
    """Why this mode, in the user's words: a headline, and after ": " the figures behind it."""
    nodes: int
    leaves: int
    depth: int
    accepted: int
    """Tokens of the tree that the target sampled too; the round gives `accepted + 1` tokens."""
    draft_seconds: float
    target_seconds: float
    other_seconds: float
    hidden_seconds: float = 0.0
    """Drafting under the running target pass: part of `target_seconds`, not added to it."""
    waiting_seconds: float = 0.0
    """Part of `target_seconds` in which the pass's own thread waited: for the disk, or a device."""
    widths: tuple[int, ...] = ()
    """Nodes at each depth of the tree, from depth 1."""


@dataclass(frozen=True)
class TreeDrawn:
    """The tree of the round whose `RoundFinished` follows. Rounds without guesses have none.

    Comes only where `SessionConfig.draw_trees` asks for it.
    """

    turn_id: int
    root: str
    pieces: tuple[str, ...]
    """The text of each node's token; parents come before their children."""
    parents: tuple[int, ...]
    """The node above each node; -1: the root."""
    chances: tuple[float, ...]
    """How likely the target was to take the whole path down to each node, as known before."""
    origins: tuple[Origin, ...]
    path: tuple[int, ...]
    """The accepted nodes, from the root's child down."""
    bonus: str
    """The token that the target sampled where the walk left the tree."""


@dataclass(frozen=True)
class RoundFinished:
    """A round ended; its text arrives in the `TextDelta` next to it."""

    turn_id: int
    stats: RoundStats


@dataclass(frozen=True)
class TurnStats:
    """The whole reply in numbers. Prompt processing is apart from the generation seconds."""

    tokens: int
    target_passes: int
    prompt_tokens: int
    prompt_tokens_reused: int
    prompt_seconds: float
    first_token_seconds: float
    """From the start of the turn to the first token of the reply."""
    draft_seconds: float
    target_seconds: float
    other_seconds: float
    mode: str
    """The mode that produced most tokens: "plain", "n-gram", "chain" or "tree"."""
    reason: str
    plain_tokens_per_second: float | None
    """Plain speed measured on this machine with this target; None while unknown."""

    @property
    def seconds(self) -> float:
        """Generation apart from the prompt."""
        return self.draft_seconds + self.target_seconds + self.other_seconds

    @property
    def tokens_per_pass(self) -> float:
        """(accepted + bonus) / target passes."""
        return self.tokens / self.target_passes if self.target_passes else 0.0

    @property
    def tokens_per_second(self) -> float:
        """Tokens of the reply per second of generation."""
        return self.tokens / self.seconds if self.seconds > 0 else 0.0

    @property
    def speedup(self) -> float | None:
        """Times plain speed; None while plain was not measured here."""
        if not self.plain_tokens_per_second:
            return None
        return self.tokens_per_second / self.plain_tokens_per_second


@dataclass(frozen=True)
class TurnFinished:
    """The last event of every turn, also of a cancelled one."""

    turn_id: int
    finish: FinishReason
    stats: TurnStats


Event = PromptProgress | ContextTrimmed | TextDelta | TreeDrawn | RoundFinished | TurnFinished
