"""Where customers stand today, from what the database knows of them (clauses 5, 9, 10 and 11)."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Connection, select, union

from vidphone.service.billing.values import Conditions
from vidphone.service.days import provider_day
from vidphone.service.store.standings import keep_standings
from vidphone.service.store.tables_agreement import reviews
from vidphone.service.store.tables_billing import bills, judicial_pauses, leavings, standings
from vidphone.terms.late_fee import Debt
from vidphone.terms.standing import Cause, Facts, Standing, standing
from vidphone.wire.sign_up import ReviewState

ENDED, SETTLING = "ended", "settling"
BY_CUSTOMER, BY_DEBT = "customer", "debt"


def concerned(connection: Connection, after: int, limit: int) -> list[int]:
    """Customers whose standing a new day may change, from the one after `after` on, by id."""
    found = union(
        select(bills.c.account_id).where(bills.c.paid_fen < bills.c.total_fen),
        select(standings.c.account_id).where(standings.c.to_day.is_(None)),
        select(judicial_pauses.c.account_id).where(judicial_pauses.c.to_day.is_(None)),
        select(leavings.c.account_id).where(leavings.c.state == SETTLING),
    ).subquery()
    wanted = select(found.c.account_id).where(found.c.account_id > after).order_by(found.c.account_id).limit(limit)
    return list(connection.scalars(wanted))


def stand(
    connection: Connection,
    accounts: Collection[int],
    conditions: Conditions,
    today: date,
    available_fen: int = 1,
    data_since: Mapping[int, date] | None = None,
) -> dict[int, Standing]:
    """The standing of each of these customers; what is available and data not accepted only where they are given."""
    data_since = data_since or {}
    debts: dict[int, list[Debt]] = {account: [] for account in accounts}
    open_bills = select(bills.c.account_id, bills.c.due_on, (bills.c.total_fen - bills.c.paid_fen).label("open_fen"))
    for row in connection.execute(
        open_bills.where(bills.c.account_id.in_(accounts), bills.c.paid_fen < bills.c.total_fen)
    ):
        debts[row.account_id].append(Debt(date.fromisoformat(row.due_on), row.open_fen))
    paused = select(judicial_pauses.c.account_id, judicial_pauses.c.from_day)
    held = paused.where(judicial_pauses.c.account_id.in_(accounts), judicial_pauses.c.to_day.is_(None))
    pauses = {row.account_id: date.fromisoformat(row.from_day) for row in connection.execute(held)}
    leaving = select(leavings).where(leavings.c.account_id.in_(accounts))
    leaves = {row.account_id: row for row in connection.execute(leaving)}
    found = {}
    for account in accounts:
        leave = leaves.get(account)
        by_debt = leave is not None and leave.cause == BY_DEBT
        over = leave is not None and (by_debt or leave.state == ENDED)
        asked_on = provider_day(leave.asked_at) if leave else None
        ended_on = provider_day(leave.asked_at if by_debt else leave.ended_at) if leave and over else None
        facts = Facts(
            available_fen=available_fen,
            debts=tuple(debts[account]),
            judicial_since=pauses.get(account),
            data_since=data_since.get(account),
            leaving_since=None if over else asked_on,
            ended_on=ended_on,
            ended_cause=Cause.OVERDUE if by_debt else Cause.LEFT,
        )
        found[account] = standing(facts, today, conditions.standing_figures)
    return found


def data_suspended(connection: Connection, accounts: Collection[int]) -> dict[int, date]:
    """Those of these customers who are suspended for their data (clause 1), with the day since when."""
    barred = reviews.c.state.in_((ReviewState.SUSPENDED, ReviewState.REFUSED))
    wanted = select(reviews.c.account_id, reviews.c.since).where(reviews.c.account_id.in_(accounts), barred)
    return {row.account_id: provider_day(row.since) for row in connection.execute(wanted)}


def refresh(connection: Connection, accounts: Collection[int], conditions: Conditions, at: float) -> int:
    """Keep where these customers stand now; how many stand otherwise than before."""
    return keep_standings(connection, stand(connection, accounts, conditions, provider_day(at)), at)
