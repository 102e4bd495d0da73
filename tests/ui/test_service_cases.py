"""Cases, devices and evidence in the real main window, over a scripted engine."""

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import cases, money
from tests.fakes.engine import FakeEngine
from tests.ui.conftest import House, MakeHouse
from tests.ui.stage import click
from tests.ui.test_main_everywhere import INTERACTIVE, clipped, ours
from vidphone.account.settings import Settings
from vidphone.phone import case_commands, events
from vidphone.phone.case_events import CaseOpened, CasePhotoShown, CaseShown, CasesShown, TerminalsShown
from vidphone.phone.events import Noticed, Request, RequestFailed
from vidphone.terms.cases import CaseStep
from vidphone.terms.warranty import Category, Ground
from vidphone.texts import Language
from vidphone.ui.bridge import Bridge
from vidphone.ui.design.feedback import Notice
from vidphone.ui.design.status import Standing
from vidphone.ui.design.theme import Theme
from vidphone.ui.main.ask import Question
from vidphone.ui.main.service.asking import CaseDialog, StepDialog
from vidphone.ui.main.service.claim import ClaimDialog, ground_of
from vidphone.ui.main.service.messages import PictureDialog
from vidphone.ui.main.service.page import ServicePage
from vidphone.ui.main.window import Page
from vidphone.wire.cases import AboutCall, AboutLine, CaseDetail, Terminal
from vidphone.wire.errors import ErrorCode
from vidphone.wire.signaling import Topic

HINT = Noticed(frozenset({Topic.CASES}))
OFFLINE = (("service", "https://phone.example.cn"),)


class Service:
    """The service page alone, over an engine that is told what to say."""

    def __init__(self, qtbot: QtBot, room: str = "cases") -> None:
        chosen = Settings(language=Language.ENGLISH, motion=False)
        self.engine, self.theme = FakeEngine(chosen), Theme(chosen)
        self.bridge = Bridge(self.engine, chosen)
        self.bridge.start()
        self.engine.sign_in()
        QApplication.processEvents()
        self.page = page = ServicePage(self.theme, self.bridge.state)
        qtbot.addWidget(page)
        self.window: QWidget = page
        self.waits, self.notices, self.shown = 0, list[Notice](), 0
        page.wanted.connect(self.bridge.post)
        page.notice.connect(self.notices.append)
        page.attention.connect(self._wait)
        page.show_wanted.connect(self._show)
        self.bridge.happened.connect(page.happened)
        page.resize(900, 700)
        page.show()
        page.open_room(room)

    def _wait(self, count: int) -> None:
        self.waits = count

    def _show(self) -> None:
        self.shown += 1

    def settle(self) -> None:
        for _ in range(3):
            QApplication.processEvents()
            QApplication.sendPostedEvents()

    def tell(self, *all_of: events.Event) -> None:
        for event in all_of:
            self.engine.tell(event)
        self.settle()

    def asked(self, kind: type) -> list[object]:
        return list(self.engine.posted_of(kind))

    def look_at(self, full: CaseDetail) -> None:
        self.tell(CasesShown(cases.CASES, more=False, before=None))
        self.page.open_case(full.case.number)
        self.tell(CaseShown(full, Request.CASE))

    def words(self) -> str:
        return "\n".join(one.accessibleName() for one in self.page.findChildren(QWidget) if one.isVisible())

    def dialogs(self) -> list[QDialog]:
        return [each for each in self.window.findChildren(QDialog) if each.isVisible()]

    def dialog(self, kind: type[QDialog]) -> QDialog:
        self.settle()
        (found,) = self.dialogs()
        assert isinstance(found, kind)
        return found


class InHouse(Service):
    """The same in the whole main window."""

    def __init__(self, house: House) -> None:
        self.house, self.engine, self.page = house, house.engine, house.window.service
        self.window = house.window


@pytest.fixture
def service(qtbot: QtBot) -> Service:
    return Service(qtbot)


