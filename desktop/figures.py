"""Numbers as words: chips, speeds, progress. Knows no Qt; the rules are those of the glossary."""

from dataclasses import dataclass
from typing import Final

from desktop.conversations.values import MessageState, ReplyNotes
from desktop.reply_run import Activity, ReplyRun
from engine.events import LoadProgress, LoadStage

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
    MessageState.INTERRUPTED: "Outrider closed while this reply was written",
}


@dataclass(frozen=True)
class ChipText:
    """What a status chip says: the mode in bold, then the rest."""

    mode: str
    rest: str

    @property
    def is_plain(self) -> bool:
        """Plain chips are outlined, not filled."""
        return self.mode == PLAIN

    @property
    def sentence(self) -> str:
        """The chip for a screen reader."""
        words = f"{self.mode}{self.rest}".replace(" · ", ", ").replace("×", " times")
        return words[:1].upper() + words[1:]


def number(value: float) -> str:
    """One decimal, from 20 up none."""
    return f"{value:,.0f}" if value >= _WHOLE_FROM else f"{value:.1f}"


def file_size(size: int) -> str:
    """Bytes as people count them."""
    if size >= _GIGA / 10:
        return f"{number(size / _GIGA)} GB"
    return f"{number(size / _MEGA)} MB"


def chip(notes: ReplyNotes) -> ChipText:
    """The chip under a finished reply."""
    if notes.mode == PLAIN:
        return ChipText(PLAIN, f" · {notes.reason}" if notes.reason else "")
    rest = f" · {number(notes.tokens / max(notes.target_passes, 1))} tokens per pass"
    if notes.plain_tokens_per_second:
        rest += f" · {number(notes.tokens_per_second / notes.plain_tokens_per_second)}× plain"
    return ChipText(notes.mode, rest)


def live_chip(run: ReplyRun) -> ChipText | None:
    """The chip under a reply that streams; None before its first round."""
    figures = run.figures
    if figures.last is None:
        return None
    if figures.last.mode == PLAIN:
        return ChipText(PLAIN, f" · {figures.last.reason}" if figures.last.reason else "")
    passes = f"{number(figures.tokens_per_pass)} tokens per pass"
    return ChipText(figures.last.mode, f" · round {figures.rounds} · {passes}")


def speed(tokens_per_second: float) -> str:
    """Such as "8.2 tokens/s"."""
    return f"{number(tokens_per_second)} tokens/s"


def speed_line(notes: ReplyNotes) -> str:
    """Speed and the wait for the first token."""
    return f"{speed(notes.tokens_per_second)} · first token {number(notes.first_token_seconds)} s"


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
