"""A new version of the agreement for those who have another one: announced, objected to, or accepted (clause 15).

Nothing is written of a customer while the time to object runs. What then stands of each is written once: that they
objected, with the case that it opened, or that the time accepted it.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Row, Select, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.audit.log import AuditLog
from vidphone.service.days import provider_day
from vidphone.service.notices.announcements import Audience, BadNotice, Draft, write
from vidphone.service.offer import Offers
from vidphone.service.store.agreements import version_row
from vidphone.service.store.customers import account_id
from vidphone.service.store.places import Place, beyond
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import agreement_versions, agreements
from vidphone.service.store.tables_notices import agreement_answers, agreement_changes, announcements
from vidphone.terms.changed_agreement import Answer, last_day_to_object, stand
from vidphone.terms.orders import Words
from vidphone.texts import Language, text
from vidphone.wire.notices import AnnouncementKind
from vidphone.wire.sign_up import AgreementState


@dataclass(frozen=True, slots=True)
class Change:
    """A published version, as the provider lists it."""

    version: str
    announcement: str
    publish_at: float
    published_on: date | None
    until: date | None
    objected: int
    accepted: int
    settled: bool
    """Whether the time has accepted it for everyone who said nothing."""


@dataclass(frozen=True, slots=True)
class Objection:
    """That a customer objected to a version, in which case. `at`: UTC seconds since 1970."""

    number: str
    case: str
    day: date
    account: int
    at: float

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.at, self.account)


def publish(
    connection: Connection,
    offers: Offers,
    publish_at: float,
    words: Words | None,
    actor: str,
    at: float,
    audit: AuditLog,
) -> str:
    """Announce the version that is on offer now to those who have another one; the id of the announcement.

    Args:
        connection: Of a transaction that writes.
        offers: What the operator's configuration offers.
        publish_at: When; the time to object runs from the day on which it is published.
        words: Said in addition to what is said of every new version: what changed and why.
        actor: Who does it.
        at: Now.
        audit: Takes it down.

    Raises:
        BadNotice: it was announced before, nobody ever had another one, or it is dated later than its publication.
        BadConfig: a version that was offered before has other words now.
        VidphoneError: `SIGN_UP_CLOSED`, the provider is not set up.
    """
    version, _ = offers.agreement()
    known = {row.version: row.fingerprint for row in connection.execute(select(agreement_versions))}
    offers.check_unchanged(known)
    check_news(connection, version.version)
    if provider_day(max(publish_at, at)) < version.published_on:
        raise BadNotice("dated-later", version=version.version, date=version.published_on.isoformat())
    connection.execute(upsert(agreement_versions).values(version_row(offers, at)).on_conflict_do_nothing())
    months = offers.figures.objection_months
    (title_zh, body_zh), (title_en, body_en) = (
        _words(version.version, months, words, language) for language in (Language.CHINESE, Language.ENGLISH)
    )
    draft = Draft(
        AnnouncementKind.AGREEMENT,
        Words(title_zh, title_en),
        Words(body_zh, body_en),
        publish_at,
        Audience.CHANGED,
        agreement_version=version.version,
    )
    announcement = write(connection, draft, actor, at, audit)
    row = {"version": version.version, "announcement_id": announcement, "months": months, "settled_account": 0}
    connection.execute(insert(agreement_changes).values(row))
    return announcement


def check_news(connection: Connection, version: str) -> None:
    """See that a version is news to somebody.

    Raises:
        BadNotice: it was announced before, or nobody ever had another one.
    """
    if connection.scalar(select(agreement_changes.c.version).where(agreement_changes.c.version == version)):
        raise BadNotice("announced", version=version)
    if not connection.scalar(select(agreements.c.id).where(agreements.c.version != version).limit(1)):
        raise BadNotice("nothing-changed", version=version)


def published(connection: Connection, announcement: str, at: float) -> None:
    """Its announcement is published now: from today the time to object runs."""
    row = connection.execute(
        select(agreement_changes).where(agreement_changes.c.announcement_id == announcement)
    ).one_or_none()
    if row is not None:
        today = provider_day(at)
        days = {"published_on": today.isoformat(), "until_day": last_day_to_object(today, row.months).isoformat()}
        connection.execute(update(agreement_changes).where(agreement_changes.c.version == row.version).values(days))


def forget(connection: Connection, announcement: str) -> None:
    """Its announcement was withdrawn before it was published: the version may be announced anew."""
    waiting = agreement_changes.c.published_on.is_(None)
    connection.execute(agreement_changes.delete().where(agreement_changes.c.announcement_id == announcement, waiting))


def due_settlement(connection: Connection, today: date) -> str | None:
    """The version whose time to object is over, and that the time has not accepted for everyone yet."""
    over = agreement_changes.c.until_day < today.isoformat(), agreement_changes.c.settled_at.is_(None)
    return connection.scalar(select(agreement_changes.c.version).where(*over).order_by(agreement_changes.c.until_day))


def settle(connection: Connection, version: str, at_a_time: int, at: float, audit: AuditLog) -> None:
    """The time accepts a version for some of those who did not object, once each."""
    change = _change(connection, version)
    if change is None or change.settled_at is not None:
        return
    found = connection.scalars(
        concerned(change).where(accounts.c.id > change.settled_account).order_by(accounts.c.id).limit(at_a_time)
    ).all()
    accepted = stand(date.fromisoformat(change.published_on), provider_day(at), months=change.months)
    if accepted.answer is not Answer.ACCEPTED or accepted.since is None:
        return
    if found:
        fixed = {"version": version, "answer": Answer.ACCEPTED.value, "sha256": change.sha256, "at": at}
        rows = [{"account_id": account, "on_day": accepted.since.isoformat(), **fixed} for account in found]
        connection.execute(upsert(agreement_answers).on_conflict_do_nothing(), rows)
    done: dict[str, object] = {"settled_account": found[-1]} if found else {}
    if len(found) < at_a_time:
        done["settled_at"] = at
        counted = select(func.count()).where(
            agreement_answers.c.version == version, agreement_answers.c.answer == Answer.ACCEPTED.value
        )
        details = {"accepted": str(connection.scalar(counted)), "sha256": change.sha256}
        audit.append(connection, "agreement-accepted-by-time", "service", f"agreement:{version}", details, at)
    connection.execute(update(agreement_changes).where(agreement_changes.c.version == version).values(done))


def concerned(change: Row[tuple[object, ...]]) -> Select[tuple[int]]:
    """The customers whom a published version concerns."""
    return (
        select(accounts.c.id)
        .join(agreements, agreements.c.account_id == accounts.c.id)
        .where(
            agreements.c.state != AgreementState.ENDED,
            agreements.c.version != change.version,
            agreements.c.signed_at <= change.published_at,
        )
    )


def accept(connection: Connection, number: str, version: str, at: float) -> int:
    """An objection was taken back, as its case came out; whose it was.

    Raises:
        UnknownNumber: nobody has the number.
        BadNotice: they did not object.
    """
    account = account_id(connection, number)
    objected = update(agreement_answers).where(
        agreement_answers.c.account_id == account,
        agreement_answers.c.version == version,
        agreement_answers.c.answer == Answer.OBJECTED.value,
    )
    now = {"answer": Answer.ACCEPTED.value, "on_day": provider_day(at).isoformat(), "at": at}
    if connection.execute(objected.values(now)).rowcount != 1:
        raise BadNotice("not-objected", version=version)
    return account


def changes(connection: Connection) -> tuple[Change, ...]:
    """All versions that were announced, latest first."""
    counted = select(agreement_answers.c.version, agreement_answers.c.answer, func.count().label("many"))
    by = {
        (row.version, row.answer): int(row.many)
        for row in connection.execute(counted.group_by(agreement_answers.c.version, agreement_answers.c.answer))
    }
    rows = connection.execute(_changes().order_by(announcements.c.publish_at.desc()))
    return tuple(
        Change(
            version=row.version,
            announcement=row.announcement_id,
            publish_at=row.publish_at,
            published_on=_day(row.published_on),
            until=_day(row.until_day),
            objected=by.get((row.version, Answer.OBJECTED.value), 0),
            accepted=by.get((row.version, Answer.ACCEPTED.value), 0),
            settled=row.settled_at is not None,
        )
        for row in rows
    )


def objections(connection: Connection, version: str, limit: int, after: Place | None = None) -> tuple[Objection, ...]:
    """Those who objected to a version, latest first; those after a place."""
    wanted = (
        select(accounts.c.number, agreement_answers)
        .join(accounts, accounts.c.id == agreement_answers.c.account_id)
        .where(agreement_answers.c.version == version, agreement_answers.c.answer == Answer.OBJECTED.value)
        .order_by(agreement_answers.c.at.desc(), agreement_answers.c.account_id)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(beyond(agreement_answers.c.at, agreement_answers.c.account_id, after))
    return tuple(
        Objection(row.number, row.case_number or "", date.fromisoformat(row.on_day), row.account_id, row.at)
        for row in connection.execute(wanted)
    )


def _changes() -> Select[tuple[object, ...]]:
    """Every change with what its announcement and its version say."""
    return (
        select(
            *agreement_changes.c,
            announcements.c.published_at,
            announcements.c.publish_at,
            agreement_versions.c.sha256,
        )
        .join(announcements, announcements.c.id == agreement_changes.c.announcement_id)
        .join(agreement_versions, agreement_versions.c.version == agreement_changes.c.version)
    )


def _change(connection: Connection, version: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(_changes().where(agreement_changes.c.version == version)).one_or_none()


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _words(version: str, months: int, more: Words | None, language: Language) -> tuple[str, str]:
    time = text(f"wording.months.{'one' if months == 1 else 'more'}", language, count=months)
    body = text("notices.agreement.body", language, version=version, months=time)
    said = more and (more.zh if language is Language.CHINESE else more.en)
    return text("notices.agreement.title", language, version=version), f"{said}\n\n{body}" if said else body
