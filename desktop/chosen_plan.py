"""The memory plan of what is chosen in the model dialog, and loading no sooner than it is there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.engine_port import OpenRequest
from desktop.pair_planner import PairPlanner
from engine.errors import OutriderError
from engine.memory_plan.machine_facts import Held
from engine.memory_plan.values import MemoryPlan

_SOON_MS: Final = 150
"""Someone who walks through the rows by arrow keys does not wait for a plan of each."""


class ChosenPlan(QObject):
    """Asks for a plan once the choice has come to rest.

    Signals:
        asked(OpenRequest | None): the choice that a plan is made for now
        planned(OpenRequest, MemoryPlan)
        failed(OutriderError): there is none
        load_asked(OpenRequest): load this, as the person and the plan say
    """

    asked = Signal(object)
    planned = Signal(object, object)
    failed = Signal(object)
    load_asked = Signal(object)

    def __init__(
        self,
        planner: PairPlanner,
        choice: Callable[[], OpenRequest | None],
        held: Held,
        parent: QObject | None = None,
    ) -> None:
        """`held` is given back by what is loaded now."""
        super().__init__(parent)
        self._planner = planner
        self._choice = choice
        self._held = held
        self._known: tuple[OpenRequest, MemoryPlan] | None = None
        self._wish: OpenRequest | None = None
        """To be loaded as soon as its plan is there."""
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._ask)
        planner.planned.connect(self._take)
        planner.failed.connect(self._fail)

    @property
    def is_known(self) -> bool:
        """Whether there is a plan for what is chosen now."""
        return self._known is not None and self._known[0] == self._choice()

    @property
    def loads_soon(self) -> bool:
        """Whether what is chosen now is loaded once its plan says that it fits."""
        return self._wish is not None and self._wish == self._choice()

    def ask_soon(self) -> None:
        """Something else may be chosen, or the machine is another one."""
        self._soon.start()

    def forget(self) -> None:
        """Nothing is known of what is chosen now."""
        self._known = None

    def load(self) -> bool:
        """Have it loaded, past what fits if the plan has said so already.

        False: there is no plan yet. Then it is loaded if one comes, and only if it fits.
        """
        if self._known is None:
            self._wish = self._choice()
            return False
        request, plan = self._known
        missing = bool(plan.missing_workers)
        self.load_asked.emit(
            replace(request, load_anyway=not plan.fits, skip_missing_workers=missing)
        )
        return True

    def stop(self) -> None:
        """No plan is wanted any more."""
        self._soon.stop()
        self._planner.rest()

    def _ask(self) -> None:
        request = self._choice()
        self.asked.emit(request)
        if request is not None:
            self._planner.plan(request, self._held)

    def _take(self, request: OpenRequest, plan: MemoryPlan) -> None:
        if request != self._choice() or request.pair is None:
            return
        self._known = request, plan
        self.planned.emit(request, plan)
        loads_soon, self._wish = self.loads_soon, None
        if loads_soon and plan.fits:
            self.load()

    def _fail(self, request: OpenRequest, error: OutriderError) -> None:
        if request == self._choice():
            self._wish = None
            self.failed.emit(error)
