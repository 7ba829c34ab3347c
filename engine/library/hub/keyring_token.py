"""The token for the hub in the system's keyring, where the optional package `keyring` is there."""

import importlib
import os
from types import ModuleType
from typing import Final

_SERVICE: Final = "outrider"
_NAME: Final = "hub token"
_ENVIRONMENT: Final = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")


def saved_token() -> str | None:
    """The keyring's token; None without one, and where the environment has another."""
    keyring = _keyring()
    if keyring is None or any(map(os.environ.get, _ENVIRONMENT)):
        return None
    try:
        token: str | None = keyring.get_password(_SERVICE, _NAME)
    except keyring.errors.KeyringError:  # locked, or no desktop to unlock it
        return None
    return token


def save_token(token: str) -> bool:
    """Keep `token` in the keyring; False if there is none."""
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(_SERVICE, _NAME, token)
    except keyring.errors.KeyringError:
        return False
    return True


def forget_token() -> None:
    """Remove the token from the keyring, if it is there."""
    keyring = _keyring()
    if keyring is not None and saved_token() is not None:
        keyring.delete_password(_SERVICE, _NAME)


def _keyring() -> ModuleType | None:
    try:
        importlib.import_module("keyring.errors")
        return importlib.import_module("keyring")
    except ImportError:
        return None
