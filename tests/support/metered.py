"""Customers with a plan and a credit limit, put straight into a database: many of them in no time."""

import secrets
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Engine, insert

from vidphone.service.ledger.ledger import Ledger
from vidphone.service.passwords import hash_password
from vidphone.service.store.customers import add_account
from vidphone.service.store.engine import writing
from vidphone.service.store.subscriptions import subscribe
from vidphone.service.store.tables_agreement import agreements, orders
from vidphone.terms.orders import Order, Plan, Price, Words, canonical, order_number, order_sha256
from vidphone.wire.sign_up import AgreementState

FIRST_ORDER = 900_000
"""Orders of the day that these are not: the service counts its own from 1."""


def plan(
    video_e4_yuan: int = 6000,
    *,
    voice_e4_yuan: int = 3000,
    rent_fen: int = 1000,
    minimum_s: int = 0,
    increment_s: int = 1,
) -> Plan:
    """A plan with one price for all numbers."""
    name = Words("试", "Trial")
    price = Price(Words("国内", "Inland"), voice_e4_yuan, video_e4_yuan)
    return Plan("trial", name, name, rent_fen, (price,), minimum_s, increment_s)


def add_metered(
    engine: Engine, numbers: Iterable[str], of: Plan, limit_fen: int, since: date, at: float, password: str = ""
) -> list[int]:
    """Customers with these numbers, in order; their ids. Without a password none of them can sign in."""
    hashed = hash_password(password) if password else "none"
    found = []
    with writing(engine) as connection:
        for sequence, number in enumerate(numbers, FIRST_ORDER):
            account, agreement = add_account(connection, number, "", hashed, at), secrets.token_hex(16)
            order = Order(order_number(since, sequence), since, "1", number, of, None, limit_fen)
            connection.execute(
                insert(agreements).values(
                    id=agreement,
                    account_id=account,
                    version="",
                    state=AgreementState.ON_PAPER,
                    reference="TEST",
                    signed_at=at,
                )
            )
            body = {"body": canonical(order).decode(), "sha256": order_sha256(order)}
            connection.execute(insert(orders).values(number=order.number, agreement_id=agreement, **body))
            subscribe(connection, account, order, since)
            Ledger().open(connection, account, limit_fen)
            found.append(account)
    return found
