"""The scenes of the costs pages, for `screens.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from tests.fakes import money
from vidphone.phone import events
from vidphone.phone.events import Request
from vidphone.terms.standing import Cause, Lift, State
from vidphone.ui.main.ask import Question
from vidphone.ui.main.window import Page
from vidphone.wire.billing import LeavingState, PaymentState
from vidphone.wire.errors import ErrorCode

if TYPE_CHECKING:
    from screens import Desk

Shot = tuple[str, QWidget]
SETTLE_MS = 400
UNREACHABLE = (("service", "https://phone.example.cn"),)


def _open(desk: Desk) -> QWidget:
    desk.move_in()
    window = desk.desktop.window
    window.open_page(Page.MONEY)
    desk.settle(SETTLE_MS)
    return window


def _tell(desk: Desk, *all_of: events.Event) -> None:
    for event in all_of:
        desk.engine.tell(event)
    desk.settle(SETTLE_MS)


def _question(desk: Desk) -> QWidget:
    desk.settle(SETTLE_MS)
    question = desk.desktop.window.findChild(Question)
    if question is None:
        raise RuntimeError("nothing is asked")
    return question


def month_shots(desk: Desk) -> Iterator[Shot]:
    """This month: asking, unreachable, nothing spent, a full month, at the limit, suspended, and the others."""
    window, page = _open(desk), desk.desktop.window.money
    yield "money-asking", window
    _tell(desk, events.RequestFailed(Request.ACCOUNT, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    yield "money-unreachable", window
    _tell(desk, events.AccountShown(money.account(days=(), unbilled=0, reserved=0)))
    yield "money-month-empty", window
    _tell(desk, events.AccountShown(money.account()))
    yield "money-month", window
    bar = page.stack.currentWidget().verticalScrollBar()
    bar.setValue(10_000)
    desk.settle(SETTLE_MS)
    yield "money-month-days", window
    bar.setValue(0)
    for name, account in (
        ("limit", money.account(State.RESTRICTED, Cause.CREDIT_LIMIT, Lift.PAY, Lift.RAISE_LIMIT, unbilled=50_120)),
        ("overdue", money.account(unpaid=12_345, overdue=12_345, fee=333)),
        (
            "suspended",
            money.account(State.SUSPENDED, Cause.OVERDUE, Lift.PAY, unpaid=52_345, overdue=52_345, fee=4_333),
        ),
        ("data", money.account(State.SUSPENDED, Cause.DATA, Lift.PROVIDER)),
        ("judicial", money.account(State.JUDICIAL, Cause.JUDICIAL, Lift.AUTHORITY)),
        ("terminated", money.account(State.TERMINATED, Cause.OVERDUE, unpaid=12_345, overdue=12_345, fee=4_333)),
    ):
        _tell(desk, events.AccountShown(account))
        yield f"money-month-{name}", window
    _tell(desk, events.RequestFailed(Request.ACCOUNT, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    yield "money-month-offline", window


def list_shots(desk: Desk) -> Iterator[Shot]:
    """Calls and bills: none, many, and one of them in full."""
    window, page = _open(desk), desk.desktop.window.money
    _tell(desk, events.AccountShown(money.account(unpaid=12_345, overdue=12_345, fee=333)))
    page.open_tab("calls")
    _tell(desk, events.ChargesShown((), more=False, before=None))
    yield "money-calls-none", window
    _tell(
        desk, events.HistoryChanged(money.history(), 0), events.ChargesShown(money.calls(200), more=True, before=None)
    )
    yield "money-calls", window
    page.calls.list.setCurrentIndex(page.calls.list.model().index(0, 0))
    desk.settle(SETTLE_MS)
    yield "money-calls-one", window
    _tell(desk, events.RequestFailed(Request.CHARGES, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    yield "money-calls-offline", window
    page.open_tab("bills")
    _tell(desk, events.BillsShown(()))
    yield "money-bills-none", window
    _tell(desk, events.BillsShown(money.bills()))
    yield "money-bills", window
    page.open_bill(money.bills()[0].number)
    _tell(desk, events.BillShown(money.bill_detail(0)))
    yield "money-bill-overdue", window
    page.open_bill(money.bills()[1].number)
    _tell(desk, events.BillShown(money.bill_detail(1)))
    page.bills.detail.ask(money.SAVE)
    _tell(desk, events.BillSaved(money.bills()[1].number, str(money.SAVE.path), money.SAVE.form))
    yield "money-bill-paid", window


def change_shots(desk: Desk) -> Iterator[Shot]:
    """Paying, changing limit and plan, leaving."""
    window, page = _open(desk), desk.desktop.window.money
    _tell(desk, events.AccountShown(money.account(unpaid=12_345, overdue=6_000, fee=333)))
    page.pay()
    _tell(desk, events.PaymentsShown(()))
    yield "money-pay", window
    page.paying.amount.set_text("12,3,x")
    page.paying.pay.click()
    desk.settle(SETTLE_MS)
    yield "money-pay-wrong", window
    page.pay(12_345)
    page.paying.pay.click()
    _tell(desk, events.PaymentsShown(money.payments()), events.PaymentBegun(money.payment(), ""))
    yield "money-pay-pending", window
    for state in (PaymentState.PAID, PaymentState.FAILED):
        paid = money.payment(state)
        _tell(desk, events.Paid(paid) if state is PaymentState.PAID else events.PaymentFailed(paid))
        yield f"money-pay-{state.value}", window
    page.open_tab("plan")
    _tell(desk, events.PlansShown(money.CATALOGUE))
    yield "money-plan", window
    page.limit.limits.option("100000").mark.click()
    page.limit.change.click()
    yield "money-limit-question", _question(desk)
    _question(desk).reject()
    page.limit.ask(money.LOWER)
    _tell(desk, events.RequestFailed(Request.LIMIT, ErrorCode.BAD_DATA, faults=(money.TOO_LOW,)))
    yield "money-limit-too-low", window
    page.stack.currentWidget().verticalScrollBar().setValue(10_000)
    desk.settle(SETTLE_MS)
    yield "money-plan-others", window
    page.plan.plans.option("business").mark.click()
    page.plan.change.click()
    yield "money-plan-question", _question(desk)
    _question(desk).reject()
    _tell(desk, events.PlanChanged(money.NEXT_PLAN))
    page.stack.currentWidget().verticalScrollBar().setValue(300)
    desk.settle(SETTLE_MS)
    yield "money-plan-coming", window
    page.open_tab("leaving")
    desk.settle(SETTLE_MS)
    yield "money-leaving", window
    page.leaving.leave.click()
    yield "money-leaving-question", _question(desk)
    _question(desk).reject()
    for state in (LeavingState.ASKED, LeavingState.FINAL_BILL, LeavingState.ENDED):
        _tell(desk, events.LeavingShown(money.leaving(state)))
        yield f"money-leaving-{state.value}", window


SERIES = (month_shots, list_shots, change_shots)
