from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from tests.support import billing
from tests.support.billing import House
from tests.support.customers import Person, moment, sign_up
from vidphone.service.audit.log import AuditLog
from vidphone.service.cases.book import CaseBook
from vidphone.service.cases.desk import CaseDesk
from vidphone.service.cases.quality import CallQuality
from vidphone.service.office.cases import CaseOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.office.terminals import TerminalOffice
from vidphone.service.store.engine import writing
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.tables import calls
from vidphone.terms.orders import Words

SIGNED_ON = date(2026, 8, 1)
COMMISSION = Words("深圳仲裁委员会", "Shenzhen Arbitration Commission")
CALL = "c" * 32
CALLER_DEVICE, CALLEE_DEVICE = "d" * 32, "e" * 32


@dataclass(frozen=True)
class Bench:
    """A database with two customers, and both sides' work on cases over it."""

    house: House
    caller: Person
    callee: Person
    book: CaseBook
    desk: CaseDesk
    cases: CaseOffice
    terminals: TerminalOffice

    @property
    def engine(self) -> Engine:
        return self.house.engine

    def add_call(self, at: float, seconds: float = 60.0) -> None:
        """A call of the first customer to the second, in the journal alone."""
        row = {"id": CALL, "caller_id": self.caller.account, "caller_device": CALLER_DEVICE, "video": True}
        ends = {"callee_id": self.callee.account, "callee_device": CALLEE_DEVICE, "state": "ended", "reason": "hung-up"}
        times = {"proposed_at": at, "accepted_at": at + 2, "ended_at": at + 2 + seconds}
        with writing(self.engine) as connection:
            connection.execute(insert(calls).values(row | ends | times))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    house = billing.house(tmp_path)
    caller, callee = sign_up(house.engine, 2, SIGNED_ON)
    vault, audit = open_vault(house.engine, tmp_path / "keys.json", moment(SIGNED_ON)), AuditLog(house.engine)
    book, reasons = CaseBook(vault, audit), Reasons(house.engine, vault)
    cases = CaseOffice(house.engine, book, audit, reasons, 1)
    yield Bench(
        house,
        caller,
        callee,
        book,
        CaseDesk(house.engine, book, CallQuality(house.engine), 1, COMMISSION),
        cases,
        TerminalOffice(house.engine, book, cases, audit, reasons, 1),
    )
    house.engine.dispose()
