"""Customers with plans, made at once in the database: for what is about bills, not about signing up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, insert, select

from vidphone.service.days import CHINA
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.store.engine import writing
from vidphone.service.store.subscriptions import subscribe
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import agreements, number_pool, orders
from vidphone.terms.orders import Order, Plan, Price, Words, canonical, order_sha256
from vidphone.terms.tariff import Rate

LOCAL = Words("本网用户", "Customers of this service")
PLAN = Plan("light", Words("轻享套餐", "Light"), Words("按分钟计费", "By the minute"), 3000, (Price(LOCAL, 600, 1500),))
LIMIT_FEN = 100_000
VOICE = Rate(False, LOCAL, 600, 0, 1, False)
VIDEO = Rate(False, LOCAL, 1500, 0, 1, True)


@dataclass(frozen=True)
class Person:
    """A customer in the database."""

    account: int
    number: str


def moment(day: date, hour: int = 0, minute: int = 0) -> float:
    """A time of the provider's day, as the service counts."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA).timestamp()


def sign_up(
    engine: Engine, count: int, on: date, plan: Plan | None = PLAN, limit_fen: int = LIMIT_FEN, first: int = 2001
) -> list[Person]:
    """So many customers with consecutive numbers, whose agreements were signed on a day; without a plan on paper."""
    at = moment(on, 9)
    numbers = [str(first + index) for index in range(count)]
    with writing(engine) as connection:
        row = {"name": "", "password_hash": "", "enabled": True, "created_at": at}
        connection.execute(insert(accounts), [row | {"number": number} for number in numbers])
        found = select(accounts.c.id, accounts.c.number).where(accounts.c.number.in_(numbers)).order_by(accounts.c.id)
        people = [Person(row.id, row.number) for row in connection.execute(found)]
        state = "in-force" if plan else "on-paper"
        signed = {"version": "1", "state": state, "signed_at": at}
        connection.execute(
            insert(agreements), [signed | {"id": f"{one.account:032d}", "account_id": one.account} for one in people]
        )
        connection.execute(insert(number_pool), [{"number": number, "state": "taken"} for number in numbers])
        for one in people:
            Ledger().open(connection, one.account, limit_fen if plan else 0)
            if plan:
                order = Order(f"{on:%Y%m%d}-{one.account:06d}", on, "1", one.number, plan, None, limit_fen)
                body = canonical(order).decode()
                row = {"number": order.number, "agreement_id": f"{one.account:032d}"}
                connection.execute(insert(orders).values(**row, body=body, sha256=order_sha256(order)))
                subscribe(connection, one.account, order, on)
    return people


def call(engine: Engine, who: Sequence[Person], name: str, seconds: int, at: float, rate: Rate = VOICE) -> None:
    """A call of each of them, over at that time."""
    ledger = Ledger()
    with writing(engine) as connection:
        for one in who:
            known = f"{name}-{one.account}"
            grant = ledger.reserve(connection, known, one.account, rate, at - seconds, number="2002")
            ledger.begin(connection, known, at - seconds)
            while grant.until_used_s < seconds:  # type: ignore[union-attr]
                used = grant.until_used_s  # type: ignore[union-attr]
                grant = ledger.commit(connection, known, grant.sequence, used, at, renew=True)  # type: ignore[union-attr]
            ledger.finish(connection, known, seconds, at)
