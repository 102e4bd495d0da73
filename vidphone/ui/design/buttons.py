"""Buttons: each with a name in both languages, a tooltip that tells its shortcut, and an icon of the theme."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import ICON_PX, ROUND_PX, Palette

_INK = {"accent": "on_accent", "danger": "on_danger", "success": "on_success"}


def shortcut_text(shortcut: str) -> str:
    """A shortcut as the person's system writes it."""
    written = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return written.replace("Return", "Enter")  # what stands on the key; macOS has a sign for it instead


class RoundButton(QToolButton):
    """A round button with an icon.

    `kind` is `plain`, `quiet` (no ground), `accent`, `danger`, `success`, or `toggle`, which turns over when checked.
    `wide` makes it that many times as wide as high (hanging up). On the call's stage pass `stage=True`.
    """

    def __init__(
        self,
        theme: Theme,
        icon: str,
        key: str,
        kind: str = "plain",
        *,
        shortcut: str = "",
        diameter_px: int = ROUND_PX,
        wide: float = 1.0,
        stage: bool = False,
        places: Mapping[str, object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._key = key
        self._places = dict(places or {})
        self._kind = kind
        self._shown_shortcut = shortcut
        self._diameter_px = diameter_px
        self._wide = wide
        self._stage = stage
        self.setProperty("round", "true")
        self.setProperty("diameter", diameter_px)  # the style sheet rounds by half of it
        self.setProperty("kind", kind)
        self.setCheckable(kind == "toggle")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if shortcut:
            self.setShortcut(QKeySequence(shortcut))
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self.toggled.connect(self._restyle)
        self._restyle()
        self._say()

    def set_face(self, icon: str, key: str, **places: object) -> None:
        """Another icon and name: the same button now does something else."""
        self._icon, self._key, self._places = icon, key, places
        self._restyle()
        self._say()

    def _palette(self) -> Palette:
        return self._theme.stage if self._stage else self._theme.palette

    def _restyle(self) -> None:
        palette = self._palette()
        height = self._theme.px(self._diameter_px)
        self.setFixedSize(round(height * self._wide), height)
        size = round(self._diameter_px * 0.46)
        self.setIconSize(QSize(self._theme.px(size), self._theme.px(size)))
        ink = getattr(palette, _INK.get(self._kind, "text"))
        if self._kind == "toggle" and self.isChecked():
            ink = palette.background
        self.setIcon(self._theme.icon(self._icon, ink, size))

    def _say(self) -> None:
        name = self._theme.words(self._key, **self._places)
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({shortcut_text(self._shown_shortcut)})" if self._shown_shortcut else name)


class PushButton(QPushButton):
    """A button with words; `kind` is `plain`, `accent`, `danger`, `success` or `link`."""

    def __init__(
        self,
        theme: Theme,
        key: str,
        kind: str = "plain",
        *,
        icon: str = "",
        shortcut: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self._places: dict[str, object] = {}
        self._kind = kind
        self._icon = icon
        self._shown_shortcut = shortcut
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(kind == "accent")
        if shortcut:
            self.setShortcut(QKeySequence(shortcut))
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._say)
        self._restyle()
        self._say()

    def say(self, key: str, **places: object) -> None:
        """Other words."""
        self._key, self._places = key, places
        self._say()

    def _restyle(self) -> None:
        if self._icon:
            palette = self._theme.palette
            ink = palette.accent if self._kind == "link" else getattr(palette, _INK.get(self._kind, "text"))
            self.setIcon(self._theme.icon(self._icon, ink))
            self.setIconSize(QSize(self._theme.px(ICON_PX), self._theme.px(ICON_PX)))

    def _say(self) -> None:
        name = self._theme.words(self._key, **self._places)
        face = name.replace("&", "&&")
        self.setText(f"\u2002{face}" if self._icon else face)  # Qt leaves next to no room after an icon
        self.setAccessibleName(name)
        if self._shown_shortcut:
            self.setToolTip(f"{name} ({shortcut_text(self._shown_shortcut)})")
            self.setShortcut(QKeySequence(self._shown_shortcut))


class PrimaryButton(PushButton):
    """The one button a page is about."""

    def __init__(self, theme: Theme, key: str, *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, key, "accent", icon=icon, parent=parent)
        self.setDefault(True)