def badge(house: House) -> str:
    return house.window.rail.buttons[Page.SERVICE].accessibleName()


def test_a_hint_counts_what_is_new_and_shouts_nothing(house: House) -> None:
    house.window.open_page(Page.DIAL)
    house.engine.tell(HINT)
    house.settle()
    assert house.engine.posted_of(case_commands.FetchCases) == [case_commands.FetchCases()]
    assert house.engine.posted_of(case_commands.FetchCase) == [], "nobody looks at one"
    house.engine.tell(CasesShown(cases.CASES, more=False, before=None))
    house.settle()
    assert badge(house) == "Service, 1 new"
    assert house.window.toasts.shown is None
    assert house.window.pages.currentIndex() == Page.DIAL
    house.engine.tell(Noticed(frozenset({Topic.OUTAGES})))
    house.settle()
    assert len(house.engine.posted_of(case_commands.FetchCases)) == 1


def test_looking_at_a_case_takes_the_badge_away_and_a_hint_brings_it_anew(service: Service) -> None:
    service.tell(CasesShown(cases.CASES, more=False, before=None))
    assert service.waits == 1
    service.page.cases.cases.list.setFocus()
    service.page.cases.cases.list.setCurrentIndex(service.page.cases.cases.model.index(0, 0))
    assert service.asked(case_commands.FetchCase) == [case_commands.FetchCase(cases.DISPUTE.number)]
    read = cases.DISPUTE_FULL.model_copy(update={"case": cases.DISPUTE.model_copy(update={"unread": False})})
    service.tell(CaseShown(read, Request.CASE))
    assert service.waits == 0
    service.tell(HINT)
    assert len(service.asked(case_commands.FetchCase)) == 2


def test_a_case_says_until_when_what_the_records_tell_and_what_was_corrected(service: Service) -> None:
    service.look_at(cases.DISPUTE_FULL)
    said = service.words()
    for words in (
        "If you do not object by 9 Dec 2026, the answer counts as accepted", "13800138000", "6 min 00 s", "¥1.80",
        "bars 1.8 of 5, 6.4 % lost, 284 ms", "nothing was reported", "¥1.80 is taken off your next bill.",
        "You · Opened", "Provider · Answer",
    ):  # fmt: skip
        assert words in said, words
    service.look_at(cases.WARRANTY_FULL)
    said = service.words()
    for words in ("the case was opened, which ends the warranty", "Refused", "Settled: this case is closed."):
        assert words in said, words
    assert "13800138000" not in said, "nothing of the other case stays"
    assert not service.page.cases.case.words.isVisible(), "what is closed is not written in"


@pytest.mark.parametrize(
    ("full", "steps"),
    [
        (cases.DISPUTE_FULL, {CaseStep.SETTLE, CaseStep.CONTEST, CaseStep.ESCALATE, CaseStep.WITHDRAW}),
        (cases.ASKED_FULL, {CaseStep.WITHDRAW}),
        (cases.LATE_FULL, {CaseStep.WITHDRAW, CaseStep.ESCALATE}),
        (cases.WARRANTY_FULL, set()),
    ],
    ids=["answered", "asked", "late", "closed"],
)
def test_only_the_steps_that_are_possible_are_offered(service: Service, full: CaseDetail, steps: set[CaseStep]) -> None:
    service.look_at(full)
    assert {step for step, button in service.page.cases.case.steps.items() if button.isVisible()} == steps


def test_the_commission_is_named_before_a_case_goes_there(service: Service) -> None:
    service.look_at(cases.LATE_FULL)
    assert "take the case to Beijing Arbitration Commission (clause 16)" in service.words()
    click(service.page.cases.case.steps[CaseStep.ESCALATE])
    dialog = service.dialog(StepDialog)
    assert isinstance(dialog, StepDialog)
    assert "Beijing Arbitration Commission" in dialog.what.plain
    click(dialog.send)
    (command,) = service.asked(case_commands.TakeCaseStep)
    assert isinstance(command, case_commands.TakeCaseStep)
    assert (command.case, command.step) == (cases.LATE.number, CaseStep.ESCALATE)
    service.tell(CaseShown(cases.LATE_FULL, Request.CASE_STEP))
    assert service.dialogs() == []


