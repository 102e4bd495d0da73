"""A barred call on one screen: what, by which clause, what lifts it, and the ways on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vidphone.terms.money import format_fen
from vidphone.ui.costs.barred import Told
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import ElidedLabel, Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole

WIDTH_PX = 560
MOST_LIFTS = 2


class BarredCard(QFrame):
    """Stays until it was read. When what barred the call is lifted it offers to call again."""

    pay_wanted = Signal(int)
    """Fen; 0 for an open amount."""
    page_wanted = Signal(str)
    support_wanted = Signal()
    again_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._told: Told | None = None
        self.setProperty("kind", "card")
        self._icon = QLabel()
        self.call = ElidedLabel(theme, TypeRole.CAPTION)
        self.what = Label(theme, role=TypeRole.TITLE, wrap=True)
        self.clause = Label(theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
        self.why = Label(theme, wrap=True)
        self.figures = Label(theme, tone="muted", wrap=True)
        self.lifts_title = Label(theme, "ui.costs.barred.lifts", strong=True, wrap=True)
        self.lifts = [Label(theme, wrap=True) for _ in range(MOST_LIFTS)]
        self.free_numbers = Label(theme, "ui.costs.barred.free-numbers", TypeRole.CAPTION, "muted", wrap=True)
        self.again = PushButton(theme, "ui.costs.barred.again", "accent")
        self.pay = PushButton(theme, "ui.costs.pay", "accent")
        self.page = PushButton(theme, "ui.costs.barred.close")
        self.support = PushButton(theme, "ui.costs.barred.support")
        self.close_button = PushButton(theme, "ui.costs.barred.close")
        self._lay_out()
        self.again.clicked.connect(self.again_wanted)
        self.pay.clicked.connect(self._pay)
        self.page.clicked.connect(self._go)
        self.support.clicked.connect(self.support_wanted)
        self.close_button.clicked.connect(self.close_wanted)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * GRID_PX)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.call)
        names.addWidget(self.what)
        names.addWidget(self.clause)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(names, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        column.setSpacing(GRID_PX)
        column.addLayout(head)
        column.addSpacing(GRID_PX)
        for label in (self.why, self.figures, self.lifts_title, *self.lifts, self.free_numbers):
            column.addWidget(label)
        column.addSpacing(GRID_PX)
        ways = QVBoxLayout()
        ways.setSpacing(GRID_PX)
        for buttons in ((self.again, self.pay, self.page), (self.support, self.close_button)):
            row = QHBoxLayout()
            row.setSpacing(GRID_PX)
            for button in buttons:
                row.addWidget(button, 1)
            ways.addLayout(row)
        column.addLayout(ways)

    def show_told(self, told: Told, *, name: str, cost: str, support: bool) -> None:
        """Show it: `name` is whom the call was to, `cost` what it cost, `support` whether one can call for help."""
        self._told = told
        self.call.show_text(self._theme.words("ui.costs.barred.call", name=name))
        self.what.show_text(told.what)
        self.clause.show_text(told.clause)
        self.clause.setVisible(not told.lifted)
        self.why.show_text(told.why)
        figures = "\n".join(filter(None, (told.figures, cost)))
        self.figures.show_text(figures)
        self.figures.setVisible(bool(figures))
        self.lifts_title.setVisible(bool(told.lifts))
        for place, label in enumerate(self.lifts):
            label.show_text(f"•  {told.lifts[place]}" if place < len(told.lifts) else "")
            label.setVisible(place < len(told.lifts))
        self.free_numbers.setVisible(not told.lifted)
        self.again.setVisible(told.lifted)
        self.pay.setVisible(told.pay_fen is not None)
        if told.pay_fen:
            self.pay.say("ui.costs.pay.amount", amount=format_fen(told.pay_fen))
        else:
            self.pay.say("ui.costs.pay")
        self.page.setVisible(told.page is not None)
        if told.page is not None:
            self.page.say(f"ui.costs.barred.go.{told.page.value}")
        self.support.setVisible(support and not told.lifted)
        self.setAccessibleName(f"{told.what}. {told.clause}")
        self._show_icon()

    def focus_first(self) -> None:
        """Give the keyboard to the way that leads on."""
        ways = (self.again, self.pay, self.page, self.support, self.close_button)
        next(button for button in ways if not button.isHidden()).setFocus()

    def _pay(self) -> None:
        if self._told is not None:
            self.pay_wanted.emit(self._told.pay_fen or 0)

    def _go(self) -> None:
        if self._told is not None and self._told.page is not None:
            self.page_wanted.emit(self._told.page.value)

    def _show_icon(self) -> None:
        lifted = self._told is not None and self._told.lifted
        icon, tone = ("circle-check", "success_hover") if lifted else ("circle-alert", "on_warning_soft")
        self._icon.setPixmap(self._theme.pixmap(icon, getattr(self._theme.stage, tone), 32))

    def _restyle(self) -> None:
        self.setFixedWidth(self._theme.px(WIDTH_PX))
        inner = self._theme.px(WIDTH_PX) - 6 * GRID_PX
        for label in (self.why, self.figures, self.lifts_title, *self.lifts, self.free_numbers):
            label.setFixedWidth(inner - 2)  # known before it is shown: the window must not grow for a guess
        self._show_icon()
