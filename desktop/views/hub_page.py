"""The hub: search results beside what the chosen repository holds."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.error_text import describe
from desktop.fit_badges import FreeMemory
from desktop.hub_choices import file_row, repo_facts, repo_row
from desktop.hub_desk import HubDesk
from desktop.theme import Theme
from desktop.views.ask_line import ask_line
from desktop.views.controls import SEMIBOLD, announce, label, panel, push_button, rule
from desktop.views.model_list import ModelListView
from engine.errors import OutriderError
from engine.language import tr, trn

if TYPE_CHECKING:
    from engine.library.hub.values import RepoDetails, SearchPage

_INVITATION = tr("Type a name above and press Enter. Nothing goes over the network before that.")
_LONGEST_TOKEN: Final = 200
_TOKEN = tr(
    "A token with read access, made in the settings of your account on the hub, opens gated "
    "models. It is kept in the system's keyring, or where other programs keep theirs."
)


class HubPage(QWidget):
    """Searches only when asked to."""

    def __init__(self, theme: Theme, hub: HubDesk) -> None:
        super().__init__()
        self._theme = theme
        self._hub = hub
        self._details: RepoDetails | None = None
        self._memory: FreeMemory | None = None
        self._status = label(theme, _INVITATION, "small", tone="muted", wrap=True)
        self._repos = ModelListView(theme, tr("Search results"), radios=False, menus=False)
        self._title = label(theme, role="heading", weight=SEMIBOLD)
        self._facts = label(theme, role="small", tone="muted", wrap=True)
        self._summary = label(theme, role="small", wrap=True)
        self._files = ModelListView(theme, tr("Files of the repository"), menus=False)
        self._page = push_button(theme, tr("Open the page"), "quiet", "external-link")
        self._download = push_button(theme, tr("Download"), "normal", "download")
        self._sign_in = push_button(theme, tr("Sign in…"), "quiet")
        self._lay_out()
        self._repos.chosen.connect(self._look)
        self._files.chosen.connect(self._refresh)
        self._files.accepted.connect(self._start)
        self._page.clicked.connect(self._open_page)
        self._download.clicked.connect(self._start)
        hub.searched.connect(self._show_results)
        hub.looked.connect(self._show_details)
        self._sign_in.clicked.connect(self._ask_for_token)
        hub.signed_in.connect(self._show_name)
        hub.failed.connect(self._show_failure)
        self._refresh()

    def search(self, text: str, most_parameters: int | None = None) -> None:
        """Ask the hub, as the person wished."""
        if not text.strip():
            return
        self._say(tr("Searching…"))
        self._hub.search(text, most_parameters)

    def use_memory(self, memory: FreeMemory | None) -> None:
        """Mark what fits."""
        if memory != self._memory:
            self._memory = memory
            self._show_files()

    def _lay_out(self) -> None:
        left = panel("surface", "results")
        results = QVBoxLayout(left)
        results.setContentsMargins(8, 12, 8, 8)
        results.setSpacing(6)
        status = QHBoxLayout()
        status.setContentsMargins(12, 0, 12, 0)
        status.addWidget(self._status, 1)
        results.addLayout(status)
        results.addWidget(self._repos, 1)
        results.addWidget(self._sign_in, 0, Qt.AlignmentFlag.AlignLeading)
        right = panel("surface", "repository")
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(6)
        head = QVBoxLayout()
        head.setContentsMargins(12, 0, 12, 0)
        head.setSpacing(4)
        for line in (self._title, self._facts, self._summary):
            head.addWidget(line)
        self._summary.setMaximumHeight(6 * self._summary.fontMetrics().lineSpacing())
        self._summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 0, 12, 0)
        buttons.addWidget(self._page)
        buttons.addStretch(1)
        buttons.addWidget(self._download)
        column.addLayout(head)
        column.addWidget(self._files, 1)
        column.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(left, 1)
        row.addWidget(rule(Qt.Orientation.Vertical))
        row.addWidget(right, 1)
        for button in (self._page, self._download, self._sign_in):
            button.setAutoDefault(False)

    def _look(self) -> None:
        chosen = self._repos.choice
        if isinstance(chosen, str):
            self._say(tr("Reading {chosen}…").format(chosen=chosen))
            self._hub.look_into(chosen)

    def _show_results(self, page: "SearchPage") -> None:
        rows = [repo_row(repo) for repo in page.repos]
        self._repos.show_rows(rows)
        self._say(_found(len(rows), has_more=page.has_more))

    def _show_details(self, details: "RepoDetails") -> None:
        self._details = details
        self._say("")
        self._title.setText(details.repo)
        self._facts.setText(repo_facts(details))
        self._summary.setText(details.summary)
        self._show_files()

    def _show_files(self) -> None:
        details = self._details
        models = details.models if details else ()
        architecture = details.architecture if details else ""
        rows = [file_row(model, self._memory, architecture) for model in models]
        self._files.show_rows(rows)
        self._refresh()

    def _ask_for_token(self) -> None:
        def sign_in(token: str) -> None:
            self._say(tr("Asking the hub whose token it is…"))
            self._hub.sign_in(token)

        ask_line(
            self, tr("Sign in to the hub"), _TOKEN, sign_in, most=_LONGEST_TOKEN, is_secret=True
        )

    def _show_name(self, name: str) -> None:
        self._say(tr("Signed in as {name}. Gated downloads can be tried again.").format(name=name))

    def _show_failure(self, error: OutriderError) -> None:
        self._say(describe(error).message)

    def _refresh(self) -> None:
        self._page.setVisible(self._details is not None)
        self._download.setVisible(self._details is not None)
        self._download.setEnabled(self._files.chosen_row() is not None)

    def _say(self, words: str) -> None:
        self._status.setText(words)
        self._status.setVisible(bool(words))
        announce(self, words)

    def _open_page(self) -> None:
        if self._details:
            QDesktopServices.openUrl(QUrl(self._details.page))

    def _start(self) -> None:
        models = self._details.models if self._details else ()
        for model in models:
            if model.id == self._files.choice and not model.missing_parts:
                self._hub.download(model)


def _found(count: int, *, has_more: bool) -> str:
    if not count:
        return tr("The hub has nothing of that name.")
    if has_more:
        return tr("{count} repositories; a longer name finds fewer.").format(count=count)
    return trn("{count} repository.", "{count} repositories.", count).format(count=count)
