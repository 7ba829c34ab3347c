"""What a session tells of itself. Apart from `session`, so that no native library comes along."""

from dataclasses import dataclass, field

from engine.memory_plan.machine_facts import Held


@dataclass(frozen=True)
class SessionInfo:
    """What is loaded, for people."""

    target_name: str
    draft_name: str | None
    context_length: int
    held: Held = field(default_factory=Held)
    """What closing the session gives back."""
    plan: str = ""
    """Where everything went, in a sentence."""


@dataclass(frozen=True)
class Costs:
    """Measured (rows, seconds) of passes; empty for a model that a session has not."""

    target: tuple[tuple[int, float], ...]
    draft: tuple[tuple[int, float], ...]
    helper: tuple[tuple[int, float], ...] = ()
