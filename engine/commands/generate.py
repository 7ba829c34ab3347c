"""`generate`: one prompt, one reply, its numbers."""

import argparse
import json
import sys
from typing import Any, Final

from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.terminal import cancel_on_interrupt, printable, show_loading
from engine.errors import Cancelled
from engine.events import ChatMessage, FinishReason, Role, TextDelta, TurnFinished, TurnStats
from engine.session import Session

CONTEXT_FULL: Final = "The context is full, so the reply ends here. --context makes it longer."


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`generate --target T [--draft D] --prompt TEXT ...`."""
    parser = commands.add_parser("generate", help="answer one prompt")
    parser.add_argument("--prompt", required=True, metavar="TEXT")
    options.add_conversation(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print the reply as it comes, or one JSON object. Raises `OutriderError`, `Cancelled`."""
    sampling = options.sampling_config(args)
    config = options.session_config(args, options.speculation_config(args))
    messages = [ChatMessage(Role.USER, args.prompt)]
    if args.system:
        messages.insert(0, ChatMessage(Role.SYSTEM, args.system))
    cancel = CancelToken()
    with (
        cancel_on_interrupt(cancel),
        Session.open(config, progress=show_loading, cancel=cancel) as session,
    ):
        text = ""
        for event in session.turn(messages, sampling, cancel):
            match event:
                case TextDelta():
                    text += event.text
                    if not args.json:
                        sys.stdout.write(printable(event.text))
                        sys.stdout.flush()
                case TurnFinished():
                    _report(text, event, as_json=args.json)
                    if event.finish is FinishReason.CANCELLED:
                        raise Cancelled


def figures(stats: TurnStats) -> dict[str, Any]:
    """A turn's numbers under the names of the headless contract."""
    return {
        "tokens": stats.tokens,
        "target_passes": stats.target_passes,
        "tokens_per_pass": round(stats.tokens_per_pass, 4),
        "tokens_per_second": round(stats.tokens_per_second, 4),
        "prompt_tokens": stats.prompt_tokens,
        "prompt_seconds": round(stats.prompt_seconds, 6),
        "first_token_seconds": round(stats.first_token_seconds, 6),
        "draft_seconds": round(stats.draft_seconds, 6),
        "target_seconds": round(stats.target_seconds, 6),
        "other_seconds": round(stats.other_seconds, 6),
        "mode": stats.mode,
        "reason": stats.reason,
    }


def summary_line(stats: TurnStats) -> str:
    """The numbers in one line for people."""
    line = (
        f"{stats.mode}, {stats.tokens} tokens, {stats.tokens_per_pass:.1f} per pass, "
        f"{stats.tokens_per_second:.1f} tokens/s"
    )
    return f"{line}, {stats.reason}" if stats.mode == "plain" else line


def _report(text: str, event: TurnFinished, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"text": text, **figures(event.stats), "finish": str(event.finish)}))
    else:
        print(f"\n[{summary_line(event.stats)}]", file=sys.stderr)
        if event.finish is FinishReason.CONTEXT_FULL:
            print(CONTEXT_FULL, file=sys.stderr)
