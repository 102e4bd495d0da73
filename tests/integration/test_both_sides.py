"""From the app through the console and back: one real service, the phone's engine, and the console in a browser.

The tests are chapters of one story, in order: the clock of the rehearsal only goes on.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from tests.fakes.cases import picture_file
from tests.support.phones import HeadlessPhone, Line
from tests.support.staffed import SANDBOX, WAIT_S, Desk, Staffed, staff_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

QUIET = ("--camera", "none", "--mic", "none", "--speaker", "none")
FRIEND = "1001"
SERIAL = "VD2-2026-00077"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    made = Staffed(tmp_path_factory.mktemp("service"))
    made.configure("2000-2009", more=SANDBOX)
    made.add_customer(FRIEND)
    with made:
        made.sign_up(2)
        yield made


@pytest.fixture(scope="module")
def desk(provider: Staffed) -> Iterator[Desk]:
    with staff_of(provider) as ann:
        yield ann


@pytest.fixture(scope="module")
def phone(provider: Staffed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadlessPhone]:
    with HeadlessPhone(provider.url, tmp_path_factory.mktemp("phone"), *QUIET) as signed_in:
        signed_in.sign_in(provider.customers[0])
        signed_in.has_said("noticed")
        yield signed_in


@pytest.fixture(scope="module")
def friend(provider: Staffed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadlessPhone]:
    with HeadlessPhone(provider.url, tmp_path_factory.mktemp("friend"), *QUIET) as signed_in:
        yield signed_in.sign_in(FRIEND)


def until(phone: HeadlessPhone, command: str, good: Callable[[Line], object], event: str = "") -> Line:
    """Ask until the answer is good: the service looks every second for what is due."""
    until_s = time.monotonic() + WAIT_S
    while True:
        phone.do(command)
        answer = phone.wait_for(event or command)
        if good(answer):
            return answer
        assert time.monotonic() < until_s, answer
        time.sleep(0.2)


def told_of(phone: HeadlessPhone, topic: str) -> None:
    """Wait until the service said that there is news of that."""
    while topic not in phone.wait_for("noticed")["topics"]:
        pass


def looked_at(phone: HeadlessPhone, case: str) -> Line:
    phone.do("case", case=case)
    return phone.wait_for("case", answers="case")


def test_a_disputed_line_is_answered_in_the_console_and_corrected_on_the_next_bill(
    provider: Staffed, desk: Desk, phone: HeadlessPhone
) -> None:
    provider.next_month()
    (first,) = until(phone, "bills", lambda answer: answer["bills"])["bills"]
    about = {"kind": "line", "bill": first["number"], "line": 1}
    phone.do("open-case", about=about, words="I was abroad for half of it.")
    case = phone.wait_for("case-opened")["case"]["number"]

    desk.open("/")
    desk.follow("Cases")
    desk.follow(case)
    desk.shows("I was abroad for half of it.", first["number"])
    desk.follow("Answer and correct the charges")
    words = "One day was counted twice."
    desk.fill("Answer and correct", words=words, yuan="-1.80", reason="counted twice")
    desk.says("The case is answered; the correction stands on the next bill.")

    told_of(phone, "cases")
    answered = looked_at(phone, case)
    assert (answered["case"]["state"], answered["messages"][-1]["words"]) == ("answered", words)
    assert answered["messages"][-1]["amount_fen"] == -180

    provider.next_month()
    bills = until(phone, "bills", lambda answer: len(answer["bills"]) == 2)["bills"]
    phone.do("bill", bill=bills[0]["number"])
    corrected = phone.wait_for("bill")
    assert [line["amount_fen"] for line in corrected["lines"] if line["amount_fen"] < 0] == [-180]
    assert corrected["bill"]["total_fen"] == sum(line["amount_fen"] for line in corrected["lines"])
    written = [message for message in looked_at(phone, case)["messages"] if message["amount_fen"] is not None]
    assert [message["billed_in"] for message in written] == [bills[0]["number"]]
    desk.open(f"/cases/{case}")
    desk.follow(bills[0]["number"])
    desk.shows("1.80")


def test_a_claim_for_an_opened_case_is_refused_with_clause_4(
    provider: Staffed, desk: Desk, phone: HeadlessPhone, tmp_path: Path
) -> None:
    number, installed = provider.customers[0], provider.now.date() - timedelta(10)
    desk.open(f"/warranty/{number}")
    desk.follow("Register a device")
    desk.fill("Register", serial=SERIAL, model="VP 100", installed=installed.isoformat())
    desk.says("The device is registered.")
    desk.follow("Note as opened")
    desk.fill("Note", on=(installed + timedelta(2)).isoformat(), reason="seal broken, seen at the counter")
    desk.says("It is noted: the warranty has ended.")

    phone.do("terminals")
    (device,) = phone.wait_for("terminals")["terminals"]
    assert (device["serial"], device["covered"]) == (SERIAL, False)
    photo = str(picture_file(tmp_path))
    phone.do("claim", terminal=device["id"], category="material", words="No picture any more.", photos=[photo])
    claimed = phone.wait_for("case-opened")
    assert (claimed["claim"]["ground"], claimed["claim"]["granted"]) == ("opened", None)
    case = claimed["case"]["number"]
    phone.wait_for("case", answers="case-photo")

    desk.open("/cases?kind=warranty")
    desk.follow(case)
    desk.shows("No picture any more.", "the case was opened, which ends the warranty")
    expect(desk.page.get_by_role("img", name="Page 1 of message 2")).to_have_js_property("complete", value=True)
    desk.follow("Refuse the claim")
    words = "The seal was broken: clause 4 ends the warranty."
    desk.fill("Refuse", words=words)
    desk.says("The claim is refused, and the customer is told why.")

    told_of(phone, "cases")
    refused = looked_at(phone, case)
    assert (refused["claim"]["granted"], refused["claim"]["ground"], refused["case"]["clause"]) == (False, "opened", 4)
    assert (refused["case"]["state"], refused["messages"][-1]["words"]) == ("answered", words)


def test_a_suspended_customer_pays_and_calls_again(
    provider: Staffed, desk: Desk, phone: HeadlessPhone, friend: HeadlessPhone
) -> None:
    number = provider.customers[0]
    provider.set(provider.now + timedelta(50))
    until(phone, "bills", lambda answer: len(answer["bills"]) == 3)
    desk.find("/standings", number)
    desk.follow(number)
    desk.shows("overdue")
    phone.do("dial", number=FRIEND, video=False)
    ended = phone.wait_for("ended")
    assert (ended["reason"], ended["clause"]) == ("account-suspended", 5)

    phone.do("account")
    lifting_fen = phone.wait_for("account")["standing"]["lifting_fen"]
    phone.do("pay", amount_fen=lifting_fen)
    begun = phone.wait_for("payment-begun")
    assert httpx.post(begun["pay_at"], params={"paid": "true"}, timeout=10).status_code == 200
    assert phone.wait_for("paid")["amount_fen"] == lifting_fen
    until(phone, "account", lambda answer: answer["standing"]["state"] == "active")
    phone.do("dial", number=FRIEND, video=False)
    assert friend.wait_for("incoming")["from"] == number
    phone.do("hang-up")
    phone.wait_for("ended")
    desk.open(f"/customers/{number}/payments")
    desk.shows(f"{lifting_fen / 100:.2f}")


def test_a_copy_is_asked_for_in_the_console_sent_from_the_app_and_approved(
    provider: Staffed, desk: Desk, phone: HeadlessPhone, tmp_path: Path
) -> None:
    number = provider.customers[0]
    desk.open(f"/reviews/{number}")
    desk.follow("Ask for a copy")
    desk.fill("Ask", told="The name cannot be read.")
    desk.says("The customer is asked for a copy.")
    told_of(phone, "standing")
    phone.do("review")
    asked = phone.wait_for("review")
    assert (asked["state"], asked["reason"]) == ("copy-wanted", "The name cannot be read.")
    phone.do("send-copy", path=str(picture_file(tmp_path)))
    assert phone.wait_for("review")["state"] == "copy-sent"

    desk.open("/reviews")
    desk.follow(number)
    desk.follow("Look at the copy")
    desk.fill("Show", reason="to compare the name")
    picture = desk.page.get_by_role("main").get_by_role("img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 0
    desk.open(f"/reviews/{number}")
    desk.follow("Approve")
    desk.fill("Approve")
    desk.says("The identity is approved.")
    phone.do("review")
    assert phone.wait_for("review")["state"] == "approved"
    phone.do("disclosures")
    assert "to compare the name" in [one["reason"] for one in phone.wait_for("disclosures")["disclosures"]]


def test_a_number_changed_in_the_console_still_reaches_its_customer(
    provider: Staffed, desk: Desk, phone: HeadlessPhone, friend: HeadlessPhone
) -> None:
    old, new = provider.customers[0], "2009"
    effective = provider.now + timedelta(days=2)
    desk.open("/numbers")
    desk.follow("Change a number")
    desk.fill("Plan it", old=old, new=new, effective=f"{effective:%Y-%m-%dT%H:%M}")
    desk.says("The change is planned, and announced to the customer.")
    announced = until(phone, "announcements", lambda answer: answer["unread"])["announcements"][0]
    assert announced["kind"] == "number-change"
    assert new in announced["body"]["en"]

    provider.set(effective + timedelta(minutes=1))
    assert phone.wait_for("signed-in")["number"] == new
    phone.link_is_up()
    friend.do("dial", number=old, video=False)
    assert phone.wait_for("incoming")["from"] == FRIEND
    friend.do("hang-up")
    friend.wait_for("ended")
    desk.find("/numbers", new)
    desk.follow(new)
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text(new)
    provider.customers[0] = new


def test_a_new_agreement_is_objected_to_by_one_and_accepted_by_time_for_another(
    provider: Staffed, desk: Desk, phone: HeadlessPhone, tmp_path: Path
) -> None:
    number, silent = provider.customers[:2]
    provider.stop()
    published = provider.now.date() - timedelta(1)
    more = f'[agreement]\nversion = "2"\npublished_on = {published}\n[agreement.figures]\nlate_fee_percent = "0.2"\n'
    provider.configure(more=SANDBOX + more)
    provider.start()
    desk.open("/agreements")
    desk.follow("Announce the version on offer")
    desk.fill("Announce", more_zh="滞纳金降低。", more_en="A lower late fee.")
    desk.says("The version is announced.")

    with HeadlessPhone(provider.url, tmp_path / "silent", *QUIET) as other:
        other.sign_in(silent)
        for one in (phone, other):
            one.link_is_up()
            (version,) = until(one, "agreement-versions", lambda answer: answer["versions"])["versions"]
            assert (version["version"], version["answer"]) == ("2", "pending")
        phone.do("object", version="2", words="I keep what I signed.")
        case = phone.wait_for("objected")["case"]
        desk.open("/cases?kind=objection")
        desk.follow(case)
        desk.shows("I keep what I signed.")
        desk.find("/agreements", "2")
        desk.follow("2")
        desk.shows(number, case)

        provider.set(provider.now + timedelta(40))
        settled = until(other, "agreement-versions", lambda answer: answer["versions"][0]["answer"] != "pending")
        assert settled["versions"][0]["answer"] == "accepted"
        phone.do("agreement-versions")
        assert phone.wait_for("agreement-versions")["versions"][0]["answer"] == "objected"
    desk.open("/audit")
    desk.page.locator("main").get_by_text("agreement:2").first.wait_for()