def test_to_contest_says_why_and_to_accept_is_asked_first(service: Service) -> None:
    service.look_at(cases.DISPUTE_FULL)
    click(service.page.cases.case.steps[CaseStep.CONTEST])
    dialog = service.dialog(StepDialog)
    assert isinstance(dialog, StepDialog)
    assert not dialog.send.isEnabled()
    QTest.keyClicks(dialog.words.input, "It was your relay.")
    assert dialog.send.isEnabled()
    dialog.reject()
    click(service.page.cases.case.steps[CaseStep.SETTLE])
    question = service.dialog(Question)
    assert isinstance(question, Question)
    click(question.buttons["case.step.settle"])
    (command,) = service.asked(case_commands.TakeCaseStep)
    assert isinstance(command, case_commands.TakeCaseStep)
    assert command.step is CaseStep.SETTLE


def test_what_is_written_goes_once_and_stays_until_it_arrived(service: Service, tmp_path: Path) -> None:
    service.look_at(cases.ASKED_FULL)
    card = service.page.cases.case
    assert card.words.label.plain == "Your reply"
    QTest.keyClicks(card.words.input, "The one of 3 October.")
    card.attachments.add(cases.picture_file(tmp_path), tmp_path / "gone.png")
    assert "gone.png cannot be read" in card.attachments.refused.plain
    click(card.send)
    click(card.send)
    service.tell(RequestFailed(Request.CASE_MESSAGE, ErrorCode.SERVICE_UNREACHABLE, OFFLINE))
    assert card.words.text() == "The one of 3 October."
    click(card.sending.problem.button)
    first, again = service.asked(case_commands.WriteInCase)
    assert first == again, "under the same id"
    service.tell(CaseShown(cases.ASKED_FULL, Request.CASE_MESSAGE))
    assert (card.words.text(), card.attachments.paths) == ("", [])


def test_a_picture_of_a_case_is_fetched_when_it_is_wanted(service: Service) -> None:
    service.look_at(cases.DISPUTE_FULL)
    (button,) = [b for b in ours(service.page, INTERACTIVE) if b.accessibleName() == "Picture 1 (240 kB)"]
    click(button)
    (command,) = service.asked(case_commands.FetchCasePhoto)
    assert command == case_commands.FetchCasePhoto(cases.DISPUTE.number, 2, 1)
    service.tell(CasePhotoShown(cases.DISPUTE.number, 2, 1, cases.jpeg()))
    dialog = service.dialog(PictureDialog)
    assert isinstance(dialog, PictureDialog)
    dialog.reject()
    service.tell(CasePhotoShown(cases.DISPUTE.number, 2, 1, b"nothing"))
    assert [notice.key for notice in service.notices] == ["ui.service.picture.bad"]


def test_a_case_is_opened_from_a_line_of_a_bill(house: House) -> None:
    house.window.open_page(Page.MONEY)
    house.window.money.open_bill(money.bills()[0].number)
    house.engine.tell(events.BillShown(money.bill_detail(0)))
    house.settle()
    lines = [b for b in ours(house.window.money, INTERACTIVE) if b.accessibleName().startswith("Dispute this line")]
    assert len(lines) == len(money.bill_detail(0).lines)
    click(lines[1])
    service = InHouse(house)
    dialog = service.dialog(CaseDialog)
    assert isinstance(dialog, CaseDialog)
    QTest.keyClicks(dialog.words.input, "Too much")
    click(dialog.send)
    service.tell(RequestFailed(Request.NEW_CASE, ErrorCode.SERVICE_UNREACHABLE, OFFLINE))
    click(dialog.problem.button)
    first, again = service.asked(case_commands.OpenCase)
    assert first == again
    assert isinstance(first, case_commands.OpenCase)
    assert first.about == AboutLine(bill=money.bills()[0].number, line=2)
    service.tell(CaseOpened(cases.ASKED_FULL, first.id))
    assert service.dialogs() == []
    assert house.window.pages.currentIndex() == Page.SERVICE
    assert service.page.view.chosen == cases.ASKED.number


