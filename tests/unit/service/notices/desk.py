"""A database with customers, the provider's desk over it, and what each customer sees."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from tests.support.customers import PLAN, Person, moment, sign_up
from tests.support.offer import write_offer
from vidphone.service.audit.log import AuditLog
from vidphone.service.config import read_config
from vidphone.service.notices.announcements import Audience, Draft
from vidphone.service.notices.mine import MyNotices
from vidphone.service.notices.runner import NoticeRunner
from vidphone.service.offer import Offers
from vidphone.service.office.notices import NoticeOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.agreements import keep_published
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import forget_old_pages, open_database
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.tables import accounts
from vidphone.terms.orders import Words
from vidphone.wire.notices import AnnouncementKind
from vidphone.wire.signaling import Topic

SIGNED = date(2026, 3, 1)
NOW = moment(date(2026, 9, 1), 9)
STAFF = "li.na"
SECOND = """
[agreement]
version = "2"
published_on = 2026-09-01

[agreement.figures]
late_fee_percent = "0.2"
"""


@dataclass
class Desk:
    """Everything of notices over one database."""

    data: Path
    engine: Engine
    people: list[Person]
    office: NoticeOffice
    mine: MyNotices
    runner: NoticeRunner
    cases: list[tuple[int, str, str, str]] = field(default_factory=list)
    last_event: int = 0

    def hints(self) -> set[tuple[str, Topic]]:
        """What was hinted at since this was last asked; to everyone: no number."""
        found = StoredCustomers(self.engine).events_after(self.last_event)
        self.last_event = max((event for event, _ in found), default=self.last_event)
        return {(event.number, event.topic) for _, event in found if event.topic is not None}

    def offers(self, more: str = "") -> Offers:
        """What the operator's configuration offers."""
        write_offer(self.data, more)
        return Offers.load(read_config(self.data), self.data, "")

    def seen(self, person: Person) -> list[str]:
        """The titles that a customer sees, newest first."""
        return [one.title.en for one in self.mine.announcements(person.account, None, 50).announcements]

    def audited(self) -> list[str]:
        """The kinds of what is in the chain, which is sound."""
        audit = AuditLog(self.engine)
        assert audit.verify() is None
        return [entry.kind for entry in audit.entries()]


def draft(headline: str = "Work tonight", /, **more: object) -> Draft:
    values: dict[str, object] = {
        "kind": AnnouncementKind.MAINTENANCE,
        "title": Words("今晚维护", headline),
        "body": Words("今晚两点至四点。", "From two to four."),
        "publish_at": NOW,
        "audience": Audience.EVERYONE,
    }
    return Draft(**(values | more))  # type: ignore[arg-type] # tests name what they mean


def make_town(folder: Path) -> None:
    """A database with three customers of the first version, to be copied."""
    engine = open_database(folder / "data")
    open_vault(engine, folder / "keys.json", NOW)
    sign_up(engine, 3, SIGNED, PLAN)
    write_offer(folder / "data")
    offers = Offers.load(read_config(folder / "data"), folder / "data", "")
    keep_published(engine, offers, moment(SIGNED))
    forget_old_pages(engine)
    engine.dispose()


def open_desk(folder: Path) -> Desk:
    """A desk over such a database."""
    engine = open_database(folder / "data")
    vault = open_vault(engine, folder / "keys.json", NOW)
    audit = AuditLog(engine)
    office = NoticeOffice(engine, audit, Reasons(engine, vault))
    with engine.connect() as connection:
        rows = connection.execute(select(accounts.c.id, accounts.c.number).order_by(accounts.c.id))
        people = [Person(row.id, row.number) for row in rows]

    def open_case(_: Connection, account: int, kind: str, about: str, words: str, at: float) -> str:
        assert at > 0
        desk.cases.append((account, kind, about, words))
        return f"C{len(desk.cases):06d}"

    runner = NoticeRunner(engine, audit, at_a_time=2)
    desk = Desk(folder / "data", engine, people, office, MyNotices(engine, open_case), runner)
    return desk
