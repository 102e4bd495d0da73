"""Buttons beside each other."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from vidphone.ui.design.tokens import GRID_PX


def wrapped(*buttons: QPushButton) -> QWidget:
    """A line of buttons from the left."""
    place = QWidget()
    line = QHBoxLayout(place)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(GRID_PX)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return place
