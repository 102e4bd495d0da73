"""What the cards about money share."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from vidphone.ui.design.theme import Theme
from vidphone.ui.main.account.section import Panel
from vidphone.ui.main.moments import exact
from vidphone.ui.main.money.view import MoneyView


class MoneyCard(Panel):
    """A card about one thing of the customer's money."""

    pay_wanted = Signal(int)
    """An amount in fen: to the page where it is paid."""
    bill_wanted = Signal(str)
    """The number of a bill that is to be shown."""
    tab_wanted = Signal(str)
    """To another of the pages."""

    def __init__(self, theme: Theme, view: MoneyView, title: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, title, parent)
        self._view = view

    def when(self, at: float) -> str:
        """A moment in full, in this machine's zone."""
        return exact(datetime.fromtimestamp(at).astimezone(), self._theme.words)


def emptied(layout: QLayout) -> None:
    """Take everything out of a layout, to be filled anew."""
    while item := layout.takeAt(0):
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()
