"""The models on this computer: the target in one column, its draft in the other."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from desktop.engine_port import Pair
from desktop.fit_badges import FreeMemory
from desktop.hub_desk import HubDesk
from desktop.incomplete_models import IncompleteModels, unfinished
from desktop.model_choices import (
    Choice,
    ModelRow,
    RowFilter,
    draft_choice,
    draft_rows,
    pair_of,
    target_rows,
)
from desktop.model_library import FoundModel
from desktop.model_scan import ModelScan
from desktop.theme import Theme
from desktop.views.controls import push_button, rule
from desktop.views.draft_sources_menu import DraftSourcesMenu
from desktop.views.folders_menu import FoldersMenu
from desktop.views.model_column import ModelColumn
from desktop.views.model_list import ModelListView
from desktop.views.model_row_menu import ModelRowMenu
from engine.config import SelfDraft
from engine.language import tr
from engine.library.drafts import RankedDraft
from engine.library.find_draft import DraftSources
from engine.memory_plan.values import MemoryPlan

_FILE_FILTER = tr("GGUF models (*.gguf);;All files (*)")


class LibraryPage(QWidget):
    """Two columns: the target writes, the draft guesses ahead.

    `loaded` is the name of the target in use, to begin with where no `pair` was chosen yet.

    Signals:
        changed: another pair is chosen, or other rows are there
        accepted: load this pair
        hub_asked(str, int): search the hub for drafts: words, most parameters
        catalogue_asked(CatalogueModel): download this
    """

    changed = Signal()
    accepted = Signal()
    hub_asked = Signal(str, object)
    catalogue_asked = Signal(object)

    def __init__(
        self, theme: Theme, scan: ModelScan, hub: HubDesk, pair: Pair | None, loaded: str
    ) -> None:
        super().__init__()
        self._theme = theme
        self._scan = scan
        self._hub = hub
        self._loaded = loaded
        self._models: list[FoundModel] = []
        self._ranked: tuple[Path, list[RankedDraft]] | None = None
        self._planned: tuple[Pair, MemoryPlan] | None = None
        self._memory: FreeMemory | None = None
        self._added: tuple[Path, ModelListView, Choice | None] | None = None
        """A file that is being read, its column, and what was chosen there before."""
        self.refusal = ""
        """Why the file added last cannot be used; until something else is chosen."""
        self.is_reading = True
        """Whether the list is not there yet."""
        self.targets = ModelListView(theme, tr("Targets"))
        self.drafts = ModelListView(theme, tr("Drafts"))
        self._folders = FoldersMenu(self, scan)
        self._sources = push_button(theme, tr("Find a draft"), "quiet", "search")
        self._draft_column = self._drafts_column()
        self._lay_out()
        self._connect()
        self.drafts.choose(draft_choice(pair) if pair else SelfDraft())
        if pair:
            self.targets.choose(pair.target)
        self._show_targets()
        self._show_drafts()
        scan.scan(_files(pair) if pair else [])

    @property
    def pair(self) -> Pair | None:
        """What is chosen, if both columns have something that can be used."""
        target, draft = self.targets.chosen_row(), self.drafts.chosen_row()
        if target and draft and isinstance(target.choice, Path):
            return pair_of(target.choice, draft.choice)
        return None

    @property
    def memory(self) -> FreeMemory | None:
        """What is free here, once a plan has told."""
        return self._memory

    @property
    def has_models(self) -> bool:
        """Whether anything is listed."""
        return bool(self._models)

    def filter(self, row_filter: RowFilter) -> None:
        """Show only some rows."""
        self.targets.filter(row_filter)
        self.drafts.filter(row_filter)

    def show_plan(self, pair: Pair, plan: MemoryPlan) -> None:
        """Say in the rows what the plan for `pair` says."""
        self._planned = pair, plan
        before, self._memory = self._memory, FreeMemory.of(plan)
        if before is None or before.devices != self._memory.devices:
            self.rank_again()
        self._show_targets()
        self._show_drafts()

    def add_file(self, path: Path) -> None:
        """List a file from anywhere, chosen as the target."""
        self._add(path, self.targets)

    def add_folder(self, folder: Path) -> None:
        """List what lies in a folder."""
        self._scan.change(lambda library: library.add_folder(folder))

    def choose_draft(self, choice: Choice) -> None:
        """Choose another draft."""
        self.drafts.choose(choice)
        self._pair_changed()

    def choose_target(self, path: Path) -> None:
        """Choose another target, for instance one that was just downloaded."""
        self.targets.choose(path)
        self._target_changed()

    def rank_again(self) -> None:
        """Something is known of the drafts that was not before."""
        if target := self._target():
            memory = self._memory
            self._scan.rank(target.path, memory.regime(target.size_bytes) if memory else None)

    def add_draft_button(self, button: QPushButton) -> None:
        """One more over the drafts."""
        self._draft_column.add_button(button)

    def _target_column(self) -> ModelColumn:
        words = tr("Target"), tr("writes the text"), tr("Add a file as target")
        column = ModelColumn(self._theme, self.targets, *words)
        folders = push_button(self._theme, tr("Folders"), "quiet", "folder")
        folders.setMenu(self._folders)
        column.add_button(folders)
        column.file_asked.connect(lambda: self._ask_for_file(self.targets))
        return column

    def _drafts_column(self) -> ModelColumn:
        words = tr("Draft"), tr("guesses ahead"), tr("Add a file as draft")
        column = ModelColumn(self._theme, self.drafts, *words)
        column.add_button(self._sources)
        column.file_asked.connect(lambda: self._ask_for_file(self.drafts))
        return column

    def _lay_out(self) -> None:
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self._target_column(), 1)
        columns.addWidget(rule(Qt.Orientation.Vertical))
        columns.addWidget(self._draft_column, 1)

    def _connect(self) -> None:
        scan = self._scan
        scan.found.connect(self._show_models)
        scan.ranked.connect(self._show_ranking)
        scan.sourced.connect(self._show_sources)
        self._hub.changed.connect(self._show_targets)
        self.targets.action_asked.connect(lambda row: self._incomplete.complete(row, self._hub))
        for rows in (self.targets, self.drafts):
            rows.chosen.connect(self._forget_refusal)
            rows.accepted.connect(self.accepted)
            rows.menu_asked.connect(self._show_menu)
        self.targets.chosen.connect(self._target_changed)
        self.drafts.chosen.connect(self._pair_changed)
        self._sources.clicked.connect(self._ask_for_sources)

    def _show_models(self, models: list[FoundModel]) -> None:
        self.is_reading = False
        self._models = models
        self._show_targets()
        self._show_drafts()
        self._keep_choice_if_refused()
        waiting = self._added is not None
        if not waiting and self.targets.chosen_row() is None and (usable := self._best_target()):
            self.targets.choose(usable)
        self._target_changed()

    def _keep_choice_if_refused(self) -> None:
        if self._added is None:
            return
        path, rows, former = self._added
        added = next((model for model in self._models if model.path == path), None)
        if added is None:
            return
        self._added = None
        self.refusal = added.refusal
        if self.refusal and former is not None:
            rows.choose(former)

    def _forget_refusal(self) -> None:
        self.refusal = ""

    def _target_changed(self) -> None:
        self.rank_again()
        self._pair_changed()

    def _pair_changed(self) -> None:
        self._show_drafts()
        self.changed.emit()

    def _show_ranking(self, target: Path, ranked: list[RankedDraft]) -> None:
        self._ranked = target, ranked
        self._pair_changed()

    def _show_targets(self) -> None:
        planned = self._planned and (self._planned[0].target, self._planned[1])
        rows = target_rows(self._models, self._memory, planned)
        self.targets.show_rows(self._incomplete.rows(rows))

    @property
    def _incomplete(self) -> IncompleteModels:
        return IncompleteModels(unfinished(self._hub.shown), self._models)

    def _show_drafts(self) -> None:
        target = self._target()
        self._sources.setEnabled(target is not None)
        self.drafts.show_rows(self._draft_rows(target) if target else [])

    def _draft_rows(self, target: FoundModel) -> list[ModelRow]:
        ranked, planned, chosen = self._ranked, self._planned, self.drafts.choice
        return draft_rows(
            target,
            self._models,
            ranked[1] if ranked and ranked[0] == target.path else None,
            copy=chosen if isinstance(chosen, SelfDraft) else None,
            plain=planned[1].speed.plain if planned and planned[0].target == target.path else None,
        )

    def _target(self) -> FoundModel | None:
        row = self.targets.chosen_row()
        return next((model for model in self._models if row and model.path == row.choice), None)

    def _best_target(self) -> Path | None:
        """The one in use, or else the first that can be used."""
        usable = [model for model in self._models if not model.refusal]
        usable.sort(key=lambda model: model.name != self._loaded)
        return usable[0].path if usable else None

    def _ask_for_file(self, rows: ModelListView) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Add a model file"), filter=_FILE_FILTER)
        if name:
            self._add(Path(name), rows)

    def _add(self, path: Path, rows: ModelListView) -> None:
        self._added = path, rows, rows.choice
        rows.choose(path)
        self._scan.change(lambda library: library.add_file(path))

    def _show_menu(self, row: ModelRow, where: QPoint) -> None:
        model = next(model for model in self._models if model.path == row.choice)
        ModelRowMenu(self._theme, self._scan, model, self).popup(where)

    def _ask_for_sources(self) -> None:
        if target := self._target():
            self._scan.find_sources(target.path)

    def _show_sources(self, target: Path, sources: DraftSources) -> None:
        chosen = self._target()
        if chosen is None or chosen.path != target:
            return
        menu = DraftSourcesMenu(sources, self)
        menu.draft_chosen.connect(self.choose_draft)
        menu.catalogue_chosen.connect(self.catalogue_asked)
        menu.hub_chosen.connect(self.hub_asked)
        menu.popup(self._sources.mapToGlobal(self._sources.rect().bottomLeft()))


def _files(pair: Pair) -> list[Path]:
    return [part for part in (pair.target, pair.draft) if isinstance(part, Path)]
