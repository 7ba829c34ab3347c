"""A fenced code block: language, wrap, save and copy above, the code below."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.text_alignment import Mark
from desktop.theme import Theme
from desktop.views.code_text import CodeText
from desktop.views.controls import IconButton, label, push_button
from desktop.views.framed_ground import paint_frame
from desktop.views.layouts import set_margins
from desktop.views.markdown_blocks import CodeBlock
from desktop.views.save_code import save_code
from desktop.views.tree_marks import NO_MARKS, Marked
from engine.language import tr, whole

HEADER: Final = 32
COPIED_MS: Final = 2000
FOLDED_OVER: Final = 400
"""Lines; longer code shows its first `FOLDED_TO` until more is asked for."""
FOLDED_TO: Final = 40
_SIDE: Final = 14
_TOP, _BOTTOM = 10, 12


def code_height(text: int) -> int:
    """How tall a code block is whose text is so tall."""
    return HEADER + 1 + _TOP + text + _BOTTOM


class CodeView(QWidget):
    """One code block of a reply."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StaticContents)
        self._theme = theme
        self._block = CodeBlock("", "")
        self._growing = False
        self._whole = False
        self._marked = NO_MARKS
        """Of the whole code, also where it is folded."""
        self._language = label(theme, role="small", tone="muted")
        self._wrap = IconButton(theme, "text-wrap", tr("Wrap long lines"))
        self._wrap.setCheckable(True)
        save = IconButton(theme, "download", tr("Save the code"))
        save.clicked.connect(lambda: save_code(self._theme, self.window(), self._block))
        self._copy = IconButton(theme, "copy", tr("Copy the code"))
        self._copy.clicked.connect(self._copy_code)
        self._text = CodeText(theme)
        self._wrap.toggled.connect(lambda wrapped: self._text.wrap(wrapped=wrapped))
        self._more: QPushButton | None = None
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MS)
        self._copied.timeout.connect(lambda: self._copy.show_icon("copy"))
        self._lay_out(save)
        theme.changed.connect(self._render)

    def show_block(self, block: CodeBlock, *, colored: bool = True) -> None:
        """Show `block`; while it grows, colours wait until a line ends."""
        growing = not colored
        if (block, growing) != (self._block, self._growing):
            # Who saw it grow has seen it all: folding it then would move what is read.
            self._whole = self._whole or growing
            if not block.code.startswith(self._block.code):
                self._marked = NO_MARKS
            self._block, self._growing = block, growing
            self._render()

    def forget(self) -> None:
        """Be ready for another block."""
        self._wrap.setChecked(False)
        self._copied.stop()
        self._copy.show_icon("copy")
        self._whole = False
        self._marked = NO_MARKS
        self._text.forget()
        self.show_block(CodeBlock("", ""))

    def show_all(self) -> None:
        """Unfold it."""
        if not self._whole:
            self._whole = True
            self._render()

    def show_marks(self, marked: Marked) -> None:
        """Mark tokens of the code."""
        self._marked = marked
        self._text.show_marks(marked)

    @property
    def marks(self) -> Sequence[Mark]:
        """The tokens that are marked in the code as it is now."""
        return self._marked.marks

    @property
    def shown_text(self) -> str:
        """The code."""
        return self._block.code

    @property
    def text(self) -> CodeText:
        """Where the code stands, as far as it is not folded."""
        return self._text

    def heightForWidth(self, width: int) -> int:
        """At once after a change; a layout within a layout knows it only when Qt comes round."""
        more = self._more.sizeHint().height() if self._more else 0
        return code_height(self._text.heightForWidth(width - 2 * _SIDE)) + more

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Code that grows stays where it is; only the lower edge goes on."""
        super().resizeEvent(event)
        size, former = event.size(), event.oldSize()
        if size.width() != former.width():
            self.update()
        edge = self._theme.tokens.radius["block"] + 1
        self.update(0, min(size.height(), former.height()) - edge, size.width(), edge)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_frame(
            painter, self._theme, self.rect(), line="border", fill="code_background", radius="block"
        )
        painter.fillRect(1, HEADER, self.width() - 2, 1, self._theme.color("border"))
        painter.end()

    def _lay_out(self, save: IconButton) -> None:
        header = QHBoxLayout()
        set_margins(header, _SIDE, 0, 4, 0)
        header.setSpacing(0)
        header.addWidget(self._language, 1)
        for button in (self._wrap, save, self._copy):
            button.setFixedHeight(HEADER)
            header.addWidget(button)
        body = QVBoxLayout()
        body.setContentsMargins(_SIDE, _TOP, _SIDE, _BOTTOM)
        body.addWidget(self._text)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(header)
        self._column.addSpacing(1)
        self._column.addLayout(body)

    def _render(self) -> None:
        language = self._block.language or tr("text")
        self._language.setText(language)
        self._text.setAccessibleName(tr("Code, {language}").format(language=language))
        lines = self._block.code.split("\n")
        folded = len(lines) > FOLDED_OVER and not self._whole
        shown = "\n".join(lines[:FOLDED_TO]) if folded else self._block.code
        self._text.show_code(shown, self._block.language, growing=self._growing)
        self._text.show_marks(self._marked)
        self._offer_more(len(lines) if folded else 0)

    def _offer_more(self, lines: int) -> None:
        """A button that shows so many lines; none for 0, as nearly all code has."""
        if self._more:
            self._column.removeWidget(self._more)
            self._more.hide()
            self._more.deleteLater()
            self._more = None
        if lines:
            self._more = push_button(
                self._theme, tr("Show {n} lines").format(n=whole(lines)), "quiet"
            )
            self._more.clicked.connect(self.show_all)
            self._column.addWidget(self._more)

    def _copy_code(self) -> None:
        QGuiApplication.clipboard().setText(self._block.code)
        self._copy.show_icon("check", "success")
        self._copied.start()
