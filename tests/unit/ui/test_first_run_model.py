"""What signing up shows and what may follow, page by page, without a window."""

from dataclasses import replace

import pytest

from tests.fakes.sign_up import NUMBERS, PASSWORD, PDF, SERVICE, TODAY, SignUpEngine, filled, sample_offer
from vidphone.account.settings import Settings
from vidphone.account.sign_up import flow
from vidphone.account.sign_up.draft import Draft, Page
from vidphone.phone import commands, events
from vidphone.phone.commands import Command
from vidphone.terms.faults import Fault, FaultCode
from vidphone.texts import Language, has_text
from vidphone.ui.first_run.model import FirstRun, Waiting
from vidphone.wire.errors import ErrorCode

ENGLISH, CHINESE = Language.ENGLISH, Language.CHINESE


class Desk:
    """The view-model joined to an engine, as the wizard joins them."""

    def __init__(self, **engine: object) -> None:
        self.engine = SignUpEngine(Settings(), **engine)  # type: ignore[arg-type]
        self.run = FirstRun(lambda: TODAY)

    def do(self, commands_: list[Command]) -> None:
        for command in commands_:
            self.engine.post(command)
        for event in self.engine.take_events():
            self.do(self.run.fold(event))

    def open(self, language: Language = ENGLISH) -> FirstRun:
        self.do(self.run.open(SERVICE, language))
        return self.run

    def fill(self) -> FirstRun:
        """All pages up to the password filled; the password is the page."""
        run = self.run if self.run.active else self.open()
        run.draft = filled(run.draft.language if run.draft else ENGLISH, Page.PASSWORD)
        run.reached = Page.PASSWORD
        run.password = run.repeated = PASSWORD
        return run


def page_of(run: FirstRun) -> Page:
    return run.page


def problem_of(run: FirstRun) -> ErrorCode | None:
    return run.problem.code if run.problem else None


def test_a_first_start_asks_for_the_offer_and_shows_the_language() -> None:
    desk = Desk()
    run = desk.open()
    assert (run.page, run.waiting, run.offer) == (Page.LANGUAGE, Waiting.NOTHING, sample_offer())
    assert run.draft == Draft(SERVICE, ENGLISH)


def test_nothing_is_chosen_or_ticked_beforehand() -> None:
    draft = Desk().open().draft
    assert draft is not None
    assert not any((draft.accepted, draft.identity_consent, draft.kind, draft.identity_kind, draft.plan))
    assert draft.credit_limit_fen is None
    assert draft.terminal is None


def test_every_page_names_what_it_lacks_and_holds_on_to_it() -> None:
    desk = Desk()
    run = desk.open()
    for page, lack in (
        (Page.AGREEMENT, "shown"),
        (Page.DATA, "kind"),
        (Page.CONSENT, "consent"),
        (Page.PLAN, "plan"),
        (Page.CREDIT_LIMIT, "credit"),
        (Page.NUMBER, "number"),
        (Page.PASSWORD, "password"),
    ):
        desk.do(run.go(page))
        desk.do(run.go_on())
        assert (run.page, run.lacking) == (page, f"ui.first-run.lack.{lack}")
        assert has_text(run.lacking)


def test_an_agreement_that_was_not_shown_cannot_be_gone_past_even_when_ticked() -> None:
    desk = Desk()
    run = desk.open()
    desk.do(run.go(Page.AGREEMENT))
    run.change(accepted=True)
    assert run.lack() == "ui.first-run.lack.shown"
    run.show_agreement()
    run.accept(True)
    assert run.lack() == ""
    assert run.draft is not None
    assert run.draft.agreement_sha256 == sample_offer().agreement.sha256


def test_fields_are_judged_before_the_kind_of_paper_is_chosen() -> None:
    run = Desk().open()
    run.change(kind="person", name="林晓", postcode="12", identity_number="x")
    faults = run.faults()
    assert faults["postcode"].code is FaultCode.BAD_POSTCODE
    assert faults["identity_kind"].code is FaultCode.MISSING
    assert "identity_number" not in faults
    assert "name" not in faults


def test_what_the_service_refuses_stands_until_the_field_is_changed() -> None:
    desk = Desk()
    run = desk.fill()
    desk.engine.fail(commands.BeginSigning, ErrorCode.BAD_DATA, Fault("postcode", FaultCode.UNKNOWN_POSTCODE))
    desk.do(run.go_on())
    assert page_of(run) is Page.DATA
    assert run.faults()["postcode"].code is FaultCode.UNKNOWN_POSTCODE
    assert run.lack() == "ui.first-run.lack.data"
    run.change(postcode="100021")
    assert run.lack() == ""


