"""One row of the settings dialog: what it is, why, its control, and the way back to the default."""

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.setting import Applies, Setting
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.views.controls import MEDIUM, announce, label
from desktop.views.regions import has_focus
from desktop.views.setting_control import control_for
from desktop.views.wrapping_row import LineText, WrappingRow
from engine.errors import OutriderError
from engine.language import tr

Refuse = Callable[[Setting[Any], Any], str]
"""Why a value cannot be taken, in a sentence; "" if it can."""

Lacks = Callable[[Setting[Any]], str]
"""What this computer lacks for a setting, in a sentence; "" for nothing."""

_WHEN: Final = {
    Applies.NEXT_REPLY: tr("Counts from the next reply on."),
    Applies.RELOAD: tr("Counts once the models are loaded again."),
    Applies.RESTART: tr("Counts from the next start on."),
}
_DOT: Final = 3.0
_LEAST_HEIGHT: Final = 56


def accept_all(_setting: Setting[Any], _value: object) -> str:
    """Refuse nothing that the kind of a setting allows."""
    return ""


def lack_nothing(_setting: Setting[Any]) -> str:
    """Nothing is missing for any setting."""
    return ""


class _Reset(QPushButton):
    """Keeps its place, and is seen while its row is hovered or has the focus."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(tr("Reset"))
        theme.dress(self, "small", MEDIUM)
        self.setProperty("kind", "quiet")
        self.setProperty("slim", "true")
        self.setAccessibleName(tr("Reset: {name}").format(name=name))
        self.setAutoDefault(False)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._revealed = False

    def reveal(self, *, shown: bool) -> None:
        """Paint it or not; Tab reaches it either way."""
        self._revealed = shown
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._revealed:
            super().paintEvent(event)


class SettingRow(QWidget):
    """Shows one setting, and stores what the person chooses at once."""

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        setting: Setting[Any],
        refuse: Refuse = accept_all,
        lacks: Lacks = lack_nothing,
    ) -> None:
        super().__init__()
        self.setting = setting
        self._theme = theme
        self._settings = settings
        self._refuse = refuse
        self._lacking = label(theme, lacks(setting), "small", tone="warning", wrap=True)
        self._lacking.setHidden(not self._lacking.text())
        self.control = control_for(theme, setting, self._choose)
        said = f"{setting.sentence} {self._lacking.text()}".strip()
        self.control.widget.setAccessibleDescription(said)
        self._reset = _Reset(theme, setting.label)
        self._reset.clicked.connect(lambda: self._choose(setting.default))
        self._trouble = label(theme, role="small", tone="danger", wrap=True)
        self._trouble.hide()
        self._lay_out()
        for part in (self._reset, self.control.widget, *self.control.widget.findChildren(QWidget)):
            part.installEventFilter(self)
        settings.changed.connect(self._follow)
        self._refresh()

    @property
    def trouble(self) -> str:
        """Why the last choice was not taken; "" if it was."""
        return "" if self._trouble.isHidden() else self._trouble.text()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._reveal_reset()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._reveal_reset()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent):
            self._reveal_reset()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The dot of a row that was changed, before its label."""
        if not self._settings.is_changed(self.setting):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent"))
        left_to_right = self.layoutDirection() is Qt.LayoutDirection.LeftToRight
        middle = self._words.y() + self._name.geometry().center().y() + 1
        x = 8.0 if left_to_right else self.width() - 8.0
        painter.drawEllipse(QPointF(x, middle), _DOT, _DOT)
        painter.end()

    def _lay_out(self) -> None:
        self._name = label(self._theme, self.setting.label, weight=MEDIUM)
        self._name.setBuddy(self.control.widget)
        self._words = LineText()
        words = QVBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(2)
        words.addWidget(self._name)
        for said in self._sentences():
            words.addWidget(said)
        words.addWidget(self._lacking)
        words.addWidget(self._trouble)
        row = WrappingRow(self)
        row.setContentsMargins(20, 8, 20, 8)
        row.setSpacing(8)
        row.addWidget(self._words)
        row.addWidget(self._reset)
        row.addWidget(self.control.widget)
        self.setMinimumHeight(_LEAST_HEIGHT)

    def _sentences(self) -> list[QLabel]:
        when = _WHEN.get(self.setting.applies, "")
        said = (self.setting.sentence, when)
        return [label(self._theme, one, "small", tone="muted", wrap=True) for one in said if one]

    def _choose(self, value: str | int | bool) -> None:  # noqa: FBT001 - of a switch
        trouble = self._refuse(self.setting, value)
        if not trouble:
            try:
                self._settings.set(self.setting, value)
            except OutriderError as error:
                trouble = error.sentence
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        if trouble:
            announce(self, trouble)
            self._refresh()

    def _follow(self, setting: Setting[Any]) -> None:
        if setting == self.setting:
            self._refresh()

    def _refresh(self) -> None:
        self.control.show(self._settings.get(self.setting))
        is_changed = self._settings.is_changed(self.setting)
        if not is_changed and self._reset.hasFocus():
            self.control.widget.setFocus()
        self._reset.setVisible(is_changed)
        words = (
            tr("{name}, changed").format(name=self.setting.label)
            if is_changed
            else self.setting.label
        )
        self.setAccessibleName(words)
        self._reveal_reset()
        self.update()

    def _reveal_reset(self) -> None:
        self._reset.reveal(shown=self.underMouse() or has_focus(self))
