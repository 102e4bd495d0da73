"""Opening the database of a data folder."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

FILE_NAME = "vidphone.db"
LOCK_NAME = "service.lock"
BUSY_TIMEOUT_S = 10
"""How long a writer waits for another process's, such as `vidphone admin`'s beside the service."""


class DataInUse(Exception):
    """Another service works in the same data folder."""


def open_database(data: Path) -> Engine:
    """Create what is missing, bring the tables up to date, and return the engine.

    A new database is its owner's alone, whatever the folder allows; SQLite gives the files beside it the same rights.
    Commits are on the disk when they return (`synchronous=FULL`): 3,165 two-row commits/s were measured so.

    Raises:
        OSError: the folder cannot be created or written.
        sqlalchemy.exc.DBAPIError: the file is no database, or cannot be written.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / FILE_NAME).touch(mode=0o600)
    engine = create_engine(
        f"sqlite:///{data / FILE_NAME}",
        connect_args={"timeout": BUSY_TIMEOUT_S},
        hide_parameters=True,  # they are personal data, and errors go to the log
    )
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    try:
        _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _set_up(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    """A transaction that will write takes its turn at once; one that began reading could fail instead of waiting."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; committed at the end, undone when an exception leaves it."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def forget_old_pages(engine: Engine) -> None:
    """Write the log into the database and empty it: with `secure_delete`, what was erased is then in no file.

    A reader that is at work keeps the log as it is, until the next time.
    """
    connection = engine.raw_connection()  # outside of any transaction
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    finally:
        connection.close()


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", "vidphone.service:migrations")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


class DataLock:
    """Only one service works in a data folder: a second one would end the calls of the first as interrupted.

    The lock is a transaction on an empty database, because that works alike on every system and ends with the
    process however it ends.
    """

    def __init__(self, data: Path) -> None:
        """Take the lock.

        Raises:
            DataInUse: another process has it.
        """
        self._connection = sqlite3.connect(data / LOCK_NAME, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise DataInUse from error

    def release(self) -> None:
        """Let it go."""
        self._connection.close()
