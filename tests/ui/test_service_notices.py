"""Announcements, moved contacts, changed agreements and outages in the real main window, over a scripted engine."""

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from tests.fakes import notices
from tests.ui.conftest import House
from vidphone.account.contacts import Contact
from vidphone.phone import events
from vidphone.phone import notice_commands as asked
from vidphone.phone.commands import SaveContact
from vidphone.phone.events import ContactsChanged, Noticed, Request, RequestFailed, SignedOut
from vidphone.phone.notice_events import AnnouncementRead, NumbersChangedShown, VersionObjected, VersionsShown
from vidphone.ui.design.status import Standing
from vidphone.ui.main.service.marked import MarkedWords
from vidphone.ui.main.service.page import ServicePage
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode
from vidphone.wire.signaling import Topic

OFFLINE = (("service", "https://phone.example.cn"),)
ANN = Contact("a", "Ann", ("1002", "1003"))


class Service:
    """The service page of a house, one of its rooms open."""

    def __init__(self, house: House, room: str) -> None:
        self.house, self.engine = house, house.engine
        house.window.open_service(room)
        house.settle()

    @property
    def page(self) -> ServicePage:
        return self.house.window.service

    def tell(self, *all_of: events.Event) -> None:
        for event in all_of:
            self.engine.tell(event)
        self.house.settle()

    def asked(self, kind: type) -> list[object]:
        return list(self.engine.posted_of(kind))


def test_a_hint_makes_the_phone_ask_by_chance_a_little_later(house: House) -> None:
    service = Service(house, "evidence")
    service.tell(ContactsChanged((ANN,)), Noticed(frozenset(Topic)))
    assert service.page.news.later.isActive()
    service.page.news.later.start(0)
    QTest.qWait(20)
    assert service.asked(asked.FetchAnnouncements)
    assert service.asked(asked.FetchChangedNumbers)
    service.tell(Noticed(frozenset({Topic.ANNOUNCEMENTS})), SignedOut(None))
    assert not service.page.news.later.isActive()


def test_who_reads_an_announcement_takes_it_from_the_badge(house: House) -> None:
    service = Service(house, "news")
    service.tell(notices.LISTED)
    badge: list[int] = []
    news = service.page.news
    service.page.attention.connect(badge.append)
    news.card.list.setCurrentIndex(news.card.model.index(0, 0))
    assert service.asked(asked.ReadAnnouncement) == [asked.ReadAnnouncement(notices.MAINTENANCE.id)]
    service.tell(AnnouncementRead(notices.MAINTENANCE.id))
    assert badge[-1] == 1
    news.card.list.setCurrentIndex(news.card.model.index(1, 0))
    assert len(service.asked(asked.ReadAnnouncement)) == 1, "it was read before"
    assert notices.NUMBER.title.en in news.announcement.title.plain
    service.tell(SignedOut(None))
    assert badge[-1] == 0


def test_a_moved_contact_is_offered_in_both_places_and_taken_by_one_click_with_a_way_back(house: House) -> None:
    service = Service(house, "news")
    service.tell(ContactsChanged((ANN,)), notices.NUMBERS)
    news, contacts = service.page.news, house.window.contacts
    house.window.open_page(Page.CONTACTS)
    contacts.list.setCurrentIndex(contacts.list.model().index(0, 0))
    assert [len(each.buttons) for each in (news.moved, contacts.moved)] == [1, 1], "the other number is nobody's"
    contacts.moved.buttons[0].click()
    assert service.asked(asked.TakeNumber) == [asked.TakeNumber("1002", "2902")]
    service.tell(ContactsChanged((Contact("a", "Ann", ("2902", "1003")),)))
    assert news.numbers.isHidden()
    assert contacts.moved.isHidden()
    house.window.toasts.button.click()
    assert service.asked(SaveContact) == [SaveContact(ANN)]


