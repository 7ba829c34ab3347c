"""What the journeys begin with."""

from collections.abc import Iterator

import pytest

from tests.desktop.fakes import FakeOpener


@pytest.fixture
def fake_opener() -> Iterator[FakeOpener]:
    opener = FakeOpener()
    yield opener
    opener.session.gate.open()
