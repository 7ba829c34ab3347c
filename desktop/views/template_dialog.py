"""The prompt templates: add, change, order and remove them."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.prompt_templates import NAME_LIMIT, PromptTemplate
from desktop.template_model import TemplateModel
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, label, push_button
from engine.language import tr

_SIZE: Final = (680, 460)
_LIST_WIDTH: Final = 200
_ROW_HEIGHT: Final = 32


class TemplateDialog(QDialog):
    """Changes the file when it is accepted, and nothing before.

    Signals:
        chosen(PromptTemplate): begin a message with it
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, model: TemplateModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._templates = list(model.templates())
        self.setWindowTitle(tr("Prompt templates"))
        self.resize(*_SIZE)
        self.list = QListWidget()
        self.list.setProperty("framed", "true")
        self.list.setFixedWidth(_LIST_WIDTH)
        theme.dress(self.list, "body")
        self.list.setAccessibleName(tr("Templates"))
        self.name = QLineEdit()
        self.name.setMaxLength(NAME_LIMIT)
        theme.dress(self.name, "body")
        self.name.setAccessibleName(tr("Name of the template"))
        self.text = QPlainTextEdit()
        self.text.setProperty("framed", "true")
        theme.dress(self.text, "body")
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Text of the template"))
        self.add = push_button(theme, tr("New"), icon="plus")
        self.remove = push_button(theme, tr("Remove"))
        self.use = push_button(theme, tr("Use"))
        self.keep = push_button(theme, tr("Keep"), "primary")
        self._lay_out(theme)
        self._connect()
        self._show_names(0)

    @property
    def templates(self) -> list[PromptTemplate]:
        """As they would be kept: those without a name or a text are left out."""
        return [one for one in self._templates if one.name.strip() and one.text.strip()]

    def accept(self) -> None:
        """Keep them; the dialog stays open where the disk refuses."""
        if self._model.save(self.templates):
            super().accept()

    def _lay_out(self, theme: Theme) -> None:
        below_list = QHBoxLayout()
        below_list.addWidget(self.add)
        below_list.addWidget(self.remove)
        below_list.addStretch(1)
        start = QVBoxLayout()
        start.addWidget(self.list, 1)
        start.addLayout(below_list)
        hint = tr(
            "{{topic}} is asked for with Tab. {{clipboard}} is what you copied, {{date}} is today."
        )
        end = QVBoxLayout()
        end.setSpacing(8)
        end.addWidget(label(theme, tr("Name"), weight=MEDIUM))
        end.addWidget(self.name)
        end.addWidget(label(theme, tr("Text"), weight=MEDIUM))
        end.addWidget(self.text, 1)
        end.addWidget(label(theme, hint, "small", tone="muted", wrap=True))
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addLayout(start)
        columns.addLayout(end, 1)
        cancel = push_button(theme, tr("Cancel"))
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        file = tr("Kept in {file}").format(file=self._model.file)
        buttons.addWidget(label(theme, file, "small", tone="muted", wrap=True), 1)
        for button in (self.use, cancel, self.keep):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(16)
        column.addLayout(columns, 1)
        column.addLayout(buttons)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show)
        self.name.textEdited.connect(self._changed)
        self.text.textChanged.connect(self._changed)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.use.clicked.connect(self._use)
        self.keep.clicked.connect(self.accept)
        self.keep.setDefault(True)

    def _show_names(self, row: int) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            for one in self._templates:
                item = QListWidgetItem(one.name or tr("Without a name"), self.list)
                item.setSizeHint(QSize(0, _ROW_HEIGHT))
            self.list.setCurrentRow(row)
        self._show(row)

    def _show(self, row: int) -> None:
        there = 0 <= row < len(self._templates)
        shown = self._templates[row] if there else PromptTemplate("", "")
        with QSignalBlocker(self.name), QSignalBlocker(self.text):
            self.name.setText(shown.name)
            self.text.setPlainText(shown.text)
        for widget in (self.name, self.text, self.remove, self.use):
            widget.setEnabled(there)

    def _changed(self) -> None:
        row = self.list.currentRow()
        name = " ".join(self.name.text().split())
        self._templates[row] = PromptTemplate(name, self.text.toPlainText())
        self.list.item(row).setText(name or tr("Without a name"))

    def _add(self) -> None:
        self._templates.append(PromptTemplate(tr("New template"), ""))
        self._show_names(len(self._templates) - 1)
        self.name.setFocus()
        self.name.selectAll()

    def _remove(self) -> None:
        row = self.list.currentRow()
        del self._templates[row]
        self._show_names(min(row, len(self._templates) - 1))

    def _use(self) -> None:
        template = self._templates[self.list.currentRow()]
        self.accept()
        if self.result() == QDialog.DialogCode.Accepted:
            self.chosen.emit(template)
