"""The audit chain: entries that are only ever added, each hashed together with the hash of the one before.

Whoever can write to the database could still take off the end of the chain, or write all of it anew. So its head is
published from time to time, outside the provider's hands, and the chain is held against that.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine, Row, insert, select

from vidphone.scrub import names_somebody
from vidphone.service.store.tables_identity import audit

BEGINNING = "0" * 64
"""What the first entry follows."""
ROWS_AT_A_TIME = 1000
_PLAIN = re.compile(r"[A-Za-z0-9._:,;+/= -]{0,200}")
_KIND = re.compile(r"[a-z][a-z-]{0,31}")
MAX_NAME = 64
MAX_ENTRIES = 1000
"""Of one look."""


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries there are, and the hash of the last: what is published."""

    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"

    @classmethod
    def parse(cls, written: str) -> "Head":
        """A head as `str` writes it.

        Raises:
            ValueError: it is not written so.
        """
        if not re.fullmatch(r"[0-9]{1,15}:[0-9a-f]{64}", written):
            raise ValueError("no head of a chain")
        count, _, last = written.partition(":")
        return cls(int(count), last)


class Problem(StrEnum):
    """What can be wrong with an entry."""

    ALTERED = "altered"
    """Its own hash does not fit."""
    UNLINKED = "unlinked"
    """It does not follow the one before: that was replaced, or something was put in between."""
    MISSING = "missing"
    """It is not there."""
    REWRITTEN = "rewritten"
    """The chain is sound in itself, and is not the one whose head was published."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry that is not as it was written."""

    entry: int
    problem: Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. Times are UTC seconds since 1970."""

    id: int
    at: float
    kind: str
    actor: str
    subject: str
    details: Mapping[str, str]


class AuditLog:
    """The chain in the database. Blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(
        self, connection: Connection, kind: str, actor: str, subject: str, details: Mapping[str, str], at: float
    ) -> None:
        """Add an entry in the caller's transaction: with what it tells of, or not at all.

        `kind` is a code (`identity-revealed`), `actor` who did it (a member of staff, `customer`, `service`),
        `subject` whom it concerns, by a key of the database (`account:12`). The chain is never erased, so nothing in
        it may name a customer: `details` are codes, ids, hashes and counts, no text that somebody wrote.

        Raises:
            ValueError: one of them is not so.
        """
        _check(kind, actor, subject, details)
        last = connection.execute(select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).one_or_none()
        number, previous = (last.id + 1, last.hash) if last else (1, BEGINNING)
        written = json.dumps(dict(details), sort_keys=True, separators=(",", ":"))
        row = {"id": number, "at": float(at), "kind": kind, "actor": actor, "subject": subject, "details": written}
        connection.execute(insert(audit).values(row | {"previous": previous, "hash": _hash(row, previous)}))

    def head(self) -> Head:
        """The head to publish."""
        wanted = select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)
        with self._engine.connect() as connection:
            last = connection.execute(wanted).one_or_none()
        return Head(last.id, last.hash) if last else Head(0, BEGINNING)

    def verify(self, published: Head | None = None) -> Broken | None:
        """The first broken entry; None where the chain is sound, and goes on from the published head."""
        previous, number = BEGINNING, 0
        with self._engine.connect() as connection:
            if published == Head(0, BEGINNING):
                published = None
            rows = connection.execution_options(yield_per=ROWS_AT_A_TIME).execute(select(audit).order_by(audit.c.id))
            for row in rows:
                number += 1
                if broken := _broken(row, number, previous, published):
                    return broken
                previous = row.hash
        if published is not None and number < published.count:
            return Broken(number + 1, Problem.MISSING)
        return None

    def entries(self, after: int = 0, limit: int = MAX_ENTRIES, subject: str | None = None) -> list[Entry]:
        """Entries in their order, those of one subject or all; at most `MAX_ENTRIES`."""
        wanted = select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(min(limit, MAX_ENTRIES))
        if subject is not None:
            wanted = wanted.where(audit.c.subject == subject)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(wanted)]

    def latest(self, before: int | None, limit: int, subject: str | None = None) -> list[Entry]:
        """Entries, newest first: those before one, of one subject or all; at most `MAX_ENTRIES`."""
        wanted = select(audit).order_by(audit.c.id.desc()).limit(min(limit, MAX_ENTRIES))
        if before is not None:
            wanted = wanted.where(audit.c.id < before)
        if subject is not None:
            wanted = wanted.where(audit.c.subject == subject)
        with self._engine.connect() as connection:
            return [_entry(row) for row in connection.execute(wanted)]


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(row.id, row.at, row.kind, row.actor, row.subject, json.loads(row.details))


def _broken(row: Row[tuple[object, ...]], number: int, previous: str, published: Head | None) -> Broken | None:
    if row.id != number:
        return Broken(number, Problem.MISSING)
    if row.previous != previous:
        return Broken(number, Problem.UNLINKED)
    if row.hash != _hash(row._asdict(), previous):
        return Broken(number, Problem.ALTERED)
    if published is not None and number == published.count and row.hash != published.hash:
        return Broken(number, Problem.REWRITTEN)
    return None


def _hash(row: Mapping[str, object], previous: str) -> str:
    """SHA-256 of the entry as canonical JSON: keys sorted, no spaces, ASCII."""
    fields = {name: row[name] for name in ("id", "at", "kind", "actor", "subject", "details")}
    canonical = json.dumps(fields | {"previous": previous}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _check(kind: str, actor: str, subject: str, details: Mapping[str, str]) -> None:
    if not _KIND.fullmatch(kind):
        raise ValueError("the kind of an entry is a short code")
    if not 1 <= len(actor) <= MAX_NAME or not actor.isprintable() or not 1 <= len(subject) <= MAX_NAME:
        raise ValueError("an entry names who did it, and whom it concerns")
    for value in (subject, *details, *details.values()):
        if not _PLAIN.fullmatch(value) or names_somebody(value):
            raise ValueError("the audit chain holds no personal data")
