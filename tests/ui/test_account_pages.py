"""The account's pages in the real main window, over a scripted engine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QPushButton, QWidget

from tests.ui.conftest import House, MakeHouse
from tests.ui.test_main_everywhere import clipped
from vidphone.papers import CUSTOMER, PROVIDER
from vidphone.papers.verifying import Problem, SignatureVerdict, Verdict
from vidphone.phone import commands, events
from vidphone.phone.events import Request
from vidphone.resources import assets_dir
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import Order, Plan, Terminal, Words
from vidphone.texts import Language
from vidphone.ui.design.status import Standing
from vidphone.ui.main.account.page import TABS, AccountPage
from vidphone.ui.main.ask import Question
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode
from vidphone.wire.sign_up import (
    MAX_COPY_BYTES,
    AgreementState,
    AgreementVersion,
    Disclosure,
    MaskedData,
    MyAgreement,
    Provider,
    Review,
    ReviewState,
)
from vidphone.wire.signaling import Topic

AT = datetime(2026, 11, 2, 9, 41, tzinfo=UTC)
ORDER = Order(
    "20261102-000017", date(2026, 11, 2), "1", "1001", Plan("f", Words("家庭套餐", "Family"), Words("", ""), 3900, ()),
    Terminal("d", Words("话机", "Desk phone"), Words("", ""), 49_900), 50_000,
)  # fmt: skip
MY_AGREEMENT = MyAgreement(
    id="a" * 32, version="2026-1", state=AgreementState.IN_FORCE, signed_at=AT.timestamp(),
    document_sha256="ab" * 32, orders=(ORDER,),
)  # fmt: skip
PROVIDER_OF = Provider(
    name=Words("示例通信", "Example Telephone"), website="https://phone.example.cn", address=Words("北京", "Beijing"),
    telephone="+861066668888", support_number="10000", arbitration_commission=Words("北仲", "BAC"),
    signing_place=Words("北京", "Beijing"), root_certificate_pem="",
)  # fmt: skip
MASKED = MaskedData(
    kind="person", name="林*", birth_date="1990-**-**", address="广东省深圳市***", postcode="51****",
    identity_kind="resident-id", identity_number="440***********0021", employer="某**司", telephone="+86138****8000",
)  # fmt: skip
OFFLINE = events.RequestFailed(
    Request.AGREEMENT, ErrorCode.SERVICE_UNREACHABLE, (("service", "https://phone.example.cn"),)
)


def wording() -> AgreementVersion:
    zh, en = ((assets_dir() / "agreement" / f"agreement.{one}.md").read_text(encoding="utf-8") for one in ("zh", "en"))
    return AgreementVersion(
        version="2026-1", published_on=date(2026, 10, 1), zh=zh, en=en, sha256="0" * 64, identity_notice=Words("", "")
    )


def shown(problem: Problem | None = None, *, same: bool | None = True, online: bool = True) -> events.AgreementShown:
    good = problem is None
    signatures = tuple(
        SignatureVerdict(field, signer, AT, False, good, good, problem)
        for field, signer in ((CUSTOMER, "林晓"), (PROVIDER, "示例通信"))
    )
    verdict = Verdict(good, signatures, problem)
    return events.AgreementShown((MY_AGREEMENT,), "/copy.pdf", verdict, same, online, PROVIDER_OF, wording())


def review(state: ReviewState, reason: str = "") -> events.ReviewShown:
    return events.ReviewShown(Review(state=state, reason=reason, since=AT.timestamp()))


class Account:
    """The account's page of a house, open."""

    def __init__(self, house: House) -> None:
        self.house, self.engine = house, house.engine
        house.window.open_page(Page.ACCOUNT)
        house.settle()

    @property
    def page(self) -> AccountPage:
        return self.house.window.account

    def tell(self, *all_of: events.Event) -> None:
        for event in all_of:
            self.engine.tell(event)
        self.house.settle()

    def asked(self, kind: type) -> list[commands.Command]:
        return self.engine.posted_of(kind)

    def tab(self, name: str) -> None:
        click(self.page.tabs.button(name))
        self.house.settle()

    def words(self) -> str:
        return "\n".join(w.accessibleName() for w in self.page.findChildren(QWidget) if w.isVisible())


