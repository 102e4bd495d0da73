"""The sealed columns of the database, whatever table they are in: opening the vault for them, and changing its keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, LargeBinary, Table, and_, func, select, update

from vidphone.service.store.engine import writing
from vidphone.service.store.tables import metadata
from vidphone.service.vault.custody import VaultError
from vidphone.service.vault.envelope import MAX_FRONT_BYTES, front_key, key_front
from vidphone.service.vault.keys import KeyFile
from vidphone.service.vault.vault import Vault

ROWS_AT_A_TIME = 20
"""In one transaction. A row may hold a copy of 10 MB, and the running service must get its turn in between."""
RETIRED_S = 86_400.0
"""A retired key is dropped only after that time: what a running service sealed with it has long been committed."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a change of keys did."""

    active: str
    rewrapped: int
    """Values whose data key is under the new key now."""
    dropped: tuple[str, ...]
    """Keys that were retired before, wrap nothing any more, and were destroyed."""


def open_vault(engine: Engine, path: Path, at: float) -> Vault:
    """The vault over a key file, which is made where there is nothing to open yet.

    Raises:
        VaultError: `missing` or `unknown-key`, when the database holds what other keys sealed: new ones in their
            place would make a lost file look like an empty database. Else as `KeyFile.create`.
    """
    sealed = _newest(engine)
    keys = KeyFile(path) if sealed else KeyFile.create(path, at)
    unknown = {front_key(value) for value in sealed} - keys.ids()
    if unknown:
        raise VaultError("unknown-key", {"id": min(unknown), "path": str(path)})
    return Vault(keys, keys.index_key)


def rotate_keys(engine: Engine, path: Path, at: float) -> Rotation:
    """Make a new active key, put all data keys under it, and destroy keys retired a day ago that wrap nothing more.

    No sealed value is opened. Works beside a running service; after a crash, do it again. Each step on the key file
    is taken while this process alone may write to the database, so that two changes at once lose no key.

    Raises:
        VaultError: as `KeyFile`; `altered-row`, one value is damaged: those before it are under the new key.
    """
    keys = KeyFile(path)
    vault = Vault(keys, keys.index_key)
    with writing(engine):
        keys.rotate(at)
    rewrapped = sum(_rewrap(engine, vault, table, column) for table, column in _columns())
    with writing(engine) as connection:
        dropped = sorted(keys.retired(at - RETIRED_S) - _in_use(connection))
        keys.drop(dropped)
    return Rotation(keys.active(), rewrapped, tuple(dropped))


def _rewrap(engine: Engine, vault: Vault, table: Table, column: Column[bytes]) -> int:
    """Put the values of one column under the active key; how many there were."""
    primary = tuple(table.primary_key.columns)
    done = 0
    while True:
        front = key_front(vault.active_key())  # anew each time: somebody else may change the keys meanwhile
        elsewhere = func.substr(column, 1, len(front), type_=LargeBinary) != front
        wanted = select(*primary, column.label("sealed")).where(column.is_not(None), elsewhere).limit(ROWS_AT_A_TIME)
        with writing(engine) as connection:
            rows = connection.execute(wanted).all()
            for row in rows:
                *place, sealed = row
                same = and_(*(key == value for key, value in zip(primary, place, strict=True)))
                sealed = _rewrapped(vault, table, "/".join(map(str, place)), sealed)
                connection.execute(update(table).where(same).values({column: sealed}))
        if not rows:
            return done
        done += len(rows)


def _rewrapped(vault: Vault, table: Table, row: str, sealed: bytes) -> bytes:
    try:
        return vault.rewrap(sealed, table=table.name, row=row)
    except VaultError as error:
        if error.reason != "altered":
            raise
        raise VaultError("altered-row", {"table": table.name, "row": row}) from error


def _in_use(connection: Connection) -> set[str]:
    """The ids of all keys that wrap something."""
    return {
        front_key(front)
        for table, column in _columns()
        for front in connection.scalars(
            select(func.substr(column, 1, MAX_FRONT_BYTES, type_=LargeBinary)).where(column.is_not(None))
        )
    }


def _newest(engine: Engine) -> list[bytes]:
    """A sealed value of each column: enough to see whether the keys are those of this database."""
    with engine.connect() as connection:
        found = (
            connection.scalar(
                select(column)
                .where(column.is_not(None))
                .order_by(*(key.desc() for key in table.primary_key.columns))
                .limit(1)
            )
            for table, column in _columns()
        )
        return [sealed for sealed in found if sealed is not None]


def _columns() -> Iterator[tuple[Table, Column[bytes]]]:
    """The columns marked `SEALED`."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("sealed"):
                yield table, column
