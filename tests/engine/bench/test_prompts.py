"""Our own prompt sets, and lists of the user's."""

import json
from pathlib import Path

import pytest

from engine.bench.prompts import SETS, load_prompts
from engine.errors import BadSetting


@pytest.mark.parametrize("name", SETS)
def test_each_of_our_sets_has_ten_different_prompts_or_more(name: str) -> None:
    prompts = load_prompts(name)
    assert len({prompt.text for prompt in prompts}) == len(prompts) >= 10
    assert {prompt.category for prompt in prompts} == {name}
    for prompt in prompts:
        assert prompt.text == prompt.text.strip()
        assert all(character.isprintable() or character in "\n\t" for character in prompt.text)


@pytest.mark.parametrize(
    ("name", "least", "most"), [("editing", 120, 420), ("summarising", 250, 420)]
)
def test_what_is_to_be_edited_or_summarised_is_in_the_prompt(
    name: str, least: int, most: int
) -> None:
    for prompt in load_prompts(name):
        assert least <= len(prompt.text.split()) <= most


def test_all_sets_at_once_with_some_prompts_of_each() -> None:
    prompts = load_prompts("all", 2)
    assert [prompt.category for prompt in prompts] == [name for name in SETS for _ in range(2)]
    assert prompts[:2] == load_prompts("chat")[:2]


def test_a_list_of_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(["One?", {"ask": "Fix this.", "text": ["a = 1", "", "b"]}, "Two?"]))
    prompts = load_prompts(str(path))
    assert [prompt.text for prompt in prompts] == ["One?", "Fix this.\n\na = 1\n\nb", "Two?"]
    assert {prompt.category for prompt in prompts} == {""}
    assert load_prompts(str(path), 1) == prompts[:1]


@pytest.mark.parametrize(
    "content",
    [
        "{}",
        "[]",
        '"text"',
        "[1]",
        '[{"ask": "a"}]',
        '[{"ask": 1, "text": []}]',
        '[{"ask": "a", "text": "b"}]',
        '[{"ask": "a", "text": [1]}]',
        '[{"ask": "a", "text": [], "more": 1}]',
    ],
)
def test_anything_else_is_no_list_of_messages(tmp_path: Path, content: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(BadSetting, match=r"bad\.json must hold a JSON list of user messages"):
        load_prompts(str(path))


@pytest.mark.parametrize("content", [b"no JSON", b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_json(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(BadSetting, match=r"bad\.json cannot be read as JSON"):
        load_prompts(str(path))


def test_a_name_of_nothing_lists_our_sets() -> None:
    with pytest.raises(BadSetting) as caught:
        load_prompts("chats")
    assert caught.value.hint == (
        "The sets that come with Outrider are: "
        "chat, code, editing, translation, summarising, reasoning, all."
    )


def test_no_prompts_of_each_category_is_no_plan() -> None:
    with pytest.raises(BadSetting):
        load_prompts("all", 0)
