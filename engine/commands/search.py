"""`search`: models on the hub."""

import argparse

from engine.commands import options
from engine.commands.hub_text import print_found

_SORTS = ("downloads", "likes", "updated", "trending")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`search TEXT`."""
    parser = commands.add_parser("search", help="find GGUF models on the hub")
    parser.add_argument("text", metavar="TEXT", nargs="+", help="words of the model's name")
    parser.add_argument("--sort", choices=_SORTS, default="downloads")
    parser.add_argument("--limit", type=int, default=20, metavar="N")
    options.add_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Print what the hub finds."""
    # The hub library takes a third of a second to import: no other command shall wait for it.
    from engine.library.hub.search import Hub  # noqa: PLC0415
    from engine.library.hub.values import Sort  # noqa: PLC0415

    page = Hub().search(" ".join(args.text), sort=Sort(args.sort), limit=args.limit)
    print_found(page, args.limit, as_json=args.json)
