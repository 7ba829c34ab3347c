"""Tool calls and thoughts of other apps, as text that reads well here."""

import html
import json
import re
from typing import Final

from desktop.conversations.importing.json_stream import Json
from desktop.fences import fenced

_THINK: Final = "<think>", "</think>"
_DETAILS: Final = re.compile(r'<details type="(reasoning|tool_calls|code_interpreter)"([^>]*)>')
_DETAILS_END: Final = "</details>"
_SUMMARY: Final = re.compile(r"\s*<summary>[^<]*</summary>\n?")
_ATTRIBUTE: Final = re.compile(r'(\w+)="([^"]*)"')
_QUOTE_MARK: Final = re.compile(r"^> ?", re.MULTILINE)


def tool_call(name: str, given: Json, result: Json = None, *, language: str = "") -> str:
    """What a tool was asked and, if it is known, what it answered."""
    asked = f"**Tool: {' '.join(name.split()) or 'unnamed'}**"
    parts = [asked, _block(given, language)]
    if result not in (None, ""):
        parts += [tool_result(result)]
    return "\n\n".join(part for part in parts if part)


def tool_result(result: Json, name: str = "") -> str:
    """What a tool answered."""
    of = f" of {' '.join(name.split())}" if name else ""
    return f"**Tool result{of}**\n\n{_block(result)}"


def _block(value: Json, language: str = "") -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, str):
        return fenced(value, language)
    return fenced(json.dumps(value, ensure_ascii=False, indent=2), "json")


def paragraphs(*texts: str) -> str:
    """The texts that are not blank, a blank line between them."""
    return "\n\n".join(text for text in texts if text.strip())


def without_think_tags(text: str) -> tuple[str, str]:
    """Text and thinking of a reply that begins with its thoughts between `<think>` tags."""
    start, end = _THINK
    inside = text.lstrip()
    if not inside.startswith(start):
        return text, ""
    thinking, _, rest = inside.removeprefix(start).partition(end)
    return rest.lstrip("\n"), thinking.strip("\n")


def without_details(text: str) -> tuple[str, str]:
    """Text and thinking of a reply of Open WebUI; tool calls in it become readable blocks."""
    said: list[str] = []
    thought: list[str] = []
    place = 0
    while (opening := _DETAILS.search(text, place)) is not None:
        end = text.find(_DETAILS_END, opening.end())
        if end < 0:
            break
        said.append(text[place : opening.start()])
        body = _SUMMARY.sub("", text[opening.end() : end], count=1)
        if opening[1] == "reasoning":
            thought.append(html.unescape(_QUOTE_MARK.sub("", body)).strip())
        elif opening[1] == "tool_calls":
            said.append(_call_of_details(dict(_ATTRIBUTE.findall(opening[2]))))
        else:
            said.append(body)
        place = end + len(_DETAILS_END)
    if not place:
        return text, ""
    return paragraphs(*(part.strip("\n") for part in (*said, text[place:]))), paragraphs(*thought)


def _call_of_details(attributes: dict[str, str]) -> str:
    plain = {name: html.unescape(value) for name, value in attributes.items()}
    given, result = _decoded(plain.get("arguments", "")), _decoded(plain.get("result", ""))
    return tool_call(plain.get("name", ""), given, result)


def _decoded(value: str) -> Json:
    """JSON that may itself be written in a JSON string."""
    try:
        decoded: Json = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return _decoded(decoded) if isinstance(decoded, str) and decoded != value else decoded
