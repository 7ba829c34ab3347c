"""Objects that last are not searched for garbage; what comes later is."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from desktop.lasting_objects import set_lasting


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


class Knot:
    def __init__(self) -> None:
        self.itself = self


def test_what_was_there_is_left_alone_and_what_comes_is_collected() -> None:
    before = len(gc.get_objects())
    set_lasting()
    assert len(gc.get_objects()) < before / 10
    knot = Knot()
    gone = weakref.ref(knot)
    del knot
    gc.collect()
    assert gone() is None
