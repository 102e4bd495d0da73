"""The database of a profile, as the engine's loop uses it: contacts, history, and who this device is.

One connection on one thread of its own: SQLite has one writer, and the loop never waits for a disk.
"""

import asyncio
import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from vidphone.account import contacts as contact_rows
from vidphone.account import history as history_rows
from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.account.profile import set_aside
from vidphone.account.schema import migrate
from vidphone.wire.errors import ErrorCode, VidphoneError

log = logging.getLogger(__name__)

FILE_NAME = "vidphone.db"
T = TypeVar("T")


class ProfileStore:
    """The profile's database. Every coroutine raises `RuntimeError` before `open` and after `close`."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE_NAME
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="profile store")
        self._connection: sqlite3.Connection | None = None
        self.damaged: Path | None = None
        """The database that could not be read at `open` and was set aside."""

    async def open(self) -> None:
        """Open the database, made or brought to this version's form; a damaged one is set aside.

        Raises:
            VidphoneError: `PROFILE_NEWER`, a newer version wrote it; `BAD_FILE`, it cannot be read or written.
        """
        loop = asyncio.get_running_loop()
        self._connection = await loop.run_in_executor(self._thread, self._open)

    async def close(self) -> None:
        """Finish what is under way and close."""
        if self._connection is not None:
            await self._run(sqlite3.Connection.close)
            self._connection = None
        self._thread.shutdown(wait=False)

    async def contacts(self) -> tuple[Contact, ...]:
        """Everyone, by name."""
        return await self._run(contact_rows.everyone)

    async def save_contact(self, contact: Contact) -> None:
        """Add a contact, or change the one of that id."""
        await self._run(lambda db: contact_rows.save(db, (contact,)))

    async def save_contacts(self, contacts: Iterable[Contact]) -> None:
        """The same for many, all or none."""
        all_of_them = tuple(contacts)
        await self._run(lambda db: contact_rows.save(db, all_of_them))

    async def remove_contact(self, contact_id: str) -> None:
        """Delete a contact; one that is not there is no error."""
        await self._run(lambda db: contact_rows.remove(db, contact_id))

    async def history(self, limit: int) -> tuple[HistoryEntry, ...]:
        """The latest calls, newest first."""
        return await self._run(lambda db: history_rows.latest(db, limit))

    async def add_history(self, entry: HistoryEntry) -> None:
        """Add a call; the oldest beyond `history.MAX_ENTRIES` are forgotten."""
        await self._run(lambda db: history_rows.add(db, entry))

    async def mark_missed_seen(self) -> None:
        """The person has looked at the missed calls."""
        await self._run(history_rows.mark_missed_seen)

    async def forget_history(self) -> None:
        """Delete all calls, from the disk as well."""
        await self._run(history_rows.forget)

    async def device_id(self) -> str:
        """Who this device is among those of its number: 32 hexadecimal digits, drawn once."""
        return await self._run(_device_id)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection
        if connection is None:
            raise RuntimeError("the profile's store is not open")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, connection)

    def _open(self) -> sqlite3.Connection:
        try:
            try:
                return _connect(self._path)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # no right to read, disk full: not the file's fault
                    raise
                self.damaged = set_aside(self._path)
                log.warning("the profile's database is damaged and was set aside")
                for suffix in ("-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        self._path.with_name(FILE_NAME + suffix).unlink()
                return _connect(self._path)
        except (OSError, sqlite3.Error) as error:
            raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(self._path)}) from error


def _connect(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")  # a power cut loses at most the last calls, never the file
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what a person deletes is gone from the disk
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("quick_check")
        migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _device_id(db: sqlite3.Connection) -> str:
    db.execute("INSERT OR IGNORE INTO fact (name, value) VALUES ('device', ?)", (secrets.token_hex(16),))
    return str(db.execute("SELECT value FROM fact WHERE name = 'device'").fetchone()[0])
