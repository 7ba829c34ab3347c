"""The devices of this machine; RPC0 is in the session's tests, in a process of its own."""

import pytest

from engine.errors import DeviceUnavailable
from engine.llama.devices import DeviceKind, find_devices, list_devices


def test_the_cpu_is_listed_with_its_memory() -> None:
    cpus = [device for device in list_devices() if device.kind is DeviceKind.CPU]
    assert len(cpus) == 1
    assert cpus[0].name == "CPU"
    assert cpus[0].description
    assert 0 < cpus[0].free_memory <= cpus[0].total_memory


def test_devices_are_found_by_name_in_the_order_asked_for() -> None:
    names = tuple(device.name for device in list_devices())
    assert [device.name for device in find_devices(names[::-1])] == list(names[::-1])
    assert find_devices(()) == []


def test_an_unknown_device_is_refused_with_those_there_are() -> None:
    with pytest.raises(DeviceUnavailable) as caught:
        find_devices(("CPU", "CUDA7"))
    assert caught.value.sentence.startswith("There is no device named CUDA7. There are: CPU")
