"""Go through the branches at one point of a conversation."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import IconButton, label
from engine.language import tr


class BranchSwitcher(QWidget):
    """Shown only where there is more than one branch.

    Signals:
        stepped(int): -1 for the branch before, 1 for the one after
    """

    stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = IconButton(theme, "chevron-left", tr("Branch before"))
        self._count = label(theme, role="small", tone="muted")
        self._after = IconButton(theme, "chevron-right", tr("Branch after"))
        self._before.clicked.connect(lambda: self.stepped.emit(-1))
        self._after.clicked.connect(lambda: self.stepped.emit(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self._before, self._count, self._after):
            row.addWidget(widget)
        self.hide()

    def step(self, by: int) -> None:
        """Go to the branch before (-1) or after (1), if there is one and the engine is free."""
        (self._before if by < 0 else self._after).click()

    def show_branch(self, branch: int, branches: int, *, enabled: bool) -> None:
        """Show "branch of branches"; nothing for a single one."""
        self._count.setText(f"{branch}/{branches}")
        self._count.setAccessibleName(
            tr("Branch {branch} of {branches}").format(branch=branch, branches=branches)
        )
        self._before.setEnabled(enabled and branch > 1)
        self._after.setEnabled(enabled and branch < branches)
        self.setVisible(branches > 1)
