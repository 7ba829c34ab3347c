"""`search`, `download`, `downloads`, `login` and `logout`, against a hub on loopback."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import close_session, constants, get_token

from engine.library.hub import client
from tests.engine.commands.running import CHECKOUT, command, run
from tests.engine.library.hub.setting import CONTENT, FILE, REPO, RIGHT, Setting
from tests.hub_server import HoldAfter, HubServer, Repo, Status

PART = "Big-Q8_0-00001-of-00002.gguf"


@pytest.fixture
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setting]:
    """The hub that `HF_ENDPOINT` would name, and an empty cache."""
    home = tmp_path / "hf"
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(client, "_TIMEOUT", httpx2.Timeout(600))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(home / "hub"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(home / "stored_tokens"))
    monkeypatch.setattr("huggingface_hub._login.unset_git_credential", lambda: None)
    with HubServer().running() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr("huggingface_hub.hf_api.api.endpoint", server.url)
        template = f"{server.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        yield Setting(server, home / "hub")
    close_session()


def test_search_lists_and_says_how_to_go_on(
    setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    setting.server.repos[REPO].facts = {"downloads": 1234, "gguf": {"total": 135_000_000}}
    setting.server.repos["acme/Big-GGUF"] = Repo(
        {}, facts={"gguf": {"total": 7.6e9}, "gated": "auto"}
    )
    setting.server.repos["acme/Large-GGUF"] = Repo({}, facts={"gguf": {"total": 7_600_000_000}})
    outcome = run(capsys, "search", "gguf", "--limit", "3")
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "acme/Tiny-GGUF     135M       1,234 downloads",
        "acme/Big-GGUF                                  gated",
        "acme/Large-GGUF    7.6B",
        "There are more: --limit 6",
        "What one holds: outrider-engine download acme/Tiny-GGUF",
    ]
    assert "no GGUF model" in run(capsys, "search", "unheard", "of").out
    rows = json.loads(run(capsys, "search", "tiny", "--json").out)["repos"]
    assert [row["repo"] for row in rows] == [REPO]


def test_download_lists_what_a_repository_holds(
    setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    setting.server.repos[REPO] = Repo(
        {
            PART: b"1" * 2_000_000,
            FILE: CONTENT,
            "README.md": b"A model for the tests of commands. \x1b[31mRed.",
        },
        facts={"gated": "manual", "cardData": {"license": "mit"}},
    )
    assert run(capsys, "download", REPO).out.splitlines() == [
        f"{REPO} · licence mit · gated",
        "",
        "A model for the tests of commands. [31mRed.",
        "",
        f"Q4_K_M        300.0 kB  {FILE}",
        f"Q8_0            2.0 MB  {PART} · incomplete",
        f"Fetch one: outrider-engine download {REPO} Q4_K_M",
    ]
    details = json.loads(run(capsys, "download", REPO, "--json").out)
    assert [model["quantization"] for model in details["models"]] == ["Q4_K_M", "Q8_0"]
    setting.server.repos[REPO] = Repo({})
    assert "no GGUF file" in run(capsys, "download", REPO).out


@pytest.mark.parametrize("wanted", [FILE, FILE.removesuffix(".gguf"), "q4_k_m"])
def test_download_prints_where_the_file_is(
    setting: Setting, capsys: pytest.CaptureFixture[str], wanted: str
) -> None:
    outcome = run(capsys, "download", REPO, wanted)
    assert (outcome.code, outcome.err) == (0, "")
    assert Path(outcome.out.strip()).read_bytes() == CONTENT
    facts = json.loads(run(capsys, "download", REPO, wanted, "--json").out)
    assert facts["path"] == outcome.out.strip()
    assert (facts["state"], facts["bytes"]) == ("done", len(CONTENT))


def test_download_names_what_there_is(setting: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    setting.server.repos[REPO].files["Other-Q4_K_M.gguf"] = b"1"
    assert run(capsys, "download", REPO, "q9").complaint == (
        f"“q9” is not in {REPO}. There is Q4_K_M."
    )
    assert run(capsys, "download", REPO, "q4_k_m").complaint == (
        f"“q4_k_m” fits several files of {REPO}. There is Other-Q4_K_M.gguf, {FILE}."
    )


def test_what_fails_is_one_sentence(setting: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    setting.server.repos[REPO].opens_for = RIGHT
    outcome = run(capsys, "download", REPO, "q4_k_m")
    assert outcome.code == 1
    assert f"Open {setting.server.url}/{REPO} and accept the terms" in outcome.complaint


def test_unfinished_downloads_are_listed_resumed_and_removed(
    setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "downloads").out == "There are no unfinished downloads.\n"
    assert run(capsys, "downloads", "resume").out == "There are no unfinished downloads.\n"
    setting.leave_part(100_000)
    listed = run(capsys, "downloads").out.splitlines()
    assert listed[0].endswith(f" of 300.0 kB  {FILE}  ({REPO})")
    assert listed[1] == "Go on: outrider-engine downloads resume"
    (facts,) = json.loads(run(capsys, "downloads", "--json").out)["downloads"]
    assert (facts["file"], facts["state"], facts["of_bytes"]) == (FILE, "paused", len(CONTENT))

    assert "is called “nope”" in run(capsys, "downloads", "remove", "nope").complaint
    assert run(capsys, "downloads", "remove").code == 2
    assert run(capsys, "downloads", "remove", "tiny").out == f"Removed: {REPO}/{FILE}\n"
    assert not setting.parts()

    setting.leave_part(100_000)
    resumed = run(capsys, "downloads", "resume", "Tiny")
    assert Path(resumed.out.strip()).read_bytes() == CONTENT
    assert setting.asked[0].headers["range"]


def test_a_resume_that_fails_in_part_tells_both(
    setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    setting.leave_part(100_000)
    setting.server.repos["acme/Other"] = Repo({"Other-Q8_0.gguf": b"1" * 1000})
    setting.transfer(setting.model("Other-Q8_0.gguf", "acme/Other")).register()
    del setting.server.repos["acme/Other"].files["Other-Q8_0.gguf"]
    outcome = run(capsys, "downloads", "resume")
    assert outcome.code == 1
    assert outcome.out.strip().endswith(FILE)
    assert "Other-Q8_0.gguf is not in acme/Other any more" in outcome.complaint


def test_ctrl_c_pauses_and_says_how_to_go_on(
    setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    release = threading.Event()
    setting.server.faults.extend([HoldAfter(90_000, release)] * 9)
    process = subprocess.Popen(
        command("download", REPO, "q4_k_m"),
        cwd=CHECKOUT,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "HF_ENDPOINT": setting.server.url,
            "HF_HUB_CACHE": str(setting.cache_folder),
        },
    )
    with process:
        for _ in range(3000):
            if any(part.stat().st_size >= 90_000 for part in setting.parts()):
                break
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        told = process.stderr.read().decode()
        assert process.wait() == 130
    assert told == "Paused at 90.0 of 300.0 kB. Go on: outrider-engine downloads resume\n"
    setting.server.faults.clear()
    release.set()
    resumed = run(capsys, "downloads", "resume")
    assert Path(resumed.out.strip()).read_bytes() == CONTENT


def test_login_keeps_a_token_and_logout_forgets_it(
    setting: Setting, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting.server.people[RIGHT] = "ada"
    tokens = iter([f"{RIGHT}\n", "hf_wrong\n", ""])
    monkeypatch.setattr("sys.stdin.readline", lambda: next(tokens))
    assert run(capsys, "login").out == "Signed in as ada.\n"
    assert get_token() == RIGHT
    assert "does not know this token" in run(capsys, "login").complaint
    assert run(capsys, "login").complaint == "No token was given."
    assert run(capsys, "logout").code == 0
    assert get_token() is None


def test_a_busy_hub_is_one_sentence(setting: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    setting.server.api_faults.append(Status(429, {"Retry-After": "100"}))
    assert run(capsys, "search", "x").complaint == (
        "127.0.0.1 asks for a pause: too many requests. Try again later."
    )
