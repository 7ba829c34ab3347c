"""The line at the bottom: the pair, the mode, and the speed of the last reply."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop import figures
from desktop.chat_model import ChatModel
from desktop.conversations.values import ReplyNotes
from desktop.pair_model import PairModel, Phase
from desktop.theme import Theme
from desktop.throttle import FIGURES_MS, Throttle
from desktop.views.controls import label
from desktop.views.mode_menu import MODES
from engine.language import tr


class StatusLine(QWidget):
    """Figures of the reply that streams, or else of the last one shown."""

    def __init__(
        self, theme: Theme, chat: ChatModel, pair: PairModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._pair = pair
        self.setObjectName("status")
        self._models = label(theme, role="small", tone="muted")
        self._models.setMinimumWidth(1)
        self._figures = label(theme, role="small", tone="muted")
        theme.set_height(self, theme.tokens.size["tool"])
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(16)
        row.addWidget(self._models, 1)
        row.addWidget(self._figures)
        for signal in (
            chat.path_changed,
            chat.conversation_changed,
            chat.busy_changed,
            pair.changed,
        ):
            signal.connect(self.refresh)
        chat.reply_streamed.connect(Throttle(self._refresh_live, FIGURES_MS, self))
        self.refresh()

    def refresh(self) -> None:
        """Show the figures as they are now."""
        self._models.setText(self._pair_words())
        mode = MODES[self._pair.speculation.mode][0]
        self._figures.setText(
            " · ".join([tr("Mode: {mode}").format(mode=mode), *self._speed_words()])
        )

    def _refresh_live(self) -> None:
        if self._chat.shown_run:
            self.refresh()

    def _pair_words(self) -> str:
        draft = self._pair.draft_label
        pair = self._pair.target_label + (f" + {draft}" if draft else "")
        match self._pair.phase:
            case Phase.LOADING:
                return figures.loading(self._pair.progress, self._pair.target_label)
            case Phase.EMPTY:
                return tr("No model is loaded")
        return f"{pair} · {tr('ready') if self._chat.run is None else tr('replying')}"

    def _speed_words(self) -> list[str]:
        run = self._chat.shown_run
        if run:
            live = run.figures
            return _words(live.tokens_per_second, live.tokens_per_pass) if live.rounds else []
        notes = self._last_notes()
        if notes is None:
            return []
        return _words(notes.tokens_per_second, notes.tokens / max(notes.target_passes, 1))

    def _last_notes(self) -> ReplyNotes | None:
        last = self._chat.last_message()
        return last.notes if last else None


def _words(tokens_per_second: float, tokens_per_pass: float) -> list[str]:
    return [figures.speed(tokens_per_second), figures.tokens_per_pass(tokens_per_pass)]
