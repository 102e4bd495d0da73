"""A customer's number becomes another one, announced ahead and done at its time (clause 7).

The new number is theirs from the day it is announced; the old one rests after the change, and leads to them.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.audit.log import AuditLog
from vidphone.service.notices.announcements import Audience, BadNotice, Draft, withdraw, write
from vidphone.service.ports import AccountEventKind
from vidphone.service.store.customers import account_id
from vidphone.service.store.hints import hint
from vidphone.service.store.numbers import NumberState, NumberTaken, take_number
from vidphone.service.store.places import Place, beyond
from vidphone.service.store.tables import ENDED, account_events, accounts, calls
from vidphone.service.store.tables_agreement import number_pool
from vidphone.service.store.tables_billing import leavings
from vidphone.service.store.tables_notices import number_changes
from vidphone.terms.orders import Words
from vidphone.texts import Language, text
from vidphone.wire.notices import AnnouncementKind
from vidphone.wire.signaling import Topic

REST_DAYS = 365
"""How long the old number is nobody's after a change, where staff say nothing else."""
DAY_S = 86_400.0
LONGEST_WAIT_S = 21_600.0
"""A change does not end a call of its customer, unless the call goes on for so long."""
_PLANNED = number_changes.c.done_at.is_(None) & number_changes.c.withdrawn_at.is_(None)


@dataclass(frozen=True, slots=True)
class NumberChange:
    """A change, as the provider lists it. Times are UTC seconds since 1970."""

    id: int
    old: str
    new: str
    effective_at: float
    done_at: float | None
    withdrawn_at: float | None

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.effective_at, self.id)


@dataclass(frozen=True, slots=True)
class Plan:
    """A change to come. `words` are said in addition to what is said of every change."""

    old: str
    new: str
    publish_at: float
    effective_at: float
    words: Words | None = None
    rest_days: int = REST_DAYS


def plan(connection: Connection, wanted: Plan, actor: str, at: float, audit: AuditLog) -> str:
    """Announce a change to its customer, and do it at its time; the id of the announcement.

    Raises:
        UnknownNumber: nobody has the old number.
        NumberTaken: the new one is not free.
        BadNotice: the customer is leaving, has a change before them already, or the times are not ahead.
    """
    account = account_id(connection, wanted.old)
    if connection.scalar(select(leavings.c.account_id).where(leavings.c.account_id == account)) is not None:
        raise BadNotice("leaving")
    if connection.scalar(select(number_changes.c.id).where(number_changes.c.account_id == account, _PLANNED)):
        raise BadNotice("planned")
    if connection.scalar(select(accounts.c.id).where(accounts.c.number == wanted.new)) is not None:
        raise NumberTaken
    take_number(connection, wanted.new, at)
    words = {language: _words(wanted, language) for language in Language}
    (title_zh, body_zh), (title_en, body_en) = words[Language.CHINESE], words[Language.ENGLISH]
    draft = Draft(
        AnnouncementKind.NUMBER_CHANGE,
        Words(title_zh, title_en),
        Words(body_zh, body_en),
        wanted.publish_at,
        Audience.NUMBERS,
        numbers=(wanted.old,),
        begins_at=wanted.effective_at,
    )
    announcement = write(connection, draft, actor, at, audit)
    row = {"account_id": account, "old_number": wanted.old, "new_number": wanted.new}
    times = {"effective_at": wanted.effective_at, "rest_s": wanted.rest_days * DAY_S}
    connection.execute(insert(number_changes).values(row | times | {"announcement_id": announcement}))
    audit.append(connection, "number-change-planned", actor, f"account:{account}", {}, at)
    return announcement


def forget(connection: Connection, old: str, at: float) -> int:
    """Take a planned change back, its announcement with it where that is not published; whose it was.

    Raises:
        UnknownNumber: nobody has the number.
        BadNotice: no change of it is planned.
    """
    account = account_id(connection, old)
    row = connection.execute(
        select(number_changes).where(number_changes.c.account_id == account, _PLANNED)
    ).one_or_none()
    if row is None:
        raise BadNotice("not-planned")
    _drop(connection, row, at)
    return account


def changes(connection: Connection, limit: int, after: Place | None = None) -> tuple[NumberChange, ...]:
    """Changes, latest first; those after a place."""
    wanted = select(number_changes).order_by(number_changes.c.effective_at.desc(), number_changes.c.id)
    if after is not None:
        wanted = wanted.where(beyond(number_changes.c.effective_at, number_changes.c.id, after))
    rows = connection.execute(wanted.limit(limit))
    return tuple(
        NumberChange(row.id, row.old_number, row.new_number, row.effective_at, row.done_at, row.withdrawn_at)
        for row in rows
    )


def due_change(connection: Connection, at: float) -> int | None:
    """The id of the next change whose time has come and whose customer is in no call."""
    mine = or_(calls.c.caller_id == number_changes.c.account_id, calls.c.callee_id == number_changes.c.account_id)
    talking = select(calls.c.id).where(mine, calls.c.state != ENDED).exists()
    wanted = (
        select(number_changes.c.id)
        .where(_PLANNED, number_changes.c.effective_at <= at)
        .where(or_(~talking, number_changes.c.effective_at <= at - LONGEST_WAIT_S))
        .order_by(number_changes.c.effective_at, number_changes.c.id)
        .limit(1)
    )
    return connection.scalar(wanted)


def perform(connection: Connection, change: int, at: float, audit: AuditLog) -> None:
    """Do a change, once: the customer has the new number, their phones come again with it, others are told."""
    row = connection.execute(select(number_changes).where(number_changes.c.id == change, _PLANNED)).one_or_none()
    if row is None:
        return
    mine = (accounts.c.id == row.account_id) & (accounts.c.number == row.old_number)
    gone = select(leavings.c.account_id).where(leavings.c.account_id == row.account_id, leavings.c.state == ENDED)
    if connection.scalar(gone) is not None or not connection.scalar(select(accounts.c.id).where(mine)):
        _drop(connection, row, at)
        audit.append(connection, "number-change-dropped", "service", f"account:{row.account_id}", {}, at)
        return
    connection.execute(update(accounts).where(mine).values(number=row.new_number))
    resting = {"state": NumberState.RESTING, "held_by": None, "until": at + row.rest_s}
    connection.execute(
        upsert(number_pool)
        .values(number=row.old_number, **resting)
        .on_conflict_do_update(index_elements=["number"], set_=resting)
    )
    connection.execute(update(number_changes).where(number_changes.c.id == change).values(done_at=at))
    event = {"number": row.old_number, "kind": AccountEventKind.RENUMBERED.value, "token_id": None, "at": at}
    connection.execute(insert(account_events).values(event))
    hint(connection, None, Topic.ANNOUNCEMENTS, at)  # anybody may have the old number among their contacts
    audit.append(connection, "number-changed", "service", f"account:{row.account_id}", {}, at)


def _drop(connection: Connection, row: Row[tuple[object, ...]], at: float) -> None:
    connection.execute(update(number_changes).where(number_changes.c.id == row.id).values(withdrawn_at=at))
    free = {"state": NumberState.FREE, "held_by": None, "until": None}
    connection.execute(update(number_pool).where(number_pool.c.number == row.new_number).values(free))
    withdraw(connection, row.announcement_id, at)


def _words(wanted: Plan, language: Language) -> tuple[str, str]:
    places = {"old": wanted.old, "new": wanted.new}
    body = text("notices.number-change.body", language, **places)
    more = wanted.words and (wanted.words.zh if language is Language.CHINESE else wanted.words.en)
    return text("notices.number-change.title", language, **places), f"{body}\n\n{more}" if more else body
