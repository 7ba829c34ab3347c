"""Reading messages aloud with what the system has: a program of its own, one text at a time."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, QProcess, QTimer, Signal

from desktop.speech_program import SpeechProgram, no_speech
from desktop.worker import Worker
from engine.errors import OutriderError
from engine.language import tr

_END_MS: Final = 1000
_MS_OF_A_LETTER: Final = (5, 1000)
"""Nobody speaks faster: espeak-ng does where it finds no sound output, and says nothing of it.
Nobody speaks more slowly: speech-dispatcher waits forever then."""
_SLOWEST_START_MS: Final = 20_000
_TOLD: Final = 2000
"""Characters of what the program complained of that are kept."""

LanguageOf = Callable[[str], str]
"""The code of the language that a text is written in."""
SpokenText = Callable[[str, str], str]
"""What is read of Markdown for a listener of a language, "" for the person's own."""


class NotSpoken(OutriderError):
    """The program for it is gone, fails, or cannot be heard."""

    title = tr("The message cannot be read aloud")


class Speaker(QObject):
    """Speaks one message at a time; another one, or the same again, ends it.

    Signals:
        changed: it began or ended to speak
        failed(NotSpoken)
    """

    changed = Signal()
    failed = Signal(object)
    _understood = Signal(int, str, str)

    def __init__(
        self,
        program: SpeechProgram | None,
        spoken_text: SpokenText,
        language_of: LanguageOf,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._program = program
        self._spoken_text = spoken_text
        self._language_of = language_of
        self._process: QProcess | None = None
        self._asked = 0
        """Counts what was to be read: what is understood later than something else is dropped."""
        self._text = ""
        self._complaint = ""
        self._clock = QElapsedTimer()
        self._patience = QTimer(self, singleShot=True)
        self._patience.timeout.connect(self._lose_patience)
        self._worker: Worker | None = None
        self._understood.connect(self._speak)
        self.message_id = ""
        """What is being read; "" for nothing."""

    @property
    def refusal(self) -> str:
        """Why nothing can be read aloud here; "" if it can."""
        return "" if self._program else no_speech()

    def toggle(self, message_id: str, markdown: str) -> None:
        """Read this message; stop, if it is being read."""
        was_this = self.message_id == message_id
        self.stop()
        if not was_this and self._program:
            self._asked += 1
            asked = self._asked
            self.message_id = message_id
            self._worker = self._worker or Worker("speech")
            self._worker.submit(lambda: self._understand(asked, markdown))
            self.changed.emit()

    def stop(self) -> None:
        """Be silent."""
        silence = self._program.silence if self._process and self._program else ()
        self._end()
        if silence:
            QProcess.startDetached(silence[0], list(silence[1:]))

    def shutdown(self, timeout: float) -> bool:
        """Be silent, end, and say whether that was within `timeout` seconds."""
        self.stop()
        return self._worker is None or self._worker.shutdown(timeout)

    def _understand(self, asked: int, markdown: str) -> None:
        language = self._language_of(self._spoken_text(markdown, ""))
        self._understood.emit(asked, language, self._spoken_text(markdown, language))

    def _speak(self, asked: int, language: str, text: str) -> None:
        if asked != self._asked or not self.message_id or not self._program:
            return
        if not text:
            self._end()
            return
        self._text = text
        self._start(self._program.speaking(language))

    def _start(self, command: Sequence[str]) -> None:
        process = self._process = QProcess(self)
        # A full pipe would hold it.
        process.setStandardOutputFile(QProcess.nullDevice())
        process.readyReadStandardError.connect(self._keep_complaint)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed_to_start)
        self._complaint = ""
        self._clock.start()
        self._patience.start(_SLOWEST_START_MS + _MS_OF_A_LETTER[1] * len(self._text))
        process.start(command[0], list(command[1:]))
        process.write(self._text.encode("utf-8", "replace"))
        process.closeWriteChannel()

    def _keep_complaint(self) -> None:
        if self._process:
            told = self._process.readAllStandardError().toStdString()
            self._complaint = (self._complaint + told)[-_TOLD:]

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        program, process = self._program, self._process
        if not program or not process:
            return
        self._keep_complaint()
        was_heard = self._clock.elapsed() > len(self._text) * _MS_OF_A_LETTER[0]
        without = list(program.without_voice)
        if not code and status is QProcess.ExitStatus.NormalExit:
            self._end()
            if not was_heard:
                self._fail(tr("{program} ended before anything can have been heard."))
        elif without and without != [process.program(), *process.arguments()]:
            self._drop_process()
            self._start(without)
        else:
            self._fail(tr("{program} ended with an error."))

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if self._process and error is QProcess.ProcessError.FailedToStart:
            self._complaint = self._process.errorString()
            self._fail(tr("{program} cannot be started."))

    def _lose_patience(self) -> None:
        self.stop()
        self._fail(tr("{program} does not end: it waits for a sound output."))

    def _fail(self, sentence: str) -> None:
        self._end()
        if self._program:
            hint = tr("Look whether this computer has a sound output that works.")
            message = sentence.format(program=self._program.name)
            self.failed.emit(NotSpoken(message, hint=hint, detail=self._complaint))

    def _end(self) -> None:
        self._drop_process()
        if self.message_id:
            self.message_id = ""
            self.changed.emit()

    def _drop_process(self) -> None:
        self._patience.stop()
        process, self._process = self._process, None
        if process:
            process.kill()
            process.waitForFinished(_END_MS)
            process.deleteLater()
