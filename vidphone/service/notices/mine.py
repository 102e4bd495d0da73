"""What a customer sees of announcements, changed numbers and agreements, and what they answer (clauses 7, 15)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, Row, Select, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.days import provider_day
from vidphone.service.notices.announcements import concerns
from vidphone.service.store.engine import writing
from vidphone.service.store.renumbered import moved
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import agreement_versions, agreements
from vidphone.service.store.tables_notices import (
    agreement_answers,
    agreement_changes,
    announcement_reads,
    announcements,
    number_changes,
)
from vidphone.terms.agreement import parse
from vidphone.terms.changed_agreement import Answer, may_object, stand
from vidphone.terms.comparison import compare
from vidphone.terms.orders import Words
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.notices import (
    Announcement,
    AnnouncementKind,
    Announcements,
    ChangedNumber,
    ChangedVersion,
    ChangedVersions,
    ComparedVersions,
    NumbersChanged,
)
from vidphone.wire.sign_up import AgreementState

OpenCase = Callable[[Connection, int, str, str, str, float], str]
"""Opens a case in a transaction: account, kind, what it is about, the customer's words, now. Its number."""


@dataclass(frozen=True)
class MyNotices:
    """Blocking. Times are UTC seconds since 1970, of the service's clock."""

    engine: Engine
    open_case: OpenCase

    def announcements(self, account: int, before: float | None, limit: int) -> Announcements:
        """Those that concern a customer, newest first; `before` is the `published_at` of the last that is known."""
        unread = select(func.count()).select_from(
            _mine(account).where(announcement_reads.c.read_at.is_(None)).subquery()
        )
        with self.engine.connect() as connection:
            told = announcements_of(connection, account, before, limit + 1)
            count = connection.scalar(unread) or 0
        return Announcements(announcements=told[:limit], unread=count, more=len(told) > limit)

    def read(self, account: int, announcement: str, at: float) -> bool:
        """A customer has read an announcement; only the first time counts. False where it does not concern them."""
        with writing(self.engine) as connection:
            there = select(announcements.c.id).where(announcements.c.id == announcement, concerns(account))
            if connection.scalar(there) is None:
                return False
            row = {"announcement_id": announcement, "account_id": account, "read_at": at}
            connection.execute(upsert(announcement_reads).values(row).on_conflict_do_nothing())
        return True

    def numbers_changed(self, account: int, numbers: Collection[str]) -> NumbersChanged:
        """Which of these numbers are others now, and which the customer's own number was before."""
        own = (
            select(accounts.c.number, number_changes.c.old_number, number_changes.c.done_at)
            .join(accounts, accounts.c.id == number_changes.c.account_id)
            .where(accounts.c.id == account, number_changes.c.old_number != accounts.c.number)
            .where(number_changes.c.done_at.is_not(None))
        )
        with self.engine.connect() as connection:
            there = moved(connection, numbers)
            mine = connection.execute(own.order_by(number_changes.c.done_at)).all()
        changed = (ChangedNumber(old=old, new=now.number, since=now.since) for old, now in sorted(there.items()))
        own_changes = (ChangedNumber(old=row.old_number, new=row.number, since=row.done_at) for row in mine)
        return NumbersChanged(changed=tuple(changed), mine=tuple(own_changes))

    def versions(self, account: int, at: float) -> ChangedVersions:
        """The versions that were published after the customer's own, newest first, and how they stand to each."""
        with self.engine.connect() as connection:
            return versions_of(connection, account, at)

    def compared(self, account: int, version: str, at: float) -> ComparedVersions:
        """Such a version beside the one that held before it, with what changed marked.

        Raises:
            VidphoneError: `NOT_FOUND`, there is none for this customer.
        """
        with self.engine.connect() as connection:
            about = _one(_versions(connection, account, provider_day(at)), version)
            wanted = select(agreement_versions.c.version, agreement_versions.c.zh, agreement_versions.c.en).where(
                agreement_versions.c.version.in_([name for name in (version, about.previous) if name])
            )
            texts = {row.version: Words(row.zh, row.en) for row in connection.execute(wanted)}
        new, old = texts[version], texts.get(about.previous or "")
        if old is None:
            return ComparedVersions(about=about, new=new)
        return ComparedVersions(
            about=about,
            old=old,
            new=new,
            zh=compare(parse(old.zh), parse(new.zh)),
            en=compare(parse(old.en), parse(new.en)),
        )

    def object(self, account: int, version: str, words: str, at: float) -> ChangedVersion:
        """A customer objects to a version, which opens a case with their words. Again: the same.

        Raises:
            VidphoneError: `NOT_FOUND`, there is none for them; `OBJECTION_CLOSED`, the time for it is over.
        """
        today = provider_day(at)
        with writing(self.engine) as connection:
            about = _one(_versions(connection, account, today), version)
            if about.answer is Answer.OBJECTED:
                return about
            change = _changes().where(agreement_changes.c.version == version)
            row = connection.execute(change).one()
            published_on = date.fromisoformat(row.published_on)
            if about.answer is Answer.ACCEPTED or not may_object(published_on, today, row.months):
                raise VidphoneError(ErrorCode.OBJECTION_CLOSED, {"version": version})
            case = self.open_case(connection, account, "objection", f"agreement:{version}", words, at)
            answer = {"answer": Answer.OBJECTED.value, "sha256": row.sha256, "on_day": today.isoformat(), "at": at}
            connection.execute(
                insert(agreement_answers).values(account_id=account, version=version, case_number=case, **answer)
            )
            return _one(_versions(connection, account, today), version)


