"""A stand-in for the model hub on loopback: its API, its redirects, and its storage host.

It answers the requests that the real huggingface_hub client makes. A test scripts what goes wrong:
each entry of `faults` is used up by one request for the content of a file.
"""

import hashlib
import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_BLOCK = 1 << 14


@dataclass
class Repo:
    """A repository: files by path, and what the API says of it."""

    files: dict[str, bytes]
    commit: str = COMMIT
    opens_for: str = ""
    """The token without which the files are gated."""
    facts: dict[str, Any] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    """Where the API is to say another checksum than the right one."""


@dataclass(frozen=True)
class Status:
    """Answer with an error."""

    code: int
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CutAfter:
    """Close the connection after so many bytes."""

    count: int


@dataclass(frozen=True)
class HoldAfter:
    """Send so many bytes, then nothing until `go_on` is set."""

    count: int
    go_on: threading.Event


@dataclass(frozen=True)
class WithoutRanges:
    """Answer 200 with the whole file, whatever was asked."""


@dataclass(frozen=True)
class WithEtag:
    """The file has another ETag."""

    etag: str


Fault = Status | CutAfter | HoldAfter | WithoutRanges | WithEtag


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: dict[str, str]


class HubServer:
    """The stand-in, while it runs."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.faults: deque[Fault] = deque()
        self.api_faults: deque[Status | bytes] = deque()
        self.people: dict[str, str] = {}
        """Names by token."""
        self.requests: list[Seen] = []
        self.ignores_if_range = False
        self.hold: threading.Event | None = None
        self.storage: HubServer | None = None
        """The host that has the contents; this one if None."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.hub = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def file_requests(self) -> list[Seen]:
        """The requests for contents, at the storage host."""
        return [seen for seen in (self.storage or self).requests if seen.path.startswith("/cdn/")]

    def forget_requests(self) -> None:
        """What was asked so far does not count."""
        for server in (self, self.storage or self):
            server.requests.clear()

    def content(self, sha256: str) -> bytes | None:
        for repo in self.repos.values():
            for body in repo.files.values():
                if hashlib.sha256(body).hexdigest() == sha256:
                    return body
        return None

    @contextmanager
    def running(self) -> Iterator["HubServer"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="hub")
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    hub: HubServer

    def handle_error(self, *_: object) -> None:
        """Clients that leave early are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        hub, url = self.server.hub, urlsplit(self.path)  # a proxy gets whole addresses
        path = unquote(url.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        hub.requests.append(Seen(self.command, self.path, headers))
        if hub.hold:
            hub.hold.wait()
        if path.startswith("/cdn/"):
            self._send_content(path.removeprefix("/cdn/"))
        elif path == "/api/models":
            self._send_search(parse_qs(url.query))
        elif path == "/api/whoami-v2":
            self._send_person(headers.get("authorization", ""))
        elif path.startswith("/api/models/"):
            self._send_repo(path.removeprefix("/api/models/"))
        elif found := re.fullmatch(r"/(.+?)/resolve/([^/]+)/(.+)", path):
            self._resolve(*found.groups())
        else:
            self._answer(404)

    def _send_search(self, query: dict[str, list[str]]) -> None:
        wanted = query.get("search", [""])[0].casefold()
        limit = int(query.get("limit", ["1000"])[0])
        rows = [
            {"id": name, **repo.facts}
            for name, repo in self.server.hub.repos.items()
            if wanted in name.casefold()
        ]
        self._send_json(rows[:limit])

    def _send_person(self, authorization: str) -> None:
        name = self.server.hub.people.get(authorization.removeprefix("Bearer "))
        if name is None:
            self._answer(401, {"X-Error-Message": "Invalid credentials in Authorization header"})
        else:
            access = {"accessToken": {"role": "read", "displayName": "mine"}}
            self._send_json({"name": name, "auth": access})

    def _send_repo(self, name: str) -> None:
        repo = self._repo(name)
        if repo is None:
            return
        siblings = [
            {
                "rfilename": path,
                "size": len(body),
                "blobId": "0" * 40,
                "lfs": self._lfs(repo, path),
            }
            for path, body in repo.files.items()
        ]
        self._send_json({"id": name, "sha": repo.commit, "siblings": siblings, **repo.facts})

    def _lfs(self, repo: Repo, path: str) -> dict[str, Any] | None:
        if not path.endswith(".gguf"):
            return None
        sha256 = repo.sha256.get(path, hashlib.sha256(repo.files[path]).hexdigest())
        return {"size": len(repo.files[path]), "sha256": sha256, "pointerSize": 134}

    def _resolve(self, name: str, commit: str, path: str) -> None:
        repo = self._repo(name)
        if repo is None:
            return
        if repo.opens_for:
            sent = self.headers.get("Authorization")
            if sent != f"Bearer {repo.opens_for}":
                self._answer(403 if sent else 401, {"X-Error-Code": "GatedRepo"})
                return
        if commit not in (repo.commit, "main") or path not in repo.files:
            self._answer(404, {"X-Error-Code": "EntryNotFound"})
        elif path.endswith(".gguf"):
            sha256 = hashlib.sha256(repo.files[path]).hexdigest()
            storage = self.server.hub.storage or self.server.hub
            self._answer(
                302,
                {
                    "Location": f"{storage.url}/cdn/{sha256}",
                    "X-Repo-Commit": repo.commit,
                    "X-Linked-Etag": f'"{sha256}"',
                    "X-Linked-Size": str(len(repo.files[path])),
                },
            )
        else:
            self._answer(200, {}, repo.files[path])

    def _repo(self, name: str) -> Repo | None:
        repo = self.server.hub.repos.get(name)
        if repo is None:
            self._answer(401, {"X-Error-Code": "RepoNotFound"})
        return repo

    def _send_content(self, sha256: str) -> None:
        body = self.server.hub.content(sha256)
        faults = self.server.hub.faults
        fault = faults.popleft() if faults else None
        if body is None:
            self._answer(404)
        elif isinstance(fault, Status):
            self._answer(fault.code, fault.headers)
        else:
            self._send_range(body, sha256, fault)

    def _send_range(self, body: bytes, sha256: str, fault: Fault | None) -> None:
        etag = f'"{fault.etag if isinstance(fault, WithEtag) else sha256}"'
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        hub = self.server.hub
        is_same = hub.ignores_if_range or self.headers.get("If-Range", etag) == etag
        if asked is None or not is_same or isinstance(fault, WithoutRanges):
            self._begin(200, {"ETag": etag, "Content-Length": str(len(body))})
            self._send_bytes(body, fault)
            return
        start = int(asked[1])
        if start >= len(body):
            self._answer(416, {"Content-Range": f"bytes */{len(body)}"})
            return
        end = min(int(asked[2] or len(body) - 1), len(body) - 1)
        part = body[start : end + 1]
        told = f"bytes {start}-{end}/{len(body)}"
        self._begin(206, {"ETag": etag, "Content-Range": told, "Content-Length": str(len(part))})
        self._send_bytes(part, fault)

    def _send_bytes(self, body: bytes, fault: Fault | None) -> None:
        stop = fault.count if isinstance(fault, CutAfter | HoldAfter) else len(body)
        for start in range(0, stop, _BLOCK):
            self.wfile.write(body[start : min(start + _BLOCK, stop)])
        if isinstance(fault, HoldAfter):
            self.wfile.flush()
            fault.go_on.wait()
            self.close_connection = True
        elif stop < len(body):
            self.close_connection = True

    def _send_json(self, value: object) -> None:
        faults = self.server.hub.api_faults
        fault = faults.popleft() if faults else None
        if isinstance(fault, Status):
            self._answer(fault.code, fault.headers)
        else:
            self._answer(200, {}, fault if fault is not None else json.dumps(value).encode())

    def _answer(
        self, status: int, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> None:
        self._begin(status, {**(headers or {}), "Content-Length": str(len(body))})
        self.wfile.write(body)

    def _begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
