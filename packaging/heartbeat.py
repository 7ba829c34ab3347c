"""How late the window's thread comes to its events, and where it stands while it is late."""

import faulthandler
import os
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QElapsedTimer, Qt, QTimer

HEARTBEAT_MS: Final = 4
STALL_MS: Final = 50
LOOK_EVERY: Final = 0.005
_INNERMOST: Final = 6
_SHOWN: Final = 3
_THREAD: Final = re.compile(r"^(?:Current thread|Thread) ", re.MULTILINE)
_FRAME: Final = re.compile(r'^  File "(.*)", line (\d+) in (.*)$', re.MULTILINE)
_ROOT: Final = f"{Path(__file__).parents[1]}/"
_HERE: Final = "packaging/"


@dataclass(frozen=True)
class Stall:
    """An event that came late, and where the thread was seen meanwhile, innermost call first."""

    late_ms: float
    seen: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        places = [f"{count} x {place}" for place, count in self.seen.most_common(_SHOWN)]
        return f"{self.late_ms:.0f} ms: " + ("; ".join(places) or "not seen")


class _Witness(threading.Thread):
    """Looks at the window's thread while a beat is overdue.

    Through faulthandler: it holds no frame. What a frame has, such as a timer, could else be freed
    in this thread, and that crashes Qt.
    """

    def __init__(self) -> None:
        super().__init__(name="witness", daemon=True)
        self._over = threading.Event()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 closed in `close`
        self.beat = time.perf_counter()
        """When the last one was."""

    def run(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            if time.perf_counter() - self.beat > STALL_MS / 1000:
                faulthandler.dump_traceback(self._file, all_threads=True)

    def seen(self) -> Counter[str]:
        """Where the thread stood in each look since the last call; `beat` must be new."""
        place = self._file.fileno()
        text = os.pread(place, os.fstat(place).st_size, 0).decode(errors="replace")
        os.lseek(place, 0, os.SEEK_SET)
        os.ftruncate(place, 0)
        main = f"0x{threading.main_thread().ident:016x}"
        looks = _THREAD.split(text)
        return Counter(" < ".join(_places(look)) for look in looks if look.startswith(main))

    def close(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()
        self._file.close()


class Heartbeat:
    """How late a timer comes, again and again: so late comes everything else in the thread."""

    def __init__(self) -> None:
        self.late: list[float] = []
        """Milliseconds."""
        self.stalls: list[Stall] = []
        self._clock = QElapsedTimer()
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=HEARTBEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._witness = _Witness()

    def __enter__(self) -> "Heartbeat":
        self._witness.beat = time.perf_counter()
        self._witness.start()
        self._clock.start()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.stop()
        self._witness.close()

    def _beat(self) -> None:
        late = max(0.0, self._clock.nsecsElapsed() / 1e6 - HEARTBEAT_MS)
        self.late.append(late)
        self._witness.beat = time.perf_counter()
        if late > STALL_MS:
            self.stalls.append(Stall(late, self._witness.seen()))
        self._clock.restart()


def _places(look: str) -> Iterator[str]:
    """The innermost calls; what began all of them is the measuring program."""
    for number, (path, line, name) in enumerate(_FRAME.findall(look)):
        place = path.removeprefix(_ROOT)
        if number >= _INNERMOST:
            return
        if place.startswith(_HERE):
            if number == 0:
                yield "Qt itself"
            return
        yield f"{place}:{line} {name}"
