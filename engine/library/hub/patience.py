"""How often a hub that is busy or out of reach is asked again, and how long to wait before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from engine.cancel import CancelToken
from engine.errors import HubUnreachable

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Patience:
    """One delay for each attempt after the first; a hub may ask for up to `longest` seconds."""

    delays: tuple[float, ...] = (1, 2, 4, 8, 16, 30)
    longest: float = 300
    sleep: Callable[[CancelToken, float], None] = CancelToken.wait

    def insist(
        self,
        attempt: Callable[[], _Result],
        cancel: CancelToken,
        *,
        progress: Callable[[], int] = lambda: 0,
        on_wait: Callable[[HubUnreachable, float], None] = lambda _trouble, _seconds: None,
    ) -> _Result:
        """What `attempt` returns; the last `HubUnreachable` when all attempts are used up.

        An attempt after which `progress()` is higher counts as the first one. `on_wait` hears why
        and how long before each wait. Raises `Cancelled` from a wait.
        """
        failures = 0
        while True:
            before = progress()
            try:
                return attempt()
            except HubUnreachable as trouble:
                failures = 1 if progress() > before else failures + 1
                seconds = self._delay(trouble, failures)
                on_wait(trouble, seconds)
            self.sleep(cancel, seconds)

    def _delay(self, trouble: HubUnreachable, failures: int) -> float:
        asked = trouble.retry_after or 0.0
        if failures > len(self.delays) or asked > self.longest:
            raise trouble
        return max(asked, self.delays[failures - 1])
