"""The pages of signing up, over an engine that answers at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.sign_up import PASSWORD, SERVICE, filled, sample_offer
from tests.ui.keys import type_in
from tests.ui.sign_up_stage import FakedSignUp, Hands
from tests.ui.test_main_everywhere import INTERACTIVE, clipped, ours
from vidphone.account.sign_up.draft import Page
from vidphone.phone import commands, events
from vidphone.terms.faults import Fault, FaultCode
from vidphone.texts import Language
from vidphone.ui.first_run.consent import parted
from vidphone.ui.first_run.paper import write
from vidphone.ui.main.ask import Question
from vidphone.wire.errors import ErrorCode

SignUp = Callable[..., FakedSignUp]


@pytest.fixture
def sign_up(qtbot: QtBot) -> Iterator[SignUp]:
    made: list[FakedSignUp] = []

    def make(page: Page | None = None, *, opened: bool = True, **settings: object) -> FakedSignUp:
        language = settings.get("language", Language.ENGLISH)
        if page is not None:
            settings.setdefault("kept", filled(language, page))  # type: ignore[arg-type]
        made.append(FakedSignUp(**settings))  # type: ignore[arg-type]
        if opened:
            made[-1].open()
        return made[-1]

    yield make
    for one in made:
        one.close()


def asked() -> Question:
    (question,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, Question) and w.isVisible()]
    return question


def everywhere(at: FakedSignUp) -> Iterator[tuple[str, QWidget]]:
    """Every page, filled."""
    for page in list(Page)[:8]:
        at.wizard._do(at.wizard.run.go(page))
        at.settle()
        yield page.value, at.window
        at.go_on() if page in (Page.DATA,) else None
    type_in(at.wizard.password.password.input, PASSWORD)
    type_in(at.wizard.password.repeated.input, PASSWORD)
    at.wizard._do(at.wizard.run.go(Page.SIGN))
    at.settle()
    yield "sign", at.window
    at.go_on()
    yield "devices", at.window
    at.go_on()
    yield "receipt", at.window


@pytest.mark.parametrize("mouse", [True, False], ids=["mouse", "keyboard"])
def test_a_person_gets_to_the_first_call(sign_up: SignUp, qtbot: QtBot, mouse: bool) -> None:
    at = sign_up(opened=False)
    hands = Hands(at, qtbot, mouse=mouse)
    page = at.window.sign_in
    if mouse:
        QTest.mouseClick(page.service.input, Qt.MouseButton.LeftButton)
    type_in(page.service.input, "phone.example.cn")
    hands.press(page.sign_up)
    assert at.engine.posted_of(commands.OpenSignUp) == [commands.OpenSignUp(SERVICE)]
    hands.sign_up()
    assert at.wizard.receipt.number.text() == "80110"
    hands.press(at.wizard.receipt.call)
    assert at.window.signed_in
    assert at.window.dialler.field.text() == sample_offer().provider.support_number


def test_signing_up_needs_an_address_and_nothing_else(sign_up: SignUp) -> None:
    at = sign_up(opened=False)
    at.window.sign_in.sign_up.click()
    assert at.window.sign_in.service.error.isVisible()
    assert not at.window.sign_in.number.error.isVisible()
    assert at.engine.posted_of(commands.OpenSignUp) == []


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "missing"),
        ("name", "李", "name-too-short"),
        ("identity_number", "11010519491231002", "identity-length"),
        ("identity_number", "110105194912310021", "identity-checksum"),
        ("identity_number", "", "missing"),
        ("birth_date", "31.12.1949.", "bad-date"),
        ("birth_date", "1800-01-01", "birth-too-long-ago"),
        ("birth_date", "2199-01-01", "birth-in-future"),
        ("birth_date", "", "missing"),
        ("address", "北京", "address-incomplete"),
        ("postcode", "12", "bad-postcode"),
        ("telephone", "138123", "bad-telephone"),
        ("employer", "", "no-employer"),
    ],
)
@pytest.mark.parametrize("language", Language)
def test_what_cannot_be_is_refused_beside_its_field(
    sign_up: SignUp, field: str, typed: str, said: str, language: Language
) -> None:
    at = sign_up(Page.DATA, language=language)
    one = at.wizard.data.fields[field]
    one.input.setFocus()
    one.input.selectAll()
    QTest.keyClick(one.input, Qt.Key.Key_Delete)
    type_in(one.input, typed)
    at.go_on()
    assert at.page is Page.DATA
    assert one.error.isVisible()
    assert one.error.plain == at.theme.words(f"fault.{said}")
    assert one.input.accessibleDescription() == one.error.plain
    assert at.wizard.lacking.isVisible()


def test_an_error_follows_every_key_and_the_number_follows_the_birth_date(sign_up: SignUp) -> None:
    at = sign_up(Page.DATA)
    data = at.wizard.data
    birth, identity = data.fields["birth_date"], data.fields["identity_number"]
    for field in (birth, identity):
        field.valid()
    birth.input.selectAll()
    type_in(birth.input, "1949-12-30")
    assert identity.error.plain == at.theme.words("fault.identity-birth-date")
    QTest.keyClick(birth.input, Qt.Key.Key_Backspace)
    type_in(birth.input, "1")
    assert not identity.error.isVisible()


def test_an_unknown_region_is_a_warning_that_stops_nobody(sign_up: SignUp) -> None:
    at = sign_up(Page.DATA)
    field = at.wizard.data.fields["identity_number"]
    field.input.setFocus()
    field.input.selectAll()
    type_in(field.input, "11019919491231002X")
    QTest.keyClick(field.input, Qt.Key.Key_Tab)
    at.settle()
    assert not field.error.isVisible()
    assert field.warning.plain == at.theme.words("fault.unknown-region")
    assert field.input.accessibleDescription() == field.warning.plain
    at.go_on()
    assert at.page is Page.CONSENT


def test_faults_of_the_service_stand_beside_their_fields(sign_up: SignUp) -> None:
    at = sign_up(Page.PASSWORD)
    type_in(at.wizard.password.password.input, PASSWORD)
    type_in(at.wizard.password.repeated.input, PASSWORD)
    at.engine.fail(commands.BeginSigning, ErrorCode.BAD_DATA, Fault("postcode", FaultCode.UNKNOWN_POSTCODE))
    at.go_on()
    assert at.page is Page.DATA
    assert at.wizard.data.fields["postcode"].error.plain == at.theme.words("fault.unknown-postcode")
    assert at.wizard.problem.isVisible()


def test_an_organisation_is_asked_for_other_things(sign_up: SignUp) -> None:
    at = sign_up(Page.DATA)
    data = at.wizard.data
    data.kinds.option("organisation").mark.click()
    at.settle()
    assert not data.fields["birth_date"].isVisible()
    assert not data.paper.isVisible()
    assert data.fields["identity_number"].input.accessibleName() == "Unified social credit code"
    assert at.draft.identity_kind == "social-credit-code"


def test_an_agreement_is_accepted_only_once_it_was_shown(sign_up: SignUp) -> None:
    at = sign_up()
    at.go_on()
    page = at.wizard.agreement
    assert not page.tick.box.isEnabled()
    assert not page.tick.box.isChecked()
    at.go_on()
    assert at.page is Page.AGREEMENT
    page.paper.verticalScrollBar().setValue(page.paper.verticalScrollBar().maximum() // 2)
    at.settle()
    assert not page.tick.box.isEnabled()
    page.paper.verticalScrollBar().setValue(page.paper.verticalScrollBar().maximum())
    at.settle()
    assert page.tick.box.isEnabled()
    assert not page.tick.box.isChecked()
    assert page.progress.plain == at.theme.words("ui.first-run.agreement.all-shown")


def test_visiting_every_clause_is_reading_it_too(sign_up: SignUp) -> None:
    at = sign_up()
    at.go_on()
    page = at.wizard.agreement
    assert page.clauses.count() == 19
    for row in range(page.clauses.count() - 1):
        page.clauses.setCurrentRow(row)
    before = page.paper.verticalScrollBar().value()
    assert before > 0
    page.clauses.setCurrentRow(page.clauses.count() - 1)
    at.settle()
    assert page.tick.box.isEnabled()


def test_the_agreement_is_searched_with_a_count_and_both_ways(sign_up: SignUp) -> None:
    at = sign_up()
    at.go_on()
    page = at.wizard.agreement
    type_in(page.search, "credit limit")
    count = page.hits
    assert count == page.paper.toPlainText().lower().count("credit limit") > 1
    assert page.count.plain == f"1 of {count}"
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert page.count.plain == f"2 of {count}"
    assert at.page is Page.AGREEMENT
    page.previous.click()
    page.previous.click()
    assert page.count.plain == f"{count} of {count}"
    type_in(page.search, "xyzzy")
    assert page.count.plain == "Not found"
    assert not page.following.isEnabled()


def test_what_limits_is_marked_and_explained_and_each_clause_can_be_asked_about(sign_up: SignUp) -> None:
    at = sign_up()
    at.go_on()
    page = at.wizard.agreement
    marked = page.paper.toHtml().lower().count(at.theme.palette.warning_soft.lower())
    assert marked >= 10
    for link in ("explain:9", "ask:9"):
        page.paper.anchorClicked.emit(QUrl(link))
        at.settle()
        (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        assert "9" in dialog.windowTitle()
        dialog.reject()
        at.settle()


@pytest.mark.parametrize("kind", ["pdf", "html", "txt"])
def test_the_agreement_is_saved_before_it_is_signed(
    sign_up: SignUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    at = sign_up()
    at.go_on()
    path = tmp_path / f"kept.{kind}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    at.wizard.agreement.keep.actions_of[kind].trigger()
    kept = path.read_bytes()
    assert kept.startswith({"pdf": b"%PDF", "html": b"<!DOCTYPE html>"}.get(kind, b"Video"))
    assert at.window.toasts.shown is not None
    assert str(path) in at.window.toasts.label.plain
    agreement = at.wizard.agreement.agreement
    assert agreement is not None
    assert not write(agreement, tmp_path / "no" / f"folder.{kind}", at.theme)


@pytest.mark.parametrize(("page", "refuse"), [(Page.AGREEMENT, "agreement"), (Page.CONSENT, "consent")])
def test_refusing_is_possible_and_explained(sign_up: SignUp, page: Page, refuse: str) -> None:
    at = sign_up(page)
    getattr(at.wizard, refuse).refuse.click()
    at.settle()
    question = asked()
    assert question.windowTitle() == at.theme.words(f"ui.first-run.refuse.{refuse}")
    question.buttons["ui.first-run.leave.forget"].click()
    at.settle()
    assert at.engine.posted_of(commands.LeaveSignUp) == [commands.LeaveSignUp(True)]
    assert at.window.whole.currentWidget() is at.window.sign_in


def test_escape_asks_and_keeps(sign_up: SignUp) -> None:
    at = sign_up(Page.PLAN)
    QTest.keyClick(at.wizard.plan.plans.options[0].mark, Qt.Key.Key_Escape)
    at.settle()
    question = asked()
    QTest.keyClick(question, Qt.Key.Key_Escape)
    at.settle()
    assert at.wizard.active
    at.wizard.leave_button.click()
    at.settle()
    asked().buttons["ui.first-run.leave.keep"].click()
    at.settle()
    assert at.engine.drafts[-1].page is Page.PLAN
    assert not at.wizard.active


def test_what_is_typed_is_kept_after_a_pause(sign_up: SignUp, qtbot: QtBot) -> None:
    at = sign_up(Page.DATA)
    at.engine.drafts.clear()
    type_in(at.wizard.data.fields["employer"].input, "2")
    qtbot.waitUntil(lambda: bool(at.engine.drafts), timeout=3000)
    assert at.engine.drafts[-1].employer == "光明书店2"


@pytest.mark.parametrize("page", list(Page)[:8])
def test_after_a_crash_the_program_shows_the_page_it_was_on(sign_up: SignUp, page: Page) -> None:
    at = sign_up(page, opened=False)
    at.engine.tell(events.SignUpKept(SERVICE))
    at.settle()
    assert at.window.signing_up
    assert at.page is page
    assert at.wizard.stack.currentWidget() is at.wizard.pages[page]
    assert replace(at.draft, page=page) == filled(Language.ENGLISH, page)


def test_the_language_is_switched_at_any_time(sign_up: SignUp) -> None:
    at = sign_up(Page.DATA)
    type_in(at.wizard.data.fields["employer"].input, "2")
    at.wizard.languages.button("zh").click()
    at.settle()
    assert at.theme.language is Language.CHINESE
    assert at.page is Page.DATA
    assert at.wizard.data.fields["employer"].text() == "光明书店2"
    assert at.draft.language is Language.CHINESE
    assert at.wizard.next.text() == "继续"


@pytest.mark.parametrize(
    ("language", "said"), [(Language.CHINESE, "2026年1月1日发布"), (Language.ENGLISH, "1 Jan 2026")]
)
def test_the_day_of_the_agreement_is_written_as_the_language_does(
    sign_up: SignUp, language: Language, said: str
) -> None:
    at = sign_up(Page.AGREEMENT, language=language)
    assert said in at.wizard.agreement.tick.label.plain


def test_a_kind_of_paper_that_was_not_chosen_is_marked_until_it_is(sign_up: SignUp) -> None:
    at = sign_up()
    data = at.wizard.data
    at.wizard._do(at.wizard.run.go(Page.DATA))
    data.kinds.option("person").mark.click()
    at.go_on()
    assert data.paper_error.isVisible()
    assert data.paper.property("wrong") == "true"
    assert data.paper.accessibleDescription() == data.paper_error.plain
    data.paper.setCurrentIndex(1)
    data.paper.activated.emit(1)
    at.settle()
    assert not data.paper_error.isVisible()
    assert data.paper.property("wrong") == "false"


def test_another_language_shows_nothing_of_the_agreement_that_was_not_read(sign_up: SignUp) -> None:
    at = sign_up()
    at.go_on()
    for language in ("zh", "en"):
        at.wizard.languages.button(language).click()
        at.settle()
        assert at.page is Page.AGREEMENT
        assert not at.draft.agreement_shown
        assert not at.wizard.agreement.tick.box.isEnabled()


@pytest.mark.parametrize("part", [0.3, 0.7, 1.0])
def test_the_agreement_stays_at_the_clause_that_is_read_in_another_language(sign_up: SignUp, part: float) -> None:
    at = sign_up()
    at.go_on()
    paper = at.wizard.agreement.paper
    bar = paper.verticalScrollBar()
    bar.setValue(round(part * bar.maximum()))
    read = paper.cursorForPosition(QPoint(0, 0)).blockNumber()
    at.wizard.languages.button("zh").click()
    at.settle()
    if part < 1:
        assert paper.cursorForPosition(QPoint(0, 0)).blockNumber() == read
    else:
        assert bar.value() == bar.maximum()
    assert at.draft.agreement_shown == (part == 1)


@pytest.mark.parametrize(
    ("notice", "heading", "rest"),
    [
        ("Notice\n\nWho: us.\n\nWhat: names.\n", "Notice", "Who: us.\n\nWhat: names."),
        ("Who: us.\nWhat: names.\n\nWhy: law.", "", "Who: us.\nWhat: names.\n\nWhy: law."),
        ("Who: us.", "", "Who: us."),
        (f"{'long ' * 20}\n\nWhy: law.", "", f"{'long ' * 20}\n\nWhy: law."),
    ],
)
def test_a_notice_keeps_every_word_and_only_a_heading_is_set_as_one(notice: str, heading: str, rest: str) -> None:
    assert parted(notice) == (heading, rest)


def test_the_notice_is_read_from_its_first_line(sign_up: SignUp) -> None:
    at = sign_up(Page.DATA, text_scale=2.0)
    at.go_on()
    assert at.page is Page.CONSENT
    area = at.wizard.consent.area
    assert area is not None
    assert area.verticalScrollBar().maximum() > 0
    assert area.verticalScrollBar().value() == 0
    assert area.hasFocus()
    QTest.keyClick(area, Qt.Key.Key_Tab)
    at.settle()
    assert at.wizard.consent.tick.box.hasFocus()


def test_a_consent_that_the_language_ends_says_why(sign_up: SignUp) -> None:
    at = sign_up(Page.CONSENT)
    assert at.draft.identity_consent
    at.wizard.languages.button("zh").click()
    at.settle()
    assert not at.wizard.consent.tick.box.isChecked()
    assert at.wizard.lacking.isVisible()
    assert at.wizard.lacking.plain == at.theme.words("ui.first-run.lack.consent.language")


def test_offline_is_said_and_mended_by_one_button(sign_up: SignUp) -> None:
    at = sign_up(opened=False)
    at.engine.fail(commands.OpenSignUp, ErrorCode.SERVICE_UNREACHABLE, service=SERVICE)
    at.open()
    assert at.wizard.problem.isVisible()
    assert not at.wizard.next.isEnabled()
    provider = at.wizard.language.provider.values["ui.first-run.provider"]
    assert provider.plain == "—", "nobody is asked any more"
    at.wizard.problem.button.click()
    at.settle()
    assert not at.wizard.problem.isVisible()
    assert at.wizard.next.isEnabled()
    assert provider.plain == sample_offer().provider.name.en


def test_a_password_is_typed_twice_or_shown(sign_up: SignUp) -> None:
    at = sign_up(Page.PASSWORD)
    page = at.wizard.password
    type_in(page.password.input, "80234567")
    at.go_on()
    assert page.password.error.isVisible() or page.repeated.error.isVisible()
    page.password.input.selectAll()
    type_in(page.password.input, PASSWORD)
    assert page.strength.plain == "Strong."
    at.go_on()
    assert page.repeated.error.plain == at.theme.words("ui.first-run.password.differs")
    page.show_it.box.click()
    at.settle()
    assert not page.repeated.isVisible()
    at.go_on()
    assert at.page is Page.SIGN


def test_what_is_signed_is_shown_before(sign_up: SignUp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at = sign_up(Page.PASSWORD)
    for field in (at.wizard.password.password, at.wizard.password.repeated):
        type_in(field.input, PASSWORD)
    at.go_on()
    shown = {key: label.plain for key, label in at.wizard.sign.facts.values.items()}
    assert shown["ui.first-run.sign.party"] == "林晓"
    assert shown["ui.first-run.sign.number"] == "80110"
    assert shown["ui.first-run.plan.monthly"] == "¥29.00"
    assert shown["ui.first-run.sign.limit"] == "¥100.00"
    opened: list[str] = []
    monkeypatch.setattr(
        "vidphone.ui.first_run.sign.QDesktopServices.openUrl", lambda url: opened.append(url.toLocalFile())
    )
    at.wizard.sign.look.click()
    looked_at = Path(opened[0])
    assert looked_at.read_bytes().startswith(b"%PDF")
    assert looked_at.parent.stat().st_mode & 0o077 == 0
    at.wizard.sign.close_document()
    assert not looked_at.exists()


@pytest.mark.parametrize("language", Language)
def test_every_control_of_every_page_has_a_name(sign_up: SignUp, language: Language) -> None:
    at = sign_up(Page.NUMBER, language=language, keyring=False)
    nameless = []
    for name, window in everywhere(at):
        nameless += [f"{name}: {w}" for w in ours(window, INTERACTIVE) if not w.accessibleName()]
        if name == "sign":
            for secret in (at.wizard.sign.passphrase, at.wizard.sign.again):
                type_in(secret.input, "correct horse")
    assert nameless == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_words_are_cut_on_any_page(sign_up: SignUp, language: Language, scale: float) -> None:
    at = sign_up(Page.NUMBER, language=language, text_scale=scale)
    cut = {name: clipped(window) for name, window in everywhere(at)}
    assert {name: words for name, words in cut.items() if words} == {}


def test_nothing_of_the_other_language_is_left_on_any_page(sign_up: SignUp) -> None:
    at = sign_up(Page.NUMBER)
    list(everywhere(at))
    at.wizard.languages.button("zh").click()
    at.settle()
    english = ("Contin", "Step", "Pass", "Sign", "Number", "Plan", "Choose", "Search", "month")
    left = {
        w.accessibleName()
        for w in ours(at.window, (QPushButton, *INTERACTIVE))
        if w.accessibleName().startswith(english)
    }
    assert left == set()
