"""A fenced code block: language, wrap, save and copy above, the code below."""

from typing import Final

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.code_text import CodeText
from desktop.views.controls import IconButton, label, push_button
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


class CodeView(QWidget):
    """One code block of a reply."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        save.clicked.connect(lambda: save_code(self.window(), self._block))
        self._copy = IconButton(theme, "copy", tr("Copy the code"))
        self._copy.clicked.connect(self._copy_code)
        self._text = CodeText(theme)
        self._wrap.toggled.connect(lambda wrapped: self._text.wrap(wrapped=wrapped))
        self._more = push_button(theme, "", "quiet")
        self._more.clicked.connect(self.show_all)
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
    def shown_text(self) -> str:
        """The code."""
        return self._block.code

    @property
    def text(self) -> CodeText:
        """Where the code stands, as far as it is not folded."""
        return self._text

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("code_background"))
        radius = self._theme.tokens.radius["block"]
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.fillRect(1, HEADER, self.width() - 2, 1, self._theme.color("border"))
        painter.end()

    def _lay_out(self, save: IconButton) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(_SIDE, 0, 4, 0)
        header.setSpacing(0)
        header.addWidget(self._language, 1)
        for button in (self._wrap, save, self._copy):
            button.setFixedHeight(HEADER)
            header.addWidget(button)
        body = QVBoxLayout()
        body.setContentsMargins(_SIDE, _TOP, _SIDE, _BOTTOM)
        body.addWidget(self._text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addSpacing(1)
        column.addLayout(body)
        column.addWidget(self._more)

    def _render(self) -> None:
        language = self._block.language or tr("text")
        self._language.setText(language)
        self._text.setAccessibleName(tr("Code, {language}").format(language=language))
        lines = self._block.code.split("\n")
        folded = len(lines) > FOLDED_OVER and not self._whole
        shown = "\n".join(lines[:FOLDED_TO]) if folded else self._block.code
        self._text.show_code(shown, self._block.language, growing=self._growing)
        self._text.show_marks(self._marked)
        self._more.setVisible(folded)
        words = tr("Show {n} lines").format(n=whole(len(lines)))
        self._more.setText(words)
        self._more.setAccessibleName(words)

    def _copy_code(self) -> None:
        QGuiApplication.clipboard().setText(self._block.code)
        self._copy.show_icon("check", "success")
        self._copied.start()
