"""Where memory ran out, less is loaded, and the person's choices stay."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app import Desktop
from desktop.engine_port import OpenRequest, Pair
from desktop.error_text import ErrorAction
from desktop.less_memory import with_less_memory
from desktop.pair_model import Phase
from desktop.settings import CONTEXT
from engine.config import SpeculationConfig
from engine.errors import BadModelFile, EngineDied
from tests.desktop.fakes import REPLY, FakeOpener

PAIR = Pair(Path("/models/target.gguf"), Path("/models/draft.gguf"))


@pytest.mark.parametrize(("before", "after"), [(8192, 4096), (1500, 1024), (512, 512)])
def test_half_the_context_and_no_draft(before: int, after: int) -> None:
    request = OpenRequest(pair=PAIR, context_length=before, speculation=SpeculationConfig())
    less = with_less_memory(request)
    assert less.pair == Pair(PAIR.target, None)
    assert less.context_length == after


def test_the_window_goes_on_after_the_engine_died(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    context = app.settings.get(CONTEXT)
    opener.session.error = EngineDied("The engine ran out of memory.", out_of_memory=True)
    app.chat.send("Say something")
    qtbot.waitUntil(lambda: app.pair.phase is Phase.EMPTY)
    reply = app.chat.messages()[-1].message
    assert REPLY.startswith(reply.text.rstrip())
    assert reply.text
    banner = app.window.page.banner
    assert banner.isVisible()
    assert "ran out of memory" in banner.accessibleName()
    assert banner.offered == (ErrorAction.LOAD_AGAIN, ErrorAction.LESS_MEMORY)
    opener.session.error = None
    banner.action_chosen.emit(ErrorAction.LESS_MEMORY)
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)
    assert opener.requests[-1].context_length == max(1024, context // 2)
    assert app.settings.get(CONTEXT) == context
    app.chat.send("And now?")
    qtbot.waitUntil(lambda: app.chat.messages()[-1].message.text == REPLY)


def test_a_load_that_failed_can_be_tried_again(
    qtbot: QtBot, app: Desktop, opener: FakeOpener
) -> None:
    opener.error = BadModelFile("The file ends early.")
    app.pair.load()
    qtbot.waitUntil(app.window.page.banner.isVisible)
    assert app.window.page.banner.offered == (ErrorAction.LOAD_AGAIN, ErrorAction.CHOOSE_MODELS)
    opener.error = None
    app.window.page.banner.action_chosen.emit(ErrorAction.LOAD_AGAIN)
    qtbot.waitUntil(lambda: app.pair.phase is Phase.READY)
    assert opener.requests[-1] == opener.requests[-2]
    assert not app.window.page.banner.isVisible()
