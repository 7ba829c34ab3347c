"""What the hub offers, and what is made of answers that nobody vouches for."""

import json
from datetime import UTC, datetime

import pytest

from engine.errors import AccessNeeded, HubTrouble, HubUnreachable
from engine.library.hub.access import HubAccess
from engine.library.hub.search import Hub
from engine.library.hub.values import FoundRepo, RemoteFile, Sort
from tests.engine.library.hub.setting import REPO, RIGHT, Setting
from tests.hub_server import COMMIT, Repo, Status

FACTS = {
    "downloads": 1234,
    "likes": 5,
    "gated": "manual",
    "lastModified": "2026-01-02T03:04:05.000Z",
    "tags": ["gguf", "license:apache-2.0", "base_model:quantized:acme/Tiny"],
    "gguf": {"architecture": "llama", "total": 135_000_000, "context_length": 8192},
    "cardData": {"license": "apache-2.0"},
}
CARD = b"""---
license: apache-2.0
---
# Tiny
<p align="center"><img src="https://tracker.example/x.png"></p>

[![badge](https://x/y.svg)](https://x)

A **tiny** model for [tests](https://x): it answers
quickly, and mostly wrong.

| file | size |
|------|------|
| a    | 1 GB |

```python
print("not a sentence of the card")
```
Use `--temp 0` to have it always wrong in the same way.\x1b[31m
"""


def test_a_search_finds_what_a_person_wants_to_know(setting: Setting) -> None:
    setting.server.repos[REPO].facts = FACTS
    page = setting.hub.search(" tiny ", sort=Sort.UPDATED, limit=7)
    assert not page.has_more
    assert page.repos == (
        FoundRepo(
            repo=REPO,
            downloads=1234,
            likes=5,
            updated=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            is_gated=True,
            architecture="llama",
            parameters=135_000_000,
            base_model="acme/Tiny",
        ),
    )
    (request,) = setting.server.requests
    for wish in ("search=tiny", "filter=gguf", "pipeline_tag=text-generation", "limit=7"):
        assert wish in request.path
    assert "sort=lastModified" in request.path


def test_a_higher_limit_brings_more(setting: Setting) -> None:
    for number in range(8):
        setting.server.repos[f"acme/Model-{number}"] = Repo({})
    first, more = setting.hub.search("model", limit=5), setting.hub.search("model", limit=10)
    assert (len(first.repos), first.has_more) == (5, True)
    assert (len(more.repos), more.has_more) == (8, False)
    assert more.repos[:5] == first.repos


def test_drafts_are_known_to_be_small(setting: Setting) -> None:
    for name, total in (("small", 1_000), ("big", 3_000), ("unknown", None)):
        facts = {"gguf": {"total": total}}
        setting.server.repos[f"acme/Family-{name}"] = Repo({}, facts=facts)
    page = setting.hub.search("family", limit=3, most_parameters=1_000)
    assert [found.repo for found in page.repos] == ["acme/Family-small"]
    assert page.has_more


def test_nothing_found_is_no_error(setting: Setting) -> None:
    assert setting.hub.search("unheard of").repos == ()


def test_rows_with_impossible_names_are_left_out(setting: Setting) -> None:
    names = ["../../etc", "a/b/c", "", "acme/\x1b[31m", "x" * 200]
    rows = [{"id": name} for name in names] + [{"id": "acme/Good"}]
    setting.server.api_faults.append(json.dumps(rows).encode())
    assert [found.repo for found in setting.hub.search("x").repos] == ["acme/Good"]


def test_facts_of_the_wrong_kind_are_unknown(setting: Setting) -> None:
    row = {
        "id": "acme/Odd",
        "downloads": "many",
        "likes": -1,
        "gguf": {"architecture": ["llama"], "total": 1 << 80},
        "tags": [7, None, "base_model:../../etc"],
    }
    setting.server.api_faults.append(json.dumps([row]).encode())
    assert setting.hub.search("x").repos == (
        FoundRepo("acme/Odd", None, None, None, False, "", None, ""),
    )


