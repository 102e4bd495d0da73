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
from vidphone.phone.notice_events import AnnouncementsShown
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode

if TYPE_CHECKING:
    from screens import Desk

Shot = tuple[str, QWidget]


def news_shots(desk: Desk) -> Iterator[Shot]:
    """Announcements: unreachable, none, the list, one that is read; a moved contact there and among the contacts."""
    window, page = _open(desk, "news"), desk.desktop.window.service
    _tell(desk, events.RequestFailed(Request.ANNOUNCEMENTS, ErrorCode.SERVICE_UNREACHABLE, UNREACHABLE))
    yield "news-unreachable", window
    _tell(desk, AnnouncementsShown((), unread=0, more=False, before=None))
    yield "news-none", window
    _tell(desk, notices.LISTED)
    yield "news", window
    _tell(desk, events.ContactsChanged((Contact("a", "安娜", ("1002", "13800138000")),)), notices.NUMBERS)
    page.news.card.list.setCurrentIndex(page.news.card.model.index(0, 0))
    desk.settle(SETTLE_MS)
    yield "news-moved", window
    desk.desktop.window.open_page(Page.CONTACTS)
    desk.desktop.window.contacts.list.setCurrentIndex(desk.desktop.window.contacts.list.model().index(0, 0))
    desk.settle(SETTLE_MS)
    yield "contact-moved", window


SERIES = (news_shots,)
