"""The monthly run: every customer's bill of a month once, however often it is begun and wherever it is killed.

It takes a chunk of customers at a time, each in one transaction, and looks for those who have no bill yet. So what a
crash undoes is done by the next step, and a month is done once nobody is left.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, exists, func, insert, select

from vidphone.service.billing.lines import Subject
from vidphone.service.billing.making import Made, make_bills
from vidphone.service.billing.standing import SETTLING
from vidphone.service.billing.values import Conditions
from vidphone.service.days import provider_day
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import agreements
from vidphone.service.store.tables_billing import billing_runs, bills, leavings, subscriptions
from vidphone.service.store.tables_ledger import transfers
from vidphone.terms.bills import Period, local_day
from vidphone.wire.sign_up import AgreementState


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a step of the run did; `after` is where the next begins, None once the month is done."""

    made: Made
    after: int | None


def due_period(connection: Connection, conditions: Conditions, at: float) -> Period | None:
    """The earliest month that is over and not billed to its end; None where there is none."""
    last: str | None = connection.scalar(select(func.max(billing_runs.c.period)))
    if last is not None:
        period = Period.named(last).next()
    elif (first := _first_day(connection, conditions)) is not None:
        period = Period.of(first)
    else:
        return None
    return period if period.bounds(conditions.zone)[1] <= at else None


def bill_chunk(
    connection: Connection, period: Period, after: int, limit: int, conditions: Conditions, at: float
) -> Chunk:
    """Bill the next customers of a month, by id from the one after `after`, at most `limit` of them."""
    subjects, last = _next_subjects(connection, period, after, limit, conditions)
    made = (
        make_bills(connection, subjects, period, period.bounds(conditions.zone)[1], conditions, at)
        if subjects
        else Made()
    )
    if last is not None:
        return Chunk(made, last)
    of_period = (bills.c.period == period.name) & (bills.c.part == 0)
    sums = connection.execute(
        select(func.count(), func.coalesce(func.sum(bills.c.total_fen), 0)).where(of_period)
    ).one()
    connection.execute(insert(billing_runs).values(period=period.name, done_at=at, bills=sums[0], total_fen=sums[1]))
    return Chunk(made, None)


def _next_subjects(
    connection: Connection, period: Period, after: int, limit: int, conditions: Conditions
) -> tuple[list[Subject], int | None]:
    billed = exists().where(bills.c.account_id == accounts.c.id, bills.c.period == period.name, bills.c.part == 0)
    in_force = (agreements.c.account_id == accounts.c.id) & (agreements.c.state != AgreementState.ENDED)
    wanted = (
        select(accounts.c.id, accounts.c.number, agreements.c.signed_at, leavings.c.final_bill)
        .join(agreements, in_force)
        .outerjoin(leavings, (leavings.c.account_id == accounts.c.id) & (leavings.c.state == SETTLING))
        .where(accounts.c.id > after, agreements.c.signed_at < period.bounds(conditions.zone)[1], ~billed)
        .order_by(accounts.c.id)
        .limit(limit)
    )
    rows = connection.execute(wanted).all()
    stated = stated_until(connection, [row.id for row in rows], period)
    subjects = []
    for row in rows:
        first = max(period.first, provider_day(row.signed_at))
        if row.id in stated:
            first = max(first, stated[row.id] + timedelta(days=1))
        subjects.append(Subject(row.id, row.number, first, period.last, rent=row.final_bill is None))
    return subjects, rows[-1].id if len(rows) == limit else None


def stated_until(connection: Connection, ids: list[int], period: Period) -> dict[int, date]:
    """Up to which day final statements of the month reach, of those of these customers who have any."""
    wanted = select(bills.c.account_id, func.max(bills.c.to_day).label("until")).where(
        bills.c.account_id.in_(ids), bills.c.period == period.name, bills.c.part > 0
    )
    rows = connection.execute(wanted.group_by(bills.c.account_id))
    return {row.account_id: date.fromisoformat(row.until) for row in rows}


def _first_day(connection: Connection, conditions: Conditions) -> date | None:
    plan: str | None = connection.scalar(select(func.min(subscriptions.c.plan_from)))
    moved: float | None = connection.scalar(select(func.min(transfers.c.at)))
    days = [date.fromisoformat(plan)] if plan else []
    if moved is not None:
        days.append(local_day(moved, conditions.zone))
    return min(days, default=None)
