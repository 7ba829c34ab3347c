"""`models` and `drafts`: every model on this computer, and which of them can guess for one."""

import argparse
import json
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from engine.cancel import CancelToken
from engine.commands import options
from engine.commands.terminal import cancel_on_interrupt, clear_line, printable, show_line
from engine.config import SelfDraft
from engine.errors import ModelNotFound
from engine.library.drafts import RankedDraft, rank_drafts
from engine.library.expected_speed import regime_of
from engine.library.listing import ListedModel
from engine.library.metadata import require_chat_model
from engine.library.models import Library, list_library, resolve_model
from engine.library.printable import shown_size
from engine.library.scan_cache import ScanCache
from engine.library.shelf import Shelf, load_shelf
from engine.machine import available_memory
from engine.measured_pairs import measured_speedups
from engine.this_machine import machine_now

_BILLION: Final = 1e9


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`models` and `drafts T`."""
    models = commands.add_parser("models", help="every model on this computer, also of other apps")
    _add_folder(models)
    options.add_json(models)
    models.set_defaults(run=run_models)
    drafts = commands.add_parser("drafts", help="which models can guess for a target")
    drafts.add_argument("target", metavar="T")
    _add_folder(drafts)
    options.add_json(drafts)
    drafts.set_defaults(run=run_drafts)


def run_models(args: argparse.Namespace) -> None:
    """Print the list. Raises `Cancelled`, and `BadSetting` for an unreadable library.toml."""
    shelf = _shelf(args)
    library = _listed(shelf)
    if args.json:
        print(json.dumps(_library_facts(library)))
        return
    for folder in library.folders:
        if folder.models or folder.root in shelf.folders:
            state = " (not there now)" if folder.offline else ""
            print(printable(f"{folder.store}: {folder.root}, {folder.models} files{state}"))
    for store, models in groupby(sorted(library.models, key=_store), key=_store):
        print(printable(f"\n{store}"))
        for model in models:
            print(printable(f"  {_line(model)}"))


def run_drafts(args: argparse.Namespace) -> None:
    """Print all drafts for a target, best first. Raises `ModelNotFound`, `BadModelFile`."""
    path = resolve_model(args.target).absolute()
    library = _listed(_shelf(args).with_file(path))
    target = next((model for model in library.models if model.path.samefile(path)), None)
    if target is None or target.info is None:
        raise ModelNotFound(target.refusal if target else f"{path.name} is not there.")
    require_chat_model(target.info)
    with ScanCache() as cache:
        drafts = rank_drafts(
            target,
            library.models,
            cache,
            regime=regime_of(target.info.size_bytes, available_memory(), _device_memory()),
            measured=measured_speedups(path, [SelfDraft(), *_paths(library)]),
        )
    if args.json:
        print(json.dumps([_draft_facts(draft) for draft in drafts]))
        return
    for draft in drafts:
        print(printable(f"{draft.grade.value:5}  {_expected(draft):8}  {draft.title}"))
        print(printable(f"                 {draft.sentence}"))


def _device_memory() -> int:
    return sum(device.free for device in machine_now().devices)


def _paths(library: Library) -> list[Path]:
    return [model.path for model in library.models if model.usable]


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--folder",
        action="append",
        default=[],
        metavar="DIR",
        help="also list what lies in DIR; may be given several times",
    )


def _shelf(args: argparse.Namespace) -> Shelf:
    shelf = load_shelf()
    for folder in args.folder:
        shelf = shelf.with_folder(Path(folder).expanduser())
    return shelf


def _listed(shelf: Shelf) -> Library:
    cancel = CancelToken()
    with cancel_on_interrupt(cancel):
        library = list_library(shelf, on_progress=_show_progress, cancel=cancel)
    clear_line()
    return library


def _show_progress(done: int, total: int) -> None:
    show_line(f"Reading models: {done} of {total}")


def _store(model: ListedModel) -> str:
    return model.store


def _line(model: ListedModel) -> str:
    """One model for people: its facts, or what it is instead."""
    if model.info is None or model.refusal:
        return f"{model.title}: {model.refusal}"
    info = model.info
    facts = (
        model.title,
        info.quantization,
        f"{info.parameters / _BILLION:.2f} billion parameters",
        shown_size(info.size_bytes),
        f"context {info.context_length:,}",
        f"{info.split_count} files" if info.split_count > 1 else "",
        "" if info.chat_template else "no chat template",
        "not there now" if model.offline else "",
    )
    return ", ".join(fact for fact in facts if fact)


def _expected(draft: RankedDraft) -> str:
    """`3.4×` where it was measured, `~3.4×` where it is an estimate."""
    if not draft.speedup:
        return ""
    return f"{'' if draft.measured else '~'}{draft.speedup:.1f}×"


def _library_facts(library: Library) -> dict[str, Any]:
    folders = [
        {"root": str(folder.root), "store": folder.store, "offline": folder.offline}
        for folder in library.folders
    ]
    return {"folders": folders, "models": [_model_facts(model) for model in library.models]}


def _model_facts(model: ListedModel) -> dict[str, Any]:
    facts = {
        "path": str(model.path),
        "title": model.title,
        "store": model.store,
        "origin": model.origin,
        "offline": model.offline,
        "usable": model.usable,
        "refusal": model.refusal,
    }
    if (info := model.info) is None:
        return facts
    return facts | {
        "kind": info.kind,
        "name": info.name,
        "architecture": info.architecture,
        "quantization": info.quantization,
        "parameters": info.parameters,
        "size_bytes": info.size_bytes,
        "context_length": info.context_length,
        "vocabulary": info.vocabulary.digest if info.vocabulary else "",
        "chat_template": bool(info.chat_template),
        "licence": info.licence,
        "split_count": info.split_count,
    }


def _draft_facts(draft: RankedDraft) -> dict[str, Any]:
    own_copy = isinstance(draft.draft, SelfDraft)
    return {
        "draft": "self" if own_copy else str(draft.draft),
        "title": draft.title,
        "grade": draft.grade,
        "sentence": draft.sentence,
        "speedup": round(draft.speedup, 2),
        "measured": draft.measured,
    }
