"""Whatever nodes a file holds, they become a tree in which nothing that can be shown is lost."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from desktop.conversations.importing.parsed import ParsedMessage
from desktop.conversations.importing.tree import (
    SoundTree,
    as_shown,
    sound_tree,
    without_system_prompt,
)
from engine.events import Role

ids = st.sampled_from("abcdefgh")
nodes = st.builds(
    ParsedMessage,
    id=ids,
    parent_id=st.none() | ids,
    role=st.sampled_from(Role),
    text=st.sampled_from(["", " ", "one", "two", "three"]),
    created_at=st.none() | st.floats(0, 10),
)


def node(
    id_: str, parent: str | None, role: Role = Role.ASSISTANT, text: str = "x"
) -> ParsedMessage:
    return ParsedMessage(id_, parent, role, text)


def is_sound(tree: SoundTree[ParsedMessage]) -> bool:
    seen: set[str | None] = {None}
    for message in tree.messages:
        if message.parent_id not in seen or message.id in seen:
            return False
        seen.add(message.id)
    return tree.current_id in seen and (tree.current_id is not None) == bool(tree.messages)


@given(st.lists(nodes, max_size=12), ids)
def test_any_nodes_become_a_sound_tree(found: list[ParsedMessage], current: str) -> None:
    tree = sound_tree(found, current)
    assert is_sound(tree)
    kept = Counter(message.text for message in tree.messages)
    assert set(kept) == {message.text for message in found}
    shown = as_shown(tree)
    assert is_sound(shown)
    assert not any(message.is_empty for message in shown.messages)
    words = Counter(" ".join(message.text for message in tree.messages).split())
    assert Counter(" ".join(message.text for message in shown.messages).split()) == words


@given(st.lists(nodes, max_size=12), ids)
def test_a_sound_tree_stays_as_it_is(found: list[ParsedMessage], current: str) -> None:
    tree = sound_tree(found, current)
    again = sound_tree(tree.messages, tree.current_id)
    assert again == replace(tree, mended={})


def test_what_is_mended_is_told() -> None:
    found = [
        node("a", None),
        node("a", None, text="other"),
        node("b", "gone"),
        node("c", "d"),
        node("d", "c"),
    ]
    tree = sound_tree(found, "a")
    assert tree.mended == {
        "Messages with the id of another one: kept under new ids": 1,
        "Messages that follow a missing one: they stand first": 1,
        "Messages that follow themselves: they stand first": 1,
    }
    assert len(tree.messages) == len(found)


def test_the_rest_of_a_path_is_no_damage() -> None:
    tree = sound_tree([node("b", "a", Role.USER), node("c", "b")], None)
    assert not tree.mended
    assert [message.parent_id for message in tree.messages] == [None, "b"]


def test_a_reply_in_parts_is_one_message() -> None:
    found = [
        node("u", None, Role.USER),
        replace(node("t", "u", text=""), thinking="hm"),
        node("e", "t", text=""),
        node("c", "e", text="call"),
        node("r", "c", text="answer"),
    ]
    tree = as_shown(sound_tree(found, "r"))
    assert [(m.id, m.parent_id, m.thinking, m.text) for m in tree.messages] == [
        ("u", None, "", "x"),
        ("t", "u", "hm", "call\n\nanswer"),
    ]
    assert tree.current_id == "t"


def test_branches_inside_a_reply_stay_apart() -> None:
    found = [
        node("u", None, Role.USER),
        node("a", "u", text="begun"),
        node("b", "a", text="one end"),
        node("c", "a", text="another end"),
    ]
    tree = as_shown(sound_tree(found, "c"))
    assert [(m.id, m.parent_id) for m in tree.messages] == [
        ("u", None),
        ("a", "u"),
        ("b", "a"),
        ("c", "a"),
    ]


def test_a_long_reply_and_a_long_path_are_quick() -> None:
    found = [node(f"{n}", f"{n - 1}" if n else None, text="x" * 100) for n in range(10_000)]
    (reply,) = as_shown(sound_tree(found, None)).messages
    assert len(reply.text) == 10_000 * 102 - 2
    path = [replace(one, role=(Role.USER, Role.ASSISTANT)[n % 2]) for n, one in enumerate(found)]
    assert len(as_shown(sound_tree(reversed(path), None)).messages) == 10_000


def test_the_system_message_above_everything_is_the_prompt() -> None:
    found = [
        node("s", None, Role.SYSTEM, "Be brief."),
        node("u", "s", Role.USER),
        node("r", "u"),
    ]
    tree, prompt = without_system_prompt(sound_tree(found, "s"))
    assert prompt == "Be brief."
    assert [(m.id, m.parent_id) for m in tree.messages] == [("u", None), ("r", "u")]
    assert tree.current_id == "r"


def test_two_first_messages_leave_the_system_message_where_it_is() -> None:
    found = [node("s", None, Role.SYSTEM), node("u", None, Role.USER)]
    tree = sound_tree(found, None)
    assert without_system_prompt(tree) == (tree, "")
