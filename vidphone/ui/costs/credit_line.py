"""The last minute of the credit in a call, counted down to the one who pays, with a way to pay."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from vidphone.call.charge import Charge
from vidphone.ui.costs.charges import countdown, countdown_s
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX

URGENT_S = 10
"""From here on it is in the colour of danger."""


class CreditLine(QFrame):
    """Stays while the controls fade: what ends the call must be seen."""

    pay_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._urgent = False
        self._warned: Charge | None = None
        self.setProperty("kind", "chip")
        self._icon = QLabel()
        self.label = Label(theme, strong=True)
        self.pay = PushButton(theme, "ui.costs.pay.now", "accent")
        self.pay.clicked.connect(self.pay_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, 4, 4, 4)
        layout.setSpacing(GRID_PX)
        for part in (self._icon, self.label, self.pay):
            layout.addWidget(part)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_charge(self, charge: Charge | None, now_s: float) -> None:
        """Show what is left at a moment; nothing before the last minute."""
        left = countdown_s(charge, now_s)
        self.setVisible(charge is not None and left is not None)
        if charge is None or left is None:
            return
        told = countdown(charge, now_s, self._theme.language)
        if told != self.label.plain:
            self.label.show_text(told)
            self._claim_width()
        if self._urgent is not (left <= URGENT_S):
            self._urgent = left <= URGENT_S
            self._restyle()
        if charge.warning is not None and charge is not self._warned:
            self._warned = charge  # read out with each warning, not with each second
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, told))

    def _claim_width(self) -> None:
        """Figures are not of one width: what is beside them must not tremble with each second."""
        self.label.ensurePolished()
        width = self.label.fontMetrics().horizontalAdvance(self.label.plain) + GRID_PX
        if not 0 <= self.label.width() - width <= 2 * GRID_PX:
            self.label.setFixedWidth(width + GRID_PX)

    def _restyle(self) -> None:
        tone = "danger_hover" if self._urgent else "on_warning_soft"
        self._icon.setPixmap(self._theme.pixmap("triangle-alert", getattr(self._theme.stage, tone), 20))
        self.label.set_tone("" if self._urgent else "warning")
        self.label.setFixedWidth(0)
        self._claim_width()
