"""The program that reads aloud here, and how it is asked for a voice of some language."""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.language import tr

_LANGUAGE: Final = "{language}"

_MAC_SPEECH: Final = r"""
case "$(defaults read -g AppleLocale)" in
{language}*) ;;
*) voice=$(say -v '?' | sed -n 's/  *{language}_[A-Za-z]*  *#.*//p' | head -n 1) ;;
esac
exec say ${voice:+-v "$voice"} -f -
"""
"""The system's own voice speaks the system's language; for another one, the first that has it."""

_WINDOWS_SPEECH: Final = (
    "[Console]::InputEncoding = [Text.Encoding]::UTF8; "
    "Add-Type -AssemblyName System.Speech; "
    "$speech = New-Object System.Speech.Synthesis.SpeechSynthesizer; "
    "if ($speech.Voice.Culture.TwoLetterISOLanguageName -ne '{language}') { "
    "$voice = $speech.GetInstalledVoices() | Where-Object { $_.Enabled -and "
    "$_.VoiceInfo.Culture.TwoLetterISOLanguageName -eq '{language}' } | Select-Object -First 1; "
    "if ($voice) { $speech.SelectVoice($voice.VoiceInfo.Name) } } "
    "$speech.Speak([Console]::In.ReadToEnd())"
)


@dataclass(frozen=True)
class SpeechProgram:
    """A command that speaks its standard input and then ends."""

    command: Sequence[str]
    """With `{language}` where the code of the text's language goes."""
    silence: Sequence[str] = ()
    """A command that silences what speaks on although the first one was ended; () for none."""
    name: str = ""
    without_voice: Sequence[str] = ()
    """The command where the first one has no voice for a language; () if it then takes another."""

    def speaking(self, language: str) -> Sequence[str]:
        """The command for a text in the language of this code."""
        return [word.replace(_LANGUAGE, language) for word in self.command]


def _espeak(name: str) -> SpeechProgram:
    return SpeechProgram((name, "--stdin", "-v", _LANGUAGE), (), name, (name, "--stdin"))


_LINUX: Final = (
    SpeechProgram(
        ("spd-say", "--language", _LANGUAGE, "--pipe-mode", "--wait"), ("spd-say", "-S"), "spd-say"
    ),
    _espeak("espeak-ng"),
    _espeak("espeak"),
)
_MAC: Final = (SpeechProgram(("sh", "-c", _MAC_SPEECH), (), "say"),)
_WINDOWS: Final = (
    SpeechProgram(
        ("powershell", "-NoProfile", "-NonInteractive", "-Command", _WINDOWS_SPEECH),
        (),
        "powershell",
    ),
)

_NO_PROGRAM: Final = dict.fromkeys(
    ("win32", "darwin"), tr("This system has no program that reads aloud")
)


def system_speech() -> SpeechProgram | None:
    """The first of the programs for this system that is installed."""
    programs = {"win32": _WINDOWS, "darwin": _MAC}.get(sys.platform, _LINUX)
    return next((one for one in programs if shutil.which(one.name)), None)


def no_speech() -> str:
    """Why nothing is read aloud on a system without such a program."""
    return _NO_PROGRAM.get(
        sys.platform, tr("Install speech-dispatcher or espeak-ng to have messages read aloud")
    )
