"""Messages -> prompt text, by the chat template in the GGUF.

A template is a program from the internet: it runs in jinja's sandbox, without attributes that
reach Python. Texts of control tokens inside a message are hidden from it behind private-use
characters, so that nothing a person pastes can end a turn or start another (`tokens.py` puts them
back as plain text).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, NoReturn

import jinja2
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import BadTemplate
from engine.events import ChatMessage, Role

CHATML: Final = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""For a model without a template, as llama.cpp does."""


@dataclass(frozen=True)
class ChatTemplate:
    """A jinja chat template with the texts it may use for the model's BOS and EOS."""

    source: str
    bos_text: str = ""
    eos_text: str = ""

    def render(self, messages: Sequence[ChatMessage]) -> str:
        """The prompt up to where the assistant's next message starts.

        A template that refuses a system message gets it at the head of the first user message.
        Raises `BadTemplate`.
        """
        try:
            return self._render(messages)
        except jinja2.TemplateError as error:
            merged = _without_system(messages)
            if len(merged) == len(messages):
                raise _bad(error) from error
        try:
            return self._render(merged)
        except jinja2.TemplateError as error:
            raise _bad(error) from error

    @cached_property
    def _template(self) -> jinja2.Template:
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
        )
        # No template needs jinja's filler text, of which one may ask for gigabytes.
        environment.globals.pop("lipsum")
        environment.globals.update(raise_exception=_refuse, strftime_now=_now)
        return environment.from_string(self.source)

    def _render(self, messages: Sequence[ChatMessage]) -> str:
        try:
            return self._template.render(
                messages=[{"role": str(m.role), "content": m.content} for m in messages],
                bos_token=self.bos_text,
                eos_token=self.eos_text,
                add_generation_prompt=True,
            )
        except jinja2.TemplateError:
            raise
        except Exception as error:
            # A template is a program of its own: it can raise whatever Python can.
            raise jinja2.TemplateError(f"{type(error).__name__}: {error}") from error


def _without_system(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """System messages joined into the first user message."""
    system = [m.content for m in messages if m.role is Role.SYSTEM]
    rest = [m for m in messages if m.role is not Role.SYSTEM]
    if system and rest:
        rest[0] = ChatMessage(rest[0].role, "\n\n".join([*system, rest[0].content]))
    return rest


def _refuse(message: str) -> NoReturn:
    raise jinja2.TemplateError(message)


def _now(pattern: str) -> str:
    return datetime.now(UTC).astimezone().strftime(pattern)


def _bad(error: jinja2.TemplateError) -> BadTemplate:
    return BadTemplate(
        "The model's chat template does not accept this conversation.",
        hint="Choose another file of this model.",
        detail=str(error),
    )
