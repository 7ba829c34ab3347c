"""What the self-test tries once Qt is there: each part needs what those before it opened."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop.app import Desktop
from desktop.conversations.place import conversations_file
from desktop.conversations.store import ConversationStore
from desktop.conversations.values import MessageState
from desktop.engine_port import EngineSession, Opener, OpenRequest
from desktop.pair_model import Phase
from desktop.self_test import NotAsExpected, Part
from engine.cancel import CancelToken
from engine.config import Mode, SamplingConfig, SpeculationConfig
from engine.events import ChatMessage, Role, RoundFinished, TextDelta, TreeDrawn

QUESTION: Final = "What is photosynthesis? Answer in one sentence."
_GREEDY: Final = SamplingConfig(temperature=0.0, max_tokens=24)
_REQUEST: Final = OpenRequest(
    pair=None,
    context_length=1024,
    speculation=SpeculationConfig(mode=Mode.TREE, budget=8, suggestions=False),
)
_SIZE: Final = (1100, 700)
_FEWEST_COLOURS: Final = 16
"""Of a window with text in it. An empty one has about three."""
_SETTLE_SECONDS: Final = 0.3
_WINDOW_SECONDS: Final = 30.0


class Trial:
    """The parts, and what they hand on. `opened` closes what a failure leaves open."""

    def __init__(
        self, application: QApplication, opener: Opener, picture: Path, opened: ExitStack
    ) -> None:
        self._application = application
        self._opener = opener
        self._picture = picture
        self._opened = opened
        self._session: EngineSession
        self._conversation = ""

    def parts(self) -> Iterator[tuple[str, Part]]:
        """Names and parts, in their order."""
        yield "database", self.keep_a_conversation
        yield "engine", self.load_the_starter
        yield "reply", self.answer
        yield "window", self.show_it

    def keep_a_conversation(self) -> str:
        """Open a new database, write a message, and read it from the file."""
        file = conversations_file()
        store = ConversationStore(file)
        conversation = store.create("Self-test")
        store.add_user_message(conversation.id, QUESTION, parent_id=None)
        store.close()
        self._conversation = conversation.id
        store = ConversationStore(file)
        kept = [message.text for message in store.path(conversation.id)]
        store.close()
        if kept != [QUESTION]:
            raise NotAsExpected("The message that was written is not in the database.")
        return "a message was written and read back"

    def load_the_starter(self) -> str:
        """Load the starter model and its low-bit copy in the engine's own process."""
        self._session = self._opener(
            _REQUEST, progress=lambda _progress: None, cancel=CancelToken()
        )
        self._opened.callback(self._session.close)
        info = self._session.info
        return f"{info.target_name}, with {info.draft_name} as draft"

    def answer(self) -> str:
        """Answer by trees, and keep the reply."""
        text, rounds, nodes = "", 0, 0
        question = ChatMessage(Role.USER, QUESTION)
        for event in self._session.turn([question], _GREEDY, CancelToken(), turn_id=1):
            match event:
                case TextDelta():
                    text += event.text
                case RoundFinished():
                    rounds += 1
                case TreeDrawn():
                    nodes += len(event.pieces)
        if not nodes:
            raise NotAsExpected("No draft tree was grown.")
        if not text.strip():
            raise NotAsExpected("The model gave no text.")
        self._keep_reply(text)
        return f"{rounds} rounds, {nodes} nodes in their trees: {text.strip()!r}"

    def show_it(self) -> str:
        """Show the conversation in the window, and make a picture of that."""
        session = self._session
        desktop = Desktop(self._application, opener=lambda *_args, **_kwargs: session)
        try:
            desktop.window.resize(*_SIZE)
            desktop.start()
            self._wait(lambda: desktop.pair.phase is Phase.READY)
            desktop.chat.open(self._conversation)
            self._settle()
            image = desktop.window.grab().toImage()
        finally:
            desktop.shutdown()
        colours = count_colours(image)
        if colours < _FEWEST_COLOURS or not image.save(str(self._picture)):
            raise NotAsExpected("The window's picture is empty or cannot be written.")
        return f"{image.width()} × {image.height()} pixels, {colours} colours"

    def _keep_reply(self, text: str) -> None:
        store = ConversationStore(conversations_file())
        (asked,) = store.path(self._conversation)
        reply = store.start_reply(self._conversation, parent_id=asked.id)
        store.finish_reply(reply.id, text, MessageState.COMPLETE, None)
        store.close()

    def _wait(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + _WINDOW_SECONDS
        while not condition():
            if time.monotonic() > end:
                raise NotAsExpected("The window did not get ready.")
            self._application.processEvents()
            time.sleep(0.01)

    def _settle(self) -> None:
        end = time.monotonic() + _SETTLE_SECONDS
        self._wait(lambda: time.monotonic() > end)


def count_colours(image: QImage, step: int = 4) -> int:
    """How many colours `image` has, at every `step`th point both ways."""
    return len(
        {
            image.pixel(x, y)
            for x in range(0, image.width(), step)
            for y in range(0, image.height(), step)
        }
    )
