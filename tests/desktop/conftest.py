"""What the window tests share: one theme for the one application."""

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from desktop.theme import Theme, ThemeChoice


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    qapp.setFont(QFont("Inter", 10))
    return Theme(qapp, ThemeChoice.LIGHT)
