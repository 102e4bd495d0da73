"""A customer's month at a glance, and their calls with what they cost (clauses 2, 5 and 9)."""

from datetime import date

from sqlalchemy import Connection, Integer, case, cast, func, or_, select

from vidphone.service.billing.standing import ENDED, data_suspended, stand
from vidphone.service.billing.values import Conditions
from vidphone.service.days import provider_day
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import Balance as Sums
from vidphone.service.outages.book import excused_of
from vidphone.service.store.subscriptions import at_day, subscriptions_of
from vidphone.service.store.tables import accounts, calls
from vidphone.service.store.tables_billing import allocations, bills, leavings
from vidphone.service.store.tables_ledger import call_charges
from vidphone.terms.bills import Period
from vidphone.terms.late_fee import Debt, Paid, late_fee_between
from vidphone.terms.orders import Catalogue, Words
from vidphone.terms.standing import Standing, State, consequences
from vidphone.wire.billing import (
    Account,
    Balance,
    CallCharge,
    CallCharges,
    DaySpent,
    Leaving,
    LeavingState,
    MyStanding,
    PlanChange,
)

_DAY_S = 86_400


def account_of(
    connection: Connection, account: int, catalogue: Catalogue | None, conditions: Conditions, at: float
) -> Account:
    """Everything of a customer's month."""
    today = provider_day(at)
    month = Period.of(today)
    balance = Ledger().balance(connection, account)
    days = _days(connection, account, month, conditions)
    known = subscriptions_of(connection, (account,)).get(account, [])
    now, later = at_day(known, today), [one for one in known if one.plan_from > today]
    standing = standing_of(connection, account, balance, conditions, at)
    open_bills = connection.execute(
        select(bills).where(bills.c.account_id == account, bills.c.paid_fen < bills.c.total_fen)
    ).all()
    due = [date.fromisoformat(row.due_on) for row in open_bills]
    first_due = min(due, default=None)
    overdue = first_due is not None and first_due < today
    warned = overdue and standing.state is State.ACTIVE and conditions.settings.suspend
    return Account(
        at=at,
        month=month.first,
        balance=balance_of(balance),
        spent_fen=sum(one.spent_fen for one in days),
        days=days,
        plan=now.plan if now else None,
        next_plan=PlanChange(plan=later[-1].plan, begins_on=later[-1].plan_from) if later else None,
        standing=MyStanding(
            state=standing.state,
            cause=standing.cause,
            clause=standing.clause,
            since=standing.since,
            lifted_by=standing.lifted_by,
            lifting_fen=standing.lifting_fen,
        ),
        overdue_fen=sum(row.total_fen - row.paid_fen for row in open_bills if row.due_on < today.isoformat()),
        late_fee_fen=_late_fee_so_far(connection, account, conditions, today),
        due_fen=sum(row.total_fen - row.paid_fen for row in open_bills),
        due_on=first_due,
        suspended_from=consequences(first_due, conditions.figures).suspended_from if first_due and warned else None,
        credit_limits_fen=catalogue.credit_limits_fen if catalogue else (),
        leaving=leaving_of(connection, account),
    )


def balance_of(sums: Sums) -> Balance:
    """The ledger's sums as they are told."""
    return Balance(
        limit_fen=sums.limit,
        prepaid_fen=sums.prepaid,
        unpaid_fen=sums.unpaid,
        unbilled_fen=sums.unbilled,
        reserved_fen=sums.reserved,
        available_fen=sums.available,
    )


def standing_of(connection: Connection, account: int, sums: Sums, conditions: Conditions, at: float) -> Standing:
    """Where a customer stands, the credit limit and data that were not accepted included."""
    available = sums.available + sums.reserved
    metered = bool(subscriptions_of(connection, (account,)))
    data_since = data_suspended(connection, (account,))
    found = stand(connection, (account,), conditions, provider_day(at), available if metered else 1, data_since)
    return found[account]


