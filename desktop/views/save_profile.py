"""Asks for a name, and keeps what is chosen as a profile of that name."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.engine_port import OpenRequest
from desktop.profile_model import ProfileModel
from desktop.session_config import session_config
from desktop.views.ask_line import ask_line
from engine.config import SamplingConfig
from engine.errors import OutriderError
from engine.language import tr
from engine.library.profiles import NAME_LIMIT, Profile


def ask_for_name(
    parent: QWidget, title: str, take: Callable[[str], object], name: str = ""
) -> None:
    """`take` gets what the person types, unless they leave."""
    ask_line(parent, title, tr("Name of the profile"), take, text=name, most=NAME_LIMIT)


def save_profile(
    parent: QWidget,
    profiles: ProfileModel,
    request: OpenRequest,
    sampling: SamplingConfig,
    *,
    in_use: bool,
) -> None:
    """Keep it under a name, unless the person leaves. `in_use`: it describes what is loaded."""

    def keep(name: str) -> None:
        try:
            profile = Profile(name=name, session=session_config(request), sampling=sampling)
        except OutriderError as error:
            profiles.failed.emit(error)
        else:
            profiles.save(profile, in_use=in_use)

    ask_for_name(parent, tr("Save as profile"), keep)
