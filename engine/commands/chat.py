"""`chat`: a conversation in the terminal."""

import argparse
import json
import sys

from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.generate import CONTEXT_FULL, figures, summary_line
from engine.commands.terminal import cancel_on_interrupt, printable, show_loading
from engine.config import SamplingConfig, SessionConfig
from engine.errors import OutriderError
from engine.events import (
    ChatMessage,
    ContextTrimmed,
    FinishReason,
    Role,
    TextDelta,
    TurnFinished,
)
from engine.session import Session


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`chat --target T [--draft D] ...`."""
    parser = commands.add_parser("chat", help="talk in the terminal")
    options.add_conversation(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Read messages from stdin until it ends. Ctrl-C stops the reply, a second one leaves."""
    sampling = options.sampling_config(args)
    config = options.session_config(args, options.speculation_config(args))
    messages = [ChatMessage(Role.SYSTEM, args.system)] if args.system else []
    with _open(config) as session:
        _say(f"{session.info.target_name} listens. Ctrl-C stops a reply, Ctrl-D leaves.")
        while (line := _read_line()) is not None:
            messages.append(ChatMessage(Role.USER, line))
            try:
                reply = _answer(session, messages, sampling, as_json=args.json)
            except OutriderError as error:
                messages.pop()
                _say(error.sentence)
            else:
                messages.append(ChatMessage(Role.ASSISTANT, reply))


def _open(config: SessionConfig) -> Session:
    cancel = CancelToken()
    with cancel_on_interrupt(cancel):
        return Session.open(config, progress=show_loading, cancel=cancel)


def _answer(
    session: Session, messages: list[ChatMessage], sampling: SamplingConfig, *, as_json: bool
) -> str:
    cancel = CancelToken()
    text, left_out = "", 0
    with cancel_on_interrupt(cancel):
        for event in session.turn(messages, sampling, cancel):
            match event:
                case ContextTrimmed():
                    left_out = event.dropped
                    _say(event.sentence)
                case TextDelta():
                    text += event.text
                    if not as_json:
                        sys.stdout.write(printable(event.text))
                        sys.stdout.flush()
                case TurnFinished():
                    if as_json:
                        facts = {"text": text, "messages_left_out": left_out}
                        print(json.dumps(facts | figures(event.stats)), flush=True)
                    else:
                        print(flush=True)
                        _say(f"[{summary_line(event.stats)}]")
                    if event.finish is FinishReason.CONTEXT_FULL:
                        _say(CONTEXT_FULL)
    return text


def _read_line() -> str | None:
    """The next message that is not blank; None at the end of the input."""
    while True:
        if sys.stdin.isatty():
            sys.stderr.write("> ")
            sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            return None
        if line.strip():
            return line.rstrip("\n")


def _say(sentence: str) -> None:
    print(printable(sentence), file=sys.stderr, flush=True)
