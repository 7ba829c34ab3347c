"""The short form of the soak; `make soak` runs the long one."""

import random
from pathlib import Path

from tests.desktop.conversations.soak import soak


def test_nothing_shown_as_sent_is_lost(tmp_path: Path) -> None:
    seed = random.randrange(1 << 30)  # noqa: S311  no secret
    print(f"seed {seed}")  # shown where it fails
    shown = soak(tmp_path, steps=60, seed=seed)
    assert shown.sent
