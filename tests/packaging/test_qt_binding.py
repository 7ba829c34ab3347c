"""The version of PySide6 that is pinned keeps count of `None` (docs/adr/0003)."""

import sys

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

CALLS = 300


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is not counted from 3.12 on")
def test_painting_loses_no_reference_to_none() -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    color = QColor("black")
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        painter.setPen(color)
    lost = before - sys.getrefcount(None)
    painter.end()
    assert lost < CALLS / 10