@pytest.fixture
def account(house: House) -> Account:
    return Account(house)


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the file dialogs answer, one after the other; nothing: the person gave up."""
    answers: list[str] = []

    def answer(*_: object) -> tuple[str, str]:
        return (answers.pop(0) if answers else ""), ""

    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, answer)
    yield answers
    assert answers == []


def test_each_tab_asks_for_what_it_shows_when_it_is_opened(account: Account) -> None:
    assert account.asked(commands.FetchAgreement) == [commands.FetchAgreement()]
    assert account.asked(commands.FetchMyData) == []
    account.tab("data")
    assert len(account.asked(commands.FetchMyData)) == 1
    account.tab("disclosures")
    assert len(account.asked(commands.FetchDisclosures)) == 1


def test_a_verified_agreement_says_who_signed_when_and_lists_its_orders(account: Account) -> None:
    account.tell(shown())
    section = account.page.agreement
    assert section.status.standing is Standing.GOOD
    said = account.words()
    at = section.when(AT.timestamp())
    for words in (f"You: 林晓, signed on {at}", f"Provider: 示例通信, signed on {at}", "In force", "2026-1",
                  "Order 20261102-000017", "¥39.00", "¥500.00", "¥499.00", "abababab abababab"):  # fmt: skip
        assert words in said


@pytest.mark.parametrize(
    ("event", "standing", "words"),
    [
        (shown(Problem.ALTERED), Standing.BAD, "Do not rely on it"),
        (shown(same=False), Standing.CARE, "another document"),
        (shown(same=None, online=False), Standing.GOOD, "Verified"),
        (events.AgreementShown((), None, None, None, True), Standing.PLAIN, "only free numbers"),
    ],
    ids=["altered", "different", "offline", "none"],
)
def test_what_the_copy_is_worth_is_said_with_a_next_step(
    account: Account, event: events.AgreementShown, standing: Standing, words: str
) -> None:
    account.tell(event)
    section = account.page.agreement
    assert (section.status.standing, section.offline.isVisible()) == (standing, not event.online)
    assert words in section.status.plain
    assert section.open_copy.isVisible() == (event.path is not None)


def test_the_copy_is_opened_saved_fetched_and_verified_again(
    account: Account, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_it(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_it)
    account.tell(shown())
    section = account.page.agreement
    click(section.open_copy)
    assert opened == ["/copy.pdf"]
    click(section.save)
    assert account.asked(commands.SaveAgreement) == [], "gave up"
    files.append("/papers/mine")
    click(section.save)
    assert account.asked(commands.SaveAgreement) == [commands.SaveAgreement(Path("/papers/mine.pdf"))]
    account.tell(events.AgreementSaved("/papers/mine.pdf"))
    assert section.saving.status.plain == "Saved as /papers/mine.pdf."
    click(section.again)
    assert account.asked(commands.FetchAgreement)[-1] == commands.FetchAgreement(again=True)
    assert not section.again.isEnabled(), "until that is answered"
    account.tell(shown())
    click(section.verify)
    assert account.asked(commands.FetchAgreement)[-1] == commands.FetchAgreement()


def test_a_failed_request_is_said_in_place_and_asked_again_on_request(account: Account) -> None:
    account.tell(OFFLINE)
    answer = account.page.agreement.answer
    assert "cannot be reached" in answer.problem.label.plain
    click(answer.problem.button)
    assert len(account.asked(commands.FetchAgreement)) == 2
    assert not answer.problem.isVisible()
    assert answer.status.standing is Standing.BUSY


def test_the_connection_coming_back_asks_again_for_what_failed(account: Account) -> None:
    account.tell(OFFLINE, events.LinkChanged(events.LinkState.DOWN), events.LinkChanged(events.LinkState.UP))
    assert len(account.asked(commands.FetchAgreement)) == 2


def test_each_of_the_clauses_leads_to_customer_service(account: Account) -> None:
    account.tell(shown())
    questions = account.page.questions
    assert set(questions.clauses) >= set(range(1, 19))
    assert questions.clauses[9].accessibleName() == "Ask about clause 9"
    click(questions.clauses[9])
    question = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Question) and w.isVisible())
    assert account.asked(commands.Dial) == []
    click(question.buttons["ui.account.questions.call"])
    assert account.asked(commands.Dial) == [commands.Dial("10000", video=False)]


def test_wording_that_cannot_be_read_takes_no_question_away(account: Account) -> None:
    broken = wording().model_copy(update={"en": "## no title"})
    account.tell(replace(shown(), wording=broken))
    click(account.page.questions.call)
    assert account.asked(commands.Dial) == [commands.Dial("10000", video=False)]


def test_my_data_are_masked_and_exported_only_after_a_warning(account: Account, files: list[str]) -> None:
    account.tab("data")
    account.tell(events.MyDataShown(MASKED))
    said = account.words()
    assert "440***********0021" in said
    assert "Resident identity card" in said
    click(account.page.data.export)
    question = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Question) and w.isVisible())
    files.append("/papers/data")
    click(question.buttons["ui.account.data.export"])
    assert account.asked(commands.ExportMyData) == [commands.ExportMyData(Path("/papers/data.json"))]
    account.tell(events.MyDataExported("/papers/data.json"))
    assert "/papers/data.json" in account.page.data.exporting.status.plain


def test_disclosures_say_who_when_what_and_why(account: Account) -> None:
    account.tab("disclosures")
    account.tell(events.DisclosuresShown(()))
    assert account.page.disclosures.none.plain.startswith("Nobody")
    seen = Disclosure(at=AT.timestamp(), staff="wang.lei", fields=("name", "copy", "new_field"), reason="审核")
    account.tell(events.DisclosuresShown((seen,)))
    assert not account.page.disclosures.none.isVisible()
    said = account.words()
    for words in ("wang.lei", "Seen: Name, Copy of the document, new_field", "Reason: 审核"):
        assert words in said


def test_cases_and_devices_are_one_press_away(account: Account) -> None:
    window = account.house.window
    for button, room in ((account.page.elsewhere.cases, "cases"), (account.page.elsewhere.terminals, "terminals")):
        window.open_page(Page.ACCOUNT)
        click(button)
        assert window.pages.currentIndex() == Page.SERVICE
        assert window.service.room is window.service.rooms[room]


def test_a_hint_makes_the_page_ask_how_the_review_stands(account: Account) -> None:
    before = len(account.asked(commands.FetchReview))
    account.tell(events.Noticed(frozenset({Topic.CASES})))
    assert len(account.asked(commands.FetchReview)) == before
    account.tell(events.Noticed(frozenset({Topic.STANDING})))
    assert len(account.asked(commands.FetchReview)) == before + 1


@pytest.mark.parametrize("state", list(ReviewState))
def test_every_state_of_the_review_is_said_with_the_providers_reason(account: Account, state: ReviewState) -> None:
    account.tab("data")
    account.tell(review(state, "证件照片反光"))
    section = account.page.review
    assert section.status.isVisible()
    assert "证件照片反光" in section.reason.plain
    wanted = state in (ReviewState.COPY_WANTED, ReviewState.SUSPENDED)
    assert section.copy.isVisible() == wanted
    rail = account.house.window.rail.buttons[Page.ACCOUNT]
    assert (rail.accessibleName() != "Account") == (wanted or state is ReviewState.REFUSED)


def test_a_copy_is_chosen_looked_at_and_sent(account: Account, files: list[str], tmp_path: Path) -> None:
    account.tab("data")
    account.tell(review(ReviewState.COPY_WANTED))
    section = account.page.review
    large, empty, card = (tmp_path / name for name in ("large.png", "empty.pdf", "card.jpg"))
    with large.open("wb") as file:
        file.truncate(MAX_COPY_BYTES + 1)
    empty.touch()
    card.write_bytes(b"\xff\xd8\xff" + bytes(2_000_000))
    for path, words in ((large, "larger than 10 MB"), (empty, "empty"), (tmp_path / "gone.png", "cannot be read")):
        files.append(str(path))
        click(section.choose)
        assert words in section.file.plain
        assert not section.send.isVisible()
    files.append(str(card))
    click(section.choose)
    assert section.file.plain == "To be sent: card.jpg, 1.9 MB"
    small = tmp_path / "small.png"
    small.write_bytes(bytes(9_300))
    section.choose_file(small)
    assert section.file.plain == "To be sent: small.png, 10 KB", "0.0 MB would say that it is empty"
    section.choose_file(card)
    click(section.send)
    assert account.asked(commands.SendCopy) == [commands.SendCopy(card)]
    assert not section.send.isEnabled()
    account.tell(events.RequestFailed(Request.COPY, ErrorCode.COPY_REFUSED, (("detail", "sign-up.copy-type"),)))
    assert section.sending.problem.isVisible()
    assert section.send.isVisible(), "the file is still chosen"
    account.tell(review(ReviewState.COPY_WANTED))  # the answer to the question that the tab asked
    click(section.send)
    account.tell(review(ReviewState.COPY_SENT))
    assert not section.copy.isVisible()
    assert "arrived" in section.status.plain
    account.tell(review(ReviewState.COPY_WANTED))
    files.append(str(card))
    click(section.choose)
    assert section.send.isVisible(), "asked for once more, another may be sent"


def type_passwords(account: Account, *typed: str) -> None:
    section = account.page.password
    for field, words in zip((section.old, *section.new.fields), typed, strict=True):
        field.input.clear()
        QTest.keyClicks(field.input, words)


@pytest.mark.parametrize(
    ("new", "again", "error"),
    [
        ("short", "short", "at least 8"),
        ("12345678", "12345678", "easily guessed"),
        ("correct horse battery", "correct horse batterx", "not the same"),
    ],
)
def test_a_bad_new_password_is_refused_beside_its_field(account: Account, new: str, again: str, error: str) -> None:
    account.tab("password")
    type_passwords(account, "old password", new, again)
    click(account.page.password.change)
    assert account.asked(commands.ChangePassword) == []
    assert any(error in field.error.plain for field in account.page.password.new.fields)


def test_a_changed_password_is_told_and_forgotten_here(account: Account) -> None:
    account.tab("password")
    section = account.page.password
    type_passwords(account, "wrong password", "correct horse battery", "correct horse battery")
    click(section.change)
    asked = commands.ChangePassword("wrong password", "correct horse battery")
    assert account.asked(commands.ChangePassword) == [asked]
    account.tell(events.RequestFailed(Request.PASSWORD, ErrorCode.PASSWORD_WRONG))
    assert section.old.error.plain == "This is not your present password. Type it again."
    assert section.old.input.hasFocus()
    QTest.keyClicks(section.old.input, "right password")
    QTest.keyClick(section.old.input, Qt.Key.Key_Return)
    account.tell(events.PasswordChanged())
    assert section.answer.status.standing is Standing.GOOD
    assert [field.input.text() for field in (section.old, *section.new.fields)] == ["", "", ""]
    QTest.keyClicks(section.old.input, "again")
    account.tell(events.MyDataShown(MASKED))
    assert section.old.text() == "again", "what is typed next is not forgotten"


def test_what_the_service_finds_wrong_with_a_password_stands_beside_it(account: Account) -> None:
    account.tab("password")
    type_passwords(account, "old password", "correct horse battery", "correct horse battery")
    click(account.page.password.change)
    fault = Fault("new", FaultCode.PASSWORD_GUESSABLE)
    account.tell(events.RequestFailed(Request.PASSWORD, ErrorCode.BAD_DATA, faults=(fault,)))
    assert "easily guessed" in account.page.password.new.first.error.plain


def test_signing_out_leaves_nothing_of_the_customer_on_the_pages(account: Account) -> None:
    account.tell(shown(), events.MyDataShown(MASKED), review(ReviewState.COPY_WANTED))
    account.tell(events.SignedOut(None))
    said = "\n".join(w.accessibleName() for w in account.page.findChildren(QWidget))
    assert "林晓" not in said
    assert "440***" not in said
    assert account.house.window.rail.buttons[Page.ACCOUNT].accessibleName() == "Account"


def everything(account: Account) -> None:
    account.tell(shown(Problem.ALTERED), events.MyDataShown(MASKED), review(ReviewState.SUSPENDED, "证件照片反光"))
    seen = Disclosure(at=AT.timestamp(), staff="wang.lei", fields=("name", "identity_number"), reason="审核" * 40)
    account.tell(events.DisclosuresShown((seen,) * 3), OFFLINE)


def test_every_control_has_a_name_and_is_reached_by_tab(account: Account) -> None:
    everything(account)
    for name, _ in TABS:
        account.tab(name)
        controls = [
            w
            for w in account.page.findChildren(QWidget)
            if isinstance(w, QAbstractButton | QLineEdit) and w.isVisible() and w.isEnabled()
        ]
        assert [w for w in controls if not w.accessibleName()] == []
        wanted = {w for w in controls if not (isinstance(w, QAbstractButton) and w.group())}
        reached = set()
        for _ in range(3 * len(controls) + 30):
            account.house.window.focusNextChild()
            reached.add(account.house.window.focusWidget())
        assert {w.accessibleName() for w in wanted - reached} == set()


@pytest.mark.slow
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_words_are_cut(make_house: MakeHouse, language: Language, scale: float) -> None:
    account = Account(make_house(language=language, text_scale=scale))
    everything(account)
    for name, _ in TABS:
        account.tab(name)
        for _ in range(10):
            account.house.settle()
        assert (name, clipped(account.page)) == (name, [])
        for button in account.page.findChildren(QPushButton):
            assert not button.isVisible() or button.height() >= button.minimumSizeHint().height()
