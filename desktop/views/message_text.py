"""Plain text of a message that can be selected and copied."""

from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme
from desktop.views.text_block import TextBlock
from engine.language import tr


class MessageText(TextBlock):
    """What the person wrote, exactly."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(tr("Your message"), parent)
        self.setAcceptRichText(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        theme.dress(self, "message")
        self._theme = theme
        self.show_text(text)
        theme.changed.connect(self._space_lines)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.setPlainText(text)
        self._space_lines()
        self.updateGeometry()

    def _space_lines(self) -> None:
        line = QTextBlockFormat()
        kind = QTextBlockFormat.LineHeightTypes.FixedHeight
        line.setLineHeight(self._theme.line_height("message"), kind.value)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(line)
