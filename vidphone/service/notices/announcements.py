"""Announcements as they are written: ahead of their time, in both languages, for those whom they concern (clause 7).

What is published stays as it is, so only what is not can be withdrawn; what was wrong is put right by another one.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from vidphone.service.audit.log import AuditLog
from vidphone.service.store.customers import account_id
from vidphone.service.store.places import Place, beyond
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import agreements
from vidphone.service.store.tables_notices import announcement_accounts, announcement_reads, announcements
from vidphone.terms.orders import Words
from vidphone.wire.notices import MAX_BODY, MAX_TITLE, AnnouncementKind
from vidphone.wire.sign_up import AgreementState

MAX_NUMBERS = 10_000
"""Named in one announcement; more are everyone, or those of a plan."""


class Audience(StrEnum):
    """Whom an announcement concerns."""

    EVERYONE = "everyone"
    PLAN = "plan"
    """Those who have a plan when it is published."""
    NUMBERS = "numbers"
    CHANGED = "changed"
    """Those whose agreement is of another version than the one it publishes."""


class BadNotice(Exception):
    """It cannot be written so; `reason` is the key of the text `notices.fault.<reason>`, and `places` fill it."""

    def __init__(self, reason: str, **places: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.places = places


@dataclass(frozen=True, slots=True)
class Draft:
    """An announcement as staff write it. Times are UTC seconds since 1970."""

    kind: AnnouncementKind
    title: Words
    body: Words
    publish_at: float
    audience: Audience = Audience.EVERYONE
    plan: str | None = None
    numbers: Sequence[str] = ()
    begins_at: float | None = None
    ends_at: float | None = None
    agreement_version: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An announcement as the provider lists it."""

    id: str
    kind: AnnouncementKind
    title: Words
    body: Words
    audience: Audience
    plan: str | None
    publish_at: float
    published_at: float | None
    withdrawn_at: float | None
    begins_at: float | None
    ends_at: float | None
    written_by: str
    reads: int
    """How many customers have read it."""

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.publish_at, self.id)


def write(
    connection: Connection,
    draft: Draft,
    actor: str,
    at: float,
    audit: AuditLog,
    once: str = "",
    why: Mapping[str, str] | None = None,
) -> str:
    """Keep an announcement until its time; its id, which is `once` where that is given. `why` goes into the chain.

    Raises:
        BadNotice: it is not as it should be.
        UnknownNumber: it names a number that nobody has.
    """
    _check(draft, at)
    known = once or secrets.token_hex(16)
    row = {
        "id": known,
        "kind": draft.kind.value,
        "title_zh": draft.title.zh.strip(),
        "title_en": draft.title.en.strip(),
        "body_zh": draft.body.zh.strip(),
        "body_en": draft.body.en.strip(),
        "audience": draft.audience.value,
        "plan": draft.plan,
        "agreement_version": draft.agreement_version,
        "begins_at": draft.begins_at,
        "ends_at": draft.ends_at,
        "publish_at": max(draft.publish_at, at),
        "written_by": actor,
        "written_at": at,
    }
    connection.execute(insert(announcements).values(row))
    concerned = sorted({account_id(connection, number) for number in draft.numbers})
    if concerned:
        rows = [{"announcement_id": known, "account_id": account} for account in concerned]
        connection.execute(insert(announcement_accounts), rows)
    details = {"kind": draft.kind.value, "audience": draft.audience.value, **(why or {})}
    audit.append(connection, "announcement-written", actor, f"announcement:{known}", details, at)
    return known


def written(connection: Connection, announcement: str) -> bool:
    """Whether there is that announcement."""
    return connection.scalar(select(announcements.c.id).where(announcements.c.id == announcement)) is not None


def withdraw(connection: Connection, announcement: str, at: float) -> bool:
    """Do not publish it; False where it is published, withdrawn, or not there."""
    waiting = announcements.c.published_at.is_(None) & announcements.c.withdrawn_at.is_(None)
    changed = update(announcements).where(announcements.c.id == announcement, waiting).values(withdrawn_at=at)
    return connection.execute(changed).rowcount == 1


def listed(connection: Connection, after: Place | None, limit: int) -> tuple[Listed, ...]:
    """All announcements, by the time they are or were to be published, latest first; those after a place."""
    wanted = select(announcements).order_by(announcements.c.publish_at.desc(), announcements.c.id).limit(limit)
    if after is not None:
        wanted = wanted.where(beyond(announcements.c.publish_at, announcements.c.id, after))
    rows = connection.execute(wanted).all()
    counted = (
        select(announcement_reads.c.announcement_id, func.count().label("reads"))
        .where(announcement_reads.c.announcement_id.in_([row.id for row in rows]))
        .group_by(announcement_reads.c.announcement_id)
    )
    reads = {row.announcement_id: int(row.reads) for row in connection.execute(counted)}
    return tuple(_listed(row, reads.get(row.id, 0)) for row in rows)


def concerns(account: int) -> ColumnElement[bool]:
    """Which published announcements are a customer's.

    What concerned everyone before somebody became a customer is none of theirs, unless what it tells of is to come.
    """
    since = select(accounts.c.created_at).where(accounts.c.id == account).scalar_subquery()
    ahead = func.coalesce(announcements.c.ends_at, announcements.c.begins_at, announcements.c.published_at)
    other = select(agreements.c.id).where(
        agreements.c.account_id == account,
        agreements.c.state != AgreementState.ENDED,
        agreements.c.version != announcements.c.agreement_version,
        agreements.c.signed_at <= announcements.c.published_at,
    )
    named = select(announcement_accounts.c.account_id).where(
        announcement_accounts.c.announcement_id == announcements.c.id, announcement_accounts.c.account_id == account
    )
    return and_(
        announcements.c.published_at.is_not(None),
        or_(
            and_(announcements.c.audience == Audience.EVERYONE, ahead >= since),
            and_(announcements.c.audience == Audience.CHANGED, other.exists()),
            and_(announcements.c.audience.in_([Audience.PLAN, Audience.NUMBERS]), named.exists()),
        ),
    )


def _check(draft: Draft, at: float) -> None:
    for words, most in ((draft.title, MAX_TITLE), (draft.body, MAX_BODY)):
        for said in (words.zh, words.en):
            if not 1 <= len(said.strip()) <= most:
                raise BadNotice("length", most=most)
            if not all(character.isprintable() or character == "\n" for character in said):
                raise BadNotice("characters")
    if len(draft.numbers) > MAX_NUMBERS:
        raise BadNotice("numbers", most=MAX_NUMBERS)
    fits = {
        Audience.EVERYONE: not (draft.plan or draft.numbers),
        Audience.PLAN: bool(draft.plan) and not draft.numbers,
        Audience.NUMBERS: bool(draft.numbers) and not draft.plan,
        Audience.CHANGED: draft.agreement_version is not None,
    }
    if not fits[draft.audience]:
        raise BadNotice("audience")
    if draft.ends_at is not None and (draft.begins_at is None or draft.ends_at <= draft.begins_at):
        raise BadNotice("times")
    if draft.begins_at is not None and draft.begins_at < max(draft.publish_at, at):
        raise BadNotice("not-ahead")


def _listed(row: Row[tuple[object, ...]], reads: int) -> Listed:
    return Listed(
        id=row.id,
        kind=AnnouncementKind(row.kind),
        title=Words(row.title_zh, row.title_en),
        body=Words(row.body_zh, row.body_en),
        audience=Audience(row.audience),
        plan=row.plan,
        publish_at=row.publish_at,
        published_at=row.published_at,
        withdrawn_at=row.withdrawn_at,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        written_by=row.written_by,
        reads=reads,
    )