def test_details_have_models_card_and_conditions(setting: Setting) -> None:
    setting.server.repos[REPO] = Repo(
        {
            "README.md": CARD,
            "config.json": b"{}",
            "Tiny-Q8_0.gguf": b"8" * 80,
            "Tiny-Q4_K_M.gguf": b"4" * 40,
            "UD-Q2_K_XL/Tiny-UD-Q2_K_XL-00002-of-00002.gguf": b"b" * 10,
            "UD-Q2_K_XL/Tiny-UD-Q2_K_XL-00001-of-00002.gguf": b"a" * 10,
            "Tiny-F16-00001-of-00003.gguf": b"f" * 160,
            "mmproj-Tiny-F16.gguf": b"m",
            "Tiny-imatrix.gguf": b"i",
            "mtp-Tiny-Q8_0.gguf": b"d",
            "Tiny-Q6_K-00009-of-00002.gguf": b"?",
        },
        facts=FACTS,
    )
    details = setting.hub.details(REPO)
    assert (details.repo, details.commit) == (REPO, COMMIT)
    assert details.page == f"{setting.server.url}/{REPO}"
    assert (details.licence, details.is_gated) == ("apache-2.0", True)
    assert (details.architecture, details.parameters) == ("llama", 135_000_000)
    assert details.context_length == 8192
    assert details.summary == (
        "A tiny model for tests: it answers quickly, and mostly wrong.\n"
        "Use --temp 0 to have it always wrong in the same way. [31m"
    )
    assert [(m.name, m.quantization, m.size, m.missing_parts) for m in details.models] == [
        ("Tiny-UD-Q2_K_XL-00001-of-00002.gguf", "UD-Q2_K_XL", 20, ()),
        ("Tiny-Q4_K_M.gguf", "Q4_K_M", 40, ()),
        ("Tiny-Q8_0.gguf", "Q8_0", 80, ()),
        ("Tiny-F16-00001-of-00003.gguf", "F16", 160, (2, 3)),
    ]
    assert details.models[0].id == f"{REPO}/UD-Q2_K_XL/Tiny-UD-Q2_K_XL-00001-of-00002.gguf"


def test_a_licence_of_the_authors_own_has_the_name_they_give_it(setting: Setting) -> None:
    facts = {"cardData": {"license": "other", "license_name": "tiny-research"}}
    setting.server.repos[REPO].facts = facts
    assert setting.hub.details(REPO).licence == "tiny-research"


def test_a_card_that_may_not_be_read_is_missed_by_nobody(setting: Setting) -> None:
    setting.server.repos[REPO].files["README.md"] = CARD
    setting.server.repos[REPO].opens_for = RIGHT
    details = setting.hub.details(REPO)
    assert details.summary == ""
    assert len(details.models) == 1


@pytest.mark.parametrize(
    "name",
    [
        "../x.gguf",
        "/etc/x.gguf",
        "a/../../x.gguf",
        "a\\..\\x.gguf",
        "C:x.gguf",
        "a//x.gguf",
        ".hidden/x.gguf",
        "a\n.gguf",
        "\u202efgug.gguf",
        "con.gguf",
        "a/b/c/d/e.gguf",
        f"{'x' * 300}.gguf",
    ],
)
def test_files_with_names_that_lead_elsewhere_do_not_exist(setting: Setting, name: str) -> None:
    setting.server.repos[REPO].files = {name: b"1", "good.gguf": b"2"}
    assert [model.name for model in setting.hub.details(REPO).models] == ["good.gguf"]


@pytest.mark.parametrize(
    "lfs",
    [
        None,
        {"size": 5, "sha256": "../../../../etc/passwd", "pointerSize": 1},
        {"size": 5, "sha256": "A" * 64, "pointerSize": 1},
        {"size": -5, "sha256": "a" * 64, "pointerSize": 1},
        {"size": 1 << 60, "sha256": "a" * 64, "pointerSize": 1},
        {"size": "5", "sha256": "a" * 64, "pointerSize": 1},
    ],
)
def test_files_without_a_usable_checksum_do_not_exist(setting: Setting, lfs: object) -> None:
    answer = {"id": REPO, "sha": COMMIT, "siblings": [{"rfilename": "a.gguf", "lfs": lfs}]}
    setting.server.api_faults.append(json.dumps(answer).encode())
    assert setting.hub.details(REPO).models == ()


@pytest.mark.parametrize("commit", [None, "main", "../../x", 5, "a" * 39])
def test_a_commit_that_is_none_is_refused(setting: Setting, commit: object) -> None:
    answer = {"id": REPO, "sha": commit, "siblings": []}
    setting.server.api_faults.append(json.dumps(answer).encode())
    with pytest.raises(HubTrouble, match="cannot be read"):
        setting.hub.details(REPO)


def test_a_repository_that_is_not_there_is_named(setting: Setting) -> None:
    with pytest.raises(AccessNeeded) as caught:
        setting.hub.details("acme/Nope")
    assert caught.value.message == "There is no public repository acme/Nope at 127.0.0.1."
    signed_in = HubAccess(setting.server.url, token=RIGHT)
    with pytest.raises(AccessNeeded, match="does not accept the token that is stored here"):
        Hub(signed_in).details("acme/Nope")


@pytest.mark.parametrize("name", ["", "a b", "../x", "owner/name/file.gguf", "-x"])
def test_a_name_that_cannot_be_a_repository_is_not_asked_for(setting: Setting, name: str) -> None:
    with pytest.raises(HubTrouble, match="is not the name of a repository"):
        setting.hub.details(name)
    assert not setting.server.requests


def test_a_busy_hub_is_asked_again(setting: Setting) -> None:
    setting.server.api_faults.extend([Status(429, {"Retry-After": "3"}), Status(503)])
    assert len(setting.hub.search("tiny").repos) == 1
    assert setting.waits == [3, 2]
    setting.server.api_faults.extend([Status(500)] * 9)
    with pytest.raises(HubUnreachable):
        setting.hub.details(REPO)


def test_a_file_knows_its_name() -> None:
    assert RemoteFile("a/b.gguf", 1, "").name == "b.gguf"
