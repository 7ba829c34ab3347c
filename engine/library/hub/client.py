"""The HTTP client of the hub library in this process, with limits on every request it makes."""

import functools
import ipaddress
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx2
from huggingface_hub import constants
from huggingface_hub.utils import set_client_factory

from engine.errors import BadSetting, HubTrouble, HubUnreachable
from engine.language import tr
from engine.library.printable import printable, shown_size

MAX_ANSWER_BYTES: Final = 16 << 20
WHOLE_FILE: Final = "outrider_whole_file"
"""A request with this extension takes an answer of any size; its reader counts the bytes."""

_PREPARING: Final = threading.Lock()
_TIMEOUT: Final = httpx2.Timeout(20.0, connect=10.0)
_TRY_LATER: Final = frozenset((408, 425, 429, 500, 502, 503, 504))
_SECONDS: Final = re.compile(r"\s*([0-9]{1,6})\s*")
_RESET: Final = re.compile(r";\s*t=([0-9]{1,6})\b")
_CHECK_CONNECTION: Final = tr(
    "Check the connection; behind a proxy set HTTPS_PROXY, for a mirror HF_ENDPOINT."
)


class Refused(HubTrouble):
    """The host at `address` answered with an error: `status`, and the hub's `code` for it."""

    def __init__(self, host: str, response: httpx2.Response) -> None:
        self.status = response.status_code
        self.address = response.url.netloc
        self.code = response.headers.get("X-Error-Code", "")
        super().__init__(
            tr("{host} refuses the request ({status}).").format(host=host, status=self.status),
            detail=response.headers.get("X-Error-Message", self.code),
        )


class HubClient(httpx2.Client):
    """A client whose failures are `OutriderError`s.

    The hub library would repeat failed requests by itself, for as long as a server asks it to and
    without a way to stop it. It does not know these errors, so they pass through it at once.
    """

    def __init__(self) -> None:
        with _bad_environment_named():
            super().__init__(
                event_hooks={"request": [_check_request], "response": [_check_response]},
                follow_redirects=True,
                timeout=_TIMEOUT,
            )

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:  # noqa: ANN401 - passed on as they are
        """Send a request; an answer 416 is returned to those who want a `WHOLE_FILE`.

        Raises `HubUnreachable`, `Refused`, `HubTrouble` or `BadSetting`.
        """
        host = printable(request.url.host)
        with faults_of(host):
            response = super().send(request, **options)
        is_range_refused = response.status_code == httpx2.codes.RANGE_NOT_SATISFIABLE
        if response.is_error and not (is_range_refused and WHOLE_FILE in request.extensions):
            response.close()
            raise _refusal(host, response)
        return response


def prepare() -> None:
    """Make the hub library use `HubClient`, and keep to itself. Opens no connection."""
    with _PREPARING:
        _prepare_once()


@functools.cache
def _prepare_once() -> None:
    """A second time would close the connections of others."""
    constants.HF_HUB_DISABLE_TELEMETRY = True
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    set_client_factory(HubClient)


@contextmanager
def faults_of(host: str) -> Iterator[None]:
    """What httpx raises inside becomes a sentence about `host`."""
    try:
        yield
    except httpx2.TimeoutException as error:
        raise _unreachable(tr("{host} does not answer.").format(host=host), error) from error
    except (httpx2.ConnectError, httpx2.ProxyError) as error:
        raise _unreachable(tr("{host} cannot be reached.").format(host=host), error) from error
    except (httpx2.NetworkError, httpx2.RemoteProtocolError) as error:
        raise _unreachable(
            tr("The connection to {host} broke.").format(host=host), error
        ) from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise unreadable_answer(host, error) from error


def unreadable_answer(host: str, cause: object) -> HubTrouble:
    """The hub, or what is in its place, says something that makes no sense."""
    return HubTrouble(
        tr("The answer of {host} cannot be read.").format(host=host),
        hint=tr("Something between here and the hub may have changed it."),
        detail=repr(cause),
    )


def is_loopback(host: str) -> bool:
    """Whether `host` is this computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _bad_environment_named() -> Iterator[None]:
    try:
        yield
    except (ValueError, ImportError, httpx2.InvalidURL) as error:
        raise BadSetting(
            tr("A proxy in the environment cannot be used."),
            hint=tr("HTTP_PROXY, HTTPS_PROXY and ALL_PROXY look like http://host:port."),
            detail=repr(error),
        ) from error
    except OSError as error:
        raise BadSetting(
            tr("The certificates in the environment cannot be read."),
            hint=tr("Check SSL_CERT_FILE and SSL_CERT_DIR."),
            detail=repr(error),
        ) from error


def _unreachable(sentence: str, cause: Exception) -> HubUnreachable:
    return HubUnreachable(sentence, hint=_CHECK_CONNECTION, detail=repr(cause))


def _check_request(request: httpx2.Request) -> None:
    """Called for every request, also after a redirect."""
    url = request.url
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise BadSetting(
            tr("{address} is not encrypted.").format(
                address=printable(str(url.copy_with(path="/", query=None)))
            ),
            hint=tr("Only addresses that begin with https:// are used."),
        )
    request.headers["Accept-Encoding"] = "identity"
    limits = request.extensions.get("timeout", {})
    if any(limit is None for limit in limits.values()):  # the hub library switches them off
        request.extensions = {**request.extensions, "timeout": _TIMEOUT.as_dict()}


def _check_response(response: httpx2.Response) -> None:
    """Called before the body is read, also of a redirect."""
    if response.has_redirect_location:
        target = response.request.url.join(response.headers["Location"])
        if response.request.url.scheme == "https" and target.scheme != "https":
            raise HubTrouble(
                tr("{host} leads to an address without encryption.").format(
                    host=printable(response.request.url.host)
                )
            )
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise unreadable_answer(printable(response.request.url.host), "it is compressed")
    is_file = response.is_success and WHOLE_FILE in response.request.extensions
    if not is_file and isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Bounded(response.stream, printable(response.request.url.host))


class _Bounded(httpx2.SyncByteStream):
    """A body that ends with an error where it grows too long."""

    def __init__(self, body: httpx2.SyncByteStream, host: str) -> None:
        self._body = body
        self._host = host

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for chunk in self._body:
            received += len(chunk)
            if received > MAX_ANSWER_BYTES:
                raise HubTrouble(
                    tr("The answer of {host} is longer than {size}.").format(
                        host=self._host, size=shown_size(MAX_ANSWER_BYTES)
                    )
                )
            yield chunk

    def close(self) -> None:
        self._body.close()


def _refusal(host: str, response: httpx2.Response) -> HubTrouble:
    status = response.status_code
    if status not in _TRY_LATER:
        return Refused(host, response)
    sentence = (
        tr("{host} asks for a pause: too many requests.").format(host=host)
        if status == httpx2.codes.TOO_MANY_REQUESTS
        else tr("{host} has a problem of its own ({status}).").format(host=host, status=status)
    )
    return HubUnreachable(
        sentence, hint=tr("Try again later."), retry_after=_retry_after(response.headers)
    )


def _retry_after(headers: httpx2.Headers) -> float | None:
    told = _SECONDS.fullmatch(headers.get("Retry-After", "")) or _RESET.search(
        headers.get("RateLimit", "")
    )
    return float(told[1]) if told else None
