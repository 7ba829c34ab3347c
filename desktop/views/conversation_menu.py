"""What can be done with one conversation, or one folder, of the sidebar."""

from collections.abc import Callable

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktop.conversation_list import ConversationList
from desktop.conversations.values import ConversationSummary
from desktop.views.ask_line import ask_line
from engine.language import tr


class ConversationMenu(QMenu):
    """Rename, pin, tag, move, export, trash. Renaming and exporting are the caller's."""

    def __init__(
        self,
        conversations: ConversationList,
        summary: ConversationSummary,
        parent: QWidget,
        *,
        rename: Callable[[], object],
        export: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._summary = summary
        self._owner = parent
        self.addAction(tr("Rename"), QKeySequence("F2"), rename)
        self.addAction(
            tr("Unpin") if summary.pinned else tr("Pin"), QKeySequence("Ctrl+D"), self._pin
        )
        self.addMenu(self._folders())
        self.addMenu(self._tags())
        self.addAction(tr("Export…"), export)
        self.addSeparator()
        delete = QKeySequence(QKeySequence.StandardKey.Delete)
        self.addAction(tr("Move to the trash"), delete, lambda: conversations.trash(summary.id))

    def _pin(self) -> None:
        self._conversations.pin(self._summary.id, pinned=not self._summary.pinned)

    def _folders(self) -> QMenu:
        menu = QMenu(tr("Move to"), self)
        places = [
            (tr("No folder"), None),
            *((one.name, one.id) for one in self._conversations.folders()),
        ]
        for name, folder_id in places:
            action = menu.addAction(_plain(name))
            action.setCheckable(True)
            action.setChecked(folder_id == self._summary.folder_id)
            action.triggered.connect(
                lambda _checked=False, chosen=folder_id: self._conversations.move(
                    self._summary.id, chosen
                )
            )
        menu.addSeparator()
        menu.addAction(tr("New folder…"), self._ask_folder)
        return menu

    def _ask_folder(self) -> None:
        conversation_id, conversations = self._summary.id, self._conversations
        ask_line(
            self._owner,
            tr("New folder"),
            tr("Name of the folder"),
            lambda name: conversations.move_to_new(conversation_id, name),
        )

    def _tags(self) -> QMenu:
        menu = QMenu(tr("Tags"), self)
        for tag in self._conversations.tags():
            action = menu.addAction(_plain(tag))
            action.setCheckable(True)
            action.setChecked(tag in self._summary.tags)
            action.triggered.connect(lambda checked, one=tag: self._tag(one, given=checked))
        menu.addSeparator()
        menu.addAction(tr("New tag…"), self._ask_tag)
        return menu

    def _ask_tag(self) -> None:
        tag = self._tag
        ask_line(
            self._owner,
            tr("New tag"),
            tr("Tag"),
            lambda name: tag(" ".join(name.split()), given=True),
        )

    def _tag(self, tag: str, *, given: bool) -> None:
        others = {one for one in self._summary.tags if one != tag}
        self._conversations.tag(self._summary.id, others | {tag} if given else others)


class FolderMenu(QMenu):
    """Rename a folder, or take it away and leave what is in it."""

    def __init__(
        self,
        conversations: ConversationList,
        folder_id: str,
        parent: QWidget,
        *,
        rename: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self.addAction(tr("Rename"), QKeySequence("F2"), rename)
        self.addAction(
            tr("Remove the folder, keep its conversations"),
            QKeySequence(QKeySequence.StandardKey.Delete),
            lambda: conversations.delete_folder(folder_id),
        )


def _plain(name: str) -> str:
    """An ampersand is a letter here, not a shortcut."""
    return name.replace("&", "&&")
