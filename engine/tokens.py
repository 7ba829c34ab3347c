"""Prompt text -> token ids, and which messages fit the context."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from engine.errors import EmptyPrompt, PromptTooLong
from engine.events import ChatMessage, Role
from engine.language import tr, whole
from engine.ports import Vocab
from engine.prompt import ChatTemplate
from engine.thoughts import behind_opening, opened_thought

_FIRST_MARK: Final = 0xF0000
"""Marks for hidden control texts: characters of a plane that is for private use only."""


@dataclass(frozen=True)
class Prompt:
    """Token ids of a prompt, and how many of the oldest messages it leaves out."""

    tokens: tuple[int, ...]
    dropped: int
    opens: str = ""
    """The mark of a thought that the template opened: how the text of a new reply begins."""


@dataclass(frozen=True)
class PromptEncoder:
    """Turns a conversation into the target's tokens."""

    vocab: Vocab
    template: ChatTemplate
    bos: int | None

    def fit(self, messages: Sequence[ChatMessage], room: int, *, begun: str = "") -> Prompt:
        """The prompt, without the oldest messages where all of them need more than `room` tokens.

        `begun` is how the reply begins already. It, system messages and the last message always
        stay. Raises `EmptyPrompt`, `PromptTooLong`.
        """
        if not messages or not messages[-1].content.strip():
            raise EmptyPrompt(tr("The message is empty."), hint=tr("Write something to answer."))
        starts = _possible_starts(messages)

        @cache
        def render(start: int) -> str:
            kept = [m for i, m in enumerate(messages) if i >= start or m.role is Role.SYSTEM]
            return self._render(kept)

        @cache
        def encode(start: int) -> list[int]:
            return self._tokens(render(start), begun)

        def prompt(start: int) -> Prompt:
            dropped = sum(m.role is not Role.SYSTEM for m in messages[:start])
            opens = "" if begun else opened_thought(render(start))
            return Prompt(tuple(encode(start)), dropped, opens)

        if len(encode(starts[0])) <= room:
            return prompt(starts[0])
        # Fewer messages, fewer tokens: bisect instead of dropping them one by one.
        place = bisect_left(starts, -room, key=lambda start: -len(encode(start)))
        if place == len(starts):
            needed = len(encode(starts[-1]))
            raise PromptTooLong(
                tr(
                    "The message needs {needed} tokens, and the context has room for {room}."
                ).format(needed=whole(needed), room=whole(room)),
                hint=tr("Shorten it, or choose a longer context."),
            )
        return prompt(starts[place])

    def encode(self, messages: Sequence[ChatMessage], *, begun: str = "") -> list[int]:
        """Tokens of exactly these messages, the start of the reply, and what there is of it.

        A reply that goes on is no message of the template, which would trim and close it.
        """
        return self._tokens(self._render(messages), begun)

    def _render(self, messages: Sequence[ChatMessage]) -> str:
        return self.template.render([ChatMessage(m.role, self._hide(m.content)) for m in messages])

    def _tokens(self, rendered: str, begun: str) -> list[int]:
        text = rendered + self._hide(behind_opening(begun, opened_thought(rendered)))
        tokens: list[int] = []
        for part in self._marks.split(text):
            plain = self._marks.fullmatch(part)
            shown = self.vocab.control_texts[ord(part) - _FIRST_MARK] if plain else part
            if shown:
                tokens.extend(self.vocab.tokenize(shown, special=not plain))
        if self.bos is not None and tokens[:1] != [self.bos]:
            tokens.insert(0, self.bos)
        return tokens

    def _hide(self, content: str) -> str:
        """The content with marks in place of control texts; marks of its own are dropped."""
        content = self._marks.sub("", content)
        return self._control.sub(lambda match: self._mark_of[match.group()], content)

    @cached_property
    def _mark_of(self) -> dict[str, str]:
        texts = self.vocab.control_texts
        return {text: chr(_FIRST_MARK + number) for number, text in enumerate(texts)}

    @cached_property
    def _control(self) -> re.Pattern[str]:
        longest_first = sorted(self.vocab.control_texts, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @cached_property
    def _marks(self) -> re.Pattern[str]:
        marks = "".join(self._mark_of.values())
        return re.compile(f"([{marks}])" if marks else r"((?!))")


def _possible_starts(messages: Sequence[ChatMessage]) -> list[int]:
    """Where a shortened conversation may begin: at a user message, at the latest the last one."""
    return sorted({0, *(i for i, m in enumerate(messages) if m.role is Role.USER)})
