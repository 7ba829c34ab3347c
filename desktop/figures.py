"""Numbers as words: chips, speeds, progress. Knows no Qt; the rules are those of the glossary."""

from dataclasses import dataclass
from typing import Final

from desktop.conversations.values import MessageState, ReplyNotes
from desktop.mode_words import PLAIN, mode_name
from desktop.reply_run import Activity, ReplyRun
from desktop.rounds import ReplyRound
from engine.events import LoadProgress, LoadStage, RoundStats
from engine.language import figure, percent, tr, trn, two_digits, whole

_GIGA: Final = 1e9
_MEGA: Final = 1e6

_STAGES: Final = {
    LoadStage.CHECKING: tr("Checking the files"),
    LoadStage.COPYING: tr("Making a low-bit copy of {target} as its draft"),
    LoadStage.TARGET: tr("Loading {target}"),
    LoadStage.DRAFT: tr("Loading the draft"),
    LoadStage.HELPER: tr("Loading the helper"),
    LoadStage.MEASURING: tr("Measuring the speed on this computer"),
}

_ENDINGS: Final = {
    MessageState.STOPPED: tr("Stopped by you"),
    MessageState.FAILED: tr("The reply ended early"),
    MessageState.CLOSED: tr("Outrider was closed during this reply"),
    MessageState.INTERRUPTED: tr("Outrider broke off during this reply"),
}


@dataclass(frozen=True)
class ChipText:
    """What a status chip says: the mode in bold, then the rest; `detail` where one asks for it."""

    mode: str
    """As the engine names it."""
    rest: str
    detail: str = ""
    short: str = ""
    """In place of `rest` where there is no room for it."""

    @property
    def is_plain(self) -> bool:
        """Plain chips are outlined, not filled."""
        return self.mode == PLAIN

    @property
    def shown_mode(self) -> str:
        """The mode in the person's language."""
        return mode_name(self.mode)

    @property
    def sentence(self) -> str:
        """The chip for a screen reader."""
        words = f"{self.shown_mode}{self.rest}".replace(" · ", ", ").replace("×", tr(" times"))
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
    """As `language.figure` writes what was measured."""
    return figure(value)


def rate(tokens_per_second: float) -> str:
    """Without its unit. Below 1 two digits: 0.1 may be half as much again."""
    return two_digits(tokens_per_second) if 0 < tokens_per_second < 1 else number(tokens_per_second)


def file_size(size: int) -> str:
    """Bytes as people count them."""
    if size >= _GIGA / 10:
        return f"{number(size / _GIGA)} GB"
    if size >= _MEGA / 10:
        return f"{number(size / _MEGA)} MB"
    return tr("under {size} MB").format(size=number(0.1))


def chip(notes: ReplyNotes) -> ChipText:
    """The chip under a finished reply."""
    if notes.mode == PLAIN:
        return _plain_chip(notes.reason)
    rest = [tokens_per_pass(notes.tokens / max(notes.target_passes, 1))]
    short = ""
    if notes.plain_tokens_per_second:
        gain = notes.tokens_per_second / notes.plain_tokens_per_second
        rest.append(times_plain(gain))
        short = _after_mode(f"{number(gain)}×")
    return ChipText(notes.mode, _after_mode(*rest), short=short)


def tokens_per_pass(value: float) -> str:
    """Such as "6.1 tokens per pass"."""
    return tr("{number} tokens per pass").format(number=number(value))


def times_plain(value: float) -> str:
    """Such as "3.4× plain"."""
    return tr("{number}× plain").format(number=number(value))


def _after_mode(*words: str) -> str:
    return "".join(f" · {word}" for word in words)


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
    round_words = tr("round {number}").format(number=whole(figures.rounds))
    rest = _after_mode(round_words, tokens_per_pass(figures.tokens_per_pass))
    return ChipText(figures.last.mode, rest)


def speed(tokens_per_second: float) -> str:
    """Such as "8.2 tokens/s"."""
    return tr("{number} tokens/s").format(number=rate(tokens_per_second))


def note(state: MessageState, notes: ReplyNotes | None) -> NoteText:
    """Beside the chip of a reply that has ended: why it is not whole, speed, first token."""
    words = [ending(state)] if ending(state) else []
    if notes is None:
        return NoteText(tuple(words))
    words.append(speed(notes.tokens_per_second))
    first = tr("first token {seconds} s").format(seconds=number(notes.first_token_seconds))
    return NoteText(tuple(words), first)


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
            return tr("Waiting for the engine")
        case Activity.READING if run.prompt:
            return tr("Reading your message: {done} of {total} tokens").format(
                done=whole(run.prompt.done), total=whole(run.prompt.total)
            )
        case Activity.DRAFTING:
            return tr("Finding the first tokens")
    return ""


def loading(progress: LoadProgress | None, target: str) -> str:
    """What the loading does now."""
    if progress is None:
        return tr("Loading {target}").format(target=target)
    words = _STAGES[progress.stage].format(target=target)
    return f"{words}: {percent(progress.fraction)}" if 0 < progress.fraction < 1 else words


def round_words(shown: ReplyRound) -> str:
    """What one round gave: "48 nodes · 9 accepted + 1 bonus · 13.4 tokens/s in this round"."""
    if shown.tree:
        accepted = tr("{accepted} accepted + 1 bonus").format(accepted=shown.tokens - 1)
        words = [nodes(shown.stats.nodes), accepted] if shown.stats else [accepted]
    else:
        words = [tr("1 token")]
    if shown.seconds > 0:
        pace = speed(shown.tokens / shown.seconds)
        words.append(tr("{speed} in this round").format(speed=pace))
    return " · ".join(words)


def nodes(count: int) -> str:
    """Such as "48 nodes"."""
    return trn("{count} node", "{count} nodes", count).format(count=whole(count))


def plain_words(stats: RoundStats | None) -> str:
    """Why a round has no tree."""
    if stats is None or not stats.reason:
        return tr("Plain: nothing was guessed in this round.")
    headline, _, detail = stats.reason.partition(": ")
    why = tr("Plain, {reason}.").format(reason=headline)
    return f"{why} {detail[:1].upper()}{detail[1:]}." if detail else why


def reply_words(notes: ReplyNotes) -> str:
    """The figures behind the chip of a reply."""
    passes = max(notes.target_passes, 1)
    words = [
        tr("This reply: {tokens} tokens in {passes} target passes, {rate} a pass, {speed}.").format(
            tokens=whole(notes.tokens),
            passes=whole(notes.target_passes),
            rate=number(notes.tokens / passes),
            speed=speed(notes.tokens_per_second),
        )
    ]
    if notes.plain_tokens_per_second:
        plain = rate(notes.plain_tokens_per_second)
        words.append(
            tr("Plain gives {plain} here, as measured on this computer.").format(plain=plain)
        )
    first = number(notes.first_token_seconds)
    words.append(tr("First token after {seconds} s.").format(seconds=first))
    return " ".join(words)
