"""Outages as they are recorded, by the provider and by the service itself (clauses 13 and 14)."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Row, insert, or_, select, update

from vidphone.service.days import CHINA, utc
from vidphone.service.store.customers import account_id
from vidphone.service.store.places import Place, beyond
from vidphone.service.store.tables_outages import outage_accounts, outages
from vidphone.terms.calendar import Span
from vidphone.terms.orders import Words
from vidphone.terms.outages import Outage, excused_days

MAX_NUMBERS = 10_000
"""Named in one outage; more are everyone."""
MAX_WORDS = 500
FIRST = 0
"""Nobody has got what an outage earns."""


class Cause(StrEnum):
    """Who recorded it."""

    SERVICE = "service"
    PROVIDER = "provider"


class BadOutage(Exception):
    """It cannot be recorded so; `reason` is the key of the text `outages.fault.<reason>`."""

    def __init__(self, reason: str) -> None:
        """Nothing was changed."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Record:
    """An outage to be recorded. Times are UTC seconds since 1970; one without an end goes on."""

    began_at: float
    ended_at: float | None
    words: Words
    numbers: Sequence[str] = ()
    """Whom it concerns; empty: everyone."""
    force_majeure: Words | None = None
    """What it was, where it was by force majeure (clause 14)."""
    cause: Cause = Cause.PROVIDER


@dataclass(frozen=True, slots=True)
class Listed:
    """An outage as staff see it."""

    id: str
    record: Record
    withdrawn: bool
    recorded_by: str
    settled: bool
    concerned: int | None
    """How many customers; None: everyone."""

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.record.began_at, self.id)


def recorded(connection: Connection, outage: str) -> bool:
    """Whether there is that outage."""
    return connection.scalar(select(outages.c.id).where(outages.c.id == outage)) is not None


def record(connection: Connection, new: Record, by: str, at: float, once: str = "") -> str:
    """Keep an outage; its id, which is `once` where that is given.

    Raises:
        BadOutage: its times or words cannot be.
        UnknownNumber: nobody has one of the numbers.
    """
    _check(new.began_at, new.ended_at, at)
    for words in (new.words, *([new.force_majeure] if new.force_majeure else [])):
        _check_words(words)
    if len(new.numbers) > MAX_NUMBERS:
        raise BadOutage("numbers")
    outage = once or secrets.token_hex(16)
    connection.execute(
        insert(outages).values(
            id=outage,
            cause=new.cause.value,
            everyone=not new.numbers,
            began_at=new.began_at,
            ended_at=new.ended_at,
            words_zh=new.words.zh,
            words_en=new.words.en,
            force_majeure_zh=new.force_majeure.zh if new.force_majeure else None,
            force_majeure_en=new.force_majeure.en if new.force_majeure else None,
            recorded_by=by,
            recorded_at=at,
            settled_to=FIRST,
        )
    )
    if concerned := {account_id(connection, number) for number in new.numbers}:
        rows = [{"outage_id": outage, "account_id": account} for account in sorted(concerned)]
        connection.execute(insert(outage_accounts), rows)
    return outage


def end(connection: Connection, outage: str, ended_at: float, at: float) -> None:
    """It is over.

    Raises:
        BadOutage: there is none such that goes on, or that is no end of it.
    """
    row = _of(connection, outage)
    if row.ended_at is not None:
        raise BadOutage("over")
    _check(row.began_at, ended_at, at)
    _change(connection, outage, ended_at=ended_at)


def mark(connection: Connection, outage: str, force_majeure: Words | None) -> None:
    """It was by force majeure, or was not after all; what it earned is settled anew.

    Raises:
        BadOutage: there is none such, or the words cannot be.
    """
    _of(connection, outage)
    if force_majeure is not None:
        _check_words(force_majeure)
    zh, en = (force_majeure.zh, force_majeure.en) if force_majeure else (None, None)
    _change(connection, outage, force_majeure_zh=zh, force_majeure_en=en)


