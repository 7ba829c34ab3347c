"""What was sent before, brought back one by one into the field."""

from collections.abc import Callable, Sequence


class TypedHistory:
    """Steps through the messages that were sent; what was typed before the first step waits."""

    def __init__(self, sent: Callable[[], Sequence[str]]) -> None:
        """`sent`: newest first; asked when the first step is taken."""
        self._ask = sent
        self._sent: Sequence[str] = ()
        self._place = 0
        """How many steps back; 0 is what is typed."""
        self._typed = ""

    def earlier(self, shown: str) -> str | None:
        """What was sent before what is `shown`; None where there is nothing."""
        if self._shown_now() != shown or not self._place:
            self._typed, self._sent, self._place = shown, self._ask(), 0
        if self._place == len(self._sent):
            return None
        self._place += 1
        return self._shown_now()

    def later(self, shown: str) -> str | None:
        """What was sent after what is `shown`, at last what was typed; None where that is shown."""
        if not self._place or self._shown_now() != shown:
            return None
        self._place -= 1
        return self._shown_now()

    def forget(self) -> None:
        """Another conversation is shown, or something was sent."""
        self._sent, self._place, self._typed = (), 0, ""

    def _shown_now(self) -> str:
        return self._sent[self._place - 1] if self._place else self._typed
