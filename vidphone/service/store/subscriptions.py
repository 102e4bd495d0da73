"""Which plan a customer has from which day (clause 2). Of a customer on paper without an order there is none.

Prices of an order do not change while it is in force: what is charged by is the plan as it was ordered.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select

from vidphone.service.store.tables_billing import subscriptions
from vidphone.terms.orders import Order, Plan

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A plan with the order that it stands in, and the day from which it holds."""

    plan: Plan
    plan_from: date
    order_number: str


def subscribe(connection: Connection, account: int, order: Order, plan_from: date) -> None:
    """The plan of an order holds from that day on; of several from one day, the last that was ordered."""
    connection.execute(
        insert(subscriptions).values(
            order_number=order.number,
            account_id=account,
            plan_from=plan_from.isoformat(),
            plan=_PLAN.dump_json(order.plan).decode(),
        )
    )


def subscriptions_of(connection: Connection, accounts: Collection[int]) -> dict[int, list[Subscription]]:
    """All plans of customers, the earliest first; of those from one day, the one that holds."""
    wanted = (
        select(subscriptions)
        .where(subscriptions.c.account_id.in_(accounts))
        .order_by(subscriptions.c.plan_from, subscriptions.c.order_number)
    )
    found: dict[int, dict[str, Subscription]] = {}
    read: dict[str, Plan] = {}  # many customers have the same plan
    for row in connection.execute(wanted):
        plan = read.get(row.plan) or read.setdefault(row.plan, _PLAN.validate_json(row.plan))
        one = Subscription(plan, date.fromisoformat(row.plan_from), row.order_number)
        found.setdefault(row.account_id, {})[row.plan_from] = one
    return {account: list(each.values()) for account, each in found.items()}


def at_day(known: Collection[Subscription], on: date) -> Subscription | None:
    """The one of a customer's that holds on a day; `known` in its order."""
    return next((one for one in reversed(list(known)) if one.plan_from <= on), None)


def plans_of(connection: Connection, accounts: Collection[int], on: date) -> dict[int, Plan]:
    """The plan of each of these customers on a day; who has none is left out."""
    holding = {account: at_day(known, on) for account, known in subscriptions_of(connection, accounts).items()}
    return {account: one.plan for account, one in holding.items() if one is not None}


def plan_of(connection: Connection, account: int, on: date) -> Plan | None:
    """The plan of a customer on a day."""
    return plans_of(connection, (account,), on).get(account)
