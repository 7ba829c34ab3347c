"""Whether a draft can guess for a target, from the two headers alone.

The rule is llama.cpp's `common_speculative_are_compatible`, with one addition: where one vocabulary
is longer, its extra tokens must be padding. A real token that only one model knows could reach the
other one's decoder, which refuses the batch.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.errors import IncompatiblePair
from engine.language import tr, trn, whole
from engine.library.gguf_header import read_header
from engine.library.printable import shown_name
from engine.library.vocabulary import Fingerprint, Vocabulary, vocabulary_of

MAX_SIZE_DIFFERENCE: Final = 128
FIRST_COMPARED_TOKEN: Final = 5
OTHER_TOKENIZER: Final = tr("Different tokenizer")
"""How the sentence begins for two models that cut texts up in ways of their own."""


@dataclass(frozen=True)
class PairVerdict:
    """Whether a pair works, and the sentence that says why or why not."""

    compatible: bool
    sentence: str


def require_pair(target: Path, draft: Path) -> None:
    """Raise `IncompatiblePair` if `draft` cannot guess for `target`; the errors of `check_pair`."""
    verdict = check_pair(target, draft)
    if not verdict.compatible:
        raise IncompatiblePair(
            verdict.sentence,
            hint=tr("Choose a draft of the target's own family."),
            detail=f"target {target}, draft {draft}",
        )


def check_pair(target: Path, draft: Path) -> PairVerdict:
    """Compare the two vocabularies. Raises `ModelNotFound` or `BadModelFile` for a bad file."""
    vocabularies = []
    for path in (target, draft):
        vocabulary = vocabulary_of(read_header(path))
        if vocabulary is None:
            return _refused(tr("{name} has no vocabulary.").format(name=shown_name(path)))
        vocabularies.append(vocabulary)
    return _compare(*vocabularies)


def check_fingerprints(target: Fingerprint, draft: Fingerprint) -> PairVerdict | None:
    """What `check_pair` says, where that needs no look at the tokens; else None."""
    refusal = _kind_refusal(target, draft) or _ends_refusal(target, draft)
    if refusal or (refusal := _size_refusal(target, draft)):
        return _refused(refusal)
    return _accepted(target, draft) if target.digest == draft.digest else None


def _compare(target: Vocabulary, draft: Vocabulary) -> PairVerdict:
    first, second = target.fingerprint, draft.fingerprint
    if verdict := check_fingerprints(first, second):
        return verdict
    refusal = _token_refusal(target, draft) or _extra_token_refusal(target, draft)
    return _refused(refusal) if refusal else _accepted(first, second)


def _refused(sentence: str) -> PairVerdict:
    return PairVerdict(compatible=False, sentence=sentence)


def _accepted(target: Fingerprint, draft: Fingerprint) -> PairVerdict:
    return PairVerdict(compatible=True, sentence=_praise(target, draft))


def _kind_refusal(target: Fingerprint, draft: Fingerprint) -> str:
    same = target.kind == draft.kind and (target.kind or target.model == draft.model)
    return "" if same else _different_tokenizer(target, draft)


def _different_tokenizer(target: Fingerprint | Vocabulary, draft: Fingerprint | Vocabulary) -> str:
    return f"{OTHER_TOKENIZER}: {target.label} / {draft.label}."


def _ends_refusal(target: Fingerprint, draft: Fingerprint) -> str:
    for sentence, first, second in (
        (
            tr("The target's texts begin with {target}, the draft's with {draft}."),
            target.begin,
            draft.begin,
        ),
        (
            tr("The target's texts end with {target}, the draft's with {draft}."),
            target.end,
            draft.end,
        ),
    ):
        if first.token != second.token:
            return sentence.format(target=first.shown, draft=second.shown)
    return ""


def _size_refusal(target: Fingerprint, draft: Fingerprint) -> str:
    if abs(target.size - draft.size) <= MAX_SIZE_DIFFERENCE:
        return ""
    if target.label != draft.label:
        return _different_tokenizer(target, draft)
    return tr("Different vocabulary: {target} / {draft} tokens.").format(
        target=whole(target.size), draft=whole(draft.size)
    )


def _token_refusal(target: Vocabulary, draft: Vocabulary) -> str:
    token = _first_difference(target, draft)
    if token is None:
        return ""
    if target.label != draft.label:
        return _different_tokenizer(target, draft)
    return tr(
        "Token {token} differs: {target} / {draft}. This draft cannot guess for this target."
    ).format(token=token, target=target.shown(token), draft=draft.shown(token))


def _first_difference(target: Vocabulary, draft: Vocabulary) -> int | None:
    common = min(len(target), len(draft))
    if target.tokens.packed(common) == draft.tokens.packed(common):
        return None
    return next(
        (
            token
            for token in range(FIRST_COMPARED_TOKEN, common)
            if target.tokens[token] != draft.tokens[token]
        ),
        None,
    )


def _extra_token_refusal(target: Vocabulary, draft: Vocabulary) -> str:
    if len(target) > len(draft):
        sentence, longer, shorter = (
            tr("Only the target knows token {token}, {shown}."),
            target,
            draft,
        )
    else:
        sentence, longer, shorter = (
            tr("Only the draft knows token {token}, {shown}."),
            draft,
            target,
        )
    extra = range(len(shorter), len(longer))
    real = [token for token in extra if not longer.is_padding(token)]
    if not real:
        return ""
    return sentence.format(token=real[0], shown=longer.shown(real[0]))


def _praise(target: Fingerprint, draft: Fingerprint) -> str:
    if extra := abs(target.size - draft.size):
        return trn(
            "Same tokenizer, {count} padding token more: fine.",
            "Same tokenizer, {count} padding tokens more: fine.",
            extra,
        ).format(count=extra)
    if target.label != draft.label:
        return tr("Same vocabulary, cut up in another way ({target} / {draft}): fine.").format(
            target=target.label, draft=draft.label
        )
    return tr("Same tokenizer.")
