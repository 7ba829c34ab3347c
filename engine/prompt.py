"""Messages -> prompt text, by the chat template in the GGUF.

A template is a program from the internet: it runs in jinja's sandbox, without attributes that
reach Python, for a limited time, and with a limited output. Texts of control tokens inside a
message are hidden from it behind private-use characters, so that nothing a person pastes can end a
turn or start another (`tokens.py` puts them back as plain text).
"""

from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, NoReturn

import jinja2
from jinja2.ext import loopcontrols
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import BadTemplate
from engine.events import ChatMessage, Role
from engine.language import tr
from engine.time_limit import TimeIsOver, time_limit

CHATML: Final = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""For a model without a template, as llama.cpp does."""
_SECONDS: Final = 2.0
_LONGEST: Final = 4 << 20
"""Characters that a template may add to the messages, or make of one multiplication."""


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
            with time_limit(_SECONDS):
                return self._render_either(messages)
        except TimeIsOver:
            raise BadTemplate(
                tr("The model's chat template runs for more than {seconds:g} seconds.").format(
                    seconds=_SECONDS
                ),
                hint=tr("Choose another file of this model."),
            ) from None

    def _render_either(self, messages: Sequence[ChatMessage]) -> str:
        try:
            return self._render(messages)
        except jinja2.TemplateError as error:
            merged = _without_system(messages)
            if len(merged) == len(messages):
                raise self._bad(error) from error
        try:
            return self._render(merged)
        except jinja2.TemplateError as error:
            raise self._bad(error) from error

    def _bad(self, error: jinja2.TemplateError) -> BadTemplate:
        """Its own words go to the log, but none that may quote the conversation."""
        words = str(error)
        return BadTemplate(
            tr("The model's chat template does not accept this conversation."),
            hint=tr("Choose another file of this model."),
            detail=words if words in self.source else type(error).__name__,
        )

    @cached_property
    def _template(self) -> jinja2.Template:
        environment = _Sandbox(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        # No template needs jinja's filler text, of which one may ask for gigabytes.
        environment.globals.pop("lipsum")
        environment.globals.update(raise_exception=_refuse, strftime_now=_now)
        return environment.from_string(self.source)

    def _render(self, messages: Sequence[ChatMessage]) -> str:
        longest = _LONGEST + 2 * sum(len(m.content) for m in messages)
        try:
            pieces = self._template.generate(
                messages=[{"role": str(m.role), "content": m.content} for m in messages],
                bos_token=self.bos_text,
                eos_token=self.eos_text,
                add_generation_prompt=True,
            )
            return _joined(pieces, longest)
        except jinja2.TemplateError:
            raise
        except Exception as error:
            # A template is a program of its own: it can raise whatever Python can.
            raise jinja2.TemplateError(f"{type(error).__name__}: {error}") from error


class _Sandbox(ImmutableSandboxedEnvironment):
    """jinja's, without the one operator that makes gigabytes of a few letters."""

    intercepted_binops = frozenset({"*"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - jinja's signature
        for sequence, times in ((left, right), (right, left)):
            is_sequence = isinstance(sequence, Sized) and isinstance(times, int)
            if is_sequence and len(sequence) * times > _LONGEST:
                _refuse(tr("it multiplies a text too often"))
        return super().call_binop(context, operator, left, right)


def _joined(pieces: Iterable[str], longest: int) -> str:
    kept, length = [], 0
    for piece in pieces:
        length += len(piece)
        if length > longest:
            _refuse(tr("it makes too much text"))
        kept.append(piece)
    return "".join(kept)


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
