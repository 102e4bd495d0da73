"""What the cards of the account and of costs share: a title, one request's waiting, failing and trying again."""

from datetime import datetime
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from vidphone.phone.commands import Command
from vidphone.phone.events import Request, RequestFailed
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Problem
from vidphone.ui.main.account.view import AccountView
from vidphone.ui.main.moments import exact
from vidphone.ui.main.page import Card


class Asked(Protocol):
    """How what was asked of the provider stands."""

    waiting: set[Request]
    failed: dict[Request, RequestFailed]
    done: dict[Request, str]


class Panel(Card):
    """A card about one thing."""

    wanted = Signal(object)
    """A command."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = Label(theme, title, TypeRole.LEAD, strong=True, wrap=True)
        self.inside.addWidget(self.title)

    def ask(self, command: Command) -> None:
        """Ask the engine, and show that it was asked."""
        self.wanted.emit(command)

    def refresh(self) -> None:
        """Something of the view, the account or the language changed."""

    def when(self, at: float) -> str:
        """A moment in full, in this machine's zone: what is signed or disclosed is told to the minute."""
        return exact(datetime.fromtimestamp(at).astimezone(), self._theme.words)

    def buttons(self, *buttons: PushButton) -> QHBoxLayout:
        """Buttons beside each other, from the left."""
        line = QHBoxLayout()
        line.setSpacing(GRID_PX)
        for button in buttons:
            line.addWidget(button)
        line.addStretch(1)
        return line


class Section(Panel):
    """A card about one thing of the account."""

    def __init__(self, theme: Theme, view: AccountView, title: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, title, parent)
        self._view = view


class Answer(QWidget):
    """How one request stands: nothing, waiting, failed (and again), or done."""

    def __init__(self, theme: Theme, section: Panel, view: Asked, request: Request) -> None:
        super().__init__()
        self._section = section
        self._view = view
        self._request = request
        self.status = StatusLine(theme)
        self.problem = Problem(theme)
        self._retry: Command | None = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.status, 1)
        layout.addWidget(self.problem, 1)
        self.problem.retry.connect(self._try_again)
        self.hide()

    def refresh(self, waiting: str = "", done: str = "", retry: Command | None = None, **places: object) -> None:
        """Show it; `waiting` and `done` are keys of texts, `retry` what the button asks once more."""
        self._retry = retry
        failed = self._view.failed.get(self._request)
        says_waiting = bool(waiting) and self._request in self._view.waiting
        says_done = bool(done) and self._request in self._view.done and not says_waiting
        if failed is not None:
            places_of = dict(failed.about)
            self.problem.show_error(failed.code.value, places_of, again=retry is not None)
        else:
            self.problem.clear()
        if says_waiting:
            self.status.say(Standing.BUSY, waiting)
        elif says_done:
            self.status.say(Standing.GOOD, done, path=self._view.done[self._request], **places)
        else:
            self.status.say(Standing.PLAIN)
        self.setVisible(failed is not None or says_waiting or says_done)

    def _try_again(self) -> None:
        if self._retry is not None:
            self._section.ask(self._retry)