def withdraw(connection: Connection, outage: str, at: float) -> None:
    """It never was; what it earned is settled anew. Raises `BadOutage`: there is none such."""
    _of(connection, outage)
    _change(connection, outage, withdrawn_at=at)


def listed(connection: Connection, after: Place | None, limit: int) -> tuple[Listed, ...]:
    """The latest first; those after a place."""
    wanted = select(outages).order_by(outages.c.began_at.desc(), outages.c.id).limit(limit)
    if after is not None:
        wanted = wanted.where(beyond(outages.c.began_at, outages.c.id, after))
    rows = connection.execute(wanted).all()
    concerned: dict[str, int] = {}
    those = select(outage_accounts.c.outage_id).where(outage_accounts.c.outage_id.in_([row.id for row in rows]))
    for one in connection.scalars(those):
        concerned[one] = concerned.get(one, 0) + 1
    return tuple(
        Listed(
            row.id,
            Record(
                row.began_at,
                row.ended_at,
                Words(row.words_zh, row.words_en),
                (),
                Words(row.force_majeure_zh, row.force_majeure_en) if row.force_majeure_zh else None,
                Cause(row.cause),
            ),
            row.withdrawn_at is not None,
            row.recorded_by,
            row.settled_to is None,
            None if row.everyone else concerned.get(row.id, 0),
        )
        for row in rows
    )


def rows_of(connection: Connection, accounts: Collection[int]) -> dict[int, list[Row[tuple[object, ...]]]]:
    """The outages that concerned each of these customers, in the order of their beginnings."""
    named = select(outage_accounts).where(outage_accounts.c.account_id.in_(accounts))
    whose: dict[str, list[int]] = {}
    for row in connection.execute(named):
        whose.setdefault(row.outage_id, []).append(row.account_id)
    wanted = select(outages).where(
        outages.c.withdrawn_at.is_(None), or_(outages.c.everyone, outages.c.id.in_(list(whose)))
    )
    found: dict[int, list[Row[tuple[object, ...]]]] = {account: [] for account in accounts}
    for row in connection.execute(wanted.order_by(outages.c.began_at, outages.c.id)):
        for account in accounts if row.everyone else whose[row.id]:
            found[account].append(row)
    return found


def value(row: Row[tuple[object, ...]]) -> Outage:
    """As the rules take it."""
    ended = None if row.ended_at is None else utc(row.ended_at)
    return Outage(utc(row.began_at), ended, row.force_majeure_zh is not None)


def outages_of(connection: Connection, accounts: Collection[int]) -> dict[int, list[Outage]]:
    """The same as values for `terms.outages`."""
    return {account: [value(row) for row in rows] for account, rows in rows_of(connection, accounts).items()}


def excused_of(connection: Connection, accounts: Collection[int], until: date) -> dict[int, tuple[Span, ...]]:
    """The days up to one on which no late fee ran, for each of these customers (clause 14)."""
    after = datetime.combine(until + timedelta(days=1), time(), CHINA)
    return {account: excused_days(those, after, CHINA) for account, those in outages_of(connection, accounts).items()}


def _of(connection: Connection, outage: str) -> Row[tuple[object, ...]]:
    row = connection.execute(select(outages).where(outages.c.id == outage, outages.c.withdrawn_at.is_(None))).first()
    if row is None:
        raise BadOutage("unknown")
    return row


def _change(connection: Connection, outage: str, **values: object) -> None:
    connection.execute(update(outages).where(outages.c.id == outage).values(**values, settled_to=FIRST))


def _check(began_at: float, ended_at: float | None, at: float) -> None:
    if began_at > at or (ended_at is not None and ended_at > at):
        raise BadOutage("to-come")
    if ended_at is not None and ended_at <= began_at:
        raise BadOutage("times")


def _check_words(words: Words) -> None:
    if not (words.zh.strip() and words.en.strip()) or max(len(words.zh), len(words.en)) > MAX_WORDS:
        raise BadOutage("words")
