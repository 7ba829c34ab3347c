"""Titles by the model: after the first reply only, and never in anybody's way."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop.auto_titles import AutoTitles
from desktop.conversations.store import ConversationStore
from desktop.settings import AUTO_TITLES
from engine.errors import OutriderError
from engine.events import ChatMessage, Role
from tests.desktop import fakes
from tests.desktop.desk import Desk
from tests.desktop.fakes import REPLY

QUESTION = "Tell me about the sea"
TITLE = "A calm sea"


@pytest.fixture
def then(desk: Desk) -> list[Callable[[], None]]:
    """What happens when the reply has ended, before the title is asked for."""

    def say_the_title() -> None:
        desk.session.reply = f'"{TITLE}."'

    return [say_the_title]


@pytest.fixture
def titles(desk: Desk, then: list[Callable[[], None]]) -> Iterator[AutoTitles]:
    desk.chat.reply_ended.connect(lambda _: [happens() for happens in then])
    titles = AutoTitles(desk.store, desk.engine, desk.pair, desk.chat, desk.settings)
    yield titles
    titles.close()


def ask(qtbot: QtBot, desk: Desk, question: str = QUESTION) -> None:
    """Until the reply is there; what the model says next is the title."""
    assert desk.chat.send(question)
    qtbot.waitUntil(lambda: desk.chat.run is None)


def is_naming(titles: AutoTitles) -> bool:
    return titles._answering.run is not None


def ask_until_naming(qtbot: QtBot, desk: Desk, titles: AutoTitles) -> None:
    """Until the model is asked for the title, which is a turn of the event loop later."""
    ask(qtbot, desk)
    qtbot.waitUntil(lambda: is_naming(titles))


def title(desk: Desk) -> str:
    return desk.store.conversations()[0].title


def asked(desk: Desk) -> list[str]:
    return [messages[-1].content for messages in desk.session.asked]


def test_the_model_names_a_conversation_after_its_first_reply(
    qtbot: QtBot, desk: Desk, titles: AutoTitles
) -> None:
    with qtbot.waitSignal(titles.titled):
        ask(qtbot, desk)
    assert title(desk) == TITLE
    # The prompt goes on from the conversation: its KV prefix is reused, and stays for what follows.
    assert desk.session.asked[1][:2] == (
        ChatMessage(Role.USER, QUESTION),
        ChatMessage(Role.ASSISTANT, REPLY),
    )
    assert desk.texts() == [QUESTION, REPLY]
    assert desk.store.last_change() is None


def test_later_replies_change_no_title(qtbot: QtBot, desk: Desk, titles: AutoTitles) -> None:
    with qtbot.waitSignal(titles.titled):
        ask(qtbot, desk)
    desk.chat.send("More")
    qtbot.waitUntil(lambda: desk.chat.run is None)
    desk.rest(qtbot)
    assert len(desk.session.asked) == 3


def test_a_title_that_the_person_gave_stays(qtbot: QtBot, desk: Desk, titles: AutoTitles) -> None:
    conversation = desk.store.create("My title").id
    desk.chat.open(conversation)
    ask(qtbot, desk)
    desk.rest(qtbot)
    assert title(desk) == "My title"
    assert asked(desk) == [QUESTION]


def test_a_title_that_was_given_meanwhile_stays(
    qtbot: QtBot, desk: Desk, titles: AutoTitles, then: list[Callable[[], None]]
) -> None:
    then.append(desk.session.gate.close)
    ask_until_naming(qtbot, desk, titles)
    desk.conversations.rename(desk.store.conversations()[0].id, "Mine")
    desk.session.gate.open()
    qtbot.waitUntil(lambda: not is_naming(titles))
    assert title(desk) == "Mine"


def test_the_next_message_stops_it(
    qtbot: QtBot, desk: Desk, titles: AutoTitles, then: list[Callable[[], None]]
) -> None:
    then.append(desk.session.gate.close)
    ask_until_naming(qtbot, desk, titles)
    desk.session.gate.open()
    desk.session.reply = "Second reply"
    assert desk.chat.send("At once")
    assert not is_naming(titles)
    qtbot.waitUntil(lambda: desk.chat.run is None)
    assert desk.texts()[-1] == "Second reply"
    assert title(desk) == QUESTION
    assert desk.failures == []


def test_a_load_stops_it(
    qtbot: QtBot, desk: Desk, titles: AutoTitles, then: list[Callable[[], None]]
) -> None:
    then.append(desk.session.gate.close)
    ask_until_naming(qtbot, desk, titles)
    desk.pair.load()
    assert not is_naming(titles)
    desk.session.gate.open()
    qtbot.waitUntil(lambda: desk.pair.info is not None)
    assert title(desk) == QUESTION


@pytest.mark.parametrize("answer", ["", "\n", "```", "x" * 60, "Title:"])
def test_what_is_no_title_leaves_the_first_words(
    qtbot: QtBot, desk: Desk, titles: AutoTitles, then: list[Callable[[], None]], answer: str
) -> None:
    then.append(lambda: setattr(desk.session, "reply", answer))
    desk.chat.send(QUESTION)
    qtbot.waitUntil(lambda: len(desk.session.asked) == 2 and not is_naming(titles))
    assert title(desk) == QUESTION


def test_a_failure_is_nobodys_concern(qtbot: QtBot, desk: Desk, titles: AutoTitles) -> None:
    ask(qtbot, desk)
    desk.session.error = OutriderError("It broke.")
    qtbot.waitUntil(lambda: not is_naming(titles))
    assert desk.failures == []


def test_it_can_be_turned_off(qtbot: QtBot, desk: Desk, titles: AutoTitles) -> None:
    desk.settings.set(AUTO_TITLES, value=False)
    ask(qtbot, desk)
    desk.rest(qtbot)
    assert asked(desk) == [QUESTION]


def test_a_slow_model_is_not_asked(
    qtbot: QtBot, desk: Desk, titles: AutoTitles, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = fakes.turn_stats
    monkeypatch.setattr(
        fakes, "turn_stats", lambda passes: replace(quick(passes), target_seconds=1000.0)
    )
    ask(qtbot, desk)
    desk.rest(qtbot)
    assert asked(desk) == [QUESTION]


def test_a_temporary_conversation_has_no_title(
    qtbot: QtBot, desk: Desk, titles: AutoTitles
) -> None:
    desk.chat.open_temporary()
    ask(qtbot, desk)
    desk.rest(qtbot)
    assert asked(desk) == [QUESTION]


def test_a_reply_that_was_stopped_is_not_named(
    qtbot: QtBot, desk: Desk, titles: AutoTitles
) -> None:
    desk.session.gate.close()
    desk.chat.send(QUESTION)
    desk.chat.stop()
    desk.session.gate.open()
    desk.rest(qtbot)
    assert asked(desk) in ([], [QUESTION])


def test_a_title_changes_only_in_place_of_the_former(store_with_title: ConversationStore) -> None:
    (one,) = store_with_title.conversations()
    assert not store_with_title.retitle(one.id, "Other", "New")
    assert store_with_title.retitle(one.id, "Old", "New")
    assert store_with_title.conversations()[0].title == "New"


@pytest.fixture
def store_with_title() -> Iterator[ConversationStore]:
    store = ConversationStore(None)
    store.create("Old")
    yield store
    store.close()
