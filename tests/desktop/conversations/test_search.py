"""Search finds any part of a title or message, and no text is syntax."""

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.conversations import ConversationStore, MessageState
from desktop.conversations.query import Mark, Query
from desktop.conversations.search import Filters
from tests.desktop.conversations.builders import hostile_text

CODE = 'call foo_bar("x") in C++ AND NOT * ^ 100% sure'
MIXED = "今天天气很好, שלום עולם مرحبا بالعالم ПРИВЕТ До Straße"


@pytest.fixture
def talk(store: ConversationStore) -> str:
    conversation = store.create("Weather and code").id
    store.add_user_message(conversation, CODE, parent_id=None)
    store.add_user_message(conversation, MIXED, parent_id=None)
    return conversation


def found(store: ConversationStore, typed: str, filters: Filters | None = None) -> list[str]:
    """The marked words of each hit's snippet, in the order of the hits."""
    hits = store.search(typed, filters or Filters())
    return [
        "|".join(hit.snippet.text[mark.start : mark.end] for mark in hit.snippet.marks)
        for hit in hits
    ]


@pytest.mark.usefixtures("talk")
@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("weather", "Weather"),
        ("foo_bar(", "foo_bar("),
        ("oo_ba", "oo_ba"),
        ("AND NOT", "AND|NOT"),
        ('"C++ AND"', "C++ AND"),
        ("c++", "C++"),
        ("*", "*"),
        ("0%", "0%"),
        ("_", "_"),
        ("天气", "天气"),
        ("天气很", "天气很"),
        ("今", "今"),
        ("שלום", "שלום"),
        ("ولا", ""),
        ("مرحبا", "مرحبا"),
        ("привет", "ПРИВЕТ"),
        ("до", "До"),
        ("STRASSE", ""),
        ("straße", "Straße"),
    ],
)
def test_any_part_is_found_and_marked(store: ConversationStore, typed: str, marked: str) -> None:
    assert found(store, typed)[:1] == ([marked] if marked else [])


@pytest.mark.usefixtures("talk")
@pytest.mark.parametrize(
    "typed", ["NEAR(foo sure)", "text : sure", "foo OR nothing", "sure^2", "-sure", '"sure call"']
)
def test_nothing_typed_is_syntax(store: ConversationStore, typed: str) -> None:
    assert store.search(typed) == []


@given(typed=hostile_text)
def test_no_query_is_an_error(typed: str) -> None:
    with closing(ConversationStore(None)) as store:
        store.add_user_message(store.create(typed).id, typed, parent_id=None)
        hits = store.search(typed)
    for hit in hits:
        for mark in hit.snippet.marks:
            assert 0 <= mark.start < mark.end <= len(hit.snippet.text)


@given(st.text(max_size=30), st.text(min_size=1, max_size=12), st.text(max_size=300))
def test_what_stands_in_a_text_is_found(before: str, term: str, after: str) -> None:
    typed = term.replace('"', "").replace("\0", "").strip()
    text = (before + typed + after).replace("\0", "")
    with closing(ConversationStore(None)) as store:
        message = store.add_user_message(store.create().id, text, parent_id=None)
        found_ids = [hit.message_id for hit in store.search(f'"{typed}"') if hit.message_id]
    assert found_ids == ([message.id] if typed else [])


def test_titles_come_first_then_the_newest_messages(tmp_path: Path) -> None:
    now = iter(range(100))
    store = ConversationStore(tmp_path / "c.sqlite", clock=lambda: float(next(now)))
    first, second = store.create("about whales").id, store.create("other").id
    old = store.add_user_message(first, "whales sing", parent_id=None)
    new = store.add_user_message(second, "whales swim", parent_id=None)
    hits = store.search("whales")
    store.close()
    assert [hit.message_id for hit in hits] == [None, new.id, old.id]
    assert hits[0].snippet.text == "about whales"


def test_the_index_follows_every_change(store: ConversationStore, conversation: str) -> None:
    question = store.add_user_message(conversation, "apples", parent_id=None)
    reply = store.start_reply(conversation, parent_id=question.id)
    store.save_reply(reply.id, "pears so far")
    assert found(store, "pears") == []
    store.finish_reply(reply.id, "plums at last", MessageState.COMPLETE, None)
    assert found(store, "plums") == ["plums"]
    store.rename(conversation, "cherries")
    assert found(store, "cherries") == ["cherries"]
    assert found(store, "the sea") == []
    store.delete_message(question.id)
    assert found(store, "apples") == []
    change = store.last_change()
    assert change is not None
    store.undo(change.id)
    assert found(store, "apples") == ["apples"]
    store.trash(conversation)
    assert found(store, "apples") == []
    for index in ("message_search", "title_search"):
        store._database.change(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")  # noqa: S608


def test_filters(store: ConversationStore, conversation: str) -> None:
    other = store.create("The lake").id
    for one, model in ((conversation, "big"), (other, "small")):
        question = store.add_user_message(one, "deep water", parent_id=None)
        store.start_reply(one, parent_id=question.id, model=model)
    folder = store.folders.create("Nature")
    store.folders.move(other, folder.id)
    store.tag(other, ["wet", "blue"])

    def where(**filters: str | float) -> list[str]:
        return [hit.title for hit in store.search("water", Filters(**filters))]  # type: ignore[arg-type]

    assert sorted(where()) == ["The lake", "The sea"]
    assert where(folder_id=folder.id) == ["The lake"]
    assert where(tag="wet") == ["The lake"]
    assert where(tag="we") == []
    assert where(model="big") == ["The sea"]
    assert where(since=store.summary(other).updated_at + 1) == []
    assert where(until=1.0) == []
    assert store.tags() == ["blue", "wet"]
    assert store.models() == ["big", "small"]
    assert [hit.title for hit in store.search("", Filters(tag="blue"))] == ["The lake"]


def test_a_snippet_is_one_line_around_the_first_hit() -> None:
    text = "start " * 50 + "line one\nthe needle\tis here" + " end" * 50
    snippet = Query.parse("needle").snippet(text)
    assert "\n" not in snippet.text
    (mark,) = snippet.marks
    assert snippet.text[mark.start : mark.end] == "needle"
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")


def test_every_hit_in_a_text_is_marked() -> None:
    assert Query.parse("an na").marks("Banana") == [Mark(1, 3), Mark(3, 5)]
    assert Query.parse("").marks("Banana") == []


def test_a_query_is_bounded() -> None:
    query = Query.parse(" ".join(f"w{number}" for number in range(1000)) + "x" * 10_000)
    assert len(query.terms) == 16
    assert max(map(len, Query.parse("y" * 10_000).terms)) == 200
