"""What is exported: one conversation, some that are ticked, or all."""

from collections.abc import Sequence
from typing import Final, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.conversations.values import ConversationSummary
from desktop.conversations.words import conversations
from desktop.theme import Theme
from desktop.views.conversation_rows import UNTITLED
from desktop.views.value_controls import ChoiceBox
from engine.language import tr

Scope = Literal["one", "chosen", "all"]
_ID: Final = Qt.ItemDataRole.UserRole
_TITLE: Final = 48
_TALL: Final = 120
_CHECKED: Final = Qt.CheckState.Checked
_FLAGS: Final = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
)


class ConversationChoice(QWidget):
    """Signals: changed."""

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        summaries: Sequence[ConversationSummary],
        shown: ConversationSummary | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._summaries = summaries
        self._shown = shown
        self.scope = ChoiceBox(theme, tr("Conversations to export"), {})
        if shown:
            self.scope.addItem(
                tr("This one: {title}").format(title=_short(shown.title or UNTITLED)), "one"
            )
        every = conversations(len(summaries))
        self.scope.addItem(tr("All: {conversations}").format(conversations=every), "all")
        self.scope.addItem(tr("Those that are ticked"), "chosen")
        self.ticks = QListWidget()
        self.ticks.setAccessibleName(tr("Ticked conversations"))
        theme.dress(self.ticks, "body")
        self.ticks.setMinimumHeight(_TALL)
        self.ticks.setProperty("framed", "true")
        for summary in summaries:
            self.ticks.addItem(_tick(summary, ticked=summary == shown))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.scope)
        column.addWidget(self.ticks)
        self.scope.currentIndexChanged.connect(self._refresh)
        self.ticks.itemChanged.connect(lambda _item: self.changed.emit())
        self._refresh()

    def choose(self, scope: Scope) -> None:
        """Export these, if there are any such."""
        self.scope.setCurrentIndex(max(0, self.scope.findData(scope)))

    def ids(self) -> list[str]:
        """What is chosen, newest first."""
        match self.scope.currentData():
            case "one" if self._shown:
                return [self._shown.id]
            case "chosen":
                items = (self.ticks.item(row) for row in range(self.ticks.count()))
                return [one.data(_ID) for one in items if one.checkState() is _CHECKED]
        return [one.id for one in self._summaries]

    def _refresh(self) -> None:
        self.ticks.setVisible(self.scope.currentData() == "chosen")
        self.changed.emit()


def _tick(summary: ConversationSummary, *, ticked: bool) -> QListWidgetItem:
    item = QListWidgetItem(summary.title or UNTITLED)
    item.setData(_ID, summary.id)
    item.setFlags(_FLAGS)
    item.setCheckState(_CHECKED if ticked else Qt.CheckState.Unchecked)
    return item


def _short(title: str) -> str:
    return title if len(title) <= _TITLE else f"{title[:_TITLE]}…"
