"""Customers and prices for the ledger's tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select

from vidphone.service.ledger.ledger import Ledger
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.tables import accounts
from vidphone.terms.orders import Words
from vidphone.terms.tariff import Rate

LOCAL = Words("市内", "Local")


def rate(e4_yuan: int, minimum_s: int = 0, increment_s: int = 1, *, video: bool = True) -> Rate:
    return Rate(False, LOCAL, e4_yuan, minimum_s, increment_s, video)


A_FEN_A_SECOND = rate(6_000)
FREE = Rate(True, None, 0, 0, 1)


def call(number: int) -> str:
    return f"{number:032x}"


def add(engine: Engine, number: str, limit_fen: int) -> int:
    """A customer with a limit; the account's id."""
    StoredCustomers(engine).add(number, "", "hash", at=0)
    with writing(engine) as connection:
        account: int = connection.scalars(select(accounts.c.id).where(accounts.c.number == number)).one()
        Ledger().set_limit(connection, account, limit_fen)
    return account


@contextmanager
def database(folder: Path) -> Iterator[Engine]:
    engine = open_database(folder)
    try:
        yield engine
    finally:
        engine.dispose()
