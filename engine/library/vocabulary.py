"""The vocabulary in a header, with the defaults that llama.cpp (0.3.36) fills in."""

import hashlib
from dataclasses import dataclass
from typing import Final, NamedTuple

from engine.library.gguf_format import GgufHeader, NumberArray, StringArray, is_whole
from engine.library.printable import escaped, printable

_UNUSED_TOKEN: Final = 5
_PADDING_STARTS: Final = (b"[PAD", b"<pad", b"<|pad", b"<unused", b"<|unused", b"[unused")


class _Defaults(NamedTuple):
    kind: str
    bos: int | None = None
    eos: int | None = None
    add_bos: bool = False
    add_eos: bool = False


_UNKNOWN: Final = _Defaults("")
_BPE: Final = _Defaults("BPE", 11, 11)
_DEFAULTS: Final = {
    "llama": _Defaults("SPM", 1, 2, add_bos=True),
    "bert": _Defaults("WPM", 101, None, add_bos=True),
    "gpt2": _BPE,
    "hybriddna": _BPE,
    "whitespace": _BPE,
    "gemma4": _Defaults("BPE", add_bos=True),
    "t5": _Defaults("UGM", None, 1, add_eos=True),
    "rwkv": _Defaults("RWKV"),
    "plamo2": _Defaults("PLAMO2", 1, 2),
}
_BOS_BY_PRE_TOKENIZER: Final = (
    *("llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"),
    *("jina-v5-nano", "tekken", "chameleon", "gemma4", "granite-embed-multi-311m"),
)
_BOS_ALWAYS: Final = ("gemma4", "granite-embed-multi-311m")


class TextEdge(NamedTuple):
    """The token that a tokenizer puts at one end of every text."""

    token: int | None
    shown: str
    """As a sentence may quote it."""


class Fingerprint(NamedTuple):
    """A vocabulary in a line: equal ones mean the same text by the same tokens."""

    kind: str
    model: str
    label: str
    size: int
    begin: TextEdge
    end: TextEdge
    digest: str
    """Over every token and all else that decides whether two models understand each other."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What decides whether two models mean the same text by the same tokens."""

    kind: str
    """llama.cpp's vocabulary type; "" for a tokenizer this version does not know."""
    model: str
    pre_tokenizer: str
    tokens: StringArray
    token_types: NumberArray | None
    bos: int | None
    """The id put before a text; None if nothing is put there."""
    eos: int | None
    """The id put after a text; None if nothing is put there."""

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def label(self) -> str:
        """The name people know the tokenizer by."""
        return printable(self.pre_tokenizer or self.model)

    @property
    def fingerprint(self) -> "Fingerprint":
        """What stands for this vocabulary where it is not at hand."""
        return Fingerprint(
            kind=self.kind,
            model=self.model,
            label=self.label,
            size=len(self),
            begin=TextEdge(self.bos, self.shown(self.bos)),
            end=TextEdge(self.eos, self.shown(self.eos)),
            digest=self._digest(),
        )

    def _digest(self) -> str:
        facts = (self.kind, self.model, self.pre_tokenizer, self.bos, self.eos)
        digest = hashlib.sha256(repr(facts).encode())
        digest.update(self.tokens.packed(len(self)))
        if self.token_types is not None:
            digest.update((self.token_types == _UNUSED_TOKEN).tobytes())
        return digest.hexdigest()[:32]

    def is_padding(self, token: int) -> bool:
        """Whether a token only fills the vocabulary up and never stands for text."""
        if self.token_types is not None and self.token_types[token] == _UNUSED_TOKEN:
            return True
        return self.tokens[token].startswith(_PADDING_STARTS)

    def shown(self, token: int | None) -> str:
        """The text of a token as a sentence may quote it."""
        if token is None:
            return "nothing"
        text = self.tokens[token].decode(errors="backslashreplace")
        readable = _from_byte_letters(text) if self.kind == "BPE" else text
        return f"“{escaped(readable.replace('▁', ' '))}”"


def vocabulary_of(header: GgufHeader) -> Vocabulary | None:
    """The vocabulary of a model; None where the file has none."""
    model = header.text("tokenizer.ggml.model")
    tokens = header.strings("tokenizer.ggml.tokens")
    if not model or tokens is None:
        return None
    defaults = _DEFAULTS.get(model, _UNKNOWN)
    pre_tokenizer = _pre_tokenizer(header, model, defaults)
    add_bos = _flag(header, "add_bos_token", default=_adds_bos(defaults, pre_tokenizer))
    add_eos = _flag(header, "add_eos_token", default=defaults.add_eos)
    return Vocabulary(
        kind=defaults.kind,
        model=model,
        pre_tokenizer=pre_tokenizer,
        tokens=tokens,
        token_types=header.numbers("tokenizer.ggml.token_type"),
        bos=(
            _special(header, "bos_token_id", defaults.bos, len(tokens))
            if add_bos or pre_tokenizer in _BOS_ALWAYS
            else None
        ),
        eos=_special(header, "eos_token_id", defaults.eos, len(tokens)) if add_eos else None,
    )


def _pre_tokenizer(header: GgufHeader, model: str, defaults: _Defaults) -> str:
    if defaults.kind != "BPE":
        return ""
    return model if model == "gemma4" else header.text("tokenizer.ggml.pre")


def _adds_bos(defaults: _Defaults, pre_tokenizer: str) -> bool:
    return defaults.add_bos or pre_tokenizer in _BOS_BY_PRE_TOKENIZER


def _flag(header: GgufHeader, name: str, *, default: bool) -> bool:
    value = header.metadata.get(f"tokenizer.ggml.{name}")
    return value if isinstance(value, bool) else default


def _special(header: GgufHeader, name: str, default: int | None, size: int) -> int | None:
    # An id outside the vocabulary is ignored, as llama.cpp does.
    stored = header.metadata.get(f"tokenizer.ggml.{name}")
    if is_whole(stored) and 0 <= stored < size:
        return stored
    return default if default is not None and default < size else None


def _byte_letters() -> dict[str, int]:
    """GPT-2's alphabet: each byte is a visible letter, the invisible ones moved to U+0100 on."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(0x100) if byte not in visible]
    letters = {chr(byte): byte for byte in visible}
    return letters | {chr(0x100 + index): byte for index, byte in enumerate(hidden)}


_BYTE_OF_LETTER: Final = _byte_letters()


def _from_byte_letters(text: str) -> str:
    # Special tokens are stored as plain text and may hold letters outside the alphabet.
    if not all(letter in _BYTE_OF_LETTER for letter in text):
        return text
    return bytes(_BYTE_OF_LETTER[letter] for letter in text).decode(errors="backslashreplace")
