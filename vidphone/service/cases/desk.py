"""Cases as their customers see them and write in them: what the HTTP interface asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from vidphone.service.cases.book import CaseBook, Entry, case_id, progress_of
from vidphone.service.cases.quality import CallQuality
from vidphone.service.cases.reading import detail_of, kept_about, summaries
from vidphone.service.cases.terminals import claim, terminals_of
from vidphone.service.days import provider_day
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import calls
from vidphone.service.store.tables_billing import bill_lines, bills
from vidphone.service.store.tables_cases import cases, terminals
from vidphone.terms.cases import CaseState, CaseStep, by_time
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import Words
from vidphone.wire.cases import (
    MAX_OPEN,
    AboutCall,
    AboutClause,
    AboutLine,
    Action,
    AskedStep,
    CaseDetail,
    CaseKind,
    Cases,
    NewCase,
    NewClaim,
    NewMessage,
    Side,
    Terminals,
)
from vidphone.wire.errors import ErrorCode, VidphoneError

AT_A_TIME = 50
"""Cases that time closes in one transaction."""
_BY_TIME = (CaseState.ANSWERED.value, CaseState.ASKED.value)
_FINDINGS = "findings"


@dataclass(frozen=True)
class CaseDesk:
    """Blocking. `at` is UTC seconds since 1970, of the service's clock.

    All that name a case or a terminal raise `VidphoneError` with `NOT_FOUND` where the customer has none such.
    """

    engine: Engine
    book: CaseBook
    quality: CallQuality
    warranty_years: int
    commission: Words | None
    """The arbitration commission that the provider names (clause 16)."""

    def list(self, account: int, before: str | None, limit: int, at: float) -> Cases:
        """A customer's cases, newest first."""
        wanted = select(cases).where(cases.c.account_id == account).order_by(cases.c.id.desc()).limit(limit + 1)
        if before is not None:
            wanted = wanted.where(cases.c.id < case_id(before))
        with self.engine.connect() as connection:
            rows = connection.execute(wanted).all()
        return Cases(cases=summaries(rows[:limit], at), more=len(rows) > limit)

    def detail(self, account: int, number: str, at: float) -> CaseDetail:
        """One case."""
        with self.engine.connect() as connection:
            return self._detail(connection, account, number, at)

    def open(self, account: int, asked: NewCase, at: float) -> CaseDetail:
        """Open a case, once an id.

        Raises:
            VidphoneError: `NOT_FOUND`, the customer has no such bill or call; `TOO_MANY_CASES`.
        """
        with writing(self.engine) as connection:
            if self.book.known(connection, account, asked.id) is None:
                self._check_room(connection, account)
                _check_own(connection, account, asked)
            kind = CaseKind.QUESTION if isinstance(asked.about, AboutClause) else CaseKind.DISPUTE
            number = self.book.open_case(
                connection, account, kind, kept_about(asked.about), asked.words, at, request=asked.id
            )
            row = self.book.case(connection, number)
            if asked.findings and self.book.position(connection, row.id, _FINDINGS) is None:
                entry = Entry(_FINDINGS, Side.CUSTOMER, Action.FINDINGS, asked.findings)
                self.book.add(connection, row, entry, at)
            return self._detail(connection, account, number, at)

    def say(self, account: int, number: str, asked: NewMessage, at: float) -> CaseDetail:
        """Write in a case; what the provider asked is replied to with it. Raises as `CaseBook.add`."""
        with writing(self.engine) as connection:
            row = self.book.case(connection, number, account)
            now = by_time(progress_of(row), provider_day(at))
            replies = now.state is CaseState.ASKED
            action, step = (Action.REPLY, CaseStep.REPLY) if replies else (Action.SAY, None)
            self.book.add(connection, row, Entry(asked.id, Side.CUSTOMER, action, asked.words), at, step)
            return self._detail(connection, account, number, at)

    def takes_photos(self, account: int, number: str) -> None:
        """Whether pictures may be sent, before they are read and made anew.

        Raises:
            VidphoneError: `CASE_NOT_NOW`, the case is closed.
        """
        with self.engine.connect() as connection:
            row = self.book.case(connection, number, account)
        if progress_of(row).state is CaseState.CLOSED:
            raise VidphoneError(ErrorCode.CASE_NOT_NOW)

    def photograph(self, account: int, number: str, request: str, pages: Sequence[bytes], at: float) -> CaseDetail:
        """Add pictures to a case, once a request. Raises as `CaseBook.add`."""
        with writing(self.engine) as connection:
            row = self.book.case(connection, number, account)
            entry = Entry(request, Side.CUSTOMER, Action.PHOTO)
            self.book.add_photos(connection, row, entry, pages, at)
            return self._detail(connection, account, number, at)

    def photo(self, account: int, number: str, position: int, page: int) -> bytes:
        """A picture in JPEG."""
        with self.engine.connect() as connection:
            row = self.book.case(connection, number, account)
            found = self.book.picture(connection, row.id, position, page)
        if found is None:
            raise VidphoneError(ErrorCode.NOT_FOUND)
        return found

    def step(self, account: int, number: str, asked: AskedStep, at: float) -> CaseDetail:
        """Contest an answer, go to the commission, be content, or take the case back. Raises as `CaseBook.add`.

        Raises:
            VidphoneError: `BAD_DATA`, too: contested without saying why.
        """
        if asked.step is CaseStep.CONTEST and not asked.words:
            raise VidphoneError(ErrorCode.BAD_DATA, faults=(Fault("words", FaultCode.MISSING),))
        with writing(self.engine) as connection:
            row = self.book.case(connection, number, account)
            entry = Entry(asked.id, Side.CUSTOMER, Action(asked.step.value), asked.words)
            self.book.add(connection, row, entry, at, asked.step)
            return self._detail(connection, account, number, at)

    def seen(self, account: int, number: str, at: float) -> None:
        """The customer has looked at a case."""
        with writing(self.engine) as connection:
            row = self.book.case(connection, number, account)
            self.book.seen(connection, row.id, at)

    def terminals(self, account: int, at: float) -> Terminals:
        """The customer's terminals."""
        with self.engine.connect() as connection:
            return Terminals(terminals=terminals_of(connection, account, at, self.warranty_years))

    def claim(self, account: int, terminal: int, asked: NewClaim, at: float) -> CaseDetail:
        """A claim under the warranty. What clause 4 says of it stands in the case at once; the provider decides.

        Raises:
            VidphoneError: `TOO_MANY_CASES`, too.
        """
        with writing(self.engine) as connection:
            mine = (terminals.c.id == terminal) & (terminals.c.account_id == account)
            row = connection.execute(select(terminals).where(mine)).one_or_none()
            if row is None:
                raise VidphoneError(ErrorCode.NOT_FOUND)
            if self.book.known(connection, account, asked.id) is None:
                self._check_room(connection, account)
            return self._detail(connection, account, claim(connection, self.book, row, asked, at), at)

    def expire(self, at: float) -> int:
        """Close what time has closed, some at a time; how many there were."""
        today = provider_day(at)
        gone = cases.c.state.in_(_BY_TIME) & (cases.c.due < today.isoformat())
        wanted = select(cases).where(gone).order_by(cases.c.due, cases.c.id).limit(AT_A_TIME)
        with self.engine.connect() as connection:
            if connection.execute(wanted).first() is None:
                return 0
        with writing(self.engine) as connection:
            rows = connection.execute(wanted).all()
            for row in rows:
                self.book.expire(connection, row, by_time(progress_of(row), today), at)
        return len(rows)

    def _detail(self, connection: Connection, account: int, number: str, at: float) -> CaseDetail:
        row = self.book.case(connection, number, account)
        return detail_of(connection, self.book, row, at, self.commission, self.warranty_years, for_customer=True)

    def _check_room(self, connection: Connection, account: int) -> None:
        mine = (cases.c.account_id == account) & (cases.c.state != CaseState.CLOSED.value)
        if connection.execute(select(func.count()).where(mine)).scalar_one() >= MAX_OPEN:
            raise VidphoneError(ErrorCode.TOO_MANY_CASES)


def _check_own(connection: Connection, account: int, asked: NewCase) -> None:
    match asked.about:
        case AboutLine(bill=bill, line=line):
            mine = (bills.c.number == bill) & (bills.c.account_id == account)
            wanted = select(bill_lines.c.bill).join(bills, bills.c.number == bill_lines.c.bill)
            found = connection.execute(wanted.where(mine, bill_lines.c.position == line)).first()
        case AboutCall(call=call):
            part = (calls.c.caller_id == account) | (calls.c.callee_id == account)
            found = connection.execute(select(calls.c.id).where(calls.c.id == call, part)).first()
        case _:
            return
    if found is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
