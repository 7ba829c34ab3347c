"""All that the command palette can find: actions, conversations, settings and their values."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from desktop.actions import Actions, shown_keys
from desktop.palette import Entry
from desktop.setting import Applies, Choice, Setting
from desktop.settings import SETTINGS, Settings
from desktop.views.conversation_rows import UNTITLED
from engine.language import tr

if TYPE_CHECKING:
    from desktop.conversation_list import ConversationList

ShowSetting = Callable[[Setting[Any]], object]


def of_actions(actions: Actions) -> Iterator[Entry]:
    """What can be done now, with its shortcut."""
    for action in actions.all:
        if action.entry.isEnabled():
            keys = shown_keys(action.entry) or action.group.value
            yield Entry(f"action:{action.id}", action.words, keys, action.entry.trigger)


def of_conversations(
    conversations: "ConversationList", show: Callable[[str], object]
) -> Iterator[Entry]:
    """Each, to be shown."""
    kind = tr("conversation")
    for summary in conversations.summaries():
        yield Entry(
            f"conversation:{summary.id}",
            summary.title or UNTITLED,
            kind,
            partial(show, summary.id),
        )


def of_settings(settings: Settings, show: ShowSetting) -> Iterator[Entry]:
    """Each row of the dialog, and each value that counts at once."""
    for setting in SETTINGS:
        if setting.page:
            id_ = f"setting:{setting.section}.{setting.key}"
            yield Entry(id_, setting.label, tr("setting"), partial(show, setting))
            yield from _values(settings, setting, id_)


def _values(settings: Settings, setting: Setting[Any], id_: str) -> Iterator[Entry]:
    counts_now = setting.applies in (Applies.NOW, Applies.NEXT_REPLY)
    if not (counts_now and isinstance(setting.kind, Choice)):
        return
    for value, words in setting.kind.words.items():
        yield Entry(
            f"{id_}={value}",
            f"{setting.label}: {words}",
            tr("setting"),
            partial(settings.set, setting, str(value)),
        )