def test_the_whole_way_to_the_receipt() -> None:
    desk = Desk()
    run = desk.fill()
    desk.do(run.go_on())
    assert (run.page, run.pdf) == (Page.SIGN, PDF)
    assert run.begun is not None
    desk.do(run.go_on())
    assert desk.engine.posted_of(commands.Sign) == [commands.Sign("")]
    assert page_of(run) is Page.DEVICES
    assert (run.password, run.repeated, run.begun_with) == ("", "", None)
    desk.do(run.go_on())
    assert page_of(run) is Page.RECEIPT
    assert run.back() == []
    assert page_of(run) is Page.DEVICES
    assert run.back() == []
    assert page_of(run) is Page.DEVICES


def test_going_back_and_on_again_begins_anew_only_after_a_change() -> None:
    desk = Desk()
    run = desk.fill()
    desk.do(run.go_on())
    desk.do(run.back())
    desk.do(run.go_on())
    assert len(desk.engine.posted_of(commands.BeginSigning)) == 1
    desk.do(run.go(Page.CREDIT_LIMIT))
    run.change(credit_limit_fen=sample_offer().catalogue.credit_limits_fen[0])
    desk.do(run.go(Page.SIGN))
    assert len(desk.engine.posted_of(commands.BeginSigning)) == 2


@pytest.mark.parametrize("page", flow.PAGES[1:9])
def test_back_loses_nothing(page: Page) -> None:
    desk = Desk()
    run = desk.fill()
    desk.do(run.go(page))
    before = run.draft
    desk.do(run.back())
    desk.do(run.go(page))
    assert run.draft == before


def test_a_number_that_was_taken_leads_to_the_numbers_with_fresh_ones() -> None:
    desk = Desk()
    run = desk.fill()
    desk.engine.fail(commands.BeginSigning, ErrorCode.NUMBER_TAKEN)
    desk.do(run.go_on())
    assert page_of(run) is Page.NUMBER
    assert problem_of(run) is ErrorCode.NUMBER_TAKEN
    assert run.numbers == NUMBERS
    assert run.draft is not None
    assert run.draft.number == ""
    assert run.password == PASSWORD


def test_offline_on_any_page_keeps_everything_and_tries_again() -> None:
    desk = Desk()
    desk.engine.fail(commands.OpenSignUp, ErrorCode.SERVICE_UNREACHABLE)
    run = desk.open()
    assert problem_of(run) is ErrorCode.SERVICE_UNREACHABLE
    assert run.offer is None
    desk.do(run.retry())
    assert problem_of(run) is None
    run = desk.fill()
    for command, page in ((commands.BeginSigning, Page.SIGN), (commands.Sign, Page.SIGN)):
        desk.engine.fail(command, ErrorCode.SERVICE_UNREACHABLE)
        desk.do(run.go_on())
        assert (run.page, run.waiting) == (page, Waiting.NOTHING)
        assert problem_of(run) is ErrorCode.SERVICE_UNREACHABLE
        desk.do(run.retry())
    assert page_of(run) is Page.DEVICES
    desk = Desk()
    run = desk.open()
    desk.engine.fail(commands.FindNumbers, ErrorCode.SERVICE_UNREACHABLE)
    desk.do(run.go(Page.NUMBER))
    assert problem_of(run) is ErrorCode.SERVICE_UNREACHABLE
    desk.do(run.retry())
    assert problem_of(run) is None
    assert run.numbers == NUMBERS


@pytest.mark.parametrize("page", flow.PAGES[:8])
def test_after_a_crash_it_goes_on_where_it_was(page: Page) -> None:
    desk = Desk(kept=filled(ENGLISH, page))
    run = desk.open()
    assert page_of(run) is page
    assert run.draft == filled(ENGLISH, page)
    assert run.may_go(Page.LANGUAGE)


def test_a_document_that_waited_for_its_signature_is_signed_without_the_password() -> None:
    desk = Desk(kept=filled(ENGLISH, Page.SIGN))
    run = desk.open()
    assert run.waiting is Waiting.DOCUMENT
    desk.do(run.fold(events.SigningReady(desk.engine.begun(filled(ENGLISH)), PDF)))
    assert run.lack() == ""
    desk.engine.drafts.append(filled(ENGLISH))
    desk.do(run.go_on())
    assert page_of(run) is Page.DEVICES


