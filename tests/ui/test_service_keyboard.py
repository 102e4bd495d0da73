"""The service page and what it opens, with the keyboard alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QDialog, QWidget

from tests.fakes import cases, notices
from tests.ui.conftest import House
from vidphone.phone import case_events, events
from vidphone.phone.events import Request
from vidphone.phone.notice_events import AnnouncementsShown, OutagesShown
from vidphone.terms.orders import Words
from vidphone.ui.main.page import Reading
from vidphone.ui.main.window import Page

TOLD: dict[str, tuple[events.Event, ...]] = {
    "news": (notices.LISTED, notices.NUMBERS),
    "cases": (
        case_events.CasesShown(cases.CASES, more=True, before=None),
        case_events.CaseShown(cases.DISPUTE_FULL, Request.CASE),
    ),
    "terminals": (case_events.TerminalsShown(cases.TERMINALS),),
    "agreement": (notices.VERSIONS, notices.COMPARISON),
    "network": (notices.OUTAGES,),
    "evidence": (cases.SAVED,),
}


def opened(house: House, room: str) -> QWidget:
    house.window.open_service(room)
    if room == "cases":
        house.window.service.open_case(cases.DISPUTE.number)
    for event in TOLD[room]:
        house.engine.tell(event)
    house.settle()
    return house.window.service


def reached(house: House) -> list[QWidget]:
    """Where Tab leads, once around."""
    window = house.window
    window.activateWindow()
    window.rail.buttons[Page.SERVICE].setFocus()
    found: list[QWidget] = []
    for _ in range(200):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = window.focusWidget()
        if focused is None or focused in found:
            break
        found.append(focused)
    return found


@pytest.mark.parametrize("room", TOLD)
def test_everything_that_can_be_pressed_is_reached_by_tab_and_has_a_name(house: House, room: str) -> None:
    page = opened(house, room)
    around = reached(house)
    buttons = [
        each
        for kind in (QAbstractButton, QAbstractItemView)
        for each in page.findChildren(kind)
        if each.isVisible() and each.isEnabled() and each.focusPolicy() is not Qt.FocusPolicy.ClickFocus
    ]
    assert len(buttons) >= len(house.window.service.rooms)
    group = {id(each) for each in house.window.service.tabs.findChildren(QAbstractButton)}
    missed = [each for each in buttons if each not in around and id(each) not in group]
    assert [(type(each).__name__, each.accessibleName()) for each in missed] == []
    assert [type(each).__name__ for each in around if not (each.accessibleName() or getattr(each, "text", str)())] == []


def test_arrows_read_one_announcement_after_the_other(house: House) -> None:
    opened(house, "news")
    card = house.window.service.news.card
    card.list.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(card.list, Qt.Key.Key_Down)
    first = house.window.service.news.announcement.title.plain
    QTest.keyClick(card.list, Qt.Key.Key_Down)
    assert house.window.service.news.announcement.title.plain != first


@pytest.mark.parametrize("room", ["network", "news"])
def test_words_without_a_button_are_scrolled_by_the_arrows(house: House, room: str) -> None:
    page = opened(house, room)
    long = notices.MAINTENANCE.model_copy(update={"body": Words("行\n" * 200, "line\n" * 200)})
    house.engine.tell(AnnouncementsShown((long,), unread=1, more=False, before=None))
    house.engine.tell(OutagesShown(notices.OUTAGES.outages * 8))
    house.settle()
    house.window.service.news.card.list.setCurrentIndex(house.window.service.news.card.model.index(0, 0))
    area = next(each for each in page.findChildren(Reading) if each.isVisible())
    assert area in reached(house)
    area.setFocus(Qt.FocusReason.TabFocusReason)
    house.settle()
    QTest.keyClick(area, Qt.Key.Key_PageDown)
    assert area.verticalScrollBar().value() > 0


def test_escape_leaves_each_dialog_of_the_page(house: House) -> None:
    opened(house, "terminals")
    service = house.window.service
    service.terminals.cards[0].claim.click()
    service.agreement.object(notices.PENDING)
    service.begin_case(cases.LINE, "202610-1001")
    house.settle()
    open_ones = [each for each in house.window.findChildren(QDialog) if each.isVisible()]
    assert len(open_ones) == 3
    for dialog in reversed(open_ones):
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()


def test_the_keyboard_stays_in_the_list_while_it_is_told_anew(house: House) -> None:
    opened(house, "news")
    news = house.window.service.news
    news.card.list.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(news.card.list, Qt.Key.Key_Down)
    chosen = news.chosen
    house.engine.tell(AnnouncementsShown(notices.ANNOUNCEMENTS[::-1], unread=1, more=False, before=None))
    house.settle()
    assert house.window.focusWidget() is news.card.list
    assert news.chosen == chosen
