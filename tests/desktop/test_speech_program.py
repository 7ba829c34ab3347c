"""Which program reads aloud here, and which voice it is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop import speech_program
from desktop.speech_program import no_speech, system_speech

FAKES = {
    "defaults": "echo de_DE",
    "say": """
if [ "$1 $2" = "-v ?" ]; then
    echo "Anna                de_DE    # Hallo! Ich heiße Anna."
    echo "Eddy (English (US)) en_US    # Hello! My name is Eddy."
    echo "Samantha            en_US    # Hello! My name is Samantha."
else
    for word in "$@"; do printf '<%s>' "$word"; done
    cat
fi
""",
}


def test_the_first_program_that_is_installed_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("shutil.which", lambda name: name == "espeak-ng")
    found = system_speech()
    assert found is not None
    assert found.speaking("de") == ["espeak-ng", "--stdin", "-v", "de"]
    assert found.without_voice == ("espeak-ng", "--stdin")
    monkeypatch.setattr("shutil.which", lambda name: name)
    found = system_speech()
    assert found is not None
    assert found.speaking("fr") == ["spd-say", "--language", "fr", "--pipe-mode", "--wait"]
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert system_speech() is None
    assert "espeak-ng" in no_speech()


def test_windows_looks_for_a_voice_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("shutil.which", lambda name: name == "powershell")
    found = system_speech()
    assert found is not None
    script = found.speaking("fr")[-1]
    assert script.count("'fr'") == 2
    assert "{language}" not in script


@pytest.mark.skipif(sys.platform == "win32", reason="runs a shell")
@pytest.mark.parametrize(
    ("language", "voice"),
    [("de", "<-f><->"), ("en", "<-v><Eddy (English (US))><-f><->"), ("fr", "<-f><->")],
)
def test_a_mac_keeps_its_own_voice_and_takes_another_for_other_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, voice: str
) -> None:
    for name, lines in FAKES.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{lines}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    program = speech_program._MAC[0]
    spoken = subprocess.run(
        program.speaking(language), input="Grüße", capture_output=True, text=True, check=True
    )
    assert spoken.stdout == f"{voice}Grüße"
