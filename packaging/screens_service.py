"""The scenes of the service page's cases, devices and evidence, for `screens.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from tests.fakes import cases, money
from vidphone.phone import case_events, events
from vidphone.phone.events import Request
from vidphone.terms.cases import CaseStep
from vidphone.terms.warranty import Category
from vidphone.ui.main.service.case import CaseCard
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode

if TYPE_CHECKING:
    from screens import Desk

Shot = tuple[str, QWidget]
SETTLE_MS = 400
UNREACHABLE = (("service", "https://phone.example.cn"),)


def _open(desk: Desk, room: str) -> QWidget:
    desk.move_in()
    window = desk.desktop.window
    window.open_service(room)
    desk.settle(SETTLE_MS)
    return window


def _tell(desk: Desk, *all_of: events.Event) -> None:
    for event in all_of:
        desk.engine.tell(event)
    desk.settle(SETTLE_MS)


def _dialog(desk: Desk) -> QDialog:
    desk.settle(SETTLE_MS)
    found = [each for each in desk.desktop.window.findChildren(QDialog) if each.isVisible()]
    if not found:
        raise RuntimeError("no dialog is open")
    return found[-1]


def case_shots(desk: Desk) -> Iterator[Shot]:
    """Cases: asking, unreachable, none, the list, an answered one, one that is asked about, a late one, a claim."""
    window, page = _open(desk, "cases"), desk.desktop.window.service
    yield "cases-asking", window
    _tell(desk, events.RequestFailed(Request.CASES, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    yield "cases-unreachable", window
    _tell(desk, case_events.CasesShown((), more=False, before=None))
    yield "cases-none", window
    _tell(desk, case_events.CasesShown(cases.CASES, more=False, before=None))
    yield "cases", window
    many = [each.model_copy(update={"number": f"C9{at:05}"}) for at, each in enumerate(cases.CASES * 8)]
    _tell(desk, case_events.CasesShown(tuple(many), more=True, before=None))
    page.cases.cases.list.scrollToBottom()
    yield "cases-full", window
    _tell(desk, case_events.CasesShown(cases.CASES, more=False, before=None))
    for name, full in (
        ("answered", cases.DISPUTE_FULL), ("asked", cases.ASKED_FULL), ("late", cases.LATE_FULL),
        ("claim", cases.WARRANTY_FULL),
    ):  # fmt: skip
        page.open_case(full.case.number)
        _tell(desk, case_events.CaseShown(full, Request.CASE))
        yield f"case-{name}", window
    page.open_case(cases.DISPUTE.number)
    _tell(desk, case_events.CaseShown(cases.DISPUTE_FULL, Request.CASE))
    card: CaseCard = page.cases.case
    page.cases.detail_area.verticalScrollBar().setValue(10_000)
    desk.settle(SETTLE_MS)
    yield "case-answered-foot", window
    card.steps[CaseStep.ESCALATE].click()
    dialog = _dialog(desk)
    yield "case-escalate", dialog
    dialog.reject()
    card.steps[CaseStep.SETTLE].click()
    dialog = _dialog(desk)
    yield "case-settle", dialog
    dialog.reject()


def new_case_shots(desk: Desk) -> Iterator[Shot]:
    """From a line of a bill, and when it fails."""
    desk.move_in()
    window = desk.desktop.window
    window.open_page(Page.MONEY)
    window.money.open_tab("bills")
    _tell(desk, events.AccountShown(money.account()), events.BillsShown(money.bills()))
    window.money.open_bill(money.bills()[1].number)
    _tell(desk, events.BillShown(money.bill_detail(1)))
    yield "bill-dispute", window
    window.service.begin_case(cases.LINE, "202610-1001: Calls in mainland China")
    dialog = _dialog(desk)
    yield "case-new", dialog
    if window.service.dialog is None:
        raise RuntimeError("no case is begun")
    window.service.dialog.words.input.setPlainText("…")
    window.service.dialog.send.click()
    _tell(desk, events.RequestFailed(Request.NEW_CASE, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    yield "case-new-failed", dialog
    dialog.reject()


def device_shots(desk: Desk) -> Iterator[Shot]:
    """Devices: none, three of them, and a claim that is covered and one that is not."""
    window, page = _open(desk, "terminals"), desk.desktop.window.service
    _tell(desk, case_events.TerminalsShown(()))
    yield "terminals-none", window
    _tell(desk, case_events.TerminalsShown(cases.TERMINALS))
    yield "terminals", window
    many = [each.model_copy(update={"id": number}) for number, each in enumerate(cases.TERMINALS * 17, 1)]
    _tell(desk, case_events.TerminalsShown(tuple(many)))
    desk.settle(8 * SETTLE_MS)  # fifty cards come one at a time
    yield "terminals-full", window
    _tell(desk, events.RequestFailed(Request.TERMINALS, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    desk.settle(4 * SETTLE_MS)
    yield "terminals-unreachable", window
    _tell(desk, case_events.TerminalsShown(cases.TERMINALS))
    page.terminals.cards[0].claim.click()
    dialog = _dialog(desk)
    yield "claim", dialog
    claim = page.terminals.dialog
    if claim is None:
        raise RuntimeError("no claim is open")
    claim.category.setCurrentIndex(claim.category.findData(Category.OPENED.value))
    claim.attachments.add(Path(__file__).with_name("screens.py"))
    desk.settle(SETTLE_MS)
    yield "claim-excluded", dialog
    dialog.reject()


def evidence_shots(desk: Desk) -> Iterator[Shot]:
    """Evidence: before, saved and intact, of an unknown root, and changed."""
    window = _open(desk, "evidence")
    yield "evidence", window
    _tell(desk, cases.SAVED)
    yield "evidence-intact", window
    _tell(
        desk, replace(cases.SAVED, verdict=replace(cases.INTACT, root_given=False, left_out=("cases/C000001/1.jpg",)))
    )
    yield "evidence-unknown-root", window
    _tell(desk, cases.BROKEN)
    yield "evidence-changed", window


SERIES = (case_shots, new_case_shots, device_shots, evidence_shots)
