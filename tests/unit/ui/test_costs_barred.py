"""How a barred call is explained."""

from dataclasses import replace

import pytest

from tests.fakes.money import account, leaving
from vidphone.call.view import CallState, CallView, Direction
from vidphone.phone.events import AccountShown, StandingShown
from vidphone.terms.standing import Cause, Lift, State
from vidphone.texts import Language
from vidphone.ui.costs.barred import Barred, Kind, Page, is_barred
from vidphone.wire.billing import Account, LeavingState
from vidphone.wire.reasons import BARRED, EndReason

ENGLISH = Language.ENGLISH
CALL = CallView("c", Direction.OUTGOING, "1001", "", CallState.ENDED, video=True, ended_at=10.0)
AT_LIMIT = account(State.RESTRICTED, Cause.CREDIT_LIMIT, Lift.PAY, Lift.RAISE_LIMIT, unbilled=50_010)
OVERDUE = account(State.SUSPENDED, Cause.OVERDUE, Lift.PAY, unpaid=8_123, overdue=8_123, fee=756)
CLAUSES = {
    EndReason.CREDIT_LIMIT: 9,
    EndReason.ACCOUNT_SUSPENDED: 5,
    EndReason.SERVICE_PAUSED: 10,
    EndReason.AGREEMENT_REQUIRED: 17,
    EndReason.IDENTITY_SUSPENDED: 1,
}


def barred(reason: EndReason, *told: Account, connected_at: float | None = None) -> Barred:
    one = Barred()
    assert one.explain(replace(CALL, reason=reason, connected_at=connected_at))
    for account_ in told:
        one.fold(AccountShown(account_))
    return one


@pytest.mark.parametrize("reason", sorted(BARRED))
@pytest.mark.parametrize("language", Language)
def test_every_barring_reason_says_what_by_which_clause_and_what_lifts_it(
    reason: EndReason, language: Language
) -> None:
    assert is_barred(replace(CALL, reason=reason))
    told = barred(reason).told(language)
    assert told.what
    assert told.why
    assert told.lifts
    assert str(CLAUSES[reason]) in told.clause


def test_paying_is_offered_only_where_it_lifts_something() -> None:
    assert {reason for reason in BARRED if barred(reason).told(ENGLISH).pay_fen is not None} == {
        EndReason.CREDIT_LIMIT,
        EndReason.ACCOUNT_SUSPENDED,
    }


def test_the_least_that_lifts_it_is_named_once_it_is_known() -> None:
    told = barred(EndReason.ACCOUNT_SUSPENDED, OVERDUE).told(ENGLISH)
    assert told.pay_fen == 8_123
    assert told.lifts[0] == "Pay ¥81.23 or more; it counts within seconds."
    assert told.figures == "Overdue: ¥81.23. Late fee so far: ¥7.56."
    assert barred(EndReason.CREDIT_LIMIT, AT_LIMIT).told(ENGLISH).figures == (
        "Credit limit ¥500.00, of which ¥0.00 is left."
    )


def test_the_limit_in_a_call_is_told_otherwise_than_before_one() -> None:
    assert barred(EndReason.CREDIT_LIMIT).kind is Kind.CREDIT_LIMIT
    assert barred(EndReason.CREDIT_LIMIT, connected_at=1.0).kind is Kind.USED_UP


@pytest.mark.parametrize(
    ("reason", "state", "cause", "kind", "clause"),
    [
        (EndReason.ACCOUNT_SUSPENDED, State.SUSPENDED, Cause.LEAVING, Kind.LEAVING, 11),
        (EndReason.ACCOUNT_SUSPENDED, State.TERMINATED, Cause.OVERDUE, Kind.ENDED_FOR_DEBT, 5),
        (EndReason.AGREEMENT_REQUIRED, State.TERMINATED, Cause.LEFT, Kind.LEFT, 11),
        (EndReason.IDENTITY_SUSPENDED, State.SUSPENDED, Cause.LEAVING, Kind.IDENTITY_SUSPENDED, 1),
    ],
)
def test_causes_that_share_a_reason_are_told_apart_by_the_standing(
    reason: EndReason, state: State, cause: Cause, kind: Kind, clause: int
) -> None:
    one = barred(reason, account(state, cause))
    assert (one.kind, one.clause) == (kind, clause)


def test_each_leads_to_the_page_that_helps() -> None:
    assert {reason: barred(reason).told(ENGLISH).page for reason in BARRED} == {
        EndReason.CREDIT_LIMIT: Page.LIMIT,
        EndReason.ACCOUNT_SUSPENDED: None,
        EndReason.SERVICE_PAUSED: None,
        EndReason.AGREEMENT_REQUIRED: Page.AGREEMENT,
        EndReason.IDENTITY_SUSPENDED: Page.DATA,
    }


def test_a_payment_lifts_it_and_then_nothing_is_asked_for() -> None:
    one = barred(EndReason.ACCOUNT_SUSPENDED, OVERDUE)
    assert not one.lifted
    one.fold(StandingShown(account().standing, leaving(LeavingState.NOT_ASKED)))
    told = one.told(ENGLISH)
    assert told.lifted
    assert (told.what, told.lifts, told.pay_fen, told.page) == ("You can call again", (), None, None)


def test_an_account_that_is_active_all_along_is_lifted_by_more_credit_alone() -> None:
    one = barred(EndReason.CREDIT_LIMIT, account(unbilled=49_990, reserved=0))
    assert not one.lifted
    one.fold(AccountShown(account(unbilled=49_990, reserved=0, prepaid=2_000)))
    assert one.lifted


def test_another_call_is_explained_anew() -> None:
    one = barred(EndReason.ACCOUNT_SUSPENDED, OVERDUE)
    assert not one.explain(replace(CALL, reason=EndReason.ACCOUNT_SUSPENDED))
    assert one.explain(replace(CALL, call="d", reason=EndReason.CREDIT_LIMIT))
    assert not one.told(ENGLISH).figures
