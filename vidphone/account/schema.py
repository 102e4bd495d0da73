"""The tables of a profile's database, one step a version (`PRAGMA user_version`)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vidphone.wire.errors import ErrorCode, VidphoneError

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """CREATE TABLE contact (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, favourite INTEGER NOT NULL, note TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE contact_number (
            contact TEXT NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
            position INTEGER NOT NULL, number TEXT NOT NULL, PRIMARY KEY (contact, position)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX contact_by_number ON contact_number (number)",
        """CREATE TABLE call (
            id TEXT PRIMARY KEY, number TEXT NOT NULL, name TEXT NOT NULL, incoming INTEGER NOT NULL,
            video INTEGER NOT NULL, started_at_epoch_s REAL NOT NULL, talked_s REAL NOT NULL, reason TEXT NOT NULL,
            missed INTEGER NOT NULL, seen INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX call_by_time ON call (started_at_epoch_s)",
    ),
    ("ALTER TABLE call ADD COLUMN quality INTEGER",),
)
"""Step n brings version n to n + 1. A step that was released is never changed; a new one is added."""


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring a database to this version's form.

    Raises:
        VidphoneError: `PROFILE_NEWER`, it has a form that this version does not know.
    """
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise VidphoneError(ErrorCode.PROFILE_NEWER, {"path": str(path.parent)})
    for number in range(version, len(MIGRATIONS)):
        with transaction(db):
            for statement in MIGRATIONS[number]:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number + 1}")
