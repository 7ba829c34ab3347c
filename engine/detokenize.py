"""Token ids -> text as it streams: whole characters, and no piece of a stop string."""

import codecs
from dataclasses import dataclass, field

from engine.ports import Vocab


@dataclass
class StreamingText:
    """Collects the pieces of a reply and releases the text that is certain.

    A character of several bytes may be split over tokens; the start of a stop string may turn out
    to be ordinary text. Both are held back until known.
    """

    vocab: Vocab
    stop: tuple[str, ...] = ()
    stopped: bool = False
    """Whether a stop string was reached; what follows it is dropped."""
    _held: str = ""
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")(errors="replace")
    )

    def add(self, token: int) -> str:
        """Text that became certain with this token."""
        return self._release(self._decoder.decode(self.vocab.piece(token)))

    def finish(self) -> str:
        """What was still held back when the reply ended."""
        text = self._release(self._decoder.decode(b"", final=True))
        held, self._held = self._held, ""
        return text if self.stopped else text + held

    def _release(self, text: str) -> str:
        if self.stopped:
            return ""
        self._held += text
        found = [(at + len(stop), at) for stop in self.stop if (at := self._held.find(stop)) >= 0]
        if found:
            # The one complete first, so that it does not matter how tokens cut the text.
            self.stopped = True
            certain, self._held = self._held[: min(found)[1]], ""
            return certain
        kept = self._undecided()
        certain = self._held[: len(self._held) - kept]
        self._held = self._held[len(certain) :]
        return certain

    def _undecided(self) -> int:
        """Length of the longest end of the held text that starts a stop string."""
        longest = max((len(stop) - 1 for stop in self.stop), default=0)
        for length in range(min(longest, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-length:]) for stop in self.stop):
                return length
        return 0