def announcements_of(
    connection: Connection, account: int, before: float | None, limit: int
) -> tuple[Announcement, ...]:
    """Those that concern a customer, newest first, at most `limit` of them."""
    mine = _mine(account)
    wanted = mine if before is None else mine.where(announcements.c.published_at < before)
    rows = connection.execute(wanted.order_by(announcements.c.published_at.desc()).limit(limit))
    return tuple(_announcement(row) for row in rows)


def versions_of(connection: Connection, account: int, at: float) -> ChangedVersions:
    """The versions that were published after a customer's own, newest first, and how they stand to each."""
    return ChangedVersions(versions=tuple(reversed(_versions(connection, account, provider_day(at)))))


def _mine(account: int) -> Select[tuple[object, ...]]:
    read = (announcement_reads.c.announcement_id == announcements.c.id) & (announcement_reads.c.account_id == account)
    wanted = select(*announcements.c, announcement_reads.c.read_at).outerjoin(announcement_reads, read)
    return wanted.where(concerns(account))


def _announcement(row: Row[tuple[object, ...]]) -> Announcement:
    return Announcement(
        id=row.id,
        kind=AnnouncementKind(row.kind),
        title=Words(row.title_zh, row.title_en),
        body=Words(row.body_zh, row.body_en),
        published_at=row.published_at,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        read_at=row.read_at,
        agreement_version=row.agreement_version,
    )


def _changes() -> Select[tuple[object, ...]]:
    return (
        select(*agreement_changes.c, announcements.c.published_at, agreement_versions.c.sha256)
        .join(announcements, announcements.c.id == agreement_changes.c.announcement_id)
        .join(agreement_versions, agreement_versions.c.version == agreement_changes.c.version)
        .where(announcements.c.published_at.is_not(None))
    )


def _versions(connection: Connection, account: int, today: date) -> list[ChangedVersion]:
    """In the order of their publication: what was accepted is what the next is compared with."""
    signed = connection.execute(
        select(agreements.c.version, agreements.c.signed_at).where(
            agreements.c.account_id == account, agreements.c.state != AgreementState.ENDED
        )
    ).one_or_none()
    if signed is None:
        return []
    mine = select(agreement_answers).where(agreement_answers.c.account_id == account)
    answers = {row.version: row for row in connection.execute(mine)}
    later = _changes().where(
        announcements.c.published_at >= signed.signed_at, agreement_changes.c.version != signed.version
    )
    found: list[ChangedVersion] = []
    holds = signed.version
    for row in connection.execute(later.order_by(announcements.c.published_at)):
        by_time = stand(date.fromisoformat(row.published_on), today, months=row.months)
        answer = answers.get(row.version)
        known = Answer(answer.answer) if answer else by_time.answer
        found.append(
            ChangedVersion(
                version=row.version,
                previous=holds or None,
                published_on=date.fromisoformat(row.published_on),
                until=by_time.until,
                answer=known,
                since=date.fromisoformat(answer.on_day) if answer else by_time.since,
                case=answer.case_number if answer else None,
            )
        )
        if known is Answer.ACCEPTED:
            holds = row.version
    return found


def _one(versions: list[ChangedVersion], version: str) -> ChangedVersion:
    for one in versions:
        if one.version == version:
            return one
    raise VidphoneError(ErrorCode.NOT_FOUND)