def test_a_signed_document_waits_for_its_passphrase() -> None:
    desk = Desk(kept=filled(ENGLISH, Page.SIGN), keyring=False)
    desk.engine.signed = True
    desk.engine.drafts.append(filled(ENGLISH))
    run = desk.open()
    assert (run.page, run.waiting) == (Page.SIGN, Waiting.NOTHING)
    desk.do(run.go_on())
    assert run.lacking == "ui.first-run.lack.passphrase"
    run.passphrase = "correct horse"
    desk.do(run.go_on())
    assert desk.engine.posted_of(commands.Sign) == [commands.Sign("correct horse")]
    assert run.passphrase == ""


def test_without_a_keyring_a_new_passphrase_is_typed_twice() -> None:
    desk = Desk(keyring=False)
    run = desk.fill()
    desk.do(run.go_on())
    run.passphrase = "correct horse"
    desk.do(run.go_on())
    assert run.lacking == "ui.first-run.lack.passphrase.repeated"
    run.passphrase_repeated = "correct horse"
    desk.do(run.go_on())
    assert page_of(run) is Page.DEVICES


def test_a_changed_price_list_takes_the_choice_back_and_a_changed_agreement_the_acceptance() -> None:
    desk = Desk()
    run = desk.fill()
    offer = sample_offer()
    newer = offer.model_copy(
        update={
            "catalogue": replace(offer.catalogue, version="2"),
            "agreement": offer.agreement.model_copy(update={"version": "2"}),
        }
    )
    desk.do(run.fold(events.SignUpOffer(newer, run.draft, True)))
    assert run.draft is not None
    assert (run.draft.plan, run.draft.accepted, run.draft.agreement_shown) == ("", False, False)
    assert run.draft.name == "林晓"
    desk.do(run.go(Page.SIGN))
    assert page_of(run) is Page.AGREEMENT


def test_a_consent_is_bound_to_the_language_of_its_words() -> None:
    run = Desk().fill()
    run.speak(CHINESE)
    assert run.draft is not None
    assert not run.draft.identity_consent
    assert run.draft.accepted
    assert flow.open_pages(run.draft, sample_offer(), TODAY) == (Page.CONSENT,)


def test_a_consent_that_another_language_ended_is_said_so_where_it_is_asked_for() -> None:
    desk = Desk()
    run = desk.fill()
    why = "ui.first-run.lack.consent.language"
    run.speak(CHINESE)
    desk.do(run.go_on())
    said = [(page_of(run), run.lacking)]
    run.consent(True)
    said.append((page_of(run), run.lacking))
    run.speak(ENGLISH)
    said.append((page_of(run), run.lacking))
    assert said == [(Page.CONSENT, why), (Page.CONSENT, ""), (Page.CONSENT, why)]
    run.consent(True)
    run.consent(False)
    assert run.lack() == "ui.first-run.lack.consent"


def test_where_a_page_is_open_still_it_comes_with_the_reason() -> None:
    desk = Desk()
    run = desk.fill()
    run.change(postcode="1")
    desk.do(run.go(Page.SIGN))
    assert (page_of(run), run.lacking) == (Page.DATA, "ui.first-run.lack.data")


def test_pages_not_reached_yet_and_those_before_a_signature_are_closed() -> None:
    desk = Desk()
    run = desk.open()
    assert not run.may_go(Page.PLAN)
    run = desk.fill()
    assert run.may_go(Page.PLAN)
    desk.do(run.go_on())
    desk.engine.silent.add(commands.Sign)
    desk.do(run.go_on())
    assert not run.may_go(Page.DATA)
    assert run.go_on() == []
    assert run.back() == []


@pytest.mark.parametrize("forget", [True, False])
def test_leaving_keeps_or_forgets_and_leaves_no_secret(forget: bool) -> None:
    desk = Desk()
    run = desk.fill()
    asked = run.leave(forget=forget)
    assert commands.LeaveSignUp(forget) in asked
    assert any(isinstance(command, commands.KeepDraft) for command in asked) is not forget
    assert not run.active
    assert (run.password, run.repeated, run.pdf) == ("", "", b"")


def test_no_secret_is_in_its_words() -> None:
    run = Desk(keyring=False).fill()
    run.passphrase = "correct horse"
    assert PASSWORD not in repr(run)
    assert "correct horse" not in repr(run)
    assert "林晓" not in repr(run)
