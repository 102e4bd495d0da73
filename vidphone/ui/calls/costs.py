"""Costs in the window of a call: the sum so far, the last minute, the sum in the end, and why a call was barred."""

from PySide6.QtCore import QObject, QTimer, Signal

from vidphone.call.view import CallState, CallView
from vidphone.phone.commands import Dial, FetchAccount, FetchAgreement
from vidphone.phone.events import Event
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.scene import title
from vidphone.ui.calls.surface import CallSurface
from vidphone.ui.costs.barred import Barred, is_barred
from vidphone.ui.costs.charges import cost, next_second_s, settled


class CallCosts(QObject):
    """Gives life to those parts of the window that tell of costs."""

    pay_wanted = Signal(int)
    """Fen; 0 for an open amount."""
    page_wanted = Signal(str)
    """Where what bars a call is lifted (`costs.barred.Page`)."""
    support_called = Signal()

    def __init__(self, context: CallContext, window: CallSurface) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._barred = Barred()
        window.credit.pay_wanted.connect(lambda: self.pay_wanted.emit(0))
        window.barred.pay_wanted.connect(self.pay_wanted)
        window.barred.page_wanted.connect(self.page_wanted)
        window.barred.support_wanted.connect(self._call_support)

    def explain(self, view: CallView) -> None:
        """A call was barred: ask for what the explanation needs of the account, and whom to call."""
        if self._barred.explain(view):
            self._context.post(FetchAccount())
            if not self._barred.support_number:
                self._context.post(FetchAgreement())
            QTimer.singleShot(0, self._window.barred, self._window.barred.focus_first)

    def take(self, event: Event, view: CallView | None) -> None:
        """Something was told of the account: what barred the call may be lifted."""
        if self._barred.fold(event) and view is not None and is_barred(view):
            self.show_call(view)

    def show_call(self, view: CallView) -> None:
        """Show everything as it is now."""
        window, language = self._window, self._context.theme.language
        charge, now = self._context.charge(view.call), self._context.now_s()
        ended, barred = view.state is CallState.ENDED, is_barred(view)
        window.header.show_cost("" if ended else cost(charge, now, language))
        window.credit.show_charge(None if ended else charge, now)
        sum_ = settled(charge, view.ended_at or now, language) if ended else ""
        window.placeholder.show_cost(sum_)
        window.barred.setVisible(barred)
        if barred:
            told = self._barred.told(language)
            support = bool(self._barred.support_number)
            window.barred.show_told(told, name=title(view), cost=sum_, support=support)

    def next_change_s(self, view: CallView) -> float | None:
        """How long until what is shown changes by itself."""
        return next_second_s(self._context.charge(view.call), self._context.now_s())

    def _call_support(self) -> None:
        self._context.post(Dial(self._barred.support_number, video=False))
        self.support_called.emit()


def restart(clock: QTimer, *waits_s: float | None) -> None:
    """Let a clock strike when the first of several shown seconds turns; stop it where none is shown."""
    known = [wait for wait in waits_s if wait is not None]
    if known:
        clock.start(round(min(known) * 1000) + 1)
    else:
        clock.stop()