def test_of_a_voice_call_no_picture_is_told(service: Service) -> None:
    heard = cases.RECORD.model_copy(update={"caller_quality": cases.BAD.model_copy(update={"video": False})})
    for record, told in ((cases.RECORD, True), (heard, False)):
        service.look_at(cases.DISPUTE_FULL.model_copy(update={"call": record}))
        assert ("picture still 41 s" in service.words()) is told


def test_a_call_that_has_an_open_case_leads_to_that_one(service: Service) -> None:
    service.tell(CasesShown(cases.CASES, more=False, before=None))
    service.page.begin_case(AboutCall(call=cases.CALL), "Call")
    assert (service.page.dialog, service.shown) == (None, 1)
    assert service.page.view.chosen == cases.DISPUTE.number
    service.page.begin_case(AboutCall(call="6" * 32), "Call")
    assert service.page.dialog is not None, "that one is closed"


def test_a_device_says_its_warranty_and_leads_to_its_cases(qtbot: QtBot) -> None:
    service = Service(qtbot, "terminals")
    service.tell(TerminalsShown(cases.TERMINALS))
    new, opened, old = service.page.terminals.cards
    assert [card.status.standing for card in (new, opened, old)] == [Standing.GOOD, Standing.BAD, Standing.PLAIN]
    for words in ("VD2-2026-00001", "1 Mar 2026", "Opening the case of the device ends the warranty"):
        assert words in service.words()
    assert service.words().count("Warranty until") == 2, "one that has ended has no last day to come"
    case = next(b for b in ours(opened, INTERACTIVE) if b.accessibleName().startswith("Case C"))
    click(case)
    assert service.page.view.chosen == cases.WARRANTY.number
    assert service.page.room is service.page.cases


def test_what_is_excluded_is_said_before_a_claim_is_sent(qtbot: QtBot, tmp_path: Path) -> None:
    service = Service(qtbot, "terminals")
    service.tell(TerminalsShown((cases.terminal(last_day=date(2999, 3, 1)),)))
    click(service.page.terminals.cards[0].claim)
    dialog = service.dialog(ClaimDialog)
    assert isinstance(dialog, ClaimDialog)
    assert dialog.ruling.standing is Standing.GOOD
    dialog.category.setCurrentIndex(dialog.category.findData(Category.ACCIDENT.value))
    assert (dialog.ruling.standing, "Clause 4 excludes this cause" in dialog.ruling.plain) == (Standing.CARE, True)
    QTest.keyClicks(dialog.words.input, "It fell")
    dialog.attachments.add(cases.picture_file(tmp_path))
    click(dialog.send)
    (command,) = service.asked(case_commands.MakeClaim)
    assert isinstance(command, case_commands.MakeClaim)
    assert (command.terminal, command.category, len(command.photos)) == (1, Category.ACCIDENT, 1)
    service.tell(CaseOpened(cases.WARRANTY_FULL, command.id))
    assert service.dialogs() == []
    assert service.page.view.chosen == cases.WARRANTY.number


@pytest.mark.parametrize(
    ("terminal", "category", "ground"),
    [
        (cases.terminal(), Category.MATERIAL, Ground.COVERED),
        (cases.terminal(covered=False), Category.MATERIAL, Ground.LATE),
        (cases.terminal(installed_on=date(2999, 3, 1)), Category.MATERIAL, Ground.COVERED),
        (cases.terminal(covered=False), Category.POWER, Ground.EXCLUDED),
        (cases.terminal(), Category.OPENED, Ground.OPENED),
        (cases.OPENED, Category.MATERIAL, Ground.OPENED),
    ],
)
def test_the_ground_is_the_providers_whatever_the_day_of_this_machine(
    terminal: Terminal, category: Category, ground: Ground
) -> None:
    assert ground_of(terminal, category) is ground


