"""This computer's devices, from a process of their own."""

import pytest

from engine.cancel import CancelToken
from engine.errors import Cancelled
from engine.isolated.own_devices import read_own_devices


def test_the_cpu_is_among_them_and_nothing_failed() -> None:
    found = read_own_devices(CancelToken())
    (cpu,) = [device for device in found.devices if device.name == "CPU"]
    assert 0 < cpu.free_memory <= cpu.total_memory
    assert found.backends.unusable == ()


def test_nobody_has_to_wait_for_them() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        read_own_devices(cancel)
