"""`inspect`: what a file is."""

import argparse
import dataclasses
import json
from typing import Any

from engine.commands import options
from engine.commands.terminal import printable
from engine.library.metadata import ModelInfo, inspect_model
from engine.library.models import resolve_model


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`inspect FILE`."""
    inspect = commands.add_parser("inspect", help="what a GGUF file holds")
    inspect.add_argument("file", metavar="FILE")
    options.add_json(inspect)
    inspect.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print the file's metadata. Raises `BadModelFile`, `ModelNotFound`."""
    info = inspect_model(resolve_model(args.file))
    facts = _facts(info)
    if args.json:
        print(json.dumps(facts))
        return
    for name, value in facts.items():
        print(printable(f"{name.replace('_', ' ')}: {value}"))


def _facts(info: ModelInfo) -> dict[str, Any]:
    facts = dataclasses.asdict(info)
    facts["path"] = str(info.path)
    facts["vocabulary"] = info.vocabulary.digest if info.vocabulary else ""
    facts["chat_template"] = bool(info.chat_template)
    facts["is_chat_model"] = info.is_chat_model
    return facts
