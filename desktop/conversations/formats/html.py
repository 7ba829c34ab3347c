"""A conversation as one HTML page: no script, nothing from elsewhere, printable."""

import re
from collections.abc import Iterator
from typing import Final

from desktop.conversations.formats.entries import Entry, Extent, entries
from desktop.conversations.formats.exported import Exported
from desktop.conversations.formats.html_style import style_sheet
from desktop.conversations.formats.html_text import code_html, markdown_html, plain_html
from desktop.conversations.formats.openai_jsonl import data_uri
from desktop.conversations.formats.wording import (
    SYSTEM,
    THINKING,
    UNTITLED,
    attached,
    models,
    moment,
    one_line,
    remark,
    speaker,
)
from desktop.conversations.values import Attachment, ConversationTree
from engine.events import Role

_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_IMAGES: Final = re.compile(r"image/(png|jpeg|gif|webp)")


def html(exported: Exported, extent: Extent = Extent.PATH) -> str:
    """The page. What messages hold can neither run nor load anything."""
    title = plain_html(one_line(exported.tree.title)) or UNTITLED
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{title}</title>",
            f"<style>\n{style_sheet()}</style>",
            "</head>",
            "<body>",
            page_body(exported, extent),
            "</body>",
            "</html>",
            "",
        ]
    )


def page_body(exported: Exported, extent: Extent) -> str:
    """What the page shows."""
    tree = exported.tree
    title = plain_html(one_line(tree.title)) or UNTITLED
    return "\n".join(
        [
            f'<h1 dir="auto">{title}</h1>',
            f'<p class="about">{plain_html(_about(tree))}</p>',
            *_system(tree),
            *(_article(exported, entry) for entry in entries(tree, extent)),
        ]
    )


def _about(tree: ConversationTree) -> str:
    day = moment(tree.created_at).partition("T")[0]
    return " · ".join(filter(None, [day, ", ".join(models(tree)), one_line(tree.folder)]))


def _system(tree: ConversationTree) -> Iterator[str]:
    if tree.system_prompt:
        text = plain_html(tree.system_prompt)
        yield f'<article><h2>{SYSTEM}</h2>\n<div class="plain" dir="auto">{text}</div></article>'


def _article(exported: Exported, entry: Entry) -> str:
    name = "user" if entry.message.role is Role.USER else "reply"
    inside = "\n".join(_parts(exported, entry))
    return f'<article class="{name}">\n{inside}\n</article>'


def _parts(exported: Exported, entry: Entry) -> Iterator[str]:
    message = entry.message
    yield f"<h2>{speaker(entry)}</h2>"
    if message.thinking:
        thinking = f'<div class="text thinking" dir="auto">{markdown_html(message.thinking)}</div>'
        yield _folded(THINKING, thinking)
    if message.role is Role.ASSISTANT:
        yield f'<div class="text" dir="auto">{markdown_html(message.text)}</div>'
    else:
        yield f'<div class="plain" dir="auto">{plain_html(message.text)}</div>'
    for attachment in message.attachments:
        yield _attachment(attachment, exported.content(attachment))
    if note := remark(entry):
        yield f'<p class="note">{plain_html(note)}</p>'


def _attachment(attachment: Attachment, data: bytes | None) -> str:
    name = plain_html(attached(attachment))
    if data is not None and _IMAGES.fullmatch(attachment.media_type):
        return f'<p><img src="{data_uri(attachment.media_type, data)}" alt="{name}"></p>'
    if attachment.text:
        return _folded(name, code_html(attachment.text, ""))
    return f'<p class="note">{name}</p>'


def _folded(name: str, inside: str) -> str:
    # The div is for readers that know no details element: Qt's documents.
    return f"<div><details>\n<summary>{name}</summary>\n{inside}\n</details></div>"