def leaving_of(connection: Connection, account: int) -> Leaving:
    """How far the end of an agreement has come."""
    row = connection.execute(select(leavings).where(leavings.c.account_id == account)).one_or_none()
    if row is None:
        return Leaving(state=LeavingState.NOT_ASKED)
    state = LeavingState.FINAL_BILL if row.final_bill else LeavingState.ASKED
    return Leaving(
        state=LeavingState.ENDED if row.state == ENDED else state,
        asked_at=row.asked_at,
        final_bill=row.final_bill,
        open_fen=Ledger().balance(connection, account).unpaid,
        number_rests_until=None if row.rests_until is None else provider_day(row.rests_until),
    )


def calls_of(connection: Connection, account: int, before: float | None, limit: int) -> CallCharges:
    """A customer's calls with what they cost them, newest first."""
    caller, callee = accounts.alias("caller"), accounts.alias("callee")
    left = leavings.alias("left")
    out = calls.c.caller_id == account
    other = case((out, callee.c.number), else_=caller.c.number)
    other_id = case((out, callee.c.id), else_=caller.c.id)
    wanted = (
        select(calls, call_charges, out.label("outgoing"))
        .add_columns(func.coalesce(case((other.startswith("-"), left.c.number)), other).label("other"))
        .join(caller, caller.c.id == calls.c.caller_id)
        .join(callee, callee.c.id == calls.c.callee_id)
        .outerjoin(left, left.c.account_id == other_id)
        .outerjoin(call_charges, (call_charges.c.call == calls.c.id) & (call_charges.c.account_id == account))
        .where(or_(out, calls.c.callee_id == account))
        .order_by(calls.c.proposed_at.desc(), calls.c.id)
        .limit(limit + 1)
    )
    if before is not None:
        wanted = wanted.where(calls.c.proposed_at < before)
    rows = connection.execute(wanted).all()
    return CallCharges(
        calls=tuple(
            CallCharge(
                call=row.id,
                outgoing=bool(row.outgoing),
                number=row.other,
                video=row._mapping[calls.c.video],
                started_at=row.proposed_at,
                answered_at=row.accepted_at,
                seconds=row.billed_s or 0,
                destination=Words(row.destination_zh, row.destination_en) if row.destination_zh else None,
                price_e4_yuan=row.price_e4_yuan or 0,
                charge_fen=row.amount_fen or 0,
                billed_in=row.bill,
            )
            for row in rows[:limit]
        ),
        more=len(rows) > limit,
    )


def _days(connection: Connection, account: int, month: Period, conditions: Conditions) -> tuple[DaySpent, ...]:
    begin, end = month.bounds(conditions.zone)
    day = cast((call_charges.c.charged_at - begin) / _DAY_S, Integer).label("day")
    wanted = (
        select(day, func.sum(call_charges.c.amount_fen).label("fen"))
        .where(
            call_charges.c.account_id == account,
            call_charges.c.charged_at >= begin,
            call_charges.c.charged_at < end,
            call_charges.c.amount_fen > 0,
        )
        .group_by(day)
        .order_by(day)
    )
    first = month.first.toordinal()
    return tuple(
        DaySpent(day=date.fromordinal(first + row.day), spent_fen=row.fen) for row in connection.execute(wanted)
    )


def _late_fee_so_far(connection: Connection, account: int, conditions: Conditions, today: date) -> int:
    """Late fees up to today that stand on no bill yet."""
    owing = connection.execute(select(bills).where(bills.c.account_id == account, bills.c.late_open)).all()
    excused = excused_of(connection, (account,), today)[account] if owing else ()
    total = 0
    for row in owing:
        paid = select(allocations).where(allocations.c.bill == row.number)
        parts = tuple(Paid(date.fromisoformat(one.on_day), one.principal_fen) for one in connection.execute(paid))
        debt = Debt(date.fromisoformat(row.due_on), row.total_fen - row.late_fen, parts)
        after = date.fromisoformat(row.late_until)
        if after < today:
            total += late_fee_between(debt, after, today, conditions.figures.late_fee_percent, excused)
    return total
