"""Icons: SVG files of one set, tinted and cached."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from vidphone.resources import assets_dir


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return (assets_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _tinted(name: str, colour: str, size_px: int, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    side = round(size_px * ratio)
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def pixmap(name: str, colour: str, size_px: int) -> QPixmap:
    """The icon `name` in a colour (`#RRGGBB`), sharp on the sharpest screen there is.

    Raises:
        FileNotFoundError: there is no such icon.
    """
    screens = QGuiApplication.screens()
    ratio = max((screen.devicePixelRatio() for screen in screens), default=1.0)
    return _tinted(name, colour, size_px, ratio)


def icon(name: str, colour: str, size_px: int, disabled: str | None = None, checked: str | None = None) -> QIcon:
    """The same as a QIcon, with colours for the disabled and the checked state."""
    made = QIcon(pixmap(name, colour, size_px))
    if disabled:
        made.addPixmap(pixmap(name, disabled, size_px), QIcon.Mode.Disabled)
    if checked:
        made.addPixmap(pixmap(name, checked, size_px), QIcon.Mode.Normal, QIcon.State.On)
    return made
