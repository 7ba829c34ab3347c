"""`worker`: lend this machine's memory and processors to an Outrider on another one."""

import argparse
import os
import socket
import sys
import threading
from typing import Final

from engine.cancel import CancelToken
from engine.commands.terminal import cancel_on_interrupt, printable
from engine.errors import BadSetting, Cancelled, DeviceUnavailable
from engine.llama.devices import Device, devices_to_serve, find_devices, serve_rpc
from engine.machine import threads_for
from engine.rpc_worker import DEFAULT_PORT, is_loopback, split_endpoint

_POLL_SECONDS: Final = 0.5
_CANCELLED: Final = 130
_NO_AUTHENTICATION: Final = (
    "The protocol has no authentication and no encryption: every program that reaches this "
    "address can use this machine's memory, read what passes through it, and make the worker fail."
)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`worker [--host H] [--port N] [--threads N]`."""
    parser = commands.add_parser("worker", help="lend this machine to an Outrider on another one")
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="IPv4 address to listen at"
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, metavar="N")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="0: one per core")
    parser.add_argument("--devices", metavar="A,B", help="device names; the GPUs if not given")
    parser.add_argument(
        "--yes-without-authentication",
        action="store_true",
        help="listen beyond this machine without asking",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Serve until Ctrl-C, which is exit code 130."""
    endpoint = f"{args.host}:{args.port}"
    split_endpoint(endpoint)
    if not is_loopback(args.host) and not args.yes_without_authentication:
        _confirm(args.host)
    _require_free(args.host, args.port)
    devices = find_devices(tuple(args.devices.split(","))) if args.devices else devices_to_serve()
    _say(f"Serving {_described(devices)} at {endpoint}. Ctrl-C ends it.")
    _say(f"To use it, add --rpc {endpoint}, or the address in Settings > Devices.")
    _say(_NO_AUTHENTICATION)
    _silence_ggml()
    _wait(serve_rpc(endpoint, devices, threads_for(args.threads)), endpoint)


def _confirm(host: str) -> None:
    """Have it typed out, where somebody is there to type."""
    if not sys.stdin.isatty():
        raise BadSetting(
            f"{host} can be reached from other machines. {_NO_AUTHENTICATION}",
            hint="Add --yes-without-authentication to listen there all the same.",
        )
    _say(f"{host} can be reached from other machines. {_NO_AUTHENTICATION}")
    sys.stderr.write("Type yes to listen there all the same: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() != "yes":
        raise Cancelled


def _require_free(host: str, port: int) -> None:
    """ggml only prints that it cannot listen."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, UnicodeError) as error:
        raise DeviceUnavailable(
            f"A worker cannot listen at {host}:{port}.",
            hint="Another program may use this port, or the address is not one of this machine.",
            detail=str(error),
        ) from error


def _described(devices: list[Device]) -> str:
    return " and ".join(
        printable(f"{device.name} ({device.free_memory / 1e9:.1f} GB free)") for device in devices
    )


def _silence_ggml() -> None:
    """ggml's server writes to C's stdout, in words of its own."""
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _wait(server: threading.Thread, endpoint: str) -> None:
    cancel = CancelToken()
    with cancel_on_interrupt(cancel):
        while server.is_alive() and not cancel.cancelled:
            server.join(_POLL_SECONDS)
    if not cancel.cancelled:
        raise DeviceUnavailable(f"The worker at {endpoint} has ended.", hint="Start it again.")
    _say("The worker has ended.")
    # Not an ordinary exit: it would take ggml's objects from under the thread that serves.
    os._exit(_CANCELLED)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
