"""Standing by facts and dates (clauses 1, 5, 9, 10, 11)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.bills import OpenBill, Period, allocate, rent_days
from vidphone.terms.credit import Block, Position
from vidphone.terms.figures import Figures
from vidphone.terms.late_fee import Debt, Paid
from vidphone.terms.leaving import settle
from vidphone.terms.standing import (
    CLAUSES,
    Allowed,
    Cause,
    Consequences,
    Facts,
    Lift,
    Standing,
    State,
    allowed,
    consequences,
    refusal,
    standing,
)
from vidphone.terms.tariff import Rate

GOOD = Facts(available_fen=5_000)
ACTIVE, SUSPENDED, TERMINATED = State.ACTIVE, State.SUSPENDED, State.TERMINATED
FREE, CHEAP, COSTLY = Rate(True, None, 0, 0, 1), Rate(False, None, 0, 0, 1), Rate(False, None, 1_500, 0, 1)


@pytest.mark.parametrize(
    ("due", "fee", "suspended", "terminated"),
    [
        (date(2026, 1, 15), date(2026, 1, 16), date(2026, 2, 16), date(2026, 4, 16)),
        (date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1), date(2026, 5, 1)),  # 31 Jan + 1 month: 28 Feb
        (date(2028, 1, 31), date(2028, 2, 1), date(2028, 3, 1), date(2028, 5, 1)),  # 29 Feb in a leap year
        (date(2028, 1, 29), date(2028, 1, 30), date(2028, 3, 1), date(2028, 4, 30)),
        (date(2026, 1, 28), date(2026, 1, 29), date(2026, 3, 1), date(2026, 4, 29)),
        (date(2028, 1, 28), date(2028, 1, 29), date(2028, 2, 29), date(2028, 4, 29)),
        (date(2028, 2, 29), date(2028, 3, 1), date(2028, 3, 30), date(2028, 5, 30)),
        (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 3, 1)),
        (date(2027, 11, 30), date(2027, 12, 1), date(2027, 12, 31), date(2028, 3, 1)),
        (date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 1), date(2027, 4, 1)),
        (date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1), date(2026, 7, 1)),
    ],
    ids=str,
)
def test_suspension_after_one_month_and_the_end_after_three(
    due: date, fee: date, suspended: date, terminated: date
) -> None:
    """Clause 5: overdue for *longer* than a month, so the day after it; calendar months, clamped to their ends."""
    assert consequences(due, Figures()) == Consequences(fee, suspended, terminated)
    facts, day = replace(GOOD, debts=(Debt(due, 900),)), timedelta(1)
    expected = Standing(SUSPENDED, Cause.OVERDUE, 5, suspended, (Lift.PAY,), 900)
    assert standing(facts, suspended - day) == Standing()
    assert standing(facts, suspended) == expected
    assert standing(facts, terminated - day) == expected
    assert standing(facts, terminated) == Standing(TERMINATED, Cause.OVERDUE, 5, terminated)


def test_the_operators_months_count() -> None:
    figures = Figures(suspend_after_months=2, terminate_after_months=6)
    due = date(2026, 1, 15)
    assert consequences(due, figures) == Consequences(date(2026, 1, 16), date(2026, 3, 16), date(2026, 7, 16))
    assert standing(replace(GOOD, debts=(Debt(due, 900),)), date(2026, 3, 15), figures) == Standing()


JANUARY, FEBRUARY, MARCH = (Debt(date(2026, month, 15), 1_000) for month in (1, 2, 3))


@pytest.mark.parametrize(
    ("debts", "state", "since", "lifting"),
    [
        ((JANUARY, FEBRUARY, MARCH), SUSPENDED, date(2026, 2, 16), 2_000),
        ((MARCH, FEBRUARY, JANUARY), SUSPENDED, date(2026, 2, 16), 2_000),
        (
            (replace(JANUARY, paid=(Paid(date(2026, 3, 20), 999),)), FEBRUARY, MARCH),
            SUSPENDED,
            date(2026, 2, 16),
            1_001,
        ),
        ((replace(JANUARY, paid=(Paid(date(2026, 3, 20), 1_000),)), FEBRUARY), SUSPENDED, date(2026, 3, 16), 1_000),
        ((MARCH,), ACTIVE, None, 0),
        ((), ACTIVE, None, 0),
    ],
)
def test_paying_what_is_overdue_for_so_long_restores_at_once(
    debts: tuple[Debt, ...], state: State, since: date | None, lifting: int
) -> None:
    """Clause 5, on 20 March: part payments lift nothing until the last debt older than a month is paid."""
    now = standing(replace(GOOD, debts=debts), date(2026, 3, 20))
    assert (now.state, now.since, now.lifting_fen) == (state, since, lifting)


def test_the_payment_that_lifts_is_the_least_that_does() -> None:
    debts = (JANUARY, FEBRUARY, MARCH)
    bills = [OpenBill(str(debt.due_on), debt.due_on, debt.open_fen()) for debt in debts]
    today = date(2026, 3, 20)
    least = standing(replace(GOOD, debts=debts), today).lifting_fen

    def state_after(paid: int) -> State:
        parts = {part.bill: part.principal_fen for part in allocate(paid, bills).parts}
        rest = tuple(replace(debt, paid=(Paid(today, parts.get(str(debt.due_on), 0)),)) for debt in debts)
        return standing(replace(GOOD, debts=rest), today).state

    assert state_after(least - 1) is SUSPENDED
    assert state_after(least) is ACTIVE


def test_at_the_limit_a_customer_is_restricted_until_one_fen_is_left() -> None:
    today, since = date(2026, 3, 20), date(2026, 3, 18)
    restricted = standing(Facts(available_fen=-40, limit_reached_on=since), today)
    assert restricted == Standing(State.RESTRICTED, Cause.CREDIT_LIMIT, 9, since, (Lift.PAY, Lift.RAISE_LIMIT), 41)
    assert standing(Facts(available_fen=0), today).since == today
    assert standing(Facts(available_fen=1, limit_reached_on=since), today) == Standing()


def test_a_judicial_suspension_is_a_state_of_its_own_and_rent_goes_on() -> None:
    """Clause 10. Nothing but the authority lifts it, and nothing ends by date meanwhile."""
    facts = replace(GOOD, judicial_since=date(2026, 2, 3), debts=(JANUARY,))
    for today in (date(2026, 2, 3), date(2026, 9, 1)):
        assert standing(facts, today) == Standing(
            State.JUDICIAL, Cause.JUDICIAL, 10, date(2026, 2, 3), (Lift.AUTHORITY,)
        )
    assert rent_days(Period(2026, 2), begun=date(2026, 1, 5)) == 28
    assert standing(replace(facts, judicial_since=None), date(2026, 3, 1)).cause is Cause.OVERDUE


WEIGHED: list[tuple[dict[str, Any], State, Cause, tuple[Lift, ...]]] = [
    ({}, State.RESTRICTED, Cause.CREDIT_LIMIT, (Lift.PAY, Lift.RAISE_LIMIT)),
    ({"data_since": date(2026, 2, 1)}, SUSPENDED, Cause.DATA, (Lift.PROVIDER,)),
    ({"debts": (JANUARY,)}, SUSPENDED, Cause.OVERDUE, (Lift.PAY,)),
    ({"leaving_since": date(2026, 2, 2)}, SUSPENDED, Cause.LEAVING, (Lift.WITHDRAW,)),
    ({"debts": (Debt(date(2025, 11, 15), 1),)}, TERMINATED, Cause.OVERDUE, ()),
    ({"judicial_since": date(2026, 2, 3)}, State.JUDICIAL, Cause.JUDICIAL, (Lift.AUTHORITY,)),
    ({"ended_on": date(2026, 2, 4)}, TERMINATED, Cause.LEFT, ()),
    ({"ended_cause": Cause.OVERDUE}, TERMINATED, Cause.OVERDUE, ()),
]


@pytest.mark.parametrize("row", range(len(WEIGHED)))
def test_the_weightiest_cause_is_told(row: int) -> None:
    """Each row has all the facts of the rows before it, and weighs more."""
    facts = Facts(available_fen=-1)
    for change, *_ in WEIGHED[: row + 1]:
        facts = replace(facts, **change)
    _, state, cause, lifted_by = WEIGHED[row]
    now = standing(facts, date(2026, 3, 1))
    assert (now.state, now.cause, now.clause, now.lifted_by) == (state, cause, CLAUSES[cause], lifted_by)


def test_what_has_ended_does_not_come_back_by_a_payment() -> None:
    ended = replace(GOOD, ended_on=date(2026, 4, 16), ended_cause=Cause.OVERDUE)
    assert standing(ended, date(2026, 5, 1)) == Standing(TERMINATED, Cause.OVERDUE, 5, date(2026, 4, 16))


@pytest.mark.parametrize("block", Block)
@pytest.mark.parametrize("state", State)
def test_what_each_state_lets_through(state: State, block: Block) -> None:
    cause = None if state is ACTIVE else Cause.CREDIT_LIMIT
    now = Standing(state, cause)
    may = allowed(now, block)
    if state is ACTIVE:
        assert may == Allowed(charged=True, uncharged=True, incoming=True)
    elif state is State.RESTRICTED and block is Block.PART:
        assert may == Allowed(charged=False, uncharged=True, incoming=True)
    else:
        assert may == Allowed(charged=False, uncharged=False, incoming=False)
    assert refusal(now, FREE, block) is None
    assert refusal(now, CHEAP, block) == (None if may.uncharged else cause)
    assert refusal(now, COSTLY, block) == (None if may.charged else cause)


days = st.integers(0, 500).map(lambda offset: date(2026, 1, 1) + timedelta(offset))
some_day = st.none() | days
all_facts = st.builds(
    Facts,
    available_fen=st.integers(-5_000, 5_000),
    limit_reached_on=some_day,
    debts=st.lists(st.builds(Debt, days, st.integers(0, 5_000)), max_size=3).map(tuple),
    judicial_since=some_day,
    data_since=some_day,
    leaving_since=some_day,
    ended_on=some_day,
)


@given(all_facts, days)
def test_standing_always_tells_cause_clause_and_way_out(facts: Facts, today: date) -> None:
    """It is a function of facts and dates: the order of bills is none of them, and paid bills are not either."""
    now = standing(facts, today)
    settled = tuple(replace(debt, paid=(Paid(debt.due_on, debt.fen),)) for debt in (JANUARY, FEBRUARY))
    assert standing(replace(facts, debts=(*facts.debts[::-1], *settled)), today) == now
    if now.state is ACTIVE:
        assert now == Standing()
        return
    assert now.cause is not None
    assert now.clause == CLAUSES[now.cause]
    assert now.since is not None
    assert bool(now.lifted_by) == (now.state is not TERMINATED)
    assert (now.lifting_fen > 0) == (Lift.PAY in now.lifted_by)


@given(all_facts, days, st.integers(1, 100))
def test_time_alone_never_improves_standing(facts: Facts, today: date, later: int) -> None:
    order = [ACTIVE, State.RESTRICTED, SUSPENDED, State.JUDICIAL, TERMINATED]
    now, then = standing(facts, today), standing(facts, today + timedelta(later))
    assert order.index(then.state) >= order.index(now.state)


@given(all_facts, days, st.integers(0, 5_000))
def test_no_standing_takes_what_is_prepaid(facts: Facts, today: date, prepaid: int) -> None:
    """A suspended account lost what was prepaid elsewhere: here it stays, counts at once after, and is paid back."""
    position = Position(limit_fen=0, prepaid_fen=prepaid, unpaid_fen=0, unbilled_fen=0, reserved_fen=0)
    facts = replace(facts, available_fen=position.available_fen)
    standing(facts, today)
    assert settle(position, running_calls=0).refund_fen == prepaid
    restored = replace(facts, debts=(), judicial_since=None, data_since=None, leaving_since=None, ended_on=None)
    assert standing(restored, today).state is (ACTIVE if prepaid else State.RESTRICTED)
