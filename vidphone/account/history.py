"""The calls that were."""

import sqlite3
from dataclasses import dataclass

from vidphone.account.schema import transaction
from vidphone.wire.reasons import EndReason

MAX_ENTRIES = 2_000
"""The oldest beyond that are forgotten: some five calls a day for a year."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One call of the past."""

    id: str
    number: str
    name: str
    incoming: bool
    video: bool
    started_at_epoch_s: float
    talked_s: float
    reason: EndReason
    missed: bool
    seen: bool
    quality: int | None = None
    """0 to 5, the mean of the signal bars while it lasted; None where there was no talk, or none was kept."""


_REASONS = {reason.value: reason for reason in EndReason}
_COLUMNS = "id, number, name, incoming, video, started_at_epoch_s, talked_s, reason, missed, seen, quality"


def add(db: sqlite3.Connection, entry: HistoryEntry) -> None:
    """Add a call, or change the one of that id, and forget the oldest beyond `MAX_ENTRIES`."""
    with transaction(db):
        db.execute(
            f"INSERT OR REPLACE INTO call ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
            (
                entry.id,
                entry.number,
                entry.name,
                entry.incoming,
                entry.video,
                entry.started_at_epoch_s,
                entry.talked_s,
                entry.reason.value,
                entry.missed,
                entry.seen,
                entry.quality,
            ),
        )
        db.execute(
            "DELETE FROM call WHERE id IN (SELECT id FROM call ORDER BY started_at_epoch_s DESC LIMIT -1 OFFSET ?)",
            (MAX_ENTRIES,),
        )


def latest(db: sqlite3.Connection, limit: int) -> tuple[HistoryEntry, ...]:
    """The latest calls, newest first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM call ORDER BY started_at_epoch_s DESC, id LIMIT ?", (limit,))  # noqa: S608
    return tuple(_entry(row) for row in rows)


def mark_missed_seen(db: sqlite3.Connection) -> None:
    """The person has looked at the missed calls."""
    db.execute("UPDATE call SET seen = 1 WHERE seen = 0")


def forget(db: sqlite3.Connection) -> None:
    """Delete all calls, from the write-ahead log as well."""
    db.execute("DELETE FROM call")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _entry(row: tuple[str, str, str, int, int, float, float, str, int, int, int | None]) -> HistoryEntry:
    id_, number, name, incoming, video, started_at_epoch_s, talked_s, reason, missed, seen, quality = row
    return HistoryEntry(
        id_,
        number,
        name,
        bool(incoming),
        bool(video),
        started_at_epoch_s,
        talked_s,
        _REASONS.get(reason, EndReason.FAILED),  # a reason of a version to come
        bool(missed),
        bool(seen),
        quality,
    )
