"""The scenes of announcements, moved contacts, changed agreements and outages, for `screens.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget
from screens_service import SETTLE_MS, UNREACHABLE, _open, _tell

from tests.fakes import notices
from vidphone.account.contacts import Contact
from vidphone.phone import events
from vidphone.phone.events import Request
from vidphone.phone.notice_events import AnnouncementsShown, OutagesShown, VersionsShown
from vidphone.terms.orders import Words
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode

if TYPE_CHECKING:
    from screens import Desk

Shot = tuple[str, QWidget]
LONG = notices.MAINTENANCE.model_copy(
    update={
        "title": Words("关于华东、华北与西南各数据中心中继服务器分批更换及扩容工作的详细安排与影响说明",
                       "How relay servers in the eastern, northern and south-western data centres are replaced"),
        "body": Words("\n\n".join([notices.MAINTENANCE.body.zh] * 12), "\n\n".join([notices.MAINTENANCE.body.en] * 12)),
    }
)  # fmt: skip


def news_shots(desk: Desk) -> Iterator[Shot]:
    """Announcements: unreachable, none, the list, one that is read; a moved contact there and among the contacts."""
    window, page = _open(desk, "news"), desk.desktop.window.service
    _tell(desk, events.RequestFailed(Request.ANNOUNCEMENTS, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    yield "news-unreachable", window
    _tell(desk, AnnouncementsShown((), unread=0, more=False, before=None))
    yield "news-none", window
    _tell(desk, notices.LISTED)
    yield "news", window
    many = [each.model_copy(update={"id": f"{at:032}"}) for at, each in enumerate((LONG, *notices.ANNOUNCEMENTS) * 13)]
    _tell(desk, AnnouncementsShown(tuple(many), unread=39, more=True, before=None))
    page.news.card.list.setCurrentIndex(page.news.card.model.index(0, 0))
    desk.settle(SETTLE_MS)
    yield "news-full", window
    _tell(desk, notices.LISTED)
    _tell(desk, events.ContactsChanged((Contact("a", "安娜", ("1002", "13800138000")),)), notices.NUMBERS)
    page.news.card.list.setCurrentIndex(page.news.card.model.index(0, 0))
    desk.settle(SETTLE_MS)
    yield "news-moved", window
    desk.desktop.window.open_page(Page.CONTACTS)
    desk.desktop.window.contacts.list.setCurrentIndex(desk.desktop.window.contacts.list.model().index(0, 0))
    desk.settle(SETTLE_MS)
    yield "contact-moved", window


def agreement_shots(desk: Desk) -> Iterator[Shot]:
    """Changed agreements: none, one to be answered and one accepted by time, what changed, an objection."""
    window, page = _open(desk, "agreement"), desk.desktop.window.service
    _tell(desk, events.RequestFailed(Request.VERSIONS, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    yield "agreement-unreachable", window
    _tell(desk, VersionsShown(()))
    yield "agreement-none", window
    _tell(desk, notices.VERSIONS)
    yield "agreement-changed", window
    page.agreement.object(notices.PENDING)
    dialog = page.agreement.dialog
    if dialog is None:
        raise RuntimeError("no dialog is open")
    desk.settle(SETTLE_MS)
    yield "agreement-object", dialog
    dialog.reject()
    page.agreement.cards[0].show_it.click()
    _tell(desk, notices.COMPARISON)
    desk.settle(4 * SETTLE_MS)  # words that wrap find their height in several passes
    yield "agreement-compared", window


def outage_shots(desk: Desk) -> Iterator[Shot]:
    """Interruptions: unreachable, and three of them."""
    window = _open(desk, "network")
    _tell(desk, events.RequestFailed(Request.OUTAGES, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    yield "outages-unreachable", window
    _tell(desk, notices.OUTAGES)
    yield "outages", window
    _tell(desk, OutagesShown(notices.OUTAGES.outages * 17))
    desk.settle(8 * SETTLE_MS)  # fifty rows come a few at a time
    yield "outages-full", window
    _tell(desk, OutagesShown(()))
    yield "outages-none", window


SERIES = (news_shots, agreement_shots, outage_shots)
