"""The RPC workers that the person added, and what they answered, in words. Knows no Qt."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from desktop import figures
from desktop.fit_badges import CANNOT_BE_USED, Badge
from engine.language import decimal, tr, trn
from engine.rpc_worker import DEFAULT_PORT, WorkerReport, is_loopback, split_endpoint

NO_AUTHENTICATION: Final = tr(
    "Workers speak the RPC protocol of llama.cpp, which its authors call insecure: it has no "
    "authentication and no encryption. Whoever is on that network can read and change the "
    "conversation."
)
_IN_USE: Final = Badge("check", tr("In use"), "success")
_ANSWERS: Final = Badge("check", tr("Answers"), "success")
_ASKING: Final = Badge("info", tr("Asking"), "muted")


@dataclass(frozen=True)
class WorkerState:
    """One worker, and what is known of it; nothing known: it is being asked."""

    endpoint: str
    report: WorkerReport | None = None
    trouble: str = ""
    """Why there is no report."""
    held: tuple[int, ...] | None = None
    """Bytes that were free of its devices before our models went there: it answers nobody now."""


@dataclass(frozen=True)
class WorkerRow:
    """A worker as it is shown."""

    endpoint: str
    badge: Badge
    reason: str

    @property
    def is_known(self) -> bool:
        """Whether it is not being asked just now."""
        return self.badge is not _ASKING

    @property
    def sentence(self) -> str:
        """The row for a screen reader."""
        worker = tr("Worker at {address}").format(address=self.endpoint)
        return ", ".join(filter(None, (worker, self.badge.words, self.reason)))


def read_endpoints(stored: str) -> tuple[str, ...]:
    """Addresses as the settings hold them, each once."""
    endpoints = (part.strip() for part in stored.split(","))
    return tuple(dict.fromkeys(filter(None, endpoints)))


def write_endpoints(endpoints: Iterable[str]) -> str:
    """The other way."""
    return ", ".join(endpoints)


def endpoint_of(typed: str) -> str:
    """What a person typed as an address; the port may be missing. Raises `BadSetting`."""
    endpoint = typed.strip()
    if endpoint and ":" not in endpoint:
        endpoint = f"{endpoint}:{DEFAULT_PORT}"
    split_endpoint(endpoint)
    return endpoint


def is_elsewhere(endpoint: str) -> bool:
    """Whether other machines can see what goes to this address."""
    host, _ = split_endpoint(endpoint)
    return not is_loopback(host)


def confirmation(endpoint: str) -> str:
    """What the person should know before a worker on another machine is added."""
    host, port = split_endpoint(endpoint)
    elsewhere = tr("{host} is another machine.").format(host=host)
    safer = tr(
        "A tunnel is safer: “ssh -L {port}:127.0.0.1:{port} {host}” in a terminal, and the address "
        "127.0.0.1:{port} here."
    ).format(port=port, host=host)
    return f"{elsewhere} {NO_AUTHENTICATION}\n\n{safer}"


def worker_row(state: WorkerState) -> WorkerRow:
    """What is known of a worker, as badge and reason."""
    if state.held is not None:
        size = figures.file_size(sum(state.held))
        was_free = tr("{size} were free before the models were loaded").format(size=size)
        return WorkerRow(state.endpoint, _IN_USE, was_free)
    if state.report is not None:
        return WorkerRow(state.endpoint, _ANSWERS, _offer(state.report))
    if state.trouble:
        return WorkerRow(state.endpoint, CANNOT_BE_USED, state.trouble)
    return WorkerRow(state.endpoint, _ASKING, "")


def _offer(report: WorkerReport) -> str:
    free = sum(device.free_memory for device in report.devices)
    total = sum(device.total_memory for device in report.devices)
    milliseconds = 1e3 * report.latency_seconds
    return trn(
        "{free} of {total} free, answers in {time} ms",
        "{free} of {total} free on {count} devices, answers in {time} ms",
        len(report.devices),
    ).format(
        free=figures.number(free / 1e9),
        total=figures.file_size(total),
        count=len(report.devices),
        time=decimal(milliseconds, 2) if milliseconds < 1 else figures.number(milliseconds),
    )
