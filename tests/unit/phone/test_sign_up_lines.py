"""The JSON lines of signing up and of the account, and how one line drives a whole sign-up."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.offers import SERVICE, complete, offer, typed
from vidphone.account.sign_up import flow
from vidphone.account.sign_up.draft import DATA_FIELDS, Draft, Page
from vidphone.phone import commands, events
from vidphone.phone.account_lines import SignUpLine
from vidphone.phone.lines import LineWriter, command_from
from vidphone.phone.sign_up_driver import SignUpDriver
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import Order
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import Review, ReviewState, SignUpBegun, SignUpDone

OFFER = offer()
PASSWORD = "correct horse battery"
WISH = {
    "accept": OFFER.agreement.sha256,
    "data": {field: getattr(typed(), field) for field in DATA_FIELDS},
    "consent": True,
    "plan": "basic",
    "terminal": "box",
    "credit_limit_fen": 5000,
    "number": "20010001",
    "password": PASSWORD,
    "passphrase": "eight or more",
}


def parse(do: str, **more: object) -> object:
    return command_from(json.dumps({"do": do, **more}), SERVICE)


def wish(**more: object) -> SignUpLine:
    parsed = parse("sign-up", **{"language": "zh", **WISH, **more})
    assert isinstance(parsed, SignUpLine)
    return parsed


def ready() -> events.SigningReady:
    order = Order("20260801-000001", date(2026, 8, 1), "1", "20010001", OFFER.catalogue.plans[0], None, 5000)
    begun = SignUpBegun(
        id="0" * 32,
        token="",
        expires_at=1.0,
        order=order,
        order_sha256="0" * 64,
        certificate_pem="pem",
        document_sha256="1" * 64,
    )
    return events.SigningReady(begun, b"%PDF")


def driver() -> SignUpDriver:
    return SignUpDriver(SERVICE, Language.ENGLISH)


def told(draft: Draft | None = None, *, keyring: bool = False, signed: bool = False) -> events.SignUpOffer:
    return events.SignUpOffer(OFFER, draft, keyring, signed)


def lines(event: events.Event) -> list[dict[str, Any]]:
    return LineWriter(Language.ENGLISH).lines(event, 0.0)


def test_each_line_of_the_account_is_understood() -> None:
    assert parse("sign") == commands.Sign("")
    assert parse("leave-sign-up", forget=True) == commands.LeaveSignUp(forget=True)
    assert parse("numbers", containing="88") == commands.FindNumbers("88")
    assert parse("password", old="a", new="b") == commands.ChangePassword("a", "b")
    assert parse("agreement", again=True) == commands.FetchAgreement(again=True)
    assert parse("save-agreement", path="a.pdf") == commands.SaveAgreement(Path("a.pdf"))
    assert parse("export-my-data", path="a.json") == commands.ExportMyData(Path("a.json"))
    assert parse("send-copy", path="a.jpg") == commands.SendCopy(Path("a.jpg"))
    assert parse("my-data") == commands.FetchMyData()
    assert parse("disclosures") == commands.FetchDisclosures()
    assert parse("review") == commands.FetchReview()
    reset = parse("reset-password", number="1001", identity_number="1", telephone="2", password="3")
    assert reset == commands.ResetPassword(SERVICE, "1001", "1", "2", "3")


@pytest.mark.parametrize(
    "line",
    [
        {"do": "sign-up", "accept": True},
        {"do": "sign-up", "consent": "yes"},
        {"do": "sign-up", "data": {"password": "x"}},
        {"do": "sign-up", "data": {"name": "x" * 501}},
        {"do": "sign-up", "credit_limit_fen": "5000"},
        {"do": "password", "new": "x"},
        {"do": "send-copy", "path": ""},
    ],
)
def test_a_line_of_the_wrong_form_is_refused_and_repeats_nothing_of_it(line: dict[str, object]) -> None:
    with pytest.raises(VidphoneError) as refused:
        command_from(json.dumps(line), SERVICE)
    assert refused.value.code is ErrorCode.BAD_COMMAND
    assert "x" * 20 not in str(refused.value.about)


def test_one_line_leads_through_all_steps() -> None:
    one = driver()
    assert one.begin(wish()) == commands.OpenSignUp(SERVICE)
    begin = one.answer(told())
    assert isinstance(begin, commands.BeginSigning)
    assert begin.password == PASSWORD
    assert flow.faults_of(begin.draft, OFFER, date(2026, 8, 1)) == ()
    assert one.answer(ready()) == commands.Sign("eight or more")
    done = SignUpDone(number="20010001", agreement="0" * 32, signed_at=1.0, document_sha256="1" * 64)
    assert one.answer(events.SignedUp("20010001", done, "a.pdf", signs_in=True)) is None
    assert one.answer(ready()) is None


def test_an_agreement_is_accepted_only_by_the_hash_of_what_is_offered() -> None:
    one = driver()
    one.begin(wish(accept="0" * 64))
    begin = one.answer(told())
    assert isinstance(begin, commands.BeginSigning)
    assert not begin.draft.accepted
    assert Fault("accepted", FaultCode.MISSING) in flow.faults_of(begin.draft, OFFER, date(2026, 8, 1))


def test_without_a_password_it_ends_with_the_offer() -> None:
    one = driver()
    one.begin(SignUpLine(do="sign-up"))
    assert one.answer(told()) is None
    assert one.answer(ready()) is None


def test_what_was_entered_before_need_not_be_said_again() -> None:
    one = driver()
    one.begin(wish(data=None, plan="", number=""))
    kept = complete(OFFER, Page.PASSWORD)
    begin = one.answer(told(kept, keyring=True))
    assert begin == commands.BeginSigning(kept, PASSWORD)


def test_a_document_that_waits_is_signed_and_one_that_is_signed_is_sent() -> None:
    waits = replace(complete(OFFER), page=Page.SIGN)
    one = driver()
    one.begin(wish())
    assert one.answer(told(waits, keyring=True)) is None
    assert one.answer(ready()) == commands.Sign("eight or more")
    one.begin(wish())
    assert one.answer(told(waits, signed=True)) == commands.Sign("eight or more")
    one.begin(wish())
    assert one.answer(told(waits, keyring=True, signed=True)) is None


def test_it_stops_at_the_document_where_that_is_wanted_first(tmp_path: Path) -> None:
    one = driver()
    one.begin(wish(sign=False, document=str(tmp_path / "a.pdf")))
    assert one.answer(told()) is not None
    assert one.answer(ready()) is None
    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF"
    one.begin(wish(document=str(tmp_path / "nowhere" / "a.pdf")))
    with pytest.raises(VidphoneError) as refused:
        one.answer(ready())
    assert refused.value.code is ErrorCode.BAD_FILE


def test_a_failure_ends_it_and_a_changed_offer_is_not_accepted_by_itself() -> None:
    one = driver()
    one.begin(wish())
    assert one.answer(told()) is not None
    assert one.answer(told(complete(OFFER))) is None
    assert one.answer(events.SignUpFailed(ErrorCode.AGREEMENT_CHANGED)) is None
    assert one.answer(ready()) is None


def test_the_offer_is_told_in_the_language_of_the_phone_with_all_that_is_to_be_chosen() -> None:
    (line,) = lines(told(complete(OFFER, Page.PLAN)))
    assert line["agreement"] == {"version": "1", "sha256": OFFER.agreement.sha256, "text": OFFER.agreement.en}
    assert line["credit_limits_fen"] == [5000, 10000]
    assert line["page"] == "plan"
    assert "in English" in str(line["identity_notice"])
    assert "11010519491231002X" not in json.dumps(line)


def test_a_failure_tells_each_fault_in_words_and_where_it_is_mended() -> None:
    faults = (Fault("telephone", FaultCode.MISSING),)
    (line,) = lines(events.SignUpFailed(ErrorCode.BAD_DATA, (), faults, Page.DATA))
    assert line["event"] == "error"
    assert line["clause"] == 1
    assert line["page"] == "data"
    (fault,) = line["faults"]
    assert fault["field"] == "telephone"
    assert fault["message"]
    (line,) = lines(events.RequestFailed(events.Request.REVIEW, ErrorCode.NOT_SIGNED_IN))
    assert (line["request"], line["code"]) == ("review", "not-signed-in")


def test_the_step_of_the_document_tells_no_token() -> None:
    (line,) = lines(ready())
    assert (line["step"], line["number"], line["order"]) == ("begun", "20010001", "20260801-000001")
    assert "token" not in line
    (line,) = lines(events.ReviewShown(Review(state=ReviewState.COPY_WANTED, reason="…", since=1.0)))
    assert line == {"event": "review", "state": "copy-wanted", "reason": "…", "since": 1.0}


@pytest.mark.parametrize(
    "said",
    [
        commands.BeginSigning(typed(), PASSWORD),
        commands.Sign(PASSWORD),
        commands.KeepDraft(typed()),
        commands.ChangePassword(PASSWORD, PASSWORD),
        commands.ResetPassword(SERVICE, "20010001", "11010519491231002X", "13812345678", PASSWORD),
        wish(),
        told(typed()),
        ready(),
    ],
)
def test_no_secret_and_nothing_of_the_person_is_in_what_a_log_would_show(said: object) -> None:
    shown = repr(said)
    assert not [each for each in (PASSWORD, "11010519491231002X", "13812345678", "张三丰", "%PDF") if each in shown]
