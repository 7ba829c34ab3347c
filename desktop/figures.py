"""Numbers as words: chips, speeds, progress. Knows no Qt; the rules are those of the glossary."""

from dataclasses import dataclass
from typing import Final

from desktop.conversations.values import MessageState, ReplyNotes
from desktop.reply_run import Activity, ReplyRun
from desktop.rounds import ReplyRound
from engine.events import LoadProgress, LoadStage, RoundStats

PLAIN: Final = "plain"
_WHOLE_FROM: Final = 20
_GIGA: Final = 1e9
_MEGA: Final = 1e6

_STAGES: Final = {
    LoadStage.CHECKING: "Checking the files",
    LoadStage.COPYING: "Making a low-bit copy of {target} as its draft",
    LoadStage.TARGET: "Loading {target}",
    LoadStage.DRAFT: "Loading the draft",
    LoadStage.MEASURING: "Measuring the speed on this computer",
}

_ENDINGS: Final = {
    MessageState.STOPPED: "Stopped by you",
    MessageState.FAILED: "The reply ended early",
    MessageState.CLOSED: "Outrider was closed during this reply",
    MessageState.INTERRUPTED: "Outrider broke off during this reply",
}


@dataclass(frozen=True)
class ChipText:
    """What a status chip says: the mode in bold, then the rest; `detail` where one asks for it."""

    mode: str
    rest: str
    detail: str = ""

    @property
    def is_plain(self) -> bool:
        """Plain chips are outlined, not filled."""
        return self.mode == PLAIN

    @property
    def sentence(self) -> str:
        """The chip for a screen reader."""
        words = f"{self.mode}{self.rest}".replace(" · ", ", ").replace("×", " times")
        return words[:1].upper() + words[1:]

    @property
    def whole(self) -> str:
        """The sentence with the figures behind it."""
        return f"{self.sentence}: {self.detail}" if self.detail else self.sentence


@dataclass(frozen=True)
class NoteText:
    """What stands beside a chip, most important first."""

    words: tuple[str, ...] = ()
    extra: str = ""
    """Left out before anything else is."""

    @property
    def whole(self) -> str:
        """All of it."""
        return " · ".join((*self.words, self.extra) if self.extra else self.words)

    @property
    def needed(self) -> list[str]:
        """Without the extra: the longest form first, the shortest last."""
        counts = range(max(len(self.words), 1), 0, -1)
        return [" · ".join(self.words[:count]) for count in counts]


def number(value: float) -> str:
    """One decimal, from 20 up none."""
    return f"{value:,.0f}" if value >= _WHOLE_FROM else f"{value:.1f}"


def file_size(size: int) -> str:
    """Bytes as people count them."""
    if size >= _GIGA / 10:
        return f"{number(size / _GIGA)} GB"
    return f"{number(size / _MEGA)} MB" if size >= _MEGA / 10 else "under 0.1 MB"


def chip(notes: ReplyNotes) -> ChipText:
    """The chip under a finished reply."""
    if notes.mode == PLAIN:
        return _plain_chip(notes.reason)
    rest = f" · {number(notes.tokens / max(notes.target_passes, 1))} tokens per pass"
    if notes.plain_tokens_per_second:
        rest += f" · {number(notes.tokens_per_second / notes.plain_tokens_per_second)}× plain"
    return ChipText(notes.mode, rest)


def _plain_chip(reason: str) -> ChipText:
    """The engine's reasons are a headline, then the figures behind it."""
    headline, _, detail = reason.partition(": ")
    return ChipText(PLAIN, f" · {headline}" if headline else "", detail)


def live_chip(run: ReplyRun) -> ChipText | None:
    """The chip under a reply that streams; None before its first round."""
    figures = run.figures
    if figures.last is None:
        return None
    if figures.last.mode == PLAIN:
        return _plain_chip(figures.last.reason)
    passes = f"{number(figures.tokens_per_pass)} tokens per pass"
    return ChipText(figures.last.mode, f" · round {figures.rounds} · {passes}")


def speed(tokens_per_second: float) -> str:
    """Such as "8.2 tokens/s"."""
    return f"{number(tokens_per_second)} tokens/s"


def note(state: MessageState, notes: ReplyNotes | None) -> NoteText:
    """Beside the chip of a reply that has ended: why it is not whole, speed, first token."""
    words = [ending(state)] if ending(state) else []
    if notes is None:
        return NoteText(tuple(words))
    words.append(speed(notes.tokens_per_second))
    return NoteText(tuple(words), f"first token {number(notes.first_token_seconds)} s")


def live_note(run: ReplyRun) -> NoteText:
    """Beside the chip of a reply that streams, or in its place before the first round."""
    if run.figures.last is None:
        return NoteText((activity(run),))
    return NoteText((speed(run.figures.tokens_per_second),))


def ending(state: MessageState) -> str:
    """Why a reply is not whole; "" if it is, or still streams."""
    return _ENDINGS.get(state, "")


def activity(run: ReplyRun) -> str:
    """What the engine does for a reply that has no text yet; "" once it has."""
    match run.activity:
        case Activity.PREPARING:
            return "Waiting for the engine"
        case Activity.READING if run.prompt:
            done, total = run.prompt.done, run.prompt.total
            return f"Reading your message: {done:,} of {total:,} tokens"
        case Activity.DRAFTING:
            return "Finding the first tokens"
    return ""


def loading(progress: LoadProgress | None, target: str) -> str:
    """What the loading does now."""
    if progress is None:
        return f"Loading {target}"
    words = _STAGES[progress.stage].format(target=target)
    return f"{words}: {progress.fraction:.0%}" if 0 < progress.fraction < 1 else words


def round_words(shown: ReplyRound) -> str:
    """What one round gave: "48 nodes · 9 accepted + 1 bonus · 13.4 tokens/s in this round"."""
    words = [f"{shown.tokens - 1} accepted + 1 bonus" if shown.tree else "1 token"]
    if shown.tree and shown.stats:
        words.insert(0, f"{shown.stats.nodes} nodes" if shown.stats.nodes != 1 else "1 node")
    if shown.seconds > 0:
        words.append(f"{speed(shown.tokens / shown.seconds)} in this round")
    return " · ".join(words)


def plain_words(stats: RoundStats | None) -> str:
    """Why a round has no tree."""
    if stats is None or not stats.reason:
        return "Plain: nothing was guessed in this round."
    headline, _, detail = stats.reason.partition(": ")
    why = f"Plain, {headline}." if headline.startswith("because") else f"Plain: {headline}."
    return f"{why} {detail[:1].upper()}{detail[1:]}." if detail else why


def reply_words(notes: ReplyNotes) -> str:
    """The figures behind the chip of a reply."""
    passes = max(notes.target_passes, 1)
    words = [
        f"This reply: {notes.tokens:,} tokens in {notes.target_passes:,} target passes,",
        f"{number(notes.tokens / passes)} a pass, {speed(notes.tokens_per_second)}.",
    ]
    if notes.plain_tokens_per_second:
        plain = number(notes.plain_tokens_per_second)
        words.append(f"Plain gives {plain} here, as measured on this computer.")
    words.append(f"First token after {number(notes.first_token_seconds)} s.")
    return " ".join(words)
