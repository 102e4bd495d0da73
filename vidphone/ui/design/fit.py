"""How large a window opens: as its words ask for, and no larger than the screen."""

from PySide6.QtWidgets import QWidget

from vidphone.ui.design.theme import Theme


def open_at(window: QWidget, theme: Theme, size_px: tuple[int, int]) -> None:
    """Give a window its first size, in pixels at a text of size 1, so that the largest text hides no button of it."""
    room = window.screen().availableSize()
    wide, high = (theme.px(side) for side in size_px)
    window.resize(min(wide, room.width()), min(high, room.height()))
