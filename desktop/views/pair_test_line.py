"""The test of a pair in the model dialog: its button, how far it is, and what it found."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.engine_port import OpenRequest
from desktop.error_text import describe
from desktop.figures import loading
from desktop.pair_tests import PairTests
from desktop.theme import Theme
from desktop.views.controls import Icon, announce, label, push_button
from engine.errors import OutriderError
from engine.events import LoadProgress
from engine.language import tr

if TYPE_CHECKING:
    from engine.tested_pairs import PairTest, PairTestProgress


class PairTestLine(QWidget):
    """One line for the pair that is chosen; hidden while there is nothing to say of it."""

    def __init__(self, theme: Theme, tests: PairTests) -> None:
        super().__init__()
        self._tests = tests
        self._request: OpenRequest | None = None
        self._icon = Icon(theme, "info", "muted")
        self._words = label(theme, role="small", wrap=True)
        self.stop = push_button(theme, tr("Stop"), "quiet")
        self.stop.setAutoDefault(False)
        self.button = push_button(theme, tr("Test this pair"), "quiet", "tree")
        """Stands with the drafts."""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addWidget(self.stop)
        self._connect()
        self._look_up()

    def choose(self, request: OpenRequest | None) -> None:
        """This is the pair now; what an earlier test of it found is looked up."""
        if request != self._request:
            self._request = request
            self._look_up()

    def _look_up(self) -> None:
        is_idle = not self._tests.is_running
        self.button.setEnabled(self._request is not None and is_idle)
        if is_idle:
            if self.stop.hasFocus():
                self.button.setFocus()
            self.hide()
            if self._request is not None:
                self._tests.recall(self._request)

    def _connect(self) -> None:
        tests = self._tests
        self.button.clicked.connect(self._test)
        self.stop.clicked.connect(tests.stop)
        tests.progressed.connect(self._show_progress)
        tests.ended.connect(self._look_up)
        tests.failed.connect(self._show_failure)
        tests.tested.connect(self._show_result)
        tests.recalled.connect(self._show_recalled)

    def _test(self) -> None:
        if self._request is not None:
            self._tests.test(self._request)
            self._say(tr("Making room for the test."), "tree", "accent")
            if self.button.hasFocus():
                self.stop.setFocus()  # what is disabled gives the focus to anybody
            self.button.setEnabled(False)

    def _show_progress(self, progress: "LoadProgress | PairTestProgress") -> None:
        if isinstance(progress, LoadProgress):
            pair = self._request.pair if self._request else None
            self._say(loading(progress, pair.target.stem if pair else ""), "tree", "accent")
        else:
            self._say(progress.sentence, "tree", "accent")

    def _show_failure(self, error: OutriderError) -> None:
        self._say(describe(error).message, "x", "danger")

    def _show_recalled(self, request: OpenRequest, test: "PairTest | None") -> None:
        if test is not None and not self._tests.is_running:
            self._show_result(request, test)

    def _show_result(self, request: OpenRequest, test: "PairTest") -> None:
        if request != self._request:
            return
        pays = test.gain > 1
        self._say(test.verdict(), "check" if pays else "info", "success" if pays else "muted")
        self.setToolTip("\n".join(test.details))
        self._words.setAccessibleDescription(". ".join(test.details))
        announce(self, test.verdict())

    def _say(self, words: str, icon: str, tone: str) -> None:
        self._words.setText(words)
        self._icon.show_icon(icon, tone)
        self.stop.setVisible(self._tests.is_running)
        self.setToolTip("")
        self.show()
