"""The menu of speculation modes, each with one sentence, and the budget of a tree."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSpinBox, QWidget, QWidgetAction

from desktop.pair_model import PairModel
from desktop.theme import Theme
from desktop.views.controls import label
from desktop.views.value_controls import pad_number
from engine.config import MAX_BUDGET, Mode
from engine.language import tr

MODES: Final[Mapping[Mode, tuple[str, str]]] = {
    Mode.AUTO: (tr("Auto"), tr("measures, and uses whichever is faster here")),
    Mode.TREE: (tr("Tree"), tr("the draft guesses many continuations at once")),
    Mode.CHAIN: (tr("Chain"), tr("the draft guesses one continuation")),
    Mode.OFF: (tr("Off"), tr("plain: one token for each pass")),
}


class ModeMenu(QMenu):
    """Off, chain, tree or auto; and how many nodes a tree may have."""

    def __init__(self, theme: Theme, pair: PairModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("Mode"), parent)
        self._theme = theme
        self._pair = pair
        self._actions = {mode: self._mode_action(mode) for mode in MODES}
        group = QActionGroup(self)
        for action in self._actions.values():
            group.addAction(action)
        self.addSeparator()
        self._budget = QSpinBox()
        self.addAction(self._budget_action())
        self.aboutToShow.connect(self._refresh)
        self.aboutToHide.connect(self._apply_budget)

    def _mode_action(self, mode: Mode) -> QAction:
        name, sentence = MODES[mode]
        action = self.addAction(f"{name} \N{EN DASH} {sentence}")
        action.setCheckable(True)
        action.triggered.connect(lambda: self._pair.speculate(mode=mode))
        return action

    def _budget_action(self) -> QWidgetAction:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.addWidget(label(self._theme, tr("Nodes of a tree")), 1)
        self._budget.setRange(1, MAX_BUDGET)
        pad_number(self._budget)
        self._theme.dress(self._budget, "body")
        self._budget.setAccessibleName(tr("Nodes of a tree, the budget"))
        layout.addWidget(self._budget)
        action = QWidgetAction(self)
        action.setDefaultWidget(row)
        return action

    def _refresh(self) -> None:
        speculation = self._pair.speculation
        self._actions[speculation.mode].setChecked(True)
        self._budget.setValue(speculation.budget)

    def _apply_budget(self) -> None:
        if self._budget.value() != self._pair.speculation.budget:
            self._pair.speculate(budget=self._budget.value())
