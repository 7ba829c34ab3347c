"""`search`: models on the hub."""

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING

from engine.commands import options
from engine.commands.terminal import printable

if TYPE_CHECKING:
    from engine.library.hub.values import FoundRepo

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
    if args.json:
        print(json.dumps(dataclasses.asdict(page), default=str))
        return
    if not page.repos:
        print("The hub has no GGUF model with these words in its name.")
        return
    for repo in page.repos:
        print(printable(_row(repo)))
    if page.has_more:
        print(f"There are more: --limit {2 * args.limit}")
    print(f"What a repository holds: outrider-engine download {page.repos[0].repo}")


def _row(repo: "FoundRepo") -> str:
    parameters = f"{repo.parameters / 1e9:.1f}B" if repo.parameters else ""
    downloads = f"{repo.downloads:,} downloads" if repo.downloads is not None else ""
    gated = "gated" if repo.is_gated else ""
    return f"{repo.repo:<64} {parameters:>7} {downloads:>20}  {gated}".rstrip()
