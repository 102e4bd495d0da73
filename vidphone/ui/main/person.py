"""The card at the right of a list: who it is, and the ways to call them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.commands import Dial
from vidphone.ui.design.avatar import Avatar
from vidphone.ui.design.buttons import RoundButton
from vidphone.ui.design.labels import ElidedLabel, Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TOUCH_PX, TypeRole
from vidphone.ui.main.page import Card, scrolled

AVATAR_LARGE_PX = 88


class PersonCard(QWidget):
    """Name, lines about them, and their numbers, each with its two calls."""

    call = Signal(object)
    """A `Dial` command."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._avatar = Avatar(theme, AVATAR_LARGE_PX)
        self.name = ElidedLabel(theme, TypeRole.TITLE, strong=True, centred=True)
        self.about = Label(theme, "", TypeRole.BODY, "muted", wrap=True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.ways = QHBoxLayout()
        self.ways.setSpacing(GRID_PX)
        self._numbers = QVBoxLayout()
        self._numbers.setSpacing(GRID_PX)
        self.offers = QVBoxLayout()
        """What else is offered beneath the numbers."""
        card = Card()
        inside = card.inside
        inside.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self.name)
        inside.addWidget(self.about)
        inside.addLayout(self._numbers)
        inside.addLayout(self.offers)
        centred = QHBoxLayout()
        centred.addStretch(1)
        centred.addLayout(self.ways)
        centred.addStretch(1)
        inside.addLayout(centred)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        layout.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolled(page))

    def show_person(self, name: str, numbers: tuple[str, ...], about: str) -> None:
        """Show someone else. `numbers` are those beside which calls are offered."""
        self._avatar.show_name(name)
        self.name.show_text(name)
        self.about.show_text(about)
        self.about.setVisible(bool(about))
        while item := self._numbers.takeAt(0):
            if line := item.widget():
                line.hide()
                line.deleteLater()
        for number in numbers:
            self._numbers.addWidget(self._line(number))

    def _line(self, number: str) -> QWidget:
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX)
        shown = ElidedLabel(self._theme, TypeRole.LEAD)
        shown.show_text(number)
        layout.addWidget(shown, 1)
        for icon, key, kind, video in (
            ("phone", "ui.call.voice-to", "plain", False),
            ("video", "ui.call.video-to", "accent", True),
        ):
            button = RoundButton(self._theme, icon, key, kind, diameter_px=TOUCH_PX, places={"number": number})
            button.clicked.connect(lambda _=False, video=video: self.call.emit(Dial(number, video)))
            layout.addWidget(button)
        return line
