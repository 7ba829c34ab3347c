"""`inspect` and `pair`: what a file is, and whether two files go together."""

import argparse
import dataclasses
import json
from typing import Any

from engine.commands import options
from engine.commands.terminal import printable
from engine.errors import IncompatiblePair
from engine.library.metadata import ModelInfo, inspect_model
from engine.library.models import resolve_model
from engine.library.pair import check_pair


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`inspect FILE` and `pair T D`."""
    inspect = commands.add_parser("inspect", help="what a GGUF file holds")
    inspect.add_argument("file", metavar="FILE")
    options.add_json(inspect)
    inspect.set_defaults(run=run_inspect)
    pair = commands.add_parser("pair", help="whether a draft can guess for a target")
    pair.add_argument("target", metavar="T")
    pair.add_argument("draft", metavar="D")
    options.add_json(pair)
    pair.set_defaults(run=run_pair)


def run_inspect(args: argparse.Namespace) -> None:
    """Print the file's metadata. Raises `BadModelFile`, `ModelNotFound`."""
    info = inspect_model(resolve_model(args.file))
    facts = _facts(info)
    if args.json:
        print(json.dumps(facts))
        return
    for name, value in facts.items():
        print(printable(f"{name.replace('_', ' ')}: {value}"))


def run_pair(args: argparse.Namespace) -> None:
    """Print the verdict; raises `IncompatiblePair` (exit 1) for a pair that cannot work."""
    verdict = check_pair(resolve_model(args.target), resolve_model(args.draft))
    if args.json:
        print(json.dumps({"compatible": verdict.compatible, "reason": verdict.sentence}))
    elif verdict.compatible:
        print(printable(verdict.sentence))
    if not verdict.compatible:
        raise IncompatiblePair(verdict.sentence)


def _facts(info: ModelInfo) -> dict[str, Any]:
    facts = dataclasses.asdict(info)
    facts["path"] = str(info.path)
    facts["vocabulary"] = info.vocabulary.digest if info.vocabulary else ""
    facts["chat_template"] = bool(info.chat_template)
    facts["is_chat_model"] = info.is_chat_model
    return facts
