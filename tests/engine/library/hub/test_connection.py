"""What leaves this computer, when, and where it may go."""

import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import HfApi, constants, get_session

from engine.cancel import CancelToken
from engine.errors import BadSetting, HubTrouble, HubUnreachable
from engine.library.hub import client
from engine.library.hub.access import HubAccess
from engine.library.hub.client import faults_of
from engine.library.hub.search import Hub
from tests.engine.library.hub.setting import CONTENT, REPO, RIGHT, Setting
from tests.hub_server import HubServer, Status

CHECKOUT = Path(__file__).parents[4]
QUIET = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        print("network:", event); sys.stdout.flush()
        raise ConnectionRefusedError("no network in this test")
sys.addaudithook(watch)
from engine.library.hub.access import HubAccess
from engine.library.hub.downloads import DownloadQueue
from engine.library.hub.patience import Patience
from engine.library.hub.search import Hub
import engine.commands.download, engine.commands.search
access = HubAccess()
access.page("a/b"), access.headers(), access.require_online()
hub, queue = Hub(access, patience=Patience(delays=())), DownloadQueue(access)
queue.snapshot()
queue.close()
print("quiet")
if sys.argv[1:]:
    hub.search("x")
"""


def run_quiet(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", QUIET, *arguments],
        cwd=CHECKOUT,
        env={"HF_HOME": str(home), "PATH": "", "HF_TOKEN": "hf_x"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_connects_before_somebody_searches(tmp_path: Path) -> None:
    done = run_quiet(tmp_path)
    assert (done.stdout, done.returncode) == ("quiet\n", 0), done.stderr


def test_the_watch_sees_a_search(tmp_path: Path) -> None:
    assert "quiet\nnetwork: socket." in run_quiet(tmp_path, "search").stdout


def test_the_hub_learns_neither_torch_nor_harness(setting: Setting) -> None:
    setting.hub.search("tiny")
    assert constants.HF_HUB_DISABLE_TELEMETRY
    (request,) = setting.server.requests
    agent = request.headers["user-agent"]
    assert "torch" not in agent
    assert "agent/" not in agent


@pytest.mark.parametrize(
    "endpoint",
    ["http://hub.example", "ftp://hub.example", "http://127.0.0.1.example:80"],
)
def test_only_encrypted_hubs_are_asked(endpoint: str) -> None:
    with pytest.raises(BadSetting, match=r"is not encrypted\.$"):
        Hub(HubAccess(endpoint)).search("x")


@pytest.mark.parametrize("endpoint", ["hub.example", "http://x:port", "https://", "x y"])
def test_an_impossible_address_is_named(endpoint: str) -> None:
    with pytest.raises(BadSetting, match="is not the address of a hub"):
        Hub(HubAccess(endpoint)).details(REPO)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HTTPS_PROXY", "nonsense://x", "A proxy in the environment"),
        ("ALL_PROXY", "http://x:port", "A proxy in the environment"),
        ("SSL_CERT_FILE", "/nowhere.pem", "The certificates in the environment"),
    ],
)
def test_an_environment_that_cannot_be_used_is_named(
    setting: Setting, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=f"^{sentence}"):
        setting.hub.search("x")


def test_a_token_is_not_printed_with_the_settings() -> None:
    assert RIGHT not in repr(HubAccess(token=RIGHT))


def test_an_encrypted_hub_may_not_lead_to_a_plain_one() -> None:
    def redirect(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(302, headers={"Location": "http://127.0.0.1/"}, request=request)

    with client.HubClient() as session:
        session._transport = httpx2.MockTransport(redirect)
        with pytest.raises(HubTrouble, match="leads to an address without encryption"):
            session.get("https://hub.example/x")


def test_offline_mode_asks_nobody(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    model = setting.model()
    setting.server.forget_requests()
    access = HubAccess(setting.server.url, offline=True)
    for ask in (lambda: Hub(access).search("x"), lambda: Hub(access).details(REPO)):
        with pytest.raises(HubTrouble, match=r"^Offline mode is on\.$"):
            ask()
    with pytest.raises(HubTrouble, match=r"^Offline mode is on\.$"):
        setting.transfer(model, access=access).run(CancelToken())
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubTrouble, match="HF_HUB_OFFLINE is set"):
        setting.hub.search("x")
    assert not setting.server.requests


def test_a_proxy_is_used(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = HubServer()
    proxy.repos = setting.server.repos
    with proxy.running():
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        Hub(HubAccess("http://127.0.0.1:1")).search("tiny")
    assert proxy.requests[0].path.startswith("http://127.0.0.1:1/api/models?")


def test_a_mirror_is_used_for_all(setting: Setting) -> None:
    mirror = HubServer()
    mirror.repos = setting.server.repos
    with mirror.running():
        path = setting.transfer(access=HubAccess(f"{mirror.url}/")).run(CancelToken())
    assert path.read_bytes() == CONTENT
    assert not setting.asked


@pytest.fixture
def nobody_there() -> str:
    """An address where nobody listens."""
    server = HubServer()
    with server.running():
        return server.url


def test_a_hub_that_is_out_of_reach_is_named(setting: Setting, nobody_there: str) -> None:
    with pytest.raises(HubUnreachable) as caught:
        Hub(HubAccess(nobody_there), patience=setting.patience).search("x")
    assert caught.value.sentence == (
        "127.0.0.1 cannot be reached. Check the connection; behind a proxy set HTTPS_PROXY, "
        "for a mirror HF_ENDPOINT."
    )
    assert setting.waits == [1, 2, 4, 8, 16, 30]


def test_a_silent_hub_is_given_up(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_TIMEOUT", httpx2.Timeout(0.05))
    setting.server.hold = threading.Event()
    with pytest.raises(HubUnreachable, match=r"^127\.0\.0\.1 does not answer\.$"):
        setting.hub.search("x")
    setting.server.hold.set()


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (b"<html>Log in to the hotel's network</html>", "cannot be read"),
        (b'["a list of words"]', "cannot be read"),
        (b'{"error": "no list"}', "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (Status(200, {"Content-Encoding": "gzip"}), "cannot be read"),
        (Status(302, {"Location": "http://127.0.0.1:bad/"}), "cannot be read"),
        (Status(302, {"Location": "/api/models"}), "cannot be read"),
        (Status(404), "refuses the request"),
        (Status(416), "refuses the request"),
        (Status(304), "cannot be read"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_sentence(
    setting: Setting, fault: Status | bytes, sentence: str
) -> None:
    setting.server.api_faults.extend([fault] * 30)
    with pytest.raises(HubTrouble, match=f"127.0.0.1.*{sentence}"):
        setting.hub.search("x")


def test_an_endless_answer_is_cut_off(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER_BYTES", 1000)
    setting.server.api_faults.append(b" " * 2000)
    with pytest.raises(HubTrouble, match=r"is longer than 1\.0 kB"):
        setting.hub.search("x")


def test_the_hub_library_neither_repeats_nor_sleeps(setting: Setting) -> None:
    setting.access.require_online()
    setting.server.api_faults.append(Status(503))
    with pytest.raises(HubUnreachable), faults_of("x"):
        get_session().get(f"{setting.server.url}/api/models")
    with pytest.raises(HubTrouble):
        HfApi(setting.server.url).whoami("hf_x")
    assert len(setting.server.requests) == 2
