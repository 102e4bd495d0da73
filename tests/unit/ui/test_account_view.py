"""What the account's pages take of the engine's answers."""

from pathlib import Path

import pytest

from vidphone.papers import CUSTOMER, PROVIDER
from vidphone.papers.verifying import Problem, SignatureVerdict, Verdict
from vidphone.phone import commands, events
from vidphone.phone.events import Request
from vidphone.ui.main.account.view import AccountView, Verification, verification
from vidphone.wire.errors import ErrorCode
from vidphone.wire.sign_up import AgreementState, MyAgreement, Review, ReviewState


def agreement(state: AgreementState = AgreementState.IN_FORCE, sha256: str | None = "0" * 64) -> MyAgreement:
    return MyAgreement(id="a" * 32, version="1", state=state, signed_at=0.0, document_sha256=sha256, orders=())


def verdict(*fields: str, problem: Problem | None = None) -> Verdict:
    good = problem is None
    signatures = tuple(SignatureVerdict(field, "x", None, False, good, good, problem) for field in fields)
    return Verdict(good, signatures, problem)


def shown(
    found: Verdict | None, *, same: bool | None = True, agreements: tuple[MyAgreement, ...] = (agreement(),)
) -> events.AgreementShown:
    return events.AgreementShown(agreements, None if found is None else "/copy.pdf", found, same, online=True)


BOTH = (CUSTOMER, PROVIDER)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (shown(verdict(*BOTH)), Verification.VERIFIED),
        (shown(verdict(*BOTH), same=None), Verification.VERIFIED),
        (shown(verdict(*BOTH), same=False), Verification.DIFFERENT),
        (shown(verdict(*BOTH, problem=Problem.ALTERED)), Verification.ALTERED),
        (shown(verdict(*BOTH, problem=Problem.ADDED), same=False), Verification.ALTERED),
        (shown(verdict(CUSTOMER)), Verification.ALTERED),
        (shown(verdict()), Verification.ALTERED),
        (shown(None), Verification.NO_COPY),
        (shown(None, agreements=(agreement(AgreementState.ON_PAPER, None),)), Verification.ON_PAPER),
        (shown(None, agreements=()), Verification.NONE),
    ],
)
def test_only_a_whole_copy_of_both_is_called_verified(answer: events.AgreementShown, said: Verification) -> None:
    assert verification(answer) is said


def test_an_answer_ends_the_waiting_and_a_new_request_forgets_the_old_failure() -> None:
    view = AccountView()
    view.asked(commands.FetchAgreement())
    assert view.waiting == {Request.AGREEMENT}
    failed = events.RequestFailed(Request.AGREEMENT, ErrorCode.SERVICE_UNREACHABLE)
    assert view.fold(failed)
    assert (view.waiting, view.failed) == (set(), {Request.AGREEMENT: failed})
    view.asked(commands.FetchAgreement())
    assert view.failed == {}
    view.fold(shown(verdict(*BOTH)))
    assert view.waiting == set()
    assert view.agreement is not None


def test_an_earlier_answer_stays_when_asking_again_fails() -> None:
    view = AccountView()
    view.fold(shown(verdict(*BOTH)))
    view.asked(commands.FetchAgreement(again=True))
    view.fold(events.RequestFailed(Request.AGREEMENT, ErrorCode.DOCUMENT_DIFFERS))
    assert view.agreement is not None
    assert Request.AGREEMENT in view.failed


@pytest.mark.parametrize(
    ("state", "wanted", "attention"),
    [
        (ReviewState.PENDING, False, False),
        (ReviewState.APPROVED, False, False),
        (ReviewState.COPY_WANTED, True, True),
        (ReviewState.COPY_SENT, False, False),
        (ReviewState.REFUSED, False, True),
        (ReviewState.SUSPENDED, True, True),
    ],
)
def test_a_copy_is_offered_only_where_one_is_wanted(state: ReviewState, wanted: bool, attention: bool) -> None:
    view = AccountView()
    view.fold(events.ReviewShown(Review(state=state, reason="", since=0.0)))
    assert (view.copy_wanted, view.needs_attention) == (wanted, attention)


def test_the_answer_to_a_copy_is_not_taken_for_that_to_a_question() -> None:
    view = AccountView()
    view.asked(commands.FetchReview())
    view.asked(commands.SendCopy(Path("card.jpg")))
    view.fold(events.ReviewShown(Review(state=ReviewState.COPY_WANTED, reason="", since=0.0)))
    assert view.waiting == {Request.COPY}, "answers come in the order of the questions"
    view.fold(events.ReviewShown(Review(state=ReviewState.COPY_SENT, reason="", since=0.0)))
    assert view.done.keys() >= {Request.COPY}


def test_nothing_of_a_customer_stays_after_signing_out() -> None:
    view = AccountView()
    view.fold(shown(verdict(*BOTH)))
    view.asked(commands.FetchMyData())
    view.fold(events.RequestFailed(Request.MY_DATA, ErrorCode.SERVICE_BUSY, (("seconds", 5),)))
    view.fold(events.MyDataExported("/papers/data.json"))
    view.fold(events.SignedOut(None))
    assert view == AccountView()


def test_other_events_are_none_of_its_business() -> None:
    assert not AccountView().fold(events.Ready())
