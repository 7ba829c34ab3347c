"""What connects sidebar, chat and list: open, rename, trash and undo, import and export."""

from PySide6.QtCore import QObject, QSettings, Signal

from desktop.chat_model import ChatModel
from desktop.conversation_list import ConversationList
from desktop.conversations.query import Query
from desktop.conversations.search import Hit
from desktop.settings import Settings
from desktop.store_desk import StoreDesk
from desktop.theme import Theme
from desktop.views.chat_page import ChatPage
from desktop.views.dialogs import opened
from desktop.views.export_dialog import ExportDialog
from desktop.views.import_dialog import ImportDialog
from desktop.views.side_area import SideArea
from desktop.views.sidebar import Sidebar
from engine.language import tr

TEMPORARY_TITLE = tr("Temporary conversation")


class ConversationDesk(QObject):
    """Turns what the person does with conversations into calls of the models.

    Signals:
        storedness_changed(bool): whether the conversation shown is a stored one
    """

    storedness_changed = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        *,
        chat: ChatModel,
        conversations: ConversationList,
        store_desk: StoreDesk,
        side: SideArea,
        sidebar: Sidebar,
        page: ChatPage,
    ) -> None:
        super().__init__(side)
        self._theme = theme
        self._settings = settings
        self._chat = chat
        self._conversations = conversations
        self._store_desk = store_desk
        self._side = side
        self._sidebar = sidebar
        self._page = page
        self._was_shown = False
        """Whether the conversation in the trash was the one shown."""
        self._connect_models()
        self._connect_views()
        self.show_title()

    def open_import(self) -> ImportDialog:
        """Open the import dialog."""
        dialog = ImportDialog(self._theme, self._store_desk, self._side)
        dialog.imported.connect(self._conversations.reload)
        return opened(dialog)

    def open_export(self, conversation_id: str | None = None) -> ExportDialog:
        """Open the export dialog, for one conversation if that is given."""
        stored = None if self._chat.is_temporary else self._chat.conversation_id
        dialog = ExportDialog(
            self._theme,
            self._settings,
            self._store_desk,
            self._conversations,
            conversation_id or stored,
            self._side,
        )
        dialog.exported.connect(lambda words: self._page.toast.show_words(words, undoable=False))
        return opened(dialog)

    def new(self) -> None:
        """Show a new conversation."""
        self._chat.open(None)
        self._write()

    def new_temporary(self) -> None:
        """Show a new conversation that is never written."""
        self._chat.open_temporary()
        self._write()

    def open(self, conversation_id: str) -> None:
        """Show a conversation."""
        self._sidebar.leave_trash()
        self._show(conversation_id)

    def restore_state(self, state: QSettings) -> None:
        """Go back to the conversation that was shown, if it is still there."""
        known = {summary.id for summary in self._conversations.summaries()}
        conversation_id = str(state.value("conversation", ""))
        if conversation_id in known:
            self._chat.open(conversation_id)

    def save_state(self, state: QSettings) -> None:
        """Keep which conversation is shown."""
        stored = None if self._chat.is_temporary else self._chat.conversation_id
        state.setValue("conversation", stored or "")

    def show_title(self) -> None:
        """Name the conversation in the header, and where its trees have a window of their own."""
        header = self._page.header
        temporary = self._chat.is_temporary
        stored_title = self._conversations.title(self._chat.conversation_id)
        title = TEMPORARY_TITLE if temporary else stored_title
        header.title.show_title(title)
        self._side.tree_window.show_title(title)
        stored = self._chat.conversation_id is not None and not temporary
        self.storedness_changed.emit(stored)

    def _connect_models(self) -> None:
        conversations, chat = self._conversations, self._chat
        conversations.changed.connect(self.show_title)
        conversations.trashed.connect(self._trashed)
        conversations.arranged.connect(self._offer_undo)
        conversations.restored.connect(self._restored)
        conversations.undone.connect(self._page.toast.hide)
        for signal in (chat.conversation_changed, chat.list_changed):
            signal.connect(self.show_title)

    def _connect_views(self) -> None:
        sidebar, header = self._sidebar, self._page.header
        sidebar.new_asked.connect(self.new)
        self._side.rail.new_asked.connect(self.new)
        sidebar.list.opened.connect(self.open)
        sidebar.list.export_asked.connect(self.open_export)
        sidebar.search.hit_chosen.connect(self._open_hit)
        sidebar.search.query_changed.connect(self._page.messages.show_marks)
        header.title.renamed.connect(self._rename)
        self._page.toast.undo_chosen.connect(self._conversations.undo)

    def search(self) -> None:
        """Go to the search field."""
        self._side.show_sidebar()
        self._sidebar.search.begin()

    def show_trash(self) -> None:
        """Show what was moved to the trash."""
        self._side.show_sidebar()
        self._sidebar.show_trash()

    def trash_shown(self) -> None:
        """Move the conversation that is shown to the trash."""
        if self._chat.conversation_id:
            self._conversations.trash(self._chat.conversation_id)

    def _show(self, conversation_id: str) -> None:
        self._chat.open(conversation_id)
        self._side.close_drawer()

    def _write(self) -> None:
        self._sidebar.leave_trash()
        self._side.close_drawer()
        self._page.composer.edit.setFocus()

    def _open_hit(self, hit: Hit, query: Query) -> None:
        if hit.conversation_id != self._chat.conversation_id:
            self._chat.open(hit.conversation_id)
        if hit.message_id:
            self._chat.reveal(hit.message_id)
            self._page.messages.reveal(hit.message_id, query)
        self._side.close_drawer()

    def _rename(self, title: str) -> None:
        if self._chat.conversation_id and not self._chat.is_temporary:
            self._conversations.rename(self._chat.conversation_id, title)

    def _trashed(self, conversation_id: str) -> None:
        if self._chat.run and self._chat.run.message.conversation_id == conversation_id:
            self._chat.stop()
        self._was_shown = self._chat.conversation_id == conversation_id
        if self._was_shown:
            self._chat.open(None)
        self._offer_undo(tr("Conversation moved to the trash"))

    def _offer_undo(self, words: str) -> None:
        self._page.toast.show_words(words, undoable=True)

    def _restored(self, conversation_id: str) -> None:
        """In the trash, the person may have more to bring back."""
        self._page.toast.hide()
        if self._was_shown:
            self._show(conversation_id)
