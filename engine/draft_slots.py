"""Which draft slot each node of a growing tree lives in."""

from collections.abc import Set

from engine.ports import LogitModel


class DraftSlots:
    """Hands out slots: a node's first decoded child goes on in its slot, each further one forks it.

    Slot 0 holds the prefix and the root at first.
    """

    def __init__(self, model: LogitModel) -> None:
        self._model = model
        self._free = list(range(model.slot_count - 1, 0, -1))
        self._continued: set[int] = set()
        self.root = 0
        """A slot through the root."""

    def place(self, parent: int, parent_slot: int, length: int) -> int | None:
        """A slot for a child of `parent`, whose path has `length` cells; None if none is left."""
        if parent not in self._continued:
            self._continued.add(parent)
            return parent_slot
        if not self._free:
            return None
        slot = self._free.pop()
        self._model.fork(parent_slot, slot, length)
        return slot

    def passed(self, node: int) -> None:
        """Something was decoded behind `node` in its slot: its children need slots of their own."""
        self._continued.add(node)

    def keep(self, root: int, slots: Set[int], renumbered: dict[int, int]) -> None:
        """Empty all slots but these, which run through the new root's slot `root`.

        `renumbered` gives the kept nodes their new numbers (the new root becomes `ROOT`).
        """
        everything = set(range(self._model.slot_count))
        for slot in everything - set(self._free) - slots:
            self._model.drop(slot)
        self._free = sorted(everything - slots, reverse=True)
        self._continued = {renumbered[n] for n in self._continued if n in renumbered}
        self.root = root
