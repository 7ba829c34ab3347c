"""What the dialog says of a memory plan. Knows no Qt."""

from dataclasses import dataclass, replace
from typing import Literal

from desktop import figures
from desktop.place_words import where
from engine.language import tr, whole
from engine.memory_plan.values import ChangeKind, MemoryPlan, Verdict

_ANYWAY = tr("Loading it anyway may slow this computer down until it hardly answers, or fail.")
_NO_DIFFERENCE = 1.02
"""Speeds closer than this are the same to a reader."""


@dataclass(frozen=True)
class VerdictText:
    """A sentence in bold with an icon, and what stands under it."""

    icon: str
    tone: Literal["success", "warning", "danger", "muted"]
    sentence: str
    detail: str = ""


def verdict_text(plan: MemoryPlan) -> VerdictText:
    """How the pair will run."""
    text = _verdict(plan)
    if not plan.missing_workers:
        return text
    without = tr("Planned without the worker at {address}, which does not answer.").format(
        address=", ".join(plan.missing_workers)
    )
    return replace(text, detail=f"{text.detail} {without}")


def _verdict(plan: MemoryPlan) -> VerdictText:
    if plan.verdict is Verdict.IMPOSSIBLE:
        return VerdictText("x", "danger", _will_not_run(plan), _ANYWAY)
    if plan.verdict is Verdict.STREAMED:
        return VerdictText("triangle-alert", "warning", _speed(plan), f"{where(plan)}.")
    return VerdictText("check", "success", _speed(plan), f"{where(plan)}.")


def _will_not_run(plan: MemoryPlan) -> str:
    why = where(plan)
    return tr("Will not run: {why}.").format(why=why[:1].lower() + why[1:])


def waiting_text(
    *, refusal: str, is_reading: bool, has_models: bool, has_target: bool, has_draft: bool
) -> VerdictText:
    """What stands there until a plan does; `refusal` is why the file added last cannot be used."""
    detail = ""
    if is_reading:
        sentence = tr("Reading the models on this computer…")
    elif not has_models:
        sentence = tr("No model is here yet.")
        detail = tr("Add a file or a folder, or download a pair from the catalogue.")
    elif not has_target:
        sentence = tr("Choose a target.")
    elif not has_draft:
        sentence = tr("Choose a draft, or none.")
    else:
        sentence = tr("Working out what goes where…")
    if refusal:
        return VerdictText("x", "danger", refusal)
    return VerdictText("info", "muted", sentence, detail)


def checking_text() -> VerdictText:
    """What stands there when [Load] was chosen before the plan had come."""
    detail = tr("The models are loaded as soon as it is known that they fit.")
    return VerdictText("info", "muted", tr("Working out what goes where…"), detail)


def _speed(plan: MemoryPlan) -> str:
    speed = plan.speed
    rate, plain = figures.rate(speed.tokens_per_second), figures.rate(speed.plain)
    is_same = speed.tokens_per_second < _NO_DIFFERENCE * speed.plain
    if speed.measured:
        runs = tr("Runs at {rate} tokens/s, measured on this computer.").format(rate=rate)
        than = tr("Plain gives {plain}.").format(plain=plain)
    else:
        runs = tr("About {rate} tokens/s, an estimate.").format(rate=rate)
        than = tr("Plain gives about {plain}.").format(plain=plain)
    return runs if is_same else f"{runs} {than}"


def change_action(kind: ChangeKind, value: str) -> str:
    """The words on the button that makes a change."""
    match kind:
        case ChangeKind.CONTEXT:
            return tr("Use {value}").format(value=whole(int(value)))
        case ChangeKind.KV_TYPE:
            return tr("Use {value}").format(value=value.upper())
        case ChangeKind.DRAFT if value == "none":
            return tr("Use no draft")
        case ChangeKind.DRAFT:
            return tr("Use the {copy} copy").format(copy=value.removeprefix("self:"))
        case ChangeKind.QUANTIZATION:
            return tr("Find {value}").format(value=value)
