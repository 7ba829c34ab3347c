"""The question for a newer version: one small file over https, nothing of this computer in it."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from desktop import updates
from desktop.updates import NoAnswer, Releases, known_releases, newer_version, open_client

RELEASES = Releases("https://releases.example/latest-version", "https://releases.example/")

Answer = Callable[[httpx2.Request], httpx2.Response]


def ask(answer: Answer, current: str = "0.9.0") -> str | None:
    transport = httpx2.MockTransport(answer)
    return newer_version(RELEASES, current, lambda: open_client(transport))


def says(text: str) -> Answer:
    return lambda _request: httpx2.Response(200, text=text)


@pytest.mark.parametrize(
    ("current", "newest", "found"),
    [
        ("0.9.0", "0.10.0\n", "0.10.0"),
        ("0.9.0", "0.9.0\n", None),
        ("1.0.0", "0.99.99", None),
        ("1.2.3", "1.2.4", "1.2.4"),
        ("1.2.3.dev1", "1.2.4", "1.2.4"),
    ],
)
def test_versions_are_compared_as_numbers(current: str, newest: str, found: str | None) -> None:
    assert ask(says(newest), current) == found


@pytest.mark.parametrize(
    "text", ["", "<html>Sign in to this network</html>", "1.0", "9.9.9 && rm", "1" * 100_000]
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(NoAnswer, match="is no version"):
        ask(says(text))


def test_a_page_that_is_gone_does_not_answer() -> None:
    with pytest.raises(NoAnswer, match="does not answer"):
        ask(lambda _request: httpx2.Response(404))


def test_a_connection_that_fails_is_a_sentence() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route", request=request)

    with pytest.raises(NoAnswer) as caught:
        ask(refuse)
    assert caught.value.hint == "Check the connection, and try again."


def test_it_is_not_led_away_from_https() -> None:
    asked: list[str] = []

    def lead_away(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        return httpx2.Response(302, headers={"Location": "http://elsewhere.example/"})

    with pytest.raises(NoAnswer):
        ask(lead_away)
    assert asked == [RELEASES.version_file]


def test_the_request_says_nothing_of_this_computer() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, text="0.9.0")

    ask(answer)
    (request,) = seen
    assert request.method == "GET"
    assert request.headers["User-Agent"] == "Outrider"
    assert not {"cookie", "authorization", "referer"} & set(request.headers)
    assert "0.9.0" not in str(request.url)


def test_a_build_that_was_given_no_address_asks_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "releases.json"
    monkeypatch.setattr(updates, "resource_path", lambda _name: file)
    file.write_text(json.dumps({"version_file": "", "page": ""}))
    assert known_releases() is None
    file.write_text(
        json.dumps({"version_file": "https://a.example/v", "page": "https://a.example"})
    )
    assert known_releases() == Releases("https://a.example/v", "https://a.example")


def test_the_file_that_is_shipped_can_be_read() -> None:
    found = known_releases()
    assert found is None or found.version_file.startswith("https://")
