"""Choose the target and the draft, see what they need and how fast they are, and load them."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.chosen_pair import MEMORY_ONLY
from desktop.chosen_plan import ChosenPlan
from desktop.engine_port import OpenRequest
from desktop.model_choices import NoModel
from desktop.model_desk import ModelDesk
from desktop.plan_words import VerdictText, checking_text, waiting_text
from desktop.settings import PlacementChoice
from desktop.theme import Theme
from desktop.views.catalogue_page import CataloguePage
from desktop.views.controls import rule, tab_in_order
from desktop.views.devices_dialog import DevicesDialog
from desktop.views.dialogs import opened
from desktop.views.download_panel import DownloadPanel
from desktop.views.dropped_files import model_files
from desktop.views.hub_page import HubPage
from desktop.views.layouts import scrolled
from desktop.views.library_page import LibraryPage
from desktop.views.load_foot import LoadFoot
from desktop.views.model_filters import ModelFilters
from desktop.views.pair_test_line import PairTestLine
from desktop.views.plan_panel import PlanPanel
from desktop.views.save_profile import save_profile
from engine.config import KvType, Placement, SelfDraft
from engine.errors import OutriderError
from engine.language import tr
from engine.library.catalogue import CatalogueModel
from engine.memory_plan.machine_facts import Held
from engine.memory_plan.values import Change, ChangeKind, MemoryPlan

_LIBRARY, _CATALOGUE, _HUB = range(3)
_SIZE: Final = QSize(1120, 780)


class ModelDialog(QDialog):
    """Target at the start side, draft at the other, the memory plan below.

    Signals:
        request_chosen(OpenRequest): load this
    """

    request_chosen = Signal(object)

    def __init__(self, theme: Theme, desk: ModelDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._desk = desk
        info = desk.pair.info
        self._plan = ChosenPlan(desk.planner, self._request, info.held if info else Held(), self)
        now = desk.pair.request
        loaded = info.target_name if info else ""
        self._filters = ModelFilters(theme)
        self._library = LibraryPage(theme, desk.scan, desk.hub, now.pair, loaded)
        self._catalogue = CataloguePage(theme, desk.hub)
        self._hub = HubPage(theme, desk.hub)
        self._pages = QStackedWidget()
        self._downloads = DownloadPanel(theme, desk.hub)
        self._panel = PlanPanel(theme, now, on_memory=now.placement == MEMORY_ONLY)
        self._test = PairTestLine(theme, desk.tests)
        self._foot = LoadFoot(theme, self._panel.verdict)
        self._buttons = self._foot.buttons
        self._lay_out()
        self._connect()
        self._refresh()
        self.resize(_SIZE.boundedTo(self.screen().availableSize()))
        self._library.targets.setFocus()
        desk.hub.read_unfinished()

    def add(self, path: Path) -> None:
        """List a file, chosen as the target, or what lies in a folder."""
        if path.is_dir() and path.suffix.casefold() != ".gguf":
            self._library.add_folder(path)
        else:
            self._library.add_file(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if model_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for path in model_files(event.mimeData()):
            self.add(path)
        event.acceptProposedAction()

    def done(self, result: int) -> None:
        """Closed, whichever way: neither plans nor a test are wanted any more."""
        self._plan.stop()
        self._desk.tests.stop()
        super().done(result)

    def _lay_out(self) -> None:
        self.setWindowTitle(tr("Choose models"))
        self.setAcceptDrops(True)
        for page in (self._library, self._catalogue, self._hub):
            self._pages.addWidget(page)
        self._library.add_draft_button(self._test.button)
        line = rule()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._filters)
        outer.addWidget(rule())
        outer.addWidget(scrolled(self._body(), line), 1)
        outer.addWidget(line)
        outer.addWidget(self._foot)

    def _body(self) -> QWidget:
        body = QWidget()
        plan = QVBoxLayout()
        plan.setContentsMargins(20, 12, 20, 0)
        plan.setSpacing(8)
        plan.addWidget(self._panel)
        plan.addWidget(self._test)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(rule())
        column.addWidget(self._downloads)
        column.addLayout(plan)
        return body

    def _connect(self) -> None:
        desk, library = self._desk, self._library
        self._filters.changed.connect(self._filter)
        self._filters.tab_chosen.connect(self._show_tab)
        self._filters.submitted.connect(self._search)
        library.changed.connect(self._pair_changed)
        library.accepted.connect(self._accept)
        for rows in (library.targets, library.drafts):
            rows.chosen.connect(lambda: self._foot.show_trouble(None))
        library.hub_asked.connect(self._search_for)
        library.catalogue_asked.connect(self._download)
        self._downloads.wanted.connect(self._use_download)
        self._panel.changed.connect(self._pair_changed)
        self._panel.change_chosen.connect(self._make_change)
        self._plan.asked.connect(self._test.choose)
        self._plan.planned.connect(self._show_plan)
        self._plan.failed.connect(self._show_no_plan)
        self._plan.load_asked.connect(self._load)
        desk.scan.failed.connect(self._foot.show_trouble)
        desk.tests.tested.connect(library.rank_again)
        desk.hub.download_failed.connect(self._foot.show_trouble)
        self._panel.devices_asked.connect(self._show_devices)
        self._buttons.load_asked.connect(self._accept)
        self._buttons.save_asked.connect(self._save_profile)
        self._buttons.cancelled.connect(self.reject)

    def _request(self) -> OpenRequest | None:
        """What is chosen now."""
        pair = self._library.pair
        if pair is None:
            return None
        where = MEMORY_ONLY if self._panel.placement is PlacementChoice.MEMORY else Placement()
        speculation = replace(self._desk.pair.speculation, suggestions=pair.suggestions)
        return OpenRequest(
            pair=pair,
            context_length=self._panel.context_length,
            speculation=speculation,
            kv_type=self._panel.kv_type,
            placement=where,
            draft_placement=where,
            workers=self._desk.pair.workers,
        )

    def _pair_changed(self) -> None:
        self._filters.offer(self._library.targets.rows)
        if not self._plan.is_known or self._library.refusal:
            self._refresh()
            self._plan.ask_soon()

    def _show_plan(self, request: OpenRequest, plan: MemoryPlan) -> None:
        if request.pair:
            self._library.show_plan(request.pair, plan)
        for page in (self._catalogue, self._hub):
            page.use_memory(self._library.memory)
        self._panel.show_plan(plan)
        self._buttons.allow(load=True, save=True)
        self._buttons.warn(anyway=not plan.fits)
        self._order_tab()

    def _order_tab(self) -> None:
        """The bars and what would help are made with each plan."""
        panel, buttons = self._panel, self._buttons
        below = (self._test.stop, *panel.changes, *buttons.tab_order)
        tab_in_order((*panel.tab_order, *below))

    def _show_no_plan(self, error: OutriderError) -> None:
        self._panel.show_words(VerdictText("x", "danger", error.message, error.hint))
        self._buttons.allow(load=False, save=True)

    def _refresh(self) -> None:
        """Until a plan says more."""
        library = self._library
        self._plan.forget()
        is_pair = library.pair is not None
        self._buttons.allow(load=is_pair, save=is_pair)
        self._buttons.warn(anyway=False)
        words = waiting_text(
            refusal=library.refusal,
            is_reading=library.is_reading,
            has_models=library.has_models,
            has_target=library.targets.chosen_row() is not None,
            has_draft=library.drafts.chosen_row() is not None,
        )
        self._panel.show_words(words)
        self._say_if_awaited()

    def _say_if_awaited(self) -> None:
        if self._plan.loads_soon:
            self._buttons.allow(load=False, save=True)
            self._panel.show_words(checking_text())

    def _filter(self) -> None:
        row_filter = self._filters.row_filter
        self._library.filter(row_filter)
        self._catalogue.filter(replace(row_filter, family="", quantization=""))

    def _show_tab(self, number: int) -> None:
        self._pages.setCurrentIndex(number)
        for part in (self._panel, self._panel.verdict):
            part.setVisible(number == _LIBRARY)
        self._buttons.offer(load=number == _LIBRARY)

    def _search(self) -> None:
        if self._pages.currentIndex() == _HUB:
            self._hub.search(self._filters.search.text())

    def _search_for(self, words: str, most_parameters: int | None) -> None:
        self._filters.search.setText(words)
        self._filters.show_tab(_HUB)
        self._hub.search(words, most_parameters)

    def _download(self, model: CatalogueModel) -> None:
        self._catalogue.download(model)

    def _use_download(self, path: Path) -> None:
        self._filters.show_tab(_LIBRARY)
        self._library.choose_target(path)

    def _make_change(self, change: Change) -> None:
        match change.kind:
            case ChangeKind.CONTEXT:
                self._panel.use_context(int(change.value))
            case ChangeKind.KV_TYPE:
                self._panel.use_kv_type(KvType(change.value))
            case ChangeKind.DRAFT if change.value == "none":
                self._library.choose_draft(NoModel.NGRAM)
            case ChangeKind.DRAFT:
                copy = SelfDraft(quantization=change.value.removeprefix("self:"))
                self._library.choose_draft(copy)
            case ChangeKind.QUANTIZATION:
                self._find_quantization(change.value)

    def _show_devices(self) -> None:
        dialog = DevicesDialog(self._theme, self._desk.workers, self._desk.devices, self)
        dialog.finished.connect(self._plan.ask_soon)
        opened(dialog)

    def _find_quantization(self, quantization: str) -> None:
        row = self._library.targets.chosen_row()
        if row:
            self._search_for(f"{row.family} {quantization}", None)

    def _save_profile(self) -> None:
        if request := self._request():
            sampling = self._desk.pair.sampling
            save_profile(self, self._desk.profiles, request, sampling, in_use=False)

    def _accept(self) -> None:
        if not self._plan.load():
            self._say_if_awaited()

    def _load(self, request: OpenRequest) -> None:
        self.request_chosen.emit(request)
        self.accept()
