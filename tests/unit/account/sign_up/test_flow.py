"""The order of the pages, what is missing, where it goes on (clauses 1, 2, 9, 17)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.offers import TODAY, complete, offer, typed
from vidphone.account.sign_up import flow
from vidphone.account.sign_up.draft import DATA_FIELDS, Draft, Page, from_json, to_json
from vidphone.terms.faults import Fault, FaultCode
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode
from vidphone.wire.sign_up import Offer

OFFER = offer()
BEFORE_PASSWORD = (
    Page.AGREEMENT, Page.DATA, Page.CONSENT, Page.PLAN, Page.CREDIT_LIMIT, Page.NUMBER,
)  # fmt: skip
TAKE_BACK: dict[Page, dict[str, object]] = {
    Page.AGREEMENT: {"accepted": False},
    Page.DATA: {"identity_number": "110105194912310021"},
    Page.CONSENT: {"identity_consent": False},
    Page.PLAN: {"plan": "gone"},
    Page.CREDIT_LIMIT: {"credit_limit_fen": None},
    Page.NUMBER: {"number": ""},
}


def without(draft: Draft, *pages: Page) -> Draft:
    for page in pages:
        draft = replace(draft, **TAKE_BACK[page])  # type: ignore[arg-type]
    return draft


texts = st.text(st.characters(codec="utf-8"), max_size=40)
drafts = st.builds(
    Draft,
    service=texts,
    language=st.sampled_from(Language),
    page=st.sampled_from(Page),
    agreement_version=texts,
    agreement_shown=st.booleans(),
    accepted=st.booleans(),
    kind=st.sampled_from(("", "person", "organisation", "ghost")),
    **dict.fromkeys(("name", "birth_date", "address", "postcode", "identity_number", "employer", "telephone"), texts),
    identity_kind=st.sampled_from(("", "resident-id", "social-credit-code", "ghost")),
    identity_consent=st.booleans(),
    plan=st.sampled_from(("", "basic", "gone")),
    terminal=st.sampled_from((None, "box", "gone")),
    credit_limit_fen=st.none() | st.integers(-1, 10**9),
    number=texts,
)


def test_the_pages_come_in_the_order_that_was_agreed() -> None:
    walked: list[Page] = [Page.LANGUAGE]
    while (page := flow.next_page(walked[-1])) is not None:
        walked.append(page)
    assert [page.value for page in walked] == [
        "language", "agreement", "data", "consent", "plan", "credit-limit", "number", "password", "sign", "devices",
        "receipt",
    ]  # fmt: skip


def test_back_is_the_way_one_came_until_it_is_signed() -> None:
    for page in flow.PAGES[1 : flow.PAGES.index(Page.DEVICES)]:
        before = flow.previous_page(page)
        assert before is not None
        assert flow.next_page(before) is page
    assert flow.previous_page(Page.LANGUAGE) is None
    assert flow.previous_page(Page.DEVICES) is None
    assert flow.previous_page(Page.RECEIPT) is Page.DEVICES


def test_nothing_is_chosen_or_agreed_to_beforehand() -> None:
    fresh = Draft("https://phone.example")
    assert flow.open_pages(fresh, OFFER, TODAY) == BEFORE_PASSWORD
    assert flow.renew(fresh, OFFER) == fresh


def test_a_complete_draft_has_no_open_page_and_becomes_a_request() -> None:
    draft = complete(OFFER)
    assert flow.faults_of(draft, OFFER, TODAY) == ()
    request = flow.request_of(draft, "correct horse battery", "0" * 32, "pem")
    assert request.data.identity_number == "11010519491231002X"
    assert request.data.telephone == "+8613812345678"
    assert "horse" not in repr(request)


@given(st.sets(st.sampled_from(BEFORE_PASSWORD)), st.sampled_from(Page))
def test_it_resumes_at_the_first_page_that_lacks_something_and_never_further_than_one_was(
    lacking: set[Page], page: Page
) -> None:
    draft = replace(without(complete(OFFER), *lacking), page=page)
    assert set(flow.open_pages(draft, OFFER, TODAY)) == lacking
    resumed = flow.resume_page(draft, OFFER, TODAY)
    at = flow.PAGES.index(resumed)
    assert at <= min(flow.PAGES.index(page), flow.PAGES.index(Page.PASSWORD))
    assert not [each for each in lacking if flow.PAGES.index(each) < at]
    assert resumed in {page, Page.PASSWORD, *lacking}


@given(drafts)
def test_whatever_was_entered_survives_being_kept(draft: Draft) -> None:
    assert from_json(to_json(draft)) == draft


@given(drafts, st.sampled_from((OFFER, offer("# 新\n"), offer(notice="新"), offer(catalogue="2"))))
def test_a_changed_offer_takes_back_no_more_than_what_it_changed(draft: Draft, changed: Offer) -> None:
    renewed = flow.renew(draft, changed)
    kept = (*DATA_FIELDS, "service", "language", "page", "number")
    assert all(getattr(renewed, field) == getattr(draft, field) for field in kept)
    assert flow.renew(renewed, changed) == renewed
    assert not (renewed.accepted and not draft.accepted)
    assert not (renewed.identity_consent and not draft.identity_consent)
    flow.check_data(draft, TODAY)
    assert flow.resume_page(draft, changed, TODAY) in flow.PAGES


@pytest.mark.parametrize(
    ("changed", "page"),
    [(offer("# 新\n"), Page.AGREEMENT), (offer(notice="新"), Page.CONSENT), (offer(catalogue="2"), Page.PLAN)],
)
def test_what_was_agreed_to_or_chosen_of_another_offer_does_not_count(changed: Offer, page: Page) -> None:
    assert flow.open_pages(complete(OFFER), changed, TODAY) == (page,)


def test_a_consent_is_bound_to_the_language_it_was_asked_in() -> None:
    draft = replace(complete(OFFER), language=Language.ENGLISH)
    assert flow.open_pages(draft, OFFER, TODAY) == (Page.CONSENT,)
    assert flow.open_pages(flow.consent(draft, OFFER), OFFER, TODAY) == ()


@pytest.mark.parametrize(
    ("code", "page"),
    [
        (ErrorCode.NUMBER_TAKEN, Page.NUMBER),
        (ErrorCode.SIGN_UP_GONE, Page.NUMBER),
        (ErrorCode.AGREEMENT_CHANGED, Page.AGREEMENT),
        (ErrorCode.CATALOGUE_CHANGED, Page.PLAN),
        (ErrorCode.IDENTITY_IN_USE, Page.DATA),
        (ErrorCode.DOCUMENT_REFUSED, Page.SIGN),
        (ErrorCode.SERVICE_UNREACHABLE, None),
        (ErrorCode.SERVICE_BUSY, None),
    ],
)
def test_a_failure_leads_back_to_the_page_that_mends_it(code: ErrorCode, page: Page | None) -> None:
    assert flow.page_hint(code) is page


def test_faults_lead_to_the_first_page_that_has_one() -> None:
    faults = tuple(Fault(field, FaultCode.MISSING) for field in ("credit_limit_fen", "telephone", "plan"))
    assert flow.page_hint(ErrorCode.BAD_DATA, faults) is Page.DATA
    assert flow.page_hint(ErrorCode.BAD_DATA, faults[::2]) is Page.PLAN
    assert flow.page_hint(ErrorCode.BAD_DATA, (Fault("unheard-of", FaultCode.MISSING),)) is None


def test_a_date_that_cannot_be_read_is_told_from_one_that_is_missing() -> None:
    def code(written: str) -> FaultCode | None:
        faults = flow.check_data(replace(typed(), birth_date=written), TODAY)
        return next((fault.code for fault in faults if fault.field == "birth_date"), None)

    assert code("yesterday") is FaultCode.BAD_DATE
    assert code("  ") is FaultCode.MISSING
    assert code("1949年12月31日") is None


def test_what_the_draft_says_of_the_person_is_no_password() -> None:
    draft = complete(OFFER)
    guessed = flow.check_new_password(draft, "11010519491231002X")
    assert guessed is not None
    assert guessed.field == "password"
    assert flow.check_new_password(draft, "correct horse battery") is None


def test_an_incomplete_draft_makes_no_request() -> None:
    with pytest.raises(ValueError, match="not complete"):
        flow.request_of(typed(), "correct horse battery", "0" * 32, "pem")
    with pytest.raises(ValidationError):
        flow.request_of(replace(complete(OFFER), number="!"), "correct horse battery", "0" * 32, "pem")


def test_an_agreement_that_is_not_what_its_hash_says_is_seen() -> None:
    assert flow.is_sound(OFFER)
    other = OFFER.agreement.model_copy(update={"zh": "# 另一份\n"})
    assert not flow.is_sound(OFFER.model_copy(update={"agreement": other}))


def test_a_draft_tells_a_log_nothing_of_the_person() -> None:
    told = repr(complete(OFFER))
    assert not [field for field in DATA_FIELDS if getattr(typed(), field) in told]
