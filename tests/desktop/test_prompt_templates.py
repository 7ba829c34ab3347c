"""Prompt templates: filled in, kept, and read from a file that a person edited."""

from pathlib import Path

import pytest

from desktop.prompt_templates import STARTERS, VARIABLE, PromptTemplate, TemplateStore, fill
from desktop.slash_commands import SlashCommand, is_slash, matching
from desktop.typed_history import TypedHistory
from engine.errors import BadSetting


def test_known_variables_are_filled_and_others_stay_to_be_asked_for() -> None:
    text = "{{date}}: {{ Clipboard }} about {{topic}}"
    assert fill(text, clipboard="{{date}}", today="today") == "today: {{date}} about {{topic}}"


@pytest.mark.parametrize("text", ["{topic}", "{{}}", "{{a\nb}}", "{{{}}}", "{{" + "x" * 41 + "}}"])
def test_what_is_no_variable_stays_as_it_is(text: str) -> None:
    assert VARIABLE.search(text) is None


def test_a_command_is_the_name_in_one_word() -> None:
    assert PromptTemplate("Review code", "").command == "/review-code"
    assert PromptTemplate("Für Öl & Gas!", "").command == "/für-öl-gas"


def test_the_starters_are_there_until_something_is_kept(tmp_path: Path) -> None:
    store = TemplateStore(tmp_path / "deep" / "templates.toml")
    assert store.read() == STARTERS
    mine = [PromptTemplate("Mine", 'Say "{{word}}"\nloudly')]
    store.write(mine)
    assert store.read() == mine
    store.write([])
    assert store.read() == []


def test_what_makes_no_sense_is_left_out_and_left_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "templates.toml"
    file.write_text(
        'template = [{name = "Good", text = "x"}, {name = 7, text = "y"}, {name = " ", text = ""}]'
    )
    store = TemplateStore(file)
    assert store.read() == [PromptTemplate("Good", "x")]
    store.write([PromptTemplate("Better", "z")])
    assert store.read() == [PromptTemplate("Better", "z")]
    assert "name = 7" in file.read_text()


def test_a_file_that_is_no_toml_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "templates.toml"
    file.write_text("template = [")
    with pytest.raises(BadSetting):
        TemplateStore(file).read()
    with pytest.raises(BadSetting):
        TemplateStore(file).write(STARTERS)
    assert file.read_text() == "template = ["


def test_a_slash_is_a_command_while_it_is_one_word() -> None:
    assert is_slash("/")
    assert is_slash("/export")
    assert not is_slash("/export now")
    assert not is_slash("/a\n")
    assert not is_slash("see /export")


def test_commands_match_by_name_before_they_match_by_title() -> None:
    commands = [
        SlashCommand("/clear", "begin a new conversation", list),
        SlashCommand("/newton", "physics", list),
    ]
    assert [one.name for one in matching(commands, "/new")] == ["/newton", "/clear"]
    assert [one.name for one in matching(commands, "/")] == ["/clear", "/newton"]
    assert matching(commands, "/etc/passwd") == []


def test_history_goes_back_and_returns_to_what_was_typed() -> None:
    history = TypedHistory(lambda: ["second", "first"])
    assert history.later("half a thou") is None
    assert history.earlier("half a thou") == "second"
    assert history.earlier("second") == "first"
    assert history.earlier("first") is None
    assert history.later("first") == "second"
    assert history.later("second") == "half a thou"
    assert history.later("half a thou") is None


def test_what_was_changed_is_what_waits_now() -> None:
    history = TypedHistory(lambda: ["second", "first"])
    assert history.earlier("") == "second"
    assert history.earlier("second!") == "second"
    assert history.later("second") == "second!"
    assert history.later("something else") is None


def test_without_history_nothing_happens() -> None:
    assert TypedHistory(list).earlier("typed") is None
