"""A message in OpenAI's form, which several apps share: its content, tool calls and thoughts."""

from desktop.conversations.importing.blocks import paragraphs, tool_call, tool_result
from desktop.conversations.importing.case import Case
from desktop.conversations.importing.fields import array, obj, objects, rest, seconds, text
from desktop.conversations.importing.json_stream import Json, JsonObject
from desktop.conversations.importing.parsed import ParsedFile, ParsedMessage
from desktop.conversations.importing.reader import role_of
from engine.language import tr

_OWN_FIELDS = (
    *("role", "content", "reasoning_content", "reasoning", "thinking", "tool_calls", "name"),
    *("model", "timestamp", "created_at"),
)


def openai_message(id_: str, message: JsonObject, case: Case) -> ParsedMessage:
    """The message, not yet under its parent."""
    said, files = content_of(message.get("content"), case)
    if message.get("role") in ("tool", "function") and said:
        said = tool_result(said, text(message.get("name")))
    thinking = (text(message.get(key)) for key in ("reasoning_content", "reasoning", "thinking"))
    return ParsedMessage(
        id=id_,
        parent_id=None,
        role=role_of(message.get("role")),
        text=paragraphs(said, calls_of(message.get("tool_calls"))),
        thinking=next(filter(None, thinking), ""),
        created_at=seconds(message.get("timestamp")) or seconds(message.get("created_at")),
        model=text(message.get("model")),
        files=files,
        extra=rest(message, *_OWN_FIELDS),
    )


def content_of(content: Json, case: Case) -> tuple[str, tuple[ParsedFile, ...]]:
    """The text and the images of a content that is a string or a list of parts."""
    if isinstance(content, str):
        return content, ()
    said: list[str] = []
    files: tuple[ParsedFile, ...] = ()
    for part in array(content):
        if isinstance(part, str):
            said.append(part)
        elif "image_url" in (image := obj(part)):
            address = image["image_url"]
            files += case.from_uri(obj(address).get("url") or address)
        elif "text" in image:
            said.append(text(image["text"]))
        elif image:
            case.leave_out(tr("Parts of messages of a kind that is not known"))
    return paragraphs(*said), files


def calls_of(calls: Json) -> str:
    """Tool calls as readable blocks."""
    blocks = []
    for call in objects(calls):
        function = obj(call.get("function")) or call
        given = function.get("arguments", function.get("input"))
        blocks.append(tool_call(text(function.get("name")), given))
    return paragraphs(*blocks)
