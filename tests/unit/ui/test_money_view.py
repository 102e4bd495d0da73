"""What the costs pages take of the engine's answers."""

import pytest

from tests.fakes import money
from vidphone.phone import commands, events
from vidphone.phone.events import Request
from vidphone.terms.standing import Cause, Lift, State
from vidphone.ui.main.money.view import REQUESTS, MoneyView
from vidphone.wire.billing import Account, LeavingState, PaymentState
from vidphone.wire.errors import ErrorCode

BILL = money.bills()[0].number
FAILED = events.RequestFailed(Request.BILLS, ErrorCode.SERVICE_UNREACHABLE)


def knowing(*all_of: events.Event) -> MoneyView:
    view = MoneyView()
    for event in all_of:
        assert view.fold(event)
    return view


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (commands.FetchAccount(), events.AccountShown(money.account())),
        (commands.FetchCharges(), events.ChargesShown(money.calls(2), more=False, before=None)),
        (commands.FetchBills(), events.BillsShown(money.bills())),
        (commands.FetchBill(BILL), events.BillShown(money.bill_detail(0))),
        (money.SAVE, events.BillSaved(BILL, "/bill.pdf", money.SAVE.form)),
        (commands.Pay(100), events.PaymentBegun(money.payment(), "https://pay.example.cn/9")),
        (commands.FetchPayments(), events.PaymentsShown(money.payments())),
        (commands.ChangeLimit(100_000), events.LimitChanged(money.account(limit=100_000).balance)),
        (commands.FetchPlans(), events.PlansShown(money.CATALOGUE)),
        (commands.ChangePlan("business", "2026-11"), events.PlanChanged(money.NEXT_PLAN)),
        (commands.AskToLeave(), events.LeavingShown(money.leaving(LeavingState.ASKED))),
    ],
)
def test_what_was_asked_waits_until_it_is_answered(asked: commands.Command, answer: events.Event) -> None:
    view = knowing(events.AccountShown(money.account()))
    request = REQUESTS[type(asked)]
    view.asked(asked)
    assert request in view.waiting
    assert request not in view.done
    view.fold(answer)
    assert request not in view.waiting
    assert request in view.done


def test_a_failure_keeps_what_was_known_and_goes_when_it_is_asked_again() -> None:
    view = knowing(events.BillsShown(money.bills()), FAILED)
    assert view.bills == money.bills()
    assert list(view.failed.values()) == [FAILED]
    view.asked(commands.FetchBills())
    assert not view.failed


def test_what_is_not_about_money_is_left_alone() -> None:
    view = MoneyView()
    assert not view.fold(events.RequestFailed(Request.PASSWORD, ErrorCode.PASSWORD_WRONG))
    assert not view.fold(events.Ready())
    assert view == MoneyView()


def test_earlier_calls_come_behind_those_that_are_known_none_of_them_twice() -> None:
    first, rest = money.calls(5), money.calls(5, first=4)
    view = knowing(events.ChargesShown(first, more=True, before=None))
    assert (view.calls, view.more_calls) == (first, True)
    view.fold(events.ChargesShown(rest, more=False, before=first[-1].started_at))
    assert (view.calls, view.more_calls) == (money.calls(9), False)
    view.fold(events.ChargesShown(first, more=True, before=None))
    assert view.calls == first, "asked from the beginning"


def test_another_bill_is_not_shown_as_the_one_that_is_asked_for() -> None:
    view = knowing(events.BillShown(money.bill_detail(0)))
    view.asked(commands.FetchBill(BILL))
    assert view.bill == money.bill_detail(0), "the same one, anew"
    view.asked(commands.FetchBill(money.bills()[1].number))
    assert view.bill is None


def test_a_payment_is_followed_to_its_end_in_the_list_too() -> None:
    view = knowing(
        events.PaymentsShown(money.payments()), events.PaymentBegun(money.payment(), "https://pay.example.cn")
    )
    assert view.payment == money.payment()
    paid = money.payment(PaymentState.PAID)
    view.fold(events.Paid(paid))
    assert not view.paying
    assert view.payment == paid
    assert view.payments is not None
    assert [one.state for one in view.payments] == [PaymentState.PAID, PaymentState.PAID, PaymentState.EXPIRED]


def test_the_end_of_another_payment_does_not_end_this_one() -> None:
    view = knowing(events.PaymentBegun(money.payment(), ""), events.Paid(money.payment(PaymentState.PAID, id_=3)))
    assert view.paying


def test_limit_plan_standing_and_leaving_change_the_account_that_is_known() -> None:
    view = knowing(events.AccountShown(money.account()))
    view.fold(events.LimitChanged(money.account(limit=100_000).balance))
    view.fold(events.PlanChanged(money.NEXT_PLAN))
    suspended = money.account(State.SUSPENDED, Cause.LEAVING, Lift.WITHDRAW)
    view.fold(events.StandingShown(suspended.standing, money.leaving(LeavingState.ASKED)))
    assert view.account is not None
    assert view.account.balance.limit_fen == 100_000
    assert view.account.next_plan == money.NEXT_PLAN
    assert (view.lifts, view.may_stay, view.needs_attention) == ((Lift.WITHDRAW,), True, True)


@pytest.mark.parametrize(
    ("account", "attention"),
    [
        (money.account(), False),
        (money.account(unpaid=100), False),
        (money.account(unpaid=100, overdue=100), True),
        (money.account(State.RESTRICTED, Cause.CREDIT_LIMIT, Lift.PAY), True),
        (money.account(State.JUDICIAL, Cause.JUDICIAL, Lift.AUTHORITY), True),
    ],
)  # fmt: skip
def test_the_rail_says_when_something_is_overdue_or_blocked(account: Account, attention: bool) -> None:
    assert knowing(events.AccountShown(account)).needs_attention is attention


def test_plans_to_change_to_are_all_but_the_one_that_is_to_come() -> None:
    view = knowing(events.PlansShown(money.CATALOGUE), events.AccountShown(money.account()))
    assert view.other_plans == (money.BUSINESS,)
    view.fold(events.PlanChanged(money.NEXT_PLAN))
    assert view.other_plans == (money.FAMILY,), "so the change can be taken back"


def test_nothing_of_the_customer_stays_once_nobody_is_signed_in() -> None:
    view = knowing(
        events.AccountShown(money.account()), events.ChargesShown(money.calls(3), more=True, before=None),
        events.BillsShown(money.bills()), events.BillShown(money.bill_detail(0)),
        events.PaymentBegun(money.payment(), "https://pay.example.cn"), FAILED,
    )  # fmt: skip
    view.asked(commands.FetchBills())
    view.fold(events.SignedOut(None))
    assert view == MoneyView()
