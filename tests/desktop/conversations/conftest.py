"""A store in the test's own folder, opened and closed for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.conversations import ConversationStore

Reopen = Callable[[], ConversationStore]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "conversations.sqlite"


@pytest.fixture
def reopen(path: Path) -> Iterator[Reopen]:
    """Opens the file anew each time, closing what was open."""
    stores: list[ConversationStore] = []

    def close() -> None:
        for store in stores:
            store.close()

    def open_again() -> ConversationStore:
        close()
        stores.append(ConversationStore(path))
        return stores[-1]

    yield open_again
    close()


@pytest.fixture
def store(reopen: Reopen) -> ConversationStore:
    return reopen()


@pytest.fixture
def conversation(store: ConversationStore) -> str:
    return store.create("The sea").id