def test_new_contacts_are_asked_after(house: House) -> None:
    service = Service(house, "news")
    service.tell(ContactsChanged((ANN,)))
    before = len(service.asked(asked.FetchChangedNumbers))
    service.tell(ContactsChanged((ANN,)), NumbersChangedShown(()))
    assert len(service.asked(asked.FetchChangedNumbers)) == before
    service.tell(ContactsChanged((ANN, Contact("b", "Ben", ("1777",)))))
    assert len(service.asked(asked.FetchChangedNumbers)) == before + 1


def test_what_was_accepted_by_time_is_said_so_and_only_what_waits_can_be_objected_to(house: House) -> None:
    service = Service(house, "agreement")
    assert service.asked(asked.FetchVersions)
    service.tell(notices.VERSIONS)
    pending, accepted = service.page.agreement.cards
    assert not pending.object.isHidden()
    assert accepted.object.isHidden()
    assert "by time" in accepted.status.plain
    in_words = notices.ACCEPTED.model_copy(update={"since": notices.ACCEPTED.until})
    service.tell(VersionsShown((in_words,)))
    assert "by time" not in service.page.agreement.cards[0].status.plain


def test_versions_that_could_not_be_fetched_anew_are_told_above_those_shown(house: House) -> None:
    service = Service(house, "agreement")
    service.tell(notices.VERSIONS, RequestFailed(Request.VERSIONS, ErrorCode.SERVICE_UNREACHABLE, OFFLINE))
    room = service.page.agreement
    problem, first = room.rule.answer.problem, room.cards[0]
    assert problem.visibleRegion().boundingRect() == problem.rect()
    assert problem.mapTo(room, QPoint()).y() < first.mapTo(room, QPoint()).y()


def test_changes_are_marked_and_unchanged_clauses_come_when_asked_for(house: House) -> None:
    service = Service(house, "agreement")
    service.tell(notices.VERSIONS)
    room = service.page.agreement
    room.cards[0].show_it.click()
    assert service.asked(asked.CompareVersion) == [asked.CompareVersion("2")]
    service.tell(notices.COMPARISON)
    service.house.settle()
    sides = [each for each in room.compared.findChildren(MarkedWords) if "0.3%" in each.text() or "0.2%" in each.text()]
    present, coming = sorted(sides, key=lambda each: each.mapTo(room, QPoint()).x())
    assert ("0.3%" in present.text(), "0.2%" in present.text()) == (True, False)
    assert ("0.3%" in coming.text(), "0.2%" in coming.text()) == (False, True)
    assert present.mapTo(room, QPoint()).y() == coming.mapTo(room, QPoint()).y()
    shown = [each for each in room.compared.findChildren(type(room.compared.legend)) if each.isVisible()]
    assert not any(each.plain == "1. The service" for each in shown)
    room.compared.whole.click()
    service.house.settle()
    assert any(each.plain == "1. The service" for each in room.compared.findChildren(type(room.compared.legend)))


def test_an_objection_opens_a_case_that_is_shown(house: House) -> None:
    service = Service(house, "agreement")
    service.tell(notices.VERSIONS)
    room = service.page.agreement
    room.cards[0].object.click()
    assert room.dialog is not None
    room.dialog.words.input.setPlainText("too dear")
    room.dialog.send.click()
    service.tell(RequestFailed(Request.OBJECTION, ErrorCode.OBJECTION_CLOSED))
    assert room.dialog.send.isEnabled()
    room.dialog.send.click()
    assert service.asked(asked.ObjectToVersion) == [asked.ObjectToVersion("2", "too dear")] * 2
    service.tell(VersionObjected(notices.OBJECTED))
    assert not service.page.agreement.dialog
    assert room.cards[0].status.standing is Standing.PLAIN
    room.cards[0].case.click()
    assert service.page.room is service.page.cases


def test_interruptions_say_what_they_took_off_the_bill(house: House) -> None:
    service = Service(house, "network")
    service.tell(RequestFailed(Request.OUTAGES, ErrorCode.SERVICE_UNREACHABLE, (("service", "https://x.example"),)))
    assert service.page.outages.failed
    service.tell(notices.OUTAGES)
    assert len(service.page.outages.card.rows) == 3
    assert not service.page.outages.failed
