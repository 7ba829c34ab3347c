"""Prompts to measure with: our own sets by kind of work, or a list of the user's."""

import json
from pathlib import Path
from typing import Final

from engine.bench.decode import NotThis, decode
from engine.bench.record import BenchPrompt
from engine.errors import BadSetting
from resources import resource_path

SETS: Final = ("chat", "code", "editing", "translation", "summarising", "reasoning")
"""Our own sets in `resources/prompts/`, each named after the work it asks for."""
ALL: Final = "all"


def load_prompts(name: str, per_category: int | None = None) -> tuple[BenchPrompt, ...]:
    """The prompts of one of our sets, of `all` of them, or of a JSON file.

    A file holds a list; an item is a message, or an object with a message `ask` and the lines of
    the `text` that it is about. `per_category` takes that many from the start of each set.
    Raises `BadSetting`.
    """
    if per_category is not None and per_category < 1:
        raise BadSetting("At least one prompt of each category is needed.")
    if name == ALL:
        sources = [(_own(each), each) for each in SETS]
    elif name in SETS:
        sources = [(_own(name), name)]
    else:
        sources = [(Path(name), "")]
    return tuple(
        BenchPrompt(text, category)
        for path, category in sources
        for text in _read(path)[:per_category]
    )


def _own(name: str) -> Path:
    return resource_path(f"prompts/{name}.json")


def _read(path: Path) -> list[str]:
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        hint = f"The sets that come with Outrider are: {', '.join((*SETS, ALL))}."
        raise BadSetting(
            f"{path} cannot be read as JSON.", hint="" if path.exists() else hint, detail=str(error)
        ) from error
    if not isinstance(items, list) or not items:
        raise _no_list(path)
    return [_message(path, item) for item in items]


def _message(path: Path, item: object) -> str:
    if isinstance(item, dict) and item.keys() == {"ask", "text"}:
        try:
            return "\n".join((decode(str, item["ask"]), "", *_lines(item["text"])))
        except NotThis as error:
            raise _no_list(path) from error
    if not isinstance(item, str):
        raise _no_list(path)
    return item


def _lines(text: object) -> list[str]:
    if not isinstance(text, list):
        raise NotThis("the text is no list of lines")
    return [decode(str, line) for line in text]


def _no_list(path: Path) -> BadSetting:
    return BadSetting(f"{path} must hold a JSON list of user messages.")
