"""Memory plans from a process of their own: they ask llama.cpp for its devices."""

from engine.cancel import CancelToken
from engine.config import SessionConfig
from engine.errors import EngineDied
from engine.isolated import wire
from engine.isolated.asking import ask, with_whole_paths
from engine.isolated.process import EngineProcess
from engine.memory_plan.machine_facts import Held
from engine.memory_plan.values import MemoryPlan


class IsolatedPlanner:
    """Plans one pair after the other; the process stays for the next. Used by one thread."""

    def __init__(self) -> None:
        self._process: EngineProcess | None = None

    def plan(
        self,
        config: SessionConfig,
        held: Held,
        *,
        cancel: CancelToken | None = None,
    ) -> MemoryPlan:
        """Where the pair would go on this machine once what a session holds is free.

        RPC workers that do not answer are left out, and named in the plan.
        Raises `OutriderError` for files that cannot be a pair, or `Cancelled`.
        """
        if self._process is None:
            self._process = EngineProcess()
        request = wire.PlanPair(with_whole_paths(config), held)
        try:
            return ask(self._process, request, wire.Planned, cancel or CancelToken()).plan
        except EngineDied:
            self.close()
            raise

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()
            self._process = None
