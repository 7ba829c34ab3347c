"""Chat templates of real models, templates that refuse, and templates that attack."""

from typing import Final

import pytest

from engine.errors import BadTemplate
from engine.events import ChatMessage, Role
from engine.prompt import CHATML, ChatTemplate

SYSTEM = ChatMessage(Role.SYSTEM, "Be brief.")
HELLO = ChatMessage(Role.USER, "Hello")
HI = ChatMessage(Role.ASSISTANT, "Hi.")
AGAIN = ChatMessage(Role.USER, "And now?")

SMOLLM2: Final = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, "
    "trained by Hugging Face<|im_end|>\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
QWEN: Final = (
    "{%- if tools %}\n    {{- '# Tools' }}\n{%- else %}\n"
    "    {%- if messages[0]['role'] == 'system' %}\n"
    "        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}\n"
    "    {%- else %}\n"
    "        {{- '<|im_start|>system\\nYou are Qwen.<|im_end|>\\n' }}\n    {%- endif %}\n"
    "{%- endif %}\n{%- for message in messages %}\n"
    '    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or '
    '(message.role == "assistant" and not message.tool_calls) %}\n'
    "        {{- '<|im_start|>' + message.role + '\\n' + message.content"
    " + '<|im_end|>' + '\\n' }}\n"
    "    {%- endif %}\n{%- endfor %}\n"
    "{%- if add_generation_prompt %}\n    {{- '<|im_start|>assistant\\n' }}\n{%- endif %}\n"
)
GEMMA: Final = (
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "{% for message in messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate') }}{% endif %}"
    "{{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else message['role']) + '\n'"
    " + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)


@pytest.mark.parametrize("source", [CHATML, SMOLLM2, QWEN], ids=["chatml", "smollm2", "qwen"])
def test_a_conversation_in_chatml(source: str) -> None:
    assert ChatTemplate(source).render([SYSTEM, HELLO, HI, AGAIN]) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n"
        "<|im_start|>assistant\nHi.<|im_end|>\n<|im_start|>user\nAnd now?<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_a_template_adds_its_own_system_message() -> None:
    assert ChatTemplate(SMOLLM2).render([HELLO]) == (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
        "<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
    )
    assert (
        ChatTemplate(QWEN)
        .render([HELLO])
        .startswith("<|im_start|>system\nYou are Qwen.<|im_end|>\n<|im_start|>user")
    )


def test_a_refused_system_message_goes_to_the_head_of_the_first_user_message() -> None:
    assert ChatTemplate(GEMMA, bos_text="<bos>").render([SYSTEM, HELLO, HI, AGAIN]) == (
        "<bos><start_of_turn>user\nBe brief.\n\nHello<end_of_turn>\n"
        "<start_of_turn>model\nHi.<end_of_turn>\n<start_of_turn>user\nAnd now?<end_of_turn>\n"
        "<start_of_turn>model\n"
    )


@pytest.mark.parametrize("messages", [[HELLO, AGAIN], [SYSTEM, HELLO, AGAIN], [SYSTEM]])
def test_what_a_template_refuses_for_good_is_a_bad_template(messages: list[ChatMessage]) -> None:
    with pytest.raises(BadTemplate) as caught:
        ChatTemplate(GEMMA).render(messages)
    assert caught.value.message == "The model's chat template does not accept this conversation."
    assert caught.value.detail


def test_what_a_template_says_of_the_conversation_does_not_get_into_the_log() -> None:
    for quoting in ("raise_exception('No: ' + messages[0].content)", "{}[messages[0].content].x"):
        with pytest.raises(BadTemplate) as caught:
            ChatTemplate("{{ " + quoting + " }}").render([HELLO])
        assert HELLO.content not in caught.value.detail
    with pytest.raises(BadTemplate) as caught:
        ChatTemplate("{{ raise_exception('Alternate!') }}").render([HELLO])
    assert caught.value.detail == "Alternate!"


ATTACKS: Final = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'].__mro__ }}",
    "{{ (''|attr('__class__')).__mro__ }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ lipsum(n=10**7) }}",
    "{{ raise_exception.__globals__['jinja2'] }}",
    "{{ self.__init__.__globals__ }}",
    "{{ messages.append(1) }}",
    "{{ messages.clear() }}",
    "{{ messages[0].update({'role': 'x'}) }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{{ open('/etc/passwd') }}",
]
BOMBS: Final = [
    "{% for i in range(10 ** 9) %}x{% endfor %}",
    "{{ range(100001)|list }}",
    "{{ 'x' * 10 ** 14 }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for i in range(9999) %}{{ 'x' * 9999 }}{% endfor %}",
    "{{ ['x'] * 10 ** 8 }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(90) }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
]
MISTAKES: Final = [
    "{% for message in messages %}",
    "{{ nothing.at.all }}",
    "{{ 1 / 0 }}",
    "{{ [1, 'a']|sort }}",
    "{{ 'a'.encode('no such codec') }}",
    "{{ '%(key)s' % {} }}",
    "{{ strftime_now(5) }}",
    "{% for a in [1] %}" * 25 + "{% endfor %}" * 25,
    "{{ messages|no_such_filter }}",
]


@pytest.mark.parametrize("source", [*ATTACKS, *BOMBS, *MISTAKES], ids=lambda source: source[:40])
def test_what_a_template_must_not_or_cannot_do_is_a_bad_template(source: str) -> None:
    with pytest.raises(BadTemplate):
        ChatTemplate(source).render([HELLO])


def test_a_template_may_repeat_a_long_message() -> None:
    long = ChatMessage(Role.USER, "x" * (5 << 20))
    assert len(ChatTemplate("{{ messages[0].content }}").render([long])) == len(long.content)


@pytest.mark.parametrize(
    "source",
    ["{{ ''|attr('__class__') }}", "{{ '{0.__class__}'.format(1) }}"],
)
def test_a_quiet_attack_sees_nothing(source: str) -> None:
    assert ChatTemplate(source).render([HELLO]) == ""


def test_a_template_may_break_loops_and_ask_for_the_date() -> None:
    source = (
        "{% for message in messages %}{% if loop.index0 == 1 %}{% break %}{% endif %}"
        "{{ message.content }}{% endfor %} {{ strftime_now('%Y')|length }} {{ eos_token }}"
    )
    assert ChatTemplate(source, eos_text="</s>").render([HELLO, HI]) == "Hello 4 </s>"
