"""This computer's devices, read in a process of their own: drivers are loaded for that."""

from engine.cancel import CancelToken
from engine.isolated import wire
from engine.isolated.asking import ask
from engine.isolated.process import EngineProcess
from engine.own_devices import OwnDevices


def read_own_devices(cancel: CancelToken) -> OwnDevices:
    """Start a process, ask it, end it. Raises `OutriderError` and `Cancelled`."""
    cancel.check()
    process = EngineProcess()
    try:
        return ask(process, wire.ReadDevices(), OwnDevices, cancel)
    finally:
        process.close()
