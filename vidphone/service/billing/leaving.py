"""The end of an agreement: final statement, settlement, end, and the rest of the number (clauses 5 and 11)."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

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
from vidphone.service.store.tables_ledger import charges
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

    def ask(self, connection: Connection, account: int, cause: str, at: float, staff: str = "") -> None:
        """An agreement is to end; again: nothing happens. Calls that cost cannot be begun from now on.

        `staff`: who entered it, where it was asked for on paper or at the desk.
        """
        agreed = select(agreements.c.id).where(
            agreements.c.account_id == account, agreements.c.state != AgreementState.ENDED
        )
        number = connection.scalar(select(accounts.c.number).where(accounts.c.id == account))
        if connection.scalar(agreed) is None or number is None:
            return
        row = {"account_id": account, "number": number, "cause": cause, "state": SETTLING, "asked_at": at}
        new = connection.execute(upsert(leavings).values(**row, refund_fen=0).on_conflict_do_nothing())
        if new.rowcount == 1:
            actor = staff or ("service" if cause == BY_DEBT else "customer")
            self.audit.append(connection, "leaving-asked", actor, f"account:{account}", {"cause": cause}, at)
            refresh(connection, (account,), self.conditions, at)
        self.advance(connection, account, at)

    def withdraw(self, connection: Connection, account: int, at: float, staff: str = "") -> bool:
        """The customer stays after all; False where there is nothing to take back."""
        mine = (leavings.c.account_id == account) & (leavings.c.state == SETTLING) & (leavings.c.cause != BY_DEBT)
        if connection.execute(delete(leavings).where(mine)).rowcount != 1:
            return False
        self.audit.append(connection, "leaving-withdrawn", staff or "customer", f"account:{account}", {}, at)
        refresh(connection, (account,), self.conditions, at)
        return True

    def advance(self, connection: Connection, account: int, at: float) -> None:
        """Go on with an ending as far as it goes now: final statement once no call runs, end once nothing is open.

        What is corrected after the end stands on a further final statement, and is to be paid back.
        """
        leaving = connection.execute(select(leavings).where(leavings.c.account_id == account)).one_or_none()
        if leaving is not None and leaving.state == ENDED:
            self._state_again(connection, account, leaving.number, at)
            return
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
        stated = stated_until(connection, [account], period).get(account)
        first = max(period.first, provider_day(signed if signed is not None else at))
        if stated is not None and stated < today:  # left, stayed and leaves again: its rent is billed up to there
            first = max(first, stated + timedelta(days=1))
        final = self._state(connection, account, number, first, at, rent=stated != today)
        connection.execute(update(leavings).where(leavings.c.account_id == account).values(final_bill=final))

    def _state_again(self, connection: Connection, account: int, number: str, at: float) -> None:
        corrected = select(charges.c.id).where(
            charges.c.account_id == account, charges.c.bill.is_(None), charges.c.at <= at
        )
        if connection.scalar(corrected.limit(1)) is None:
            return
        today = provider_day(at)
        self._state(connection, account, number, today, at, rent=False)
        refund_fen = Ledger().balance(connection, account).prepaid
        connection.execute(update(leavings).where(leavings.c.account_id == account).values(refund_fen=refund_fen))

    def _state(self, connection: Connection, account: int, number: str, first: date, at: float, *, rent: bool) -> str:
        """A final statement that reaches to today, the next of its number in the month; its name."""
        today = provider_day(at)
        period = Period.of(today)
        theirs = (bills.c.account_id == account) | (bills.c.customer_number == number)  # a number has later holders
        before = select(func.max(bills.c.part)).where(theirs, bills.c.period == period.name)
        part = 1 + int(connection.scalar(before) or 0)
        subject = Subject(account, number, first, today, part, rent=rent)
        make_bills(connection, [subject], period, math.nextafter(at, math.inf), self.conditions, at)
        wanted = select(bills.c.number).where(
            bills.c.account_id == account, bills.c.period == period.name, bills.c.part == part
        )
        tell(connection, (account,), at)
        return str(connection.execute(wanted).scalar_one())

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
