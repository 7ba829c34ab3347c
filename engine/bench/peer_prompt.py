"""The prompts as text: what a program gets that knows no chat template."""

from collections.abc import Sequence
from pathlib import Path

from engine.bench.record import BenchPrompt
from engine.events import ChatMessage, Role
from engine.library.gguf_header import read_header
from engine.library.vocabulary import Vocabulary, vocabulary_of
from engine.prompt import CHATML, ChatTemplate


def prompt_texts(target: Path, prompts: Sequence[BenchPrompt]) -> tuple[str, ...]:
    """Each prompt as the target's template renders it, without a BOS that the tokenizer adds.

    Raises `BadModelFile`, `BadTemplate`, `ModelNotFound`.
    """
    header = read_header(target)
    vocabulary = vocabulary_of(header)
    template = ChatTemplate(
        header.text("tokenizer.chat_template") or CHATML,
        bos_text=_bos_text(vocabulary, header.metadata.get("tokenizer.ggml.bos_token_id")),
    )
    return tuple(template.render([ChatMessage(Role.USER, prompt.text)]) for prompt in prompts)


def _bos_text(vocabulary: Vocabulary | None, token: object) -> str:
    if vocabulary is None or vocabulary.bos is not None:
        return ""
    if not isinstance(token, int) or not 0 <= token < len(vocabulary):
        return ""
    return vocabulary.tokens[token].decode(errors="replace")
