"""What was said before reaches the engine: only with leave, only what is kept, and the latest."""

import pytest
from pytestqt.qtbot import QtBot

from desktop import earlier_texts
from desktop.earlier_texts import EarlierTexts
from desktop.message_actions import MessageActions
from desktop.pair_model import Phase
from desktop.settings import EARLIER
from desktop.speech import Speaker
from engine.errors import DiskTrouble
from tests.desktop.desk import Desk
from tests.desktop.fakes import REPLY

WAVE, TIDE = ("What is a wave?", "A wave is moving water."), ("What is a tide?", "It comes back.")


def said(desk: Desk, question: str, answer: str) -> str:
    """A conversation of the store; its id."""
    conversation = desk.store.create()
    asked = desk.store.add_user_message(conversation.id, question, parent_id=None)
    desk.store.add_reply(conversation.id, answer, parent_id=asked.id)
    return conversation.id


@pytest.fixture
def actions(desk: Desk) -> MessageActions:
    speaker = Speaker(None, lambda text, _language: text, lambda _text: "en")
    return MessageActions(desk.chat, desk.pair, desk.profiles, speaker)


@pytest.fixture
def texts(desk: Desk, actions: MessageActions) -> EarlierTexts:
    """Two conversations from before; nothing is allowed yet."""
    said(desk, *WAVE)
    said(desk, *TIDE)
    return EarlierTexts(desk.store, desk.engine, desk.settings, desk.conversations, actions)


def load(qtbot: QtBot, desk: Desk) -> None:
    desk.pair.load()
    qtbot.waitUntil(lambda: desk.pair.phase is Phase.READY)
    desk.rest(qtbot)


def heard(qtbot: QtBot, desk: Desk) -> list[tuple[str, ...]]:
    desk.rest(qtbot)
    return desk.session.earlier


@pytest.mark.usefixtures("texts")
def test_without_leave_the_engine_hears_nothing(qtbot: QtBot, desk: Desk) -> None:
    load(qtbot, desk)
    desk.conversations.trash(desk.store.conversations()[0].id)
    assert heard(qtbot, desk) == []


@pytest.mark.usefixtures("texts")
def test_with_leave_it_hears_of_all_conversations_once_the_pair_is_loaded(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.settings.set(EARLIER, value=True)
    assert heard(qtbot, desk) == [(*WAVE, *TIDE)], "at once, oldest first"
    assert desk.session.used[-1].earlier, "it is allowed before it is told"
    load(qtbot, desk)
    assert heard(qtbot, desk) == [(*WAVE, *TIDE)] * 2


@pytest.mark.usefixtures("texts")
def test_without_leave_again_the_engine_is_told_to_forget(qtbot: QtBot, desk: Desk) -> None:
    desk.settings.set(EARLIER, value=True)
    desk.settings.set(EARLIER, value=False)
    assert len(heard(qtbot, desk)) == 1
    assert not desk.session.used[-1].earlier


@pytest.mark.usefixtures("texts")
def test_what_goes_to_the_trash_is_forgotten_and_what_returns_is_told_again(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.settings.set(EARLIER, value=True)
    newest = desk.store.conversations()[0]
    desk.conversations.trash(newest.id)
    assert heard(qtbot, desk)[-1] == WAVE
    desk.conversations.restore(newest.id)
    assert heard(qtbot, desk)[-1] == (*WAVE, *TIDE)


@pytest.mark.usefixtures("texts")
def test_a_deleted_message_is_forgotten_until_it_is_brought_back(
    qtbot: QtBot, desk: Desk, actions: MessageActions
) -> None:
    desk.settings.set(EARLIER, value=True)
    desk.chat.open(desk.store.conversations()[0].id)
    actions.delete(desk.last())
    assert heard(qtbot, desk)[-1] == (*WAVE, TIDE[0])
    desk.conversations.undo()
    assert heard(qtbot, desk)[-1] == (*WAVE, *TIDE)


@pytest.mark.usefixtures("texts")
def test_nothing_of_a_temporary_conversation_is_told(qtbot: QtBot, desk: Desk) -> None:
    desk.chat.open_temporary()
    assert desk.chat.send("A secret")
    qtbot.waitUntil(lambda: desk.chat.run is None)
    assert desk.texts() == ["A secret", REPLY]
    desk.settings.set(EARLIER, value=True)
    assert heard(qtbot, desk) == [(*WAVE, *TIDE)]


@pytest.mark.usefixtures("texts")
def test_it_is_never_more_than_the_latest(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(earlier_texts, "_MESSAGES", 3)
    desk.settings.set(EARLIER, value=True)
    assert heard(qtbot, desk)[-1] == (WAVE[1], *TIDE)
    monkeypatch.setattr(earlier_texts, "_CHARACTERS", len("".join(TIDE)) + 3)
    load(qtbot, desk)
    assert heard(qtbot, desk)[-1] == TIDE


@pytest.mark.usefixtures("texts")
def test_a_disk_that_refuses_costs_only_guesses(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_messages: int, _characters: int) -> list[str]:
        raise DiskTrouble("The disk refuses.")

    monkeypatch.setattr(desk.store, "latest_texts", refuse)
    desk.settings.set(EARLIER, value=True)
    assert heard(qtbot, desk) == []
    assert desk.failures == []