def test_evidence_is_saved_and_what_verifying_told_is_shown(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(qtbot, "evidence")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("/papers/evidence", ""))
    card = service.page.evidence.card
    click(card.save)
    assert service.asked(case_commands.SaveEvidence) == [case_commands.SaveEvidence(Path("/papers/evidence.zip"))]
    assert not card.save.isEnabled()
    service.tell(cases.SAVED)
    assert (card.verdict.standing, card.root.standing) == (Standing.GOOD, Standing.GOOD)
    assert "Signed by Example Communications" in service.words()
    service.tell(cases.BROKEN)
    assert card.verdict.standing is Standing.BAD
    assert "NOT as it was signed" in service.words()
    assert "Signed by Example" not in service.words()


def test_a_failure_says_so_and_is_tried_again(service: Service) -> None:
    service.tell(RequestFailed(Request.CASES, ErrorCode.SERVICE_UNREACHABLE, OFFLINE))
    card = service.page.cases.cases
    assert "cannot be reached" in service.words()
    before = len(service.asked(case_commands.FetchCases))
    click(card.answer.problem.button)
    assert len(service.asked(case_commands.FetchCases)) == before + 1


def test_devices_that_could_not_be_fetched_anew_are_told_above_those_shown(qtbot: QtBot) -> None:
    service = Service(qtbot, "terminals")
    service.tell(TerminalsShown(cases.TERMINALS))
    service.page.open_room("terminals")
    service.tell(RequestFailed(Request.TERMINALS, ErrorCode.SERVICE_UNREACHABLE, OFFLINE))
    room = service.page.terminals
    problem, first = room.rule.answer.problem, room.cards[0]
    assert problem.visibleRegion().boundingRect() == problem.rect()
    assert problem.mapTo(room, QPoint()).y() < first.mapTo(room, QPoint()).y()


def test_nothing_stays_of_who_has_signed_out(service: Service) -> None:
    service.look_at(cases.ASKED_FULL)
    QTest.keyClicks(service.page.cases.case.words.input, "secret")
    service.tell(events.SignedOut(None))
    assert service.page.view.cases is None
    assert service.page.cases.case.words.text() == ""
    assert service.page.cases.cases.model.rowCount() == 0


@pytest.mark.parametrize(("language", "scale"), [(Language.ENGLISH, 1.5), (Language.CHINESE, 1.5)])
def test_no_words_are_cut_and_every_control_has_a_name(make_house: MakeHouse, language: Language, scale: float) -> None:
    house = make_house(language=language, text_scale=scale)
    service = InHouse(house)
    house.window.open_service("cases")
    cut, nameless = [], []
    for full in (cases.DISPUTE_FULL, cases.ASKED_FULL, cases.LATE_FULL, cases.WARRANTY_FULL):
        service.look_at(full)
        cut += clipped(house.window)
        nameless += [w for w in ours(house.window, INTERACTIVE) if not w.accessibleName()]
    for room, event in (("terminals", TerminalsShown(cases.TERMINALS)), ("evidence", cases.SAVED)):
        house.window.open_service(room)
        service.tell(event)
        cut += clipped(house.window)
        nameless += [w for w in ours(house.window, INTERACTIVE) if not w.accessibleName()]
    service.page.terminals.claim(cases.OPENED)
    dialog = service.dialog(ClaimDialog)
    assert isinstance(dialog, ClaimDialog)
    cut += clipped(dialog)
    nameless += [w for w in ours(dialog, INTERACTIVE) if not w.accessibleName()]
    assert (cut, nameless) == ([], [])
