"""From the real window through the console and back: every way that both sides walk, as it is seen and pressed.

The tests are chapters of one story, in order: the clock of the rehearsal only goes on.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from tests.fakes.cases import picture_file
from tests.support.phones import HeadlessPhone
from tests.support.provider import PASSWORD
from tests.support.staffed import SANDBOX, Desk, Staffed, staff_of
from tests.support.window import Person, window_of
from vidphone.phone.events import LinkState

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

FRIEND = "1001"
SERIAL = "VD2-2026-00077"
CASE = re.compile(r"(?:Dispute|Question|Objection|claim)[a-z ]* (C[0-9]{6})")


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    made = Staffed(tmp_path_factory.mktemp("service"))
    made.configure("2000-2009", more=SANDBOX)
    made.add_customer(FRIEND)
    with made:
        made.sign_up(1)
        yield made


@pytest.fixture(scope="module")
def desk(provider: Staffed) -> Iterator[Desk]:
    with staff_of(provider) as ann:
        yield ann


@pytest.fixture(scope="module")
def friend(provider: Staffed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HeadlessPhone]:
    quiet = ("--camera", "none", "--mic", "none", "--speaker", "none")
    with HeadlessPhone(provider.url, tmp_path_factory.mktemp("friend"), *quiet) as signed_in:
        yield signed_in.sign_in(FRIEND)


@pytest.fixture(scope="module")
def customer(provider: Staffed, qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with window_of(tmp_path_factory.mktemp("profile")) as person:
        sign_in(person, provider, provider.customers[0])
        yield person


def call(person: Person, number: str) -> None:
    person.press("Dial")
    person.write("Number or name", number)
    person.press("Voice call")


def sign_in(person: Person, provider: Staffed, number: str) -> None:
    person.write("Service address", provider.url)
    person.write("Number", number)
    person.write("Password", PASSWORD)
    person.press("Sign in")
    person.until(lambda: person.bridge.state.link is LinkState.UP)


def case_shown(person: Person) -> str:
    """The number of the case that is looked at."""
    person.until(lambda: CASE.search(" ".join(person.reads())))
    found = CASE.search(" ".join(person.reads()))
    assert found is not None
    return found[1]


@pytest.fixture
def by_keyboard(customer: Person) -> Iterator[None]:
    customer.keys = True
    yield
    customer.keys = False


@pytest.mark.usefixtures("by_keyboard")
def test_a_disputed_line_is_answered_in_the_console_and_corrected_on_the_next_bill(
    provider: Staffed, desk: Desk, customer: Person
) -> None:
    provider.next_month()
    desk.find(f"/customers/{provider.customers[0]}", f"{provider.now - timedelta(2):%Y%m}-{provider.customers[0]}")
    customer.press("Costs")
    customer.press("Bills")
    customer.choose("Due by")
    customer.press("Dispute this line: Monthly rent, Light")
    customer.sees("Dispute a charge", "taken off your next bill (clause 6)")
    customer.write("What is wrong", "I was abroad for half of it.")
    customer.press("Open the case")
    customer.sees("The provider answers by", "I was abroad for half of it.", "You hear of the answer here.")
    case = case_shown(customer)

    desk.open("/")
    desk.follow("Cases")
    desk.follow(case)
    desk.shows("I was abroad for half of it.")
    desk.follow("Answer and correct the charges")
    words = "One day was counted twice."
    desk.fill("Answer and correct", words=words, yuan="-1.80", reason="counted twice")
    desk.says("The case is answered; the correction stands on the next bill.")
    customer.sees(words, "¥1.80 is taken off your next bill.", "If you do not object by")

    provider.next_month()
    bill = f"{provider.now - timedelta(2):%Y%m}-{provider.customers[0]}"
    desk.find(f"/customers/{provider.customers[0]}", bill)
    customer.press("Costs")
    customer.choose(f"{provider.now - timedelta(2):%B %Y}")
    customer.sees(bill, f"Correction of charges, case {case}", "-¥1.80")
    customer.press("Service")
    customer.sees(f"¥1.80 was taken off bill {bill}.", "the answer was not objected to in time and counts as accepted.")


def test_a_call_of_the_history_is_disputed_and_explained_with_its_record(
    desk: Desk, customer: Person, friend: HeadlessPhone
) -> None:
    call(customer, FRIEND)
    friend.wait_for("incoming")
    friend.do("answer", video=False)
    friend.wait_for("connected")
    friend.do("hang-up")
    friend.wait_for("ended")
    customer.press("History")
    customer.choose("Outgoing voice call")
    customer.press("Report this call")
    customer.sees("Call with")
    customer.write("What is wrong", "I heard nothing.")
    customer.press("Open the case")
    customer.sees("I heard nothing.", "Time charged", "How it went at the caller")
    case = case_shown(customer)

    desk.open("/cases")
    desk.follow(case)
    desk.shows("I heard nothing.", FRIEND)
    desk.follow("Answer")
    desk.fill("Answer", words="Your microphone was off.", reason="quality reports")
    desk.says("The case is answered.")
    customer.sees("Your microphone was off.")
    customer.press("I am content")
    customer.sees("Accept the answer?")
    customer.press("I am content")
    customer.sees("Settled: this case is closed.")


def test_a_claim_with_a_photo_for_an_opened_case_is_refused_with_clause_4(
    provider: Staffed, desk: Desk, customer: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, installed = provider.customers[0], provider.now.date() - timedelta(10)
    desk.open(f"/customers/{number}")
    desk.follow("Devices and warranty")
    desk.follow("Register a device")
    desk.fill("Register", serial=SERIAL, model="VP 100", installed=installed.isoformat())
    desk.says("The device is registered.")
    customer.press("Account")
    customer.press("My devices")
    customer.sees("VP 100", SERIAL, "Under warranty until")
    desk.follow("Note as opened")
    desk.fill("Note", on=(installed + timedelta(2)).isoformat(), reason="seal broken, seen at the counter")
    desk.says("It is noted: the warranty has ended.")
    customer.sees("the warranty has ended.")

    photo = str(picture_file(tmp_path))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([photo], ""))
    customer.press("Report a defect")
    customer.sees("The case of the device was opened, which ends the warranty (clause 4).")
    customer.write("Describe the defect", "No picture any more.")
    customer.press("Add pictures…")
    customer.sees("defect.jpg")
    customer.press("Send the notice")
    customer.sees("No picture any more.", "not yet", "Picture 1")
    case = case_shown(customer)

    desk.open("/cases?kind=warranty")
    desk.follow(case)
    desk.shows("No picture any more.", "the case was opened, which ends the warranty")
    desk.follow("Refuse the claim")
    desk.fill("Refuse", words="The seal was broken: clause 4 ends the warranty.")
    desk.says("The claim is refused, and the customer is told why.")
    customer.sees("Refused", "The seal was broken: clause 4 ends the warranty.")
    customer.press("Service: My devices")
    customer.sees("the warranty has ended.", "Claim refused")


def test_a_copy_is_asked_for_sent_by_the_window_and_approved(
    provider: Staffed, desk: Desk, customer: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = provider.customers[0]
    customer.press("Account")
    customer.press("My data")
    desk.open(f"/reviews/{number}")
    desk.follow("Ask for a copy")
    desk.fill("Ask", told="The name cannot be read.")
    desk.says("The customer is asked for a copy.")
    customer.sees("The name cannot be read.", "Account, 1 new")

    copy = str(picture_file(tmp_path, "card.jpg"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (copy, ""))
    customer.press("Choose a file…")
    customer.sees("card.jpg")
    customer.press("Send to the provider")
    customer.sees_no("Account, 1 new")

    desk.open("/reviews")
    desk.follow(number)
    desk.follow("Look at the copy")
    desk.fill("Show", reason="to compare the name")
    expect(desk.page.get_by_role("main").get_by_role("img").first).to_be_visible()
    desk.open(f"/reviews/{number}")
    desk.follow("Approve")
    desk.fill("Approve")
    desk.says("The identity is approved.")
    customer.sees("The provider has checked your identity data: all is well.")
    customer.press("Who saw them")
    customer.sees("Seen: Copy of the document", "to compare the name")


def test_a_suspended_customer_sees_why_pays_and_calls(
    provider: Staffed, desk: Desk, customer: Person, friend: HeadlessPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, opened = provider.customers[0], list[str]()

    def open_it(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_it)
    provider.set(provider.now + timedelta(50))
    desk.find("/standings", number)
    call(customer, FRIEND)
    customer.sees("Your service is suspended", "Agreement, clause 5: bills", "What lifts this")
    customer.press(customer.named("Pay ¥"))
    customer.press("Go to the payment page")
    customer.until(lambda: opened)
    desk.page.goto(opened[0])
    desk.page.get_by_role("button", name="Pay", exact=True).click()
    expect(desk.page.get_by_role("status")).to_be_visible()
    customer.sees("You can call again")
    customer.press("Call again")
    assert friend.wait_for("incoming")["from"] == number
    friend.do("decline")
    friend.wait_for("ended")
    desk.open(f"/customers/{number}/payments")


def test_a_changed_number_is_announced_still_reached_and_offered_to_those_who_have_the_old_one(
    provider: Staffed, desk: Desk, customer: Person, friend: HeadlessPhone
) -> None:
    old, new, moved = provider.customers[0], "2009", "2008"
    effective = provider.now + timedelta(days=2)
    customer.press("Contacts")
    customer.press("New contact")
    customer.write("Name", "Ann")
    customer.write("Number", FRIEND)
    customer.press("Save")
    for before, after in ((old, new), (FRIEND, moved)):
        desk.open("/numbers")
        desk.follow("Change a number")
        desk.fill("Plan it", old=before, new=after, effective=f"{effective:%Y-%m-%dT%H:%M}")
        desk.says("The change is planned, and announced to the customer.")
    customer.sees("Service, 1 new")
    customer.press("Service, 1 new")
    customer.press("Service: News")
    customer.choose("New ·")
    customer.sees(new)

    provider.set(effective + timedelta(minutes=1))
    customer.until(lambda: customer.bridge.state.account and customer.bridge.state.account.number == new)
    customer.until(lambda: customer.bridge.state.link is LinkState.UP)
    customer.sees(f"Ann: {FRIEND} is now {moved}.")
    assert friend.wait_for("signed-in")["number"] == moved
    friend.link_is_up()
    friend.do("dial", number=old, video=False)
    customer.press("Decline")
    friend.wait_for("ended")
    call(customer, FRIEND)
    assert friend.wait_for("incoming")["from"] == new
    friend.do("decline")
    friend.wait_for("ended")
    customer.press("Contacts")
    customer.choose("Ann")
    customer.press(f"Take {moved}")
    customer.sees(f"Ann, {moved}", f"Ann is now kept with {moved}.")
    provider.customers[0] = new


def test_a_new_agreement_is_compared_and_objected_to_by_one_and_accepted_by_time_for_another(
    provider: Staffed, desk: Desk, customer: Person
) -> None:
    provider.sign_up(1)
    number, silent = provider.customers
    provider.stop()
    published = provider.now.date() - timedelta(1)
    more = f'[agreement]\nversion = "2"\npublished_on = {published}\n[agreement.figures]\nlate_fee_percent = "0.2"\n'
    provider.configure(more=SANDBOX + more)
    provider.start()
    desk.open("/agreements")
    desk.follow("Announce the version on offer")
    desk.fill("Announce", more_zh="滞纳金降低。", more_en="A lower late fee.")
    desk.says("The version is announced.")

    customer.press("Service")
    customer.press("Service: News")
    customer.choose("version 2")
    customer.sees("A lower late fee.")
    customer.press("See what changed")
    customer.sees("You can object until")
    customer.press("See what changed")
    customer.sees("Your agreement now", "[removed: 0.3%]", "[added: 0.2%]")
    customer.press("Object…")
    customer.write("Why you do not agree", "I keep what I signed.")
    customer.press("Object")
    customer.sees("You objected on")
    customer.press(customer.named("Case C"))
    customer.sees("I keep what I signed.")
    case = case_shown(customer)
    desk.open("/cases?kind=objection")
    desk.follow(case)
    desk.shows("I keep what I signed.")
    desk.find("/agreements", "2")
    desk.follow("2")
    desk.shows(number, case)

    provider.set(provider.now + timedelta(40))
    desk.find("/agreements/2", number)
    customer.press("Settings")
    customer.press("Sign out")
    customer.press("Sign out")
    sign_in(customer, provider, silent)
    customer.press("Service")
    customer.press("Service: Agreement")
    customer.sees("Accepted by time on", "you did not object by")
    assert not [said for said in customer.reads() if case in said or "Ann" in said]
