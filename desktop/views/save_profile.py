"""Asks for a name, and keeps what is chosen as a profile of that name."""

from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from desktop.engine_port import OpenRequest
from desktop.profile_model import ProfileModel
from desktop.session_config import session_config
from engine.config import SamplingConfig
from engine.errors import OutriderError
from engine.language import tr
from engine.library.profiles import NAME_LIMIT, Profile


def ask_for_name(parent: QWidget, title: str, name: str = "") -> str:
    """What the person types; "" where they leave."""
    given, accepted = QInputDialog.getText(
        parent, title, tr("Name of the profile:"), QLineEdit.EchoMode.Normal, name
    )
    return given.strip()[:NAME_LIMIT] if accepted else ""


def save_profile(
    parent: QWidget,
    profiles: ProfileModel,
    request: OpenRequest,
    sampling: SamplingConfig,
    *,
    in_use: bool,
) -> None:
    """Keep it under a name, unless the person leaves. `in_use`: it describes what is loaded."""
    name = ask_for_name(parent, tr("Save as profile"))
    if not name:
        return
    try:
        profile = Profile(name=name, session=session_config(request), sampling=sampling)
    except OutriderError as error:
        profiles.failed.emit(error)
    else:
        profiles.save(profile, in_use=in_use)
