"""LM Studio: one `.conversation.json` for each conversation, in folders."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Final

from desktop.conversations.importing.blocks import paragraphs, tool_call, tool_result
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import number, obj, objects, rest, seconds, text
from desktop.conversations.importing.json_stream import Json, JsonObject
from desktop.conversations.importing.parsed import (
    Imported,
    Parsed,
    ParsedConversation,
    ParsedFile,
    ParsedMessage,
)
from desktop.conversations.importing.reader import Reader, each_record, planted, role_of
from desktop.conversations.importing.sources import Reading
from desktop.conversations.values import MessageState
from engine.language import tr

_SUFFIX: Final = ".conversation.json"
_USER_FILES: Final = "user-files"
_OWN_FIELDS: Final = (
    *("name", "pinned", "createdAt", "systemPrompt", "messages"),
    *("userLastMessagedAt", "assistantLastMessagedAt"),
)
_SYSTEM_PROMPT: Final = "llm.prediction.systemPrompt"
_STATES: Final = {
    "userStopped": MessageState.STOPPED,
    "failed": MessageState.FAILED,
    "modelUnloaded": MessageState.INTERRUPTED,
}


def _read(reading: Reading, name: str) -> Iterator[Parsed]:
    path = PurePosixPath(name)
    members = {
        PurePosixPath(member).name: member
        for member in reading.sizes()
        if _USER_FILES in PurePosixPath(member).parts
    }

    def convert(record: JsonObject, case: Case) -> Imported:
        return _Conversation(case, members).converted(record, path)

    return each_record(reading, name, convert)


class _Conversation:
    """Converts one conversation."""

    def __init__(self, case: Case, members: dict[str, str]) -> None:
        self._case = case
        self._members = members

    def converted(self, record: JsonObject, path: PurePosixPath) -> Imported:
        nodes, current_id = self._nodes(objects(record.get("messages")))
        stem = path.name.removesuffix(_SUFFIX)
        conversation = ParsedConversation(
            source="lm-studio",
            source_id=stem if stem.isdigit() else "",
            title=text(record.get("name")),
            messages=(),
            current_id=current_id,
            created_at=seconds(record.get("createdAt")),
            updated_at=_last_moment(record),
            system_prompt=_system_prompt(record),
            folder=_folder(path),
            pinned=record.get("pinned") is True,
            extra=rest(record, *_OWN_FIELDS),
        )
        return planted(conversation, nodes, self._case)

    def _nodes(self, messages: list[JsonObject]) -> tuple[list[ParsedMessage], str | None]:
        """Versions are siblings; what follows hangs under the chosen one."""
        nodes: list[ParsedMessage] = []
        parent: str | None = None
        for place, message in enumerate(messages):
            versions = objects(message.get("versions"))
            nodes += [
                self._version(f"{place}.{index}", parent, version)
                for index, version in enumerate(versions)
            ]
            if versions:
                chosen = number(message.get("currentlySelected")) or 0.0
                parent = f"{place}.{min(max(int(chosen), 0), len(versions) - 1)}"
        return nodes, parent

    def _version(self, id_: str, parent_id: str | None, version: JsonObject) -> ParsedMessage:
        steps = objects(version.get("steps")) or [version]
        said, thinking, files = [""], [""], []
        for step in steps:
            parts = objects(step.get("content"))
            (thinking if _is_thinking(step) else said).append(self._said(parts))
            files += [file for part in parts for file in self._files(part)]
        stats = next((found for step in steps if (found := _stats(step))), {})
        return ParsedMessage(
            id=id_,
            parent_id=parent_id,
            role=role_of(version.get("role")),
            text=paragraphs(*said),
            thinking=paragraphs(*thinking),
            created_at=_moment(steps),
            state=_STATES.get(text(stats.get("stopReason")), MessageState.COMPLETE),
            model=_model(version, steps),
            files=tuple(files),
            extra=rest(version, "type", "role", "content", "steps") | _kept_steps(steps),
        )

    def _said(self, parts: list[JsonObject]) -> str:
        """One step. Its texts belong together: each is what the draft or the target wrote."""
        is_text = [part.get("type") == "text" for part in parts]
        groups = groupby(zip(is_text, parts, strict=True), key=itemgetter(0))
        return paragraphs(*("".join(self._part(part) for _, part in group) for _, group in groups))

    def _part(self, part: JsonObject) -> str:
        match text(part.get("type")):
            case "text":
                return text(part.get("text"))
            case "toolCallRequest":
                return tool_call(text(part.get("name")), part.get("parameters"))
            case "toolCallResult":
                return tool_result(part.get("content"))
            case "file":
                return ""
        self._case.leave_out(tr("Parts of messages of a kind that is not known"))
        return ""

    def _files(self, part: JsonObject) -> tuple[ParsedFile, ...]:
        if part.get("type") != "file":
            return ()
        name = text(part.get("fileIdentifier"))
        return self._case.from_source(self._members.get(name), name)


def _is_thinking(step: JsonObject) -> bool:
    return obj(step.get("style")).get("type") == "thinking"


def _stats(step: JsonObject) -> JsonObject:
    return obj(obj(step.get("genInfo")).get("stats"))


def _kept_steps(steps: list[JsonObject]) -> JsonObject:
    kept: list[Json] = [
        gen_info for step in steps if (gen_info := rest(obj(step.get("genInfo")), "identifier"))
    ]
    return {"genInfo": kept} if kept else {}


def _model(version: JsonObject, steps: list[JsonObject]) -> str:
    named = (text(obj(step.get("genInfo")).get("identifier")) for step in steps)
    return text(obj(version.get("senderInfo")).get("senderName")) or next(filter(None, named), "")


def _moment(steps: list[JsonObject]) -> float | None:
    """A step's id begins with the milliseconds in which it was made."""
    first = text(steps[0].get("stepIdentifier")).partition("-")[0]
    return seconds(int(first)) if first.isascii() and first.isdigit() and len(first) < 20 else None  # noqa: PLR2004


def _last_moment(record: JsonObject) -> float | None:
    moments = (
        seconds(record.get("userLastMessagedAt")),
        seconds(record.get("assistantLastMessagedAt")),
    )
    return max((moment for moment in moments if moment), default=None)


def _system_prompt(record: JsonObject) -> str:
    fields = objects(obj(record.get("perChatPredictionConfig")).get("fields"))
    own = (text(field.get("value")) for field in fields if field.get("key") == _SYSTEM_PROMPT)
    return text(record.get("systemPrompt")) or next(filter(None, own), "")


def _folder(path: PurePosixPath) -> str:
    """The folder in LM Studio: what stands between `conversations` and the file."""
    parts = list(path.parent.parts)
    if "conversations" in parts:
        parts = parts[parts.index("conversations") + 1 :]
    return " / ".join(parts)


READER: Final = Reader(
    name="lm-studio",
    title="LM Studio",
    patterns=("*.conversation.json",),
    recognises=lambda record: any(
        "versions" in message for message in objects(record.get("messages"))
    ),
    read=_read,
)
