"""A database with billing over it, and what tests ask of it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, Row, select

from tests.support.customers import moment
from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.account import account_of
from vidphone.service.billing.changes import Changes
from vidphone.service.billing.leaving import Endings
from vidphone.service.billing.runner import Done, Runner
from vidphone.service.billing.settings import BillingSettings
from vidphone.service.billing.values import Conditions
from vidphone.service.ledger import check
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.office.bills import BillOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.engine import open_database
from vidphone.service.store.identities import Identities
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.standings import standings_of
from vidphone.service.store.tables_billing import bill_lines, bills
from vidphone.terms.figures import Figures
from vidphone.terms.standing import Standing
from vidphone.wire.billing import Account

CONDITIONS = Conditions(Figures(), BillingSettings())


@dataclass(frozen=True)
class House:
    """A database with everything of billing over it."""

    engine: Engine
    endings: Endings
    office: BillOffice

    def run(self, on: date, hour: int = 1) -> Done:
        """Do what is due on a day; the ledger adds up after it."""
        done = Runner(self.engine, self.endings, 3).run(moment(on, hour))
        with self.engine.connect() as connection:
            assert check.faults(connection) == []
            assert self.unpaid(connection) == self.open_bills(connection)
        return done

    def days(self, first: date, last: date) -> None:
        """Do what is due on each of these days."""
        for day in range(first.toordinal(), last.toordinal() + 1):
            self.run(date.fromordinal(day))

    def bills(self) -> list[Row[tuple[object, ...]]]:
        with self.engine.connect() as connection:
            return list(connection.execute(select(bills).order_by(bills.c.number)).all())

    def lines(self, number: str) -> list[tuple[str, int]]:
        wanted = select(bill_lines).where(bill_lines.c.bill == number).order_by(bill_lines.c.position)
        with self.engine.connect() as connection:
            return [(row.kind, row.amount_fen) for row in connection.execute(wanted)]

    def standing(self, account: int) -> Standing:
        with self.engine.connect() as connection:
            return standings_of(connection, (account,)).get(account, Standing())

    def account(self, account: int, day: date) -> Account:
        with self.engine.connect() as connection:
            return account_of(connection, account, None, CONDITIONS, moment(day, 12))

    def unpaid(self, connection: Connection) -> int:
        accounts = connection.scalars(select(bills.c.account_id).distinct()).all()
        return sum(one.unpaid for one in Ledger().balances(connection, accounts).values())

    def open_bills(self, connection: Connection) -> int:
        return sum(row.total_fen - row.paid_fen for row in connection.execute(select(bills)))


def house(folder: Path) -> House:
    engine = open_database(folder / "data")
    audit = AuditLog(engine)
    vault = open_vault(engine, folder / "keys.json", 0.0)
    endings = Endings(Identities(engine, vault, audit), audit, CONDITIONS)
    office = BillOffice(engine, CONDITIONS, endings, Changes(audit), audit, Reasons(engine, vault))
    return House(engine, endings, office)
