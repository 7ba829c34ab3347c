"""PDF by Qt: text that can be read back, from any conversation, with or without pictures."""

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from pytestqt.qtbot import QtBot

from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.exported import Exported
from desktop.conversations.values import Attachment, ConversationTree
from desktop.pdf import ALL_FORMS, write_pdf
from tests.desktop.conversations.builders import SNIPPETS, forked_tree, linear_tree
from tests.desktop.conversations.tree_strategies import PNG

SCRIPT = """
import sys
from desktop.pdf import write_pdf
from desktop.conversations.formats.entries import Extent
from desktop.conversations.formats.exported import Exported
from tests.desktop.conversations.builders import linear_tree
write_pdf(open(sys.argv[1], "wb"), [Exported(linear_tree("t", ["Hello there"]))], Extent.PATH)
"""


def pdf(tree: ConversationTree, extent: Extent = Extent.PATH) -> PdfReader:
    file = io.BytesIO()
    write_pdf(file, [Exported(tree, lambda _: PNG)], extent)
    return PdfReader(file)


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.usefixtures("qtbot")
def test_a_conversation_can_be_read(qtbot: QtBot) -> None:
    reader = pdf(linear_tree("The sea", ["A <b>question</b>", "**Waves**\n\n```py\nx = 1\n```"]))
    text = words(reader)
    for part in ("The sea", "You", "A <b>question</b>", "Reply", "Waves", "x = 1"):
        assert part in text
    assert reader.metadata is not None
    assert reader.metadata.title == "The sea"


@pytest.mark.usefixtures("qtbot")
def test_the_whole_tree_or_the_path() -> None:
    assert "second" in words(pdf(forked_tree(), Extent.TREE))
    assert "second" not in words(pdf(replace(forked_tree(), current_id="m2")))


@pytest.mark.usefixtures("qtbot")
def test_long_conversations_take_numbered_pages() -> None:
    reader = pdf(linear_tree("t", ["line\n" * 200]))
    assert len(reader.pages) > 2
    assert reader.pages[1].extract_text().strip().endswith("2")


@pytest.mark.usefixtures("qtbot")
def test_hostile_text_and_damaged_pictures_do_no_harm() -> None:
    tree = linear_tree("\0\ud800", ["\n\n".join(SNIPPETS), "\n\n".join(SNIPPETS)])
    file = Attachment("a.png", "image/png", len(PNG), "sha")
    messages = tuple(replace(one, attachments=(file,), thinking="hm") for one in tree.messages)
    assert len(pdf(replace(tree, messages=messages)).pages) >= 1


def test_pdf_is_one_of_all_forms() -> None:
    assert [form.suffix for name, form in ALL_FORMS.items() if name == "pdf"] == [".pdf"]


def test_a_terminal_without_a_display_can_write_pdf(tmp_path: Path) -> None:
    path = tmp_path / "out.pdf"
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    }
    command = [sys.executable, "-c", SCRIPT, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Hello there" in words(PdfReader(path))
