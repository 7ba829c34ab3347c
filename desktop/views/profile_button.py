"""The button in the header with the profiles: one click changes pair, placement and sampling."""

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QMessageBox, QToolButton

from desktop.pair_model import PairModel
from desktop.profile_model import ProfileModel, shown_name
from desktop.theme import Theme
from desktop.views.controls import IconButton
from desktop.views.message_box import message_box
from desktop.views.save_profile import ask_for_name, save_profile
from engine.language import tr


class ProfileButton(IconButton):
    """Opens the menu of profiles; lit while one is in use."""

    def __init__(self, theme: Theme, profiles: ProfileModel, pair: PairModel, side: int) -> None:
        super().__init__(theme, "bookmark", tr("Profiles"), side=side)
        self._profiles = profiles
        self._pair = pair
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        for changed in (profiles.changed, pair.changed):
            changed.connect(self._refresh)
        self._menu.aboutToShow.connect(self._fill)
        self._refresh()

    def _refresh(self) -> None:
        active = self._profiles.active
        words = tr("Profile: {name}").format(name=active.name) if active else tr("Profiles")
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.show_icon("bookmark", "accent" if active else "muted")

    def _fill(self) -> None:
        """Anew each time: whether the models of a profile are there changes outside."""
        self._menu.clear()
        active = self._profiles.active
        for profile in self._profiles.profiles:
            name = shown_name(profile.name, profile.missing)
            action = self._menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(profile == active)
            action.setToolTip(profile.missing)
            action.triggered.connect(
                lambda _checked=False, name=profile.name: self._profiles.choose(name)
            )
            self._group.addAction(action)
        if not self._profiles.profiles:
            self._menu.addAction(tr("No profile yet")).setEnabled(False)
        self._menu.addSeparator()
        self._menu.addAction(tr("Save what is in use as a profile…"), self._save)
        if active:
            self._menu.addAction(tr("Rename this profile…"), lambda: self._rename(active.name))
            self._menu.addAction(
                tr("Delete this profile…"), lambda: self._ask_to_delete(active.name)
            )

    def _save(self) -> None:
        request, sampling = self._pair.request, self._pair.sampling
        save_profile(self, self._profiles, request, sampling, in_use=True)

    def _rename(self, name: str) -> None:
        def rename(new_name: str) -> None:
            if new_name != name:
                self._profiles.rename(name, new_name)

        ask_for_name(self, tr("Rename the profile"), rename, name)

    def _ask_to_delete(self, name: str) -> None:
        words = tr("Delete the profile “{name}”? Its models stay where they are.")
        box = message_box(self._theme, self, tr("Delete the profile"), words.format(name=name))
        delete = box.addButton(tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        delete.clicked.connect(lambda: self._profiles.delete(name))
        box.open()
