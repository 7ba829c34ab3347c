"""The chat's logic over a fake session: nothing is lost, nothing stale is shown."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from desktop.conversations.values import MessageState, Setup
from desktop.reply_run import Activity
from engine.config import SamplingConfig
from engine.errors import DiskTrouble, OutriderError
from engine.events import ChatMessage, ContextTrimmed, Role
from tests.desktop.desk import Desk
from tests.desktop.fakes import REPLY

FULL_DISK = DiskTrouble("The disk is full, so the message is not saved yet.")


def refuse(*args: object, **kwargs: object) -> None:
    raise FULL_DISK


def idle(desk: Desk) -> Callable[[], bool]:
    return lambda: desk.chat.run is None


def say(qtbot: QtBot, desk: Desk, text: str = "Tell me about the sea") -> None:
    assert desk.chat.send(text)
    qtbot.waitUntil(idle(desk))


def say_and_hold(qtbot: QtBot, desk: Desk, text: str = "Tell me about the sea") -> None:
    """Send, and hold the reply after its first word."""
    desk.session.gate.close()
    assert desk.chat.send(text)
    desk.session.gate.step()
    qtbot.waitUntil(lambda: desk.chat.run is not None and desk.chat.run.message.text != "")


def test_a_message_is_answered_and_kept(qtbot: QtBot, desk: Desk) -> None:
    say(qtbot, desk)
    assert desk.texts() == ["Tell me about the sea", REPLY]
    assert desk.last().state is MessageState.COMPLETE
    notes = desk.last().notes
    assert notes is not None
    assert (notes.mode, notes.draft) == ("tree", "SmolLM2-135M-Instruct-Q2_K")
    assert notes.tokens_per_second == pytest.approx(10.0)


def test_the_first_message_names_the_conversation(qtbot: QtBot, desk: Desk) -> None:
    say(qtbot, desk)
    assert [summary.title for summary in desk.store.conversations()] == ["Tell me about the sea"]


def test_the_message_is_on_the_disk_before_the_engine_sees_it(qtbot: QtBot, desk: Desk) -> None:
    desk.session.gate.close()
    desk.chat.send("Hello")
    conversation_id = desk.chat.conversation_id
    assert conversation_id is not None
    stored = desk.store.path(conversation_id)
    assert [(m.role, m.text) for m in stored] == [(Role.USER, "Hello"), (Role.ASSISTANT, "")]
    desk.chat.stop()


def test_the_whole_path_is_sent_to_the_model(qtbot: QtBot, desk: Desk) -> None:
    say(qtbot, desk, "One")
    say(qtbot, desk, "Two")
    assert [message.content for message in desk.session.asked[-1]] == ["One", REPLY, "Two"]


def test_an_empty_message_is_not_sent(desk: Desk) -> None:
    assert not desk.chat.send("  \n ")
    assert desk.store.conversations() == []


def test_one_reply_at_a_time(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    assert not desk.chat.send("And another")
    desk.chat.stop()


def test_text_grows_while_it_streams(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    run = desk.chat.shown_run
    assert run is not None
    first = run.message.text
    assert REPLY.startswith(first)
    assert run.activity is Activity.ANSWERING
    desk.session.gate.step()
    qtbot.waitUntil(lambda: len(run.message.text) > len(first))
    assert desk.texts()[-1] == run.message.text
    desk.chat.stop()


def test_what_streamed_is_on_the_disk_while_it_streams(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    assert desk.chat.conversation_id is not None
    stored = desk.store.path(desk.chat.conversation_id)[-1]
    assert stored.state is MessageState.STREAMING
    assert stored.text == "The "
    desk.chat.stop()


def test_stop_keeps_the_text_and_its_figures(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    qtbot.waitUntil(lambda: desk.chat.run is not None and desk.chat.run.figures.rounds == 1)
    desk.chat.stop()
    assert desk.chat.run is None
    assert desk.last().text == "The "
    assert desk.last().state is MessageState.STOPPED
    notes = desk.last().notes
    assert notes is not None
    assert (notes.tokens, notes.target_passes) == (4, 1)


def test_nothing_stale_reaches_the_next_reply(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    desk.chat.stop()
    desk.session.gate.open()
    desk.session.reply = "Fresh words only"
    say(qtbot, desk, "Again")
    assert desk.last().text == "Fresh words only"
    assert desk.texts()[1] == "The "


def test_regenerating_keeps_the_former_reply_as_a_branch(qtbot: QtBot, desk: Desk) -> None:
    say(qtbot, desk)
    first = desk.last()
    desk.session.reply = "Another one"
    desk.chat.regenerate(first.id)
    qtbot.waitUntil(idle(desk))
    shown = desk.chat.messages()[-1]
    assert (shown.message.text, shown.branch, shown.branches) == ("Another one", 2, 2)
    desk.chat.select(shown.message.id, -1)
    assert desk.last().text == REPLY
    desk.chat.select(first.id, -1)
    assert desk.last().text == REPLY


def test_a_stopped_reply_goes_on_in_the_same_message(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    qtbot.waitUntil(lambda: desk.chat.run is not None and desk.chat.run.figures.rounds == 1)
    desk.chat.stop()
    stopped = desk.last()
    assert stopped.text == "The "
    assert desk.chat.can_go_on(stopped)
    desk.session.gate.open()
    desk.session.reply = "sea is calm."
    desk.chat.go_on(stopped.id)
    qtbot.waitUntil(idle(desk))
    assert desk.session.asked[-1][-1] == ChatMessage(Role.ASSISTANT, "The ")
    whole = desk.last()
    assert (whole.id, whole.text) == (stopped.id, "The sea is calm.")
    assert whole.state is MessageState.COMPLETE
    assert whole.notes is not None
    assert (whole.notes.tokens, whole.notes.target_passes) == (16, 4)
    assert sum(part.characters for part in whole.notes.origins) == len(whole.text)
    assert len(desk.chat.rounds(whole)) == 4
    assert not desk.chat.can_go_on(whole)


def test_going_on_can_be_taken_back(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    desk.chat.stop()
    stopped = desk.last()
    desk.session.gate.open()
    desk.chat.go_on(stopped.id)
    qtbot.waitUntil(idle(desk))
    desk.conversations.undo()
    assert desk.last() == stopped
    desk.chat.go_on(stopped.id)
    qtbot.waitUntil(idle(desk))
    assert desk.last().text == "The " + REPLY


def test_a_reply_that_is_taken_back_while_it_goes_on_stops(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    desk.chat.stop()
    stopped = desk.last()

    def go_on_for_a_word() -> None:
        desk.rest(qtbot)  # a turn that is being stopped would take the step
        length = len(desk.last().text)
        desk.chat.go_on(stopped.id)
        desk.session.gate.step()
        qtbot.waitUntil(lambda: len(desk.last().text) > length)

    go_on_for_a_word()
    desk.chat.stop()
    assert desk.last().text == "The The "
    go_on_for_a_word()
    desk.conversations.undo()
    assert desk.chat.run is None
    assert desk.last() == stopped
    assert desk.failures == []


def test_only_a_cut_off_reply_at_the_end_goes_on(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk, "One")
    desk.chat.stop()
    cut_off = desk.last()
    desk.session.gate.open()
    say(qtbot, desk, "Two")
    assert not desk.chat.can_go_on(cut_off)
    assert not desk.chat.can_go_on(desk.last())
    desk.chat.go_on(cut_off.id)
    assert desk.chat.run is None


def test_an_edit_makes_a_branch(qtbot: QtBot, desk: Desk) -> None:
    say(qtbot, desk, "Tell me about the sea")
    question = desk.chat.messages()[0].message
    assert desk.chat.edit(question.id, "Tell me about the sky")
    qtbot.waitUntil(idle(desk))
    first = desk.chat.messages()[0]
    assert (first.message.text, first.branch, first.branches) == ("Tell me about the sky", 2, 2)
    assert [message.content for message in desk.session.asked[-1]] == ["Tell me about the sky"]
    desk.chat.select(first.message.id, -1)
    assert desk.texts() == ["Tell me about the sea", REPLY]


def test_a_failure_keeps_the_text_and_is_told(qtbot: QtBot, desk: Desk) -> None:
    desk.session.error = OutriderError("The device is gone.")
    say(qtbot, desk)
    assert desk.failures == [desk.session.error]
    assert desk.last().state is MessageState.FAILED
    assert desk.last().text == "The "


def test_a_message_the_disk_refuses_is_not_sent(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.store, "add_user_message", refuse)
    assert not desk.chat.send("Hello")
    assert desk.failures == [FULL_DISK]
    assert desk.session.asked == []
    assert desk.texts() == []


def test_a_reply_the_disk_refuses_stays_in_memory_until_it_is_saved(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as disk:
        disk.setattr(desk.store, "save_reply", refuse)
        disk.setattr(desk.store, "finish_reply", refuse)
        say(qtbot, desk)
        assert desk.failures == [FULL_DISK, FULL_DISK]
        assert desk.last().text == REPLY
        assert desk.last().state is MessageState.COMPLETE
    desk.chat.save_again()
    assert desk.chat.conversation_id is not None
    assert desk.store.path(desk.chat.conversation_id)[-1].text == REPLY


def test_a_question_whose_reply_could_not_start_can_be_answered_later(
    qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as disk:
        disk.setattr(desk.store, "start_reply", refuse)
        assert desk.chat.send("Hello")
    assert desk.texts() == ["Hello"]
    desk.chat.answer()
    qtbot.waitUntil(idle(desk))
    assert desk.texts() == ["Hello", REPLY]


def test_a_reply_goes_on_while_another_conversation_is_shown(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    first = desk.chat.conversation_id
    desk.chat.open(None)
    assert desk.chat.shown_run is None
    assert desk.texts() == []
    desk.session.gate.open()
    qtbot.waitUntil(idle(desk))
    desk.chat.open(first)
    assert desk.texts()[-1] == REPLY


def test_loading_another_pair_stops_the_reply(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    desk.pair.load()
    assert desk.chat.run is None
    assert desk.last().state is MessageState.STOPPED


def test_messages_left_out_are_told(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    turn = desk.engine._turn
    assert turn is not None
    with qtbot.waitSignal(desk.chat.noticed) as noticed:
        desk.engine.turn_event.emit(ContextTrimmed(turn.id, 2))
    assert noticed.args is not None
    assert "2 messages" in noticed.args[0]
    desk.chat.stop()


def test_unsent_text_is_kept_with_its_conversation(qtbot: QtBot, desk: Desk) -> None:
    desk.chat.save_draft_text("half a thou")
    first = desk.chat.conversation_id
    desk.chat.open(None)
    assert desk.chat.draft_text() == ""
    desk.chat.open(first)
    assert desk.chat.draft_text() == "half a thou"


def test_an_untouched_new_conversation_leaves_no_trace(desk: Desk) -> None:
    desk.chat.open(None)
    desk.chat.save_draft_text("  ")
    assert desk.store.conversations() == []


def test_a_conversation_begun_by_unsent_text_is_named_by_its_first_message(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.chat.save_draft_text("Tell me")
    say(qtbot, desk, "Tell me about the sea")
    assert [summary.title for summary in desk.store.conversations()] == ["Tell me about the sea"]


def test_closing_the_window_during_a_reply_is_not_a_stop(qtbot: QtBot, desk: Desk) -> None:
    say_and_hold(qtbot, desk)
    desk.chat.close()
    assert desk.last().state is MessageState.CLOSED
    assert desk.last().text == "The "


def test_a_reply_knows_its_model_sampling_and_origins(qtbot: QtBot, desk: Desk) -> None:
    desk.chat.save_draft_text("typed")
    assert desk.chat.conversation_id is not None
    sampling = SamplingConfig(temperature=0.1)
    desk.store.set_up(desk.chat.conversation_id, Setup("Be brief.", sampling))
    say(qtbot, desk)
    reply = desk.last()
    assert reply.model == desk.session.info.target_name
    assert reply.notes is not None
    assert reply.notes.sampling == sampling
    assert sum(one.characters for one in reply.notes.origins) == len(reply.text)
    assert desk.session.samplings == [sampling]
    assert desk.session.asked[0][0] == ChatMessage(Role.SYSTEM, "Be brief.")


def test_a_temporary_conversation_is_never_written(qtbot: QtBot, desk: Desk) -> None:
    desk.chat.open_temporary()
    say(qtbot, desk)
    assert desk.texts()[-1] == REPLY
    assert desk.store.conversations() == []
    assert desk.session.temporary == [True]
    desk.chat.open(None)
    assert not desk.chat.is_temporary
    assert desk.chat.messages() == []


def test_leaving_a_temporary_conversation_stops_its_reply(qtbot: QtBot, desk: Desk) -> None:
    desk.chat.open_temporary()
    say_and_hold(qtbot, desk)
    desk.chat.open(None)
    assert desk.chat.run is None
    assert desk.failures == []


def test_a_deleted_message_takes_what_follows_along_and_comes_back(
    qtbot: QtBot, desk: Desk
) -> None:
    say(qtbot, desk)
    before = desk.texts()
    desk.chat.delete(desk.chat.messages()[0].message.id)
    assert desk.texts() == []
    desk.conversations.undo()
    assert desk.texts() == before


def test_undoing_an_edit_stops_its_reply_and_shows_the_branch_before(
    qtbot: QtBot, desk: Desk
) -> None:
    say(qtbot, desk)
    before = desk.texts()
    desk.session.gate.close()
    desk.chat.edit(desk.chat.messages()[0].message.id, "Something else")
    desk.session.gate.step()
    qtbot.waitUntil(lambda: desk.chat.run is not None and desk.chat.run.message.text != "")
    desk.conversations.undo()
    assert desk.chat.run is None
    assert desk.texts() == before
    assert [shown.branches for shown in desk.chat.messages()] == [1, 1]
