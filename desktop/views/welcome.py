"""The first start: an answer now from the small model that is here, and what else would run."""

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop import figures
from desktop.engine_port import OpenRequest
from desktop.icons import application_icon
from desktop.model_desk import ModelDesk
from desktop.model_library import FoundModel
from desktop.pair_model import Phase
from desktop.theme import Theme
from desktop.views.centered import centered
from desktop.views.controls import SEMIBOLD, Icon, label, panel, push_button, rule
from desktop.views.framed_ground import paint_frame
from desktop.views.layouts import clear, scrolled
from desktop.views.welcome_offer import WelcomeOffer
from desktop.views.wrapping_row import LineText, WrappingRow
from engine import paths
from engine.language import tr, trn
from engine.library.catalogue import load_catalogue
from engine.library.starter import STARTER, is_starter_ready
from engine.memory_plan.machine_facts import Held, MachineFacts
from engine.memory_plan.outlook import worth_offering

if TYPE_CHECKING:
    from engine.memory_plan.values import MemoryPlan

_COLUMN: Final = 680
_PICTURE: Final = 52


class _Card(QWidget):
    """A rounded area; the one that matters most is filled and framed in the accent."""

    def __init__(self, theme: Theme, *, chief: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._chief = chief

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        line, fill = ("accent", "accent_soft") if self._chief else ("border", "raised")
        paint_frame(painter, self._theme, self.rect(), line=line, fill=fill, radius="card")
        painter.end()


class Welcome(QWidget):
    """Shown once, until the person goes on.

    Signals:
        started: chat with what is here
        models_asked: open the model dialog
    """

    started = Signal()
    models_asked = Signal()

    def __init__(self, theme: Theme, models: ModelDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._models = models
        self._asked: OpenRequest | None = None
        self.start = push_button(
            theme, tr("Start chatting"), "primary", "arrow-right", icon_last=True
        )
        self.start.setProperty("big", "true")
        self.start.setAutoDefault(True)  # Enter presses it too, as in a dialog
        self.start.clicked.connect(self.started)
        self._facts = WrappingRow()
        self._facts.setSpacing(24)
        self._offers = QVBoxLayout()
        self._offers.setSpacing(0)
        self._estimates = label(theme, role="small", tone="muted")
        self._found = label(theme, tone="muted", wrap=True)
        self._found.setTextFormat(Qt.TextFormat.RichText)  # of our own words alone
        self._models_found: Sequence[FoundModel] = ()
        theme.changed.connect(self._say_what_was_found)
        self._lay_out()
        models.planner.planned.connect(self._show_plan)
        models.scan.found.connect(self._show_found)
        self._say(tr("Looking at this computer…"))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._asked is None:
            pair = self._models.pair
            self._asked = pair.request
            self._models.planner.plan(self._asked, pair.info.held if pair.info else Held())
            self._models.scan.scan([])

    def _lay_out(self) -> None:
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(0, 32, 0, 24)
        rows.setSpacing(0)
        rows.addStretch(1)
        rows.addLayout(self._head())
        rows.addSpacing(24)
        rows.addLayout(self._facts)
        rows.addSpacing(20)
        rows.addWidget(self._starter_card())
        rows.addSpacing(16)
        rows.addWidget(self._offers_card())
        rows.addSpacing(16)
        rows.addLayout(self._own_models())
        rows.addStretch(2)
        rows.addSpacing(24)
        rows.addLayout(self._promise())
        inner = panel("surface", "welcome")
        inner.setLayout(centered(column, _COLUMN))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))

    def _head(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(application_icon().pixmap(_PICTURE, _PICTURE))
        title = tr("Big models, on the computer you have")
        how = tr("A small model guesses ahead, the big one checks all guesses at once.")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(self._theme, title, "display", weight=SEMIBOLD, wrap=True))
        words.addWidget(label(self._theme, how, "heading", tone="muted", wrap=True))
        head = QHBoxLayout()
        head.setSpacing(20)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addLayout(words, 1)
        return head

    def _starter_card(self) -> QWidget:
        card = _Card(self._theme, chief=True)
        row = WrappingRow(card)
        row.setContentsMargins(20, 20, 20, 20)
        text = LineText()
        words = QVBoxLayout(text)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        title = tr("Try it now with a small model")
        words.addWidget(label(self._theme, title, "heading", weight=SEMIBOLD, wrap=True))
        said = tr("{model} is already here and answers within seconds.").format(model=STARTER.name)
        words.addWidget(label(self._theme, said, tone="muted", wrap=True))
        row.addWidget(text)
        row.addWidget(self.start)
        card.setVisible(is_starter_ready() or self._models.pair.phase is not Phase.EMPTY)
        return card

    def _offers_card(self) -> QWidget:
        card = _Card(self._theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 0, 1, 0)
        column.setSpacing(0)
        head = WrappingRow()
        head.setContentsMargins(20, 12, 20, 12)
        head.setSpacing(16)
        title = label(self._theme, tr("What this computer can run"), "heading", weight=SEMIBOLD)
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self._estimates)
        column.addLayout(head)
        column.addLayout(self._offers)
        return card

    def _own_models(self) -> QHBoxLayout:
        choose = push_button(self._theme, tr("Choose models"))
        choose.clicked.connect(self.models_asked)
        row = QHBoxLayout()
        row.addWidget(self._found, 1)
        row.addWidget(choose)
        return row

    def _promise(self) -> QHBoxLayout:
        said = tr("Nothing goes over the network until you search or download.")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(Icon(self._theme, "lock", "muted"))
        row.addWidget(label(self._theme, said, "small", tone="muted"))
        row.addStretch(1)
        return row

    def _show_plan(self, request: OpenRequest, plan: "MemoryPlan") -> None:
        if request != self._asked or plan.machine is None:
            return
        self._show_machine(plan.machine)
        clear(self._offers)
        offered = worth_offering(load_catalogue().pairs, plan.machine)
        theme, hub = self._theme, self._models.hub
        for one in offered:
            self._offers.addWidget(rule())
            self._offers.addWidget(
                WelcomeOffer(theme, hub, one, on_devices=bool(plan.machine.devices))
            )
        self._estimates.setText(tr("speeds are estimates until measured") if offered else "")
        if not offered:
            self._say(tr("No pair of the catalogue fits. The model dialog finds smaller ones."))

    def _show_machine(self, machine: MachineFacts) -> None:
        clear(self._facts)
        for device in machine.devices:
            size = figures.file_size(device.free)
            words = tr("{device}, {size} free").format(device=device.description, size=size)
            self._add_fact("cpu", words)
        memory = figures.file_size(machine.ram)
        self._add_fact("memory-stick", tr("{size} memory free").format(size=memory))
        disk = figures.file_size(shutil.disk_usage(paths.models_dir()).free)
        if machine.disk_speed:
            speed = figures.file_size(int(machine.disk_speed))
            words = tr("{size} of disk free, {speed}/s").format(size=disk, speed=speed)
        else:
            words = tr("{size} of disk free").format(size=disk)
        self._add_fact("hard-drive", words)

    def _add_fact(self, icon: str, words: str) -> None:
        fact = QHBoxLayout()
        fact.setSpacing(8)
        fact.addWidget(Icon(self._theme, icon, "muted"))
        fact.addWidget(label(self._theme, words))
        holder = QWidget()
        fact.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(fact)
        self._facts.addWidget(holder)

    def _show_found(self, models: Sequence[FoundModel]) -> None:
        self._models_found = models
        self._say_what_was_found()

    def _say_what_was_found(self) -> None:
        models = self._models_found
        stores = sorted({model.store for model in models if model.store})
        count = sum(not model.refusal for model in models)
        if not count:
            self._found.setText(tr("Models of other programs on this computer are found too."))
            return
        words = trn("{n} model found", "{n} models found", count).format(n=count)
        color = self._theme.color("text").name()
        words = f'<span style="color: {color}; font-weight: {SEMIBOLD.value}">{words}</span>'
        if stores:
            of_whom = tr("{models}, also those of {programs}, ready to use in place.")
            self._found.setText(of_whom.format(models=words, programs=", ".join(stores)))
        else:
            self._found.setText(tr("{models}, ready to use in place.").format(models=words))

    def _say(self, sentence: str) -> None:
        clear(self._offers)
        line = label(self._theme, sentence, tone="muted", wrap=True)
        line.setContentsMargins(20, 0, 20, 16)
        self._offers.addWidget(line)
