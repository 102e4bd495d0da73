"""What is due by date: bills, standing, endings, numbers. In bounded steps, beside the calls of a running service.

Every step is one transaction that finds out anew what is left, so a process may be killed at any moment, and several
may run at once: what one has done, the next no longer finds.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine, exists, select

from vidphone.service.billing.leaving import Endings
from vidphone.service.billing.months import bill_chunk, due_period
from vidphone.service.billing.standing import BY_DEBT, ENDED, SETTLING, concerned, refresh
from vidphone.service.days import provider_day
from vidphone.service.store.engine import writing
from vidphone.service.store.tables_billing import leavings, standings
from vidphone.service.store.tables_ledger import credit
from vidphone.terms.bills import Period
from vidphone.terms.standing import Cause, State

AT_A_TIME = 50
"""Customers in one transaction beside a running service: calls wait for it no longer than for a few of their own."""


@dataclass(slots=True)
class Done:
    """What a runner has done so far."""

    bills: int = 0
    total_fen: int = 0
    months: list[Period] = field(default_factory=list)
    standings: int = 0
    numbers: int = 0


class Runner:
    """Does what is due. One thread at a time. Blocking."""

    def __init__(self, engine: Engine, endings: Endings, at_a_time: int = AT_A_TIME) -> None:
        self._engine = engine
        self._endings = endings
        self._conditions = endings.conditions
        self._at_a_time = at_a_time
        self._billing: tuple[Period, int] | None = None
        self._stood: tuple[date, int | None] | None = None
        self._leaving = 0
        self.done = Done()

    def step(self, at: float) -> bool:
        """The next piece of work; False once nothing is left for now."""
        return self._bill(at) or self._stand(at) or self._end(at) or self._free(at)

    def run(self, at: float) -> Done:
        """Everything that is due."""
        while self.step(at):
            pass
        return self.done

    def _bill(self, at: float) -> bool:
        with self._engine.connect() as connection:
            period = due_period(connection, self._conditions, at)
        if period is None:
            return False
        after = self._billing[1] if self._billing and self._billing[0] == period else 0
        with writing(self._engine) as connection:
            if due_period(connection, self._conditions, at) != period:
                return True
            chunk = bill_chunk(connection, period, after, self._at_a_time, self._conditions, at)
        self._billing = (period, chunk.after) if chunk.after is not None else None
        self.done.bills += chunk.made.bills
        self.done.total_fen += chunk.made.total_fen
        if chunk.after is None:
            self.done.months.append(period)
        return True

    def _stand(self, at: float) -> bool:
        today = provider_day(at)
        if self._stood == (today, None):
            return False
        after = self._stood[1] or 0 if self._stood and self._stood[0] == today else 0
        with writing(self._engine) as connection:
            found = concerned(connection, after, self._at_a_time)
            self.done.standings += refresh(connection, found, self._conditions, at)
            ended = select(standings.c.account_id).where(
                standings.c.account_id.in_(found),
                standings.c.to_day.is_(None),
                standings.c.state == State.TERMINATED.value,
                standings.c.cause == Cause.OVERDUE.value,
                ~exists().where(leavings.c.account_id == standings.c.account_id, leavings.c.cause == BY_DEBT),
            )
            for account in connection.scalars(ended).all():
                self._endings.ask(connection, account, BY_DEBT, at)
        self._stood = (today, found[-1] if len(found) == self._at_a_time else None)
        return True

    def _end(self, at: float) -> bool:
        owed = exists().where(credit.c.account_id == leavings.c.account_id, credit.c.unbilled_fen != 0)
        corrected = (leavings.c.state == ENDED) & owed
        wanted = select(leavings.c.account_id).where(
            (leavings.c.state == SETTLING) | corrected, leavings.c.account_id > self._leaving
        )
        with self._engine.connect() as connection:
            account = connection.scalar(wanted.order_by(leavings.c.account_id).limit(1))
        if account is None:
            self._leaving = 0
            return False
        with writing(self._engine) as connection:
            self._endings.advance(connection, account, at)
        self._leaving = account
        return True

    def _free(self, at: float) -> bool:
        with self._engine.connect() as connection:
            if not self._endings.rested(connection, at):
                return False
        with writing(self._engine) as connection:
            freed = self._endings.free_numbers(connection, at)
        self.done.numbers += freed
        return freed > 0
