"""Every word of every view comes from the catalogue: in the language `marked`, each has marks."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from desktop.conversations.formats.forms import FORMS
from engine import language
from engine.library.catalogue import load_catalogue
from engine.library.starter import STARTER
from tests.desktop.every_view import VIEWS, unmarked
from tests.desktop.fakes import BIG, BROKEN, OTHER, REPLY, SMALL, FakeInfo

ROOT: Final = Path(__file__).parents[2]
MADE_UP: Final = (
    *("The sea is calm tonight", "GeForce RTX 4070"),
    *("Hello", REPLY, BROKEN.refusal, "Same tokenizer.", "Not smaller than the target."),
    *("Different tokenizer: a / b. Drafts with another tokenizer do not work yet.",),
    "The target itself in fewer bits; usually guesses best.",
)
"""What the fakes say."""
NAMES: Final = (
    *("Outrider", "English", "Deutsch", "PDF", "/models", str(Path.home())),
    *("Q4_K_M", "Q8_0", "Q4_0", "F16", "GB", "MB", "ms", "min"),
    *("Ctrl", "Shift", "Alt", "Del", "Esc", "Tab", "Space"),
    *("Up", "Down", "Left", "Right", "Home", "End"),  # Qt's own words for these keys
)
"""What every language writes in the same way."""


def show(language_name: str, *folder: str) -> dict[str, list[str]]:
    """The words of every view, in a process that speaks this language from its start."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop.show_every_view", *folder],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
        timeout=250,
        env={**os.environ, language.VARIABLE: language_name, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, list[str]] = json.loads(done.stdout)
    return said


def allowed() -> list[str]:
    catalogue = load_catalogue()
    known = [
        *MADE_UP,
        *NAMES,
        FakeInfo().target_name,
        Path(STARTER.file_name).stem,
        *(model.name for model in (BIG, BROKEN, OTHER, SMALL)),
        *(form.title for form in FORMS.values()),
        *(model.name for model in catalogue.models),
        *(model.repo for model in catalogue.models),
    ]
    return sorted({text.rstrip(".") for text in known}, key=len, reverse=True)


def left_in(text: str, known: list[str]) -> str:
    """What of `text` is no sentence of the catalogue and no name."""
    rest = unmarked(text)
    for name in known:
        rest = rest.replace(name, " ")
    return rest


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OUTRIDER_HOME", str(tmp_path_factory.mktemp("home")))
        return show(language.MARKED)


def test_no_word_was_left_out_of_the_catalogue(marked: dict[str, list[str]]) -> None:
    known = allowed()
    forgotten = {
        f"{view}: {text}"
        for view, texts in marked.items()
        for text in texts
        if re.search(r"[^\W\d_]{2}", left_in(text, known))
    }
    assert not forgotten


def test_every_view_has_words(marked: dict[str, list[str]]) -> None:
    assert set(marked) == set(VIEWS)
    assert all(any("⟦" in text for text in texts) for texts in marked.values())
