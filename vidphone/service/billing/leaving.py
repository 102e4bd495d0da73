"""The end of an agreement: final statement, settlement, end, and the rest of the number (clauses 5 and 11)."""

import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.lines import Subject
from vidphone.service.billing.making import make_bills
from vidphone.service.billing.months import due_period, stated_until
from vidphone.service.billing.standing import BY_DEBT, ENDED, SETTLING, refresh
from vidphone.service.billing.values import Conditions
from vidphone.service.days import provider_day
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ports import AccountEventKind
from vidphone.service.store.identities import Identities
from vidphone.service.store.numbers import NumberState
from vidphone.service.store.standings import tell
from vidphone.service.store.tables import account_events, accounts, tokens
from vidphone.service.store.tables_agreement import agreements, number_pool
from vidphone.service.store.tables_billing import bills, leavings
from vidphone.terms.bills import Period
from vidphone.terms.leaving import settle
from vidphone.wire.sign_up import AgreementState

DAY_S = 86_400


@dataclass(frozen=True)
class Endings:
    """Ends agreements, each step in the caller's transaction."""

    identities: Identities
    audit: AuditLog
    conditions: Conditions

    def ask(self, connection: Connection, account: int, cause: str, at: float) -> None:
        """An agreement is to end; again: nothing happens. Calls that cost cannot be begun from now on."""
        agreed = select(agreements.c.id).where(
            agreements.c.account_id == account, agreements.c.state != AgreementState.ENDED
        )
        number = connection.scalar(select(accounts.c.number).where(accounts.c.id == account))
        if connection.scalar(agreed) is None or number is None:
            return
        row = {"account_id": account, "number": number, "cause": cause, "state": SETTLING, "asked_at": at}
        new = connection.execute(upsert(leavings).values(**row, refund_fen=0).on_conflict_do_nothing())
        if new.rowcount == 1:
            actor = "service" if cause == BY_DEBT else "customer"
            self.audit.append(connection, "leaving-asked", actor, f"account:{account}", {"cause": cause}, at)
            refresh(connection, (account,), self.conditions, at)
        self.advance(connection, account, at)

    def withdraw(self, connection: Connection, account: int, at: float) -> bool:
        """The customer stays after all; False where there is nothing to take back."""
        mine = (leavings.c.account_id == account) & (leavings.c.state == SETTLING) & (leavings.c.cause != BY_DEBT)
        if connection.execute(delete(leavings).where(mine)).rowcount != 1:
            return False
        self.audit.append(connection, "leaving-withdrawn", "customer", f"account:{account}", {}, at)
        refresh(connection, (account,), self.conditions, at)
        return True

    def advance(self, connection: Connection, account: int, at: float) -> None:
        """Go on with an ending as far as it goes now: final statement once no call runs, end once nothing is open."""
        leaving = connection.execute(
            select(leavings).where(leavings.c.account_id == account, leavings.c.state == SETTLING)
        ).one_or_none()
        if leaving is None or due_period(connection, self.conditions, at) is not None:
            return
        running = len(Ledger().running(connection, account))
        if leaving.final_bill is None:
            if running:
                return
            self._state_finally(connection, account, leaving.number, at)
        balance = Ledger().balance(connection, account)
        settlement = settle(balance.position(), running)
        if settlement.may_end:
            self._end(connection, account, leaving.number, settlement.refund_fen, at)

    def rested(self, connection: Connection, at: float) -> list[tuple[int, str]]:
        """Customers who have left, with their numbers, whose rest is over."""
        over = leavings.c.state == ENDED, leavings.c.rests_until <= at, accounts.c.number == leavings.c.number
        wanted = select(leavings.c.account_id, leavings.c.number).join(accounts).where(*over).limit(100)
        return [(row.account_id, row.number) for row in connection.execute(wanted)]

    def free_numbers(self, connection: Connection, at: float) -> int:
        """Give back the numbers whose rest is over; how many. Their last holders' accounts keep no number."""
        rows = self.rested(connection, at)
        for account, number in rows:
            nobody = update(accounts).where(accounts.c.id == account).values(number=f"-{account}")
            connection.execute(nobody)
            free = {"state": NumberState.FREE, "held_by": None, "until": None}
            connection.execute(update(number_pool).where(number_pool.c.number == number).values(free))
        return len(rows)

    def _state_finally(self, connection: Connection, account: int, number: str, at: float) -> None:
        today = provider_day(at)
        period = Period.of(today)
        signed = connection.scalar(
            select(agreements.c.signed_at).where(
                agreements.c.account_id == account, agreements.c.state != AgreementState.ENDED
            )
        )
        before = select(func.count()).where(
            bills.c.account_id == account, bills.c.period == period.name, bills.c.part > 0
        )
        part = 1 + int(connection.scalar(before) or 0)
        stated = stated_until(connection, [account], period).get(account)
        first = max(period.first, provider_day(signed if signed is not None else at))
        if stated is not None and stated < today:  # left, stayed and leaves again: its rent is billed up to there
            first = max(first, stated + timedelta(days=1))
        subject = Subject(account, number, first, today, part, rent=stated != today)
        make_bills(connection, [subject], period, math.nextafter(at, math.inf), self.conditions, at)
        wanted = select(bills.c.number).where(
            bills.c.account_id == account, bills.c.period == period.name, bills.c.part == part
        )
        connection.execute(
            update(leavings)
            .where(leavings.c.account_id == account)
            .values(final_bill=connection.execute(wanted).scalar_one())
        )
        tell(connection, (account,), at)

    def _end(self, connection: Connection, account: int, number: str, refund_fen: int, at: float) -> None:
        rests_until = at + self.conditions.settings.rest_days * DAY_S
        ended = {"state": ENDED, "ended_at": at, "rests_until": rests_until, "refund_fen": refund_fen}
        connection.execute(update(leavings).where(leavings.c.account_id == account).values(ended))
        connection.execute(
            update(agreements).where(agreements.c.account_id == account).values(state=AgreementState.ENDED)
        )
        connection.execute(update(accounts).where(accounts.c.id == account).values(enabled=False))
        connection.execute(delete(tokens).where(tokens.c.account_id == account))
        event = {"number": number, "kind": AccountEventKind.DISABLED.value, "token_id": None, "at": at}
        connection.execute(insert(account_events).values(event))
        resting = {"state": NumberState.RESTING, "held_by": None, "until": None}
        connection.execute(update(number_pool).where(number_pool.c.number == number).values(resting))
        self.identities.end(connection, account, at)
        self.audit.append(connection, "agreement-ended", "service", f"account:{account}", {}, at)
        refresh(connection, (account,), self.conditions, at)
