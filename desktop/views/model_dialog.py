"""Choose the target and the draft, and see whether and why they fit."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from desktop.engine_port import Pair
from desktop.model_choices import Choice, ModelRow, draft_rows, target_rows
from desktop.model_scan import FoundModel, ModelScan, Verdict
from desktop.theme import Theme
from desktop.views.controls import SEMIBOLD, label, panel, push_button, rule
from desktop.views.model_list import ModelListView
from engine.config import SelfDraft

_FILE_FILTER = "GGUF models (*.gguf);;All files (*)"


class ModelDialog(QDialog):
    """Two columns: the target writes, the draft guesses ahead.

    `loaded` is the name of the target in use, to begin with where no `pair` was chosen yet.

    Signals:
        pair_chosen(Pair): load this
    """

    pair_chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        scan: ModelScan,
        pair: Pair | None,
        loaded: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scan = scan
        self._loaded = loaded
        self._extra = [part for part in _parts(pair) if isinstance(part, Path)]
        self._models: list[FoundModel] = []
        self._verdicts: dict[Path, Verdict] = {}
        self._added: tuple[Path, ModelListView, Choice] | None = None
        """A file that is being read, its column, and what was chosen there before."""
        self._refusal = ""
        """Why the file added last cannot be used; until something else is chosen."""
        self._targets = ModelListView(theme, "Targets")
        self._drafts = ModelListView(theme, "Drafts")
        self._status = label(theme, weight=SEMIBOLD)
        self._reason = label(theme, role="small", tone="muted", wrap=True)
        self._load = push_button(theme, "Load", "primary")
        self._lay_out()
        self._connect()
        self._drafts.choose(pair.draft if pair else SelfDraft())
        if pair:
            self._targets.choose(pair.target)
        self._refresh()
        self._targets.setFocus()
        self._scan.scan(self._extra)

    def add_file(self, path: Path) -> None:
        """List a file from anywhere, chosen as the target."""
        self._add(path, self._targets)

    def sizeHint(self) -> QSize:
        return QSize(1040, 660)

    def _lay_out(self) -> None:
        self.setWindowTitle("Choose models")
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self._column("Target", "writes the text", self._targets), 1)
        columns.addWidget(rule(Qt.Orientation.Vertical))
        columns.addWidget(self._column("Draft", "guesses ahead", self._drafts), 1)
        surface = panel("surface", "models")
        surface.setLayout(columns)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(surface, 1)
        outer.addWidget(rule())
        outer.addLayout(self._footer())

    def _column(self, title: str, does: str, rows: ModelListView) -> QWidget:
        column = QWidget()
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 4, 0)
        head.setSpacing(10)
        head.addWidget(label(self._theme, title, "heading", weight=SEMIBOLD))
        head.addWidget(label(self._theme, does, "small", tone="muted"))
        head.addStretch(1)
        add = push_button(self._theme, "Add file…", "quiet", "plus")
        add.setAccessibleName(f"Add a file as {title.casefold()}")
        add.setAutoDefault(False)
        add.clicked.connect(lambda: self._ask_for_file(rows))
        head.addWidget(add)
        body = QVBoxLayout(column)
        body.setContentsMargins(8, 12, 8, 8)
        body.setSpacing(4)
        body.addLayout(head)
        body.addWidget(rows, 1)
        return column

    def _footer(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._status)
        words.addWidget(self._reason)
        cancel = push_button(self._theme, "Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self._load.setDefault(True)
        footer = QHBoxLayout()
        footer.setContentsMargins(20, 14, 20, 16)
        footer.setSpacing(12)
        footer.addLayout(words, 1)
        for button in (cancel, self._load):
            footer.addWidget(button)
        return footer

    def _connect(self) -> None:
        self._scan.found.connect(self._show_models)
        self._scan.judged.connect(self._add_verdict)
        for rows in (self._targets, self._drafts):
            rows.chosen.connect(self._forget_refusal)
        self._targets.chosen.connect(self._judge)
        self._drafts.chosen.connect(self._refresh)
        self._targets.accepted.connect(self._accept)
        self._drafts.accepted.connect(self._accept)
        self._load.clicked.connect(self._accept)

    def _show_models(self, models: list[FoundModel]) -> None:
        self._models = models
        self._targets.show_rows(target_rows(models))
        self._keep_choice_if_refused()
        waiting = self._added is not None
        if not waiting and self._targets.chosen_row() is None and (usable := self._best_target()):
            self._targets.choose(usable)
        self._judge()

    def _keep_choice_if_refused(self) -> None:
        if self._added is None:
            return
        path, rows, former = self._added
        added = next((model for model in self._models if model.path == path), None)
        if added is None:
            return
        self._added = None
        self._refusal = added.refusal
        if self._refusal:
            rows.choose(former)

    def _forget_refusal(self) -> None:
        self._refusal = ""

    def _judge(self) -> None:
        target = self._target()
        self._verdicts = {}
        if target:
            drafts = [model.path for model in self._models if not model.refusal]
            self._scan.judge(target.path, [path for path in drafts if path != target.path])
        self._refresh()

    def _add_verdict(self, _target: Path, draft: Path, verdict: Verdict) -> None:
        self._verdicts[draft] = verdict
        self._refresh()

    def _refresh(self) -> None:
        target = self._target()
        rows = draft_rows(target, self._models, self._verdicts) if target else []
        self._drafts.show_rows(rows)
        draft = self._drafts.chosen_row()
        self._load.setEnabled(target is not None and draft is not None)
        self._status.setText(self._words(target, draft))
        self._reason.setText(self._refusal or (draft.reason if draft else ""))

    def _words(self, target: FoundModel | None, draft: ModelRow | None) -> str:
        if not self._models:
            return "No model is in the models folder yet. Add a GGUF file."
        if target is None:
            return "Choose a target."
        if draft is None:
            return "Choose a draft, or none."
        if draft.choice is None:
            return f"{target.name} writes, one token for each pass."
        guesser = "its copy" if isinstance(draft.choice, SelfDraft) else draft.name
        return f"{target.name} writes, {guesser} guesses ahead."

    def _target(self) -> FoundModel | None:
        row = self._targets.chosen_row()
        return next((model for model in self._models if row and model.path == row.choice), None)

    def _best_target(self) -> Path | None:
        """The one in use, or else the first that can be used."""
        usable = [model for model in self._models if not model.refusal]
        usable.sort(key=lambda model: model.name != self._loaded)
        return usable[0].path if usable else None

    def _ask_for_file(self, rows: ModelListView) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Add a model file", filter=_FILE_FILTER)
        if name:
            self._add(Path(name), rows)

    def _add(self, path: Path, rows: ModelListView) -> None:
        self._extra.append(path)
        self._added = path, rows, rows.choice
        rows.choose(path)
        self._scan.scan(self._extra)

    def _accept(self) -> None:
        target, draft = self._targets.chosen_row(), self._drafts.chosen_row()
        if target and draft and isinstance(target.choice, Path):
            self.pair_chosen.emit(Pair(target.choice, draft.choice))
            self.accept()


def _parts(pair: Pair | None) -> Sequence[Choice]:
    return (pair.target, pair.draft) if pair else ()
