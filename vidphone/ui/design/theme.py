"""The theme in force: palette, text scale, motion and language, changed while windows are open."""

from typing import cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from vidphone.account.settings import Settings
from vidphone.account.settings import Theme as Choice
from vidphone.texts import Language, system_language
from vidphone.ui.design import icons
from vidphone.ui.design.stylesheet import build, px
from vidphone.ui.design.tokens import (
    CJK_FAMILIES,
    DARK,
    ICON_PX,
    LATIN_FAMILIES,
    LIGHT,
    STAGE,
    TYPE_PX,
    Palette,
    TypeRole,
)
from vidphone.ui.design.words import Words


def application() -> QApplication:
    """The running application."""
    return cast("QApplication", QApplication.instance())


class Theme(QObject):
    """What every widget asks for colours, sizes, icons, motion and words.

    `changed` is emitted after the style sheet was applied; who paints by hand repaints, who holds icons takes new ones.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words = Words(settings.language or system_language(), self)
        self._choice = settings.theme
        self._scale = settings.text_scale
        self._motion = settings.motion
        self._dark = False
        self._system_dark = application().styleHints().colorScheme() is Qt.ColorScheme.Dark
        app = application()
        app.setStyle("Fusion")
        self._system_families = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).families()
        self._families: tuple[str, ...] = ()
        self._apply()
        self.words.changed.connect(self._apply)
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def palette(self) -> Palette:
        """The colours of the windows."""
        return DARK if self._dark else LIGHT

    @property
    def stage(self) -> Palette:
        """The colours of the call's stage, in both themes."""
        return STAGE

    @property
    def scale(self) -> float:
        """The text scale, 1.0 to 1.5."""
        return self._scale

    def px(self, length: float) -> int:
        """A length of the tokens at the text scale."""
        return px(length, self._scale)

    def duration_ms(self, wanted_ms: int) -> int:
        """How long a motion lasts: not at all where motion is turned off."""
        return wanted_ms if self._motion else 0

    def font(self, role: TypeRole, *, strong: bool = False) -> QFont:
        """A font for those who paint by hand."""
        font = QFont(list(self._families))
        font.setPixelSize(self.px(TYPE_PX[role]))
        if strong:
            font.setWeight(QFont.Weight.DemiBold)
        return font

    def icon(self, name: str, colour: str | None = None, size_px: int = ICON_PX, checked: str | None = None) -> QIcon:
        """An icon in the text's colour or another one; the size follows the text scale."""
        return icons.icon(name, colour or self.palette.text, self.px(size_px), self.palette.muted, checked)

    def pixmap(self, name: str, colour: str | None = None, size_px: int = ICON_PX) -> QPixmap:
        """The same as a pixmap."""
        return icons.pixmap(name, colour or self.palette.text, self.px(size_px))

    def use(self, settings: Settings) -> None:
        """Take over what a person chose; does nothing where nothing changed."""
        new = (settings.theme, settings.text_scale, settings.motion)
        if new != (self._choice, self._scale, self._motion):
            self._choice, self._scale, self._motion = new
            self._apply()
        self.words.use(settings.language or system_language())

    @property
    def language(self) -> Language:
        """The language of the moment."""
        return self.words.language

    def _system_changed(self, scheme: Qt.ColorScheme) -> None:
        self._system_dark = scheme is Qt.ColorScheme.Dark
        if self._choice is Choice.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        app = application()
        self._dark = self._choice is Choice.DARK or (self._choice is Choice.SYSTEM and self._system_dark)
        # “ ” ’ are as wide as a character in Chinese and narrow in English: the font of the language comes first.
        chinese = self.language is Language.CHINESE
        others = (*CJK_FAMILIES, *LATIN_FAMILIES) if chinese else (*LATIN_FAMILIES, *CJK_FAMILIES)
        self._families = (*self._system_families, *others)
        app.setPalette(_qt_palette(self.palette))
        app.setFont(self.font(TypeRole.BODY))
        app.setStyleSheet(build(self.palette, self._scale, self._families))
        self.changed.emit()


def _qt_palette(p: Palette) -> QPalette:
    """The same colours for what Qt paints without the style sheet."""
    roles = QPalette.ColorRole
    colours = {
        roles.Window: p.background,
        roles.WindowText: p.text,
        roles.Base: p.surface,
        roles.AlternateBase: p.sunken,
        roles.Text: p.text,
        roles.PlaceholderText: p.muted,
        roles.Button: p.surface,
        roles.ButtonText: p.text,
        roles.ToolTipBase: p.surface,
        roles.ToolTipText: p.text,
        roles.Highlight: p.accent,
        roles.HighlightedText: p.on_accent,
        roles.Link: p.accent,
    }
    palette = QPalette()
    for role, colour in colours.items():
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(p.muted))
    return palette
