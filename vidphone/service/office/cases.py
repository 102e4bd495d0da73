"""The provider's work on cases: asked, answered, with a correction of the charges (clauses 6, 15, 16 and 18).

What is told to the customer is a message of the case; a correction is once in the ledger and on the next bill.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select, tuple_

from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.lines import in_both
from vidphone.service.cases.book import CaseBook, CaseRow, Entry, case_id, case_number
from vidphone.service.cases.reading import detail_of, summary_of
from vidphone.service.days import provider_day
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import ChargeKind
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.customers import account_id
from vidphone.service.store.engine import writing
from vidphone.service.store.standings import tell
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_cases import cases
from vidphone.terms.cases import CaseState, CaseStep
from vidphone.wire.cases import Action, CaseDetail, CaseKind, CaseSummary, Side
from vidphone.wire.errors import ErrorCode, VidphoneError

MAX_ADJUSTMENT_FEN = 10_000_000
MAX_PAGE = 200
_KEY = re.compile(r"[A-Za-z0-9._-]{1,32}")
OPEN_STATES = tuple(state for state in CaseState if state is not CaseState.CLOSED)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to list. A state lists by the day on which it is due; else the newest come first."""

    state: CaseState | None = None
    kind: CaseKind | None = None
    late: bool = False
    """Only those that the provider should have answered by now; of state `OPEN`, whatever `state` says."""
    number: str | None = None
    """Of the customer."""


@dataclass(frozen=True, slots=True)
class ListedCase:
    """A case in a list, with the number of its customer."""

    customer: str
    summary: CaseSummary


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some cases; `next` is where to go on, None at the end."""

    rows: Sequence[ListedCase]
    next: str | None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that staff need for it."""

    customer: str
    account: int
    detail: CaseDetail


@dataclass(frozen=True)
class CaseOffice:
    """Blocking. Times are UTC seconds since 1970, of the service's clock.

    All that name a case raise `VidphoneError`: `NOT_FOUND`, there is none such; those that write, too: `CASE_NOT_NOW`.
    `key` is chosen by who asks, once for a form or a command: again, nothing happens. `staff` is who does it.
    """

    engine: Engine
    book: CaseBook
    audit: AuditLog
    reasons: Reasons
    warranty_years: int

    def page(self, wanted: CaseFilter, after: str | None, limit: int, at: float) -> CasePage:
        """Some of the cases; `after` is the `next` of the page before.

        Raises:
            UnknownNumber: nobody has the number that is asked for.
            ValueError: `after` is none that was given.
        """
        limit = min(limit, MAX_PAGE)
        state = CaseState.OPEN if wanted.late else wanted.state
        chosen = select(cases, accounts.c.number.label("customer")).join(accounts, accounts.c.id == cases.c.account_id)
        by_due = state is not None and wanted.number is None
        if state is not None:
            chosen = chosen.where(cases.c.state == state.value)
        if wanted.kind is not None:
            chosen = chosen.where(cases.c.kind == wanted.kind.value)
        if wanted.late:
            chosen = chosen.where(cases.c.due < provider_day(at).isoformat())
        if after is not None:
            due, _, last = after.rpartition("/")
            place = tuple_(cases.c.due, cases.c.id) > (due, int(last)) if by_due else cases.c.id < int(last)
            chosen = chosen.where(place)
        order = (cases.c.due, cases.c.id) if by_due else (cases.c.id.desc(),)
        with self.engine.connect() as connection:
            if wanted.number is not None:
                chosen = chosen.where(cases.c.account_id == account_id(connection, wanted.number))
            rows = connection.execute(chosen.order_by(*order).limit(limit + 1)).all()
        listed = [ListedCase(row.customer, summary_of(row, at)) for row in rows[:limit]]
        more = f"{rows[limit - 1].due}/{rows[limit - 1].id}" if len(rows) > limit else None
        return CasePage(listed, more)

    def counts(self, at: float) -> Mapping[str, int]:
        """How many cases are in each state but closed, and how many are `late`."""
        today = provider_day(at).isoformat()
        states = [state.value for state in OPEN_STATES]
        by_state = (
            select(cases.c.state, func.count().label("cases")).where(cases.c.state.in_(states)).group_by(cases.c.state)
        )
        overdue = select(func.count()).where(cases.c.state == CaseState.OPEN.value, cases.c.due < today)
        with self.engine.connect() as connection:
            found = {row.state: int(row.cases) for row in connection.execute(by_state)}
            late = connection.execute(overdue).scalar_one()
        return dict.fromkeys(states, 0) | found | {"late": late}

    def file(self, number: str, at: float) -> CaseFile:
        """Everything of one case: what was written, the call with the quality at both ends, the line, the claim."""
        with self.engine.connect() as connection:
            row = self.book.case(connection, number)
            customer = connection.execute(select(accounts.c.number).where(accounts.c.id == row.account_id)).scalar_one()
            detail = detail_of(connection, self.book, row, at, None, self.warranty_years, for_customer=False)
        return CaseFile(customer, row.account_id, detail)

    def photo(self, number: str, position: int, page: int) -> bytes:
        """A picture of a case in JPEG."""
        with self.engine.connect() as connection:
            found = self.book.picture(connection, case_id(number), position, page)
        if found is None:
            raise VidphoneError(ErrorCode.NOT_FOUND)
        return found

    def say(self, number: str, words: str, key: str, staff: str, at: float) -> bool:
        """Write in a case without moving it; False where the key did so before."""
        return self._do(number, Entry(request_of(key), Side.PROVIDER, Action.SAY, words, staff), None, at)

    def ask(self, number: str, words: str, key: str, staff: str, at: float) -> bool:
        """Ask the customer something: it is their turn then."""
        return self._do(number, Entry(request_of(key), Side.PROVIDER, Action.ASK, words, staff), CaseStep.ASK, at)

    def answer(
        self,
        number: str,
        words: str,
        amount_fen: int | None,
        key: str,
        staff: str,
        at: float,
        reason: str = "",
    ) -> bool:
        """Explain, and where it is right correct the charges; False where the key did so before.

        Args:
            number: Of the case.
            words: What the customer is told.
            amount_fen: Goes to the next bill, on a line of its own: below 0 the customer gets it back. None: nothing.
            key: Once each.
            staff: Who answers.
            at: Now.
            reason: For the provider's own books, kept sealed beside the audit chain.

        Raises:
            ValueError: no words, an amount of 0 or far too much.
        """
        if not words.strip() or amount_fen == 0 or abs(amount_fen or 0) > MAX_ADJUSTMENT_FEN:
            raise ValueError(amount_fen)
        with writing(self.engine) as connection:
            row = self.book.case(connection, number)
            return self.answer_in(connection, row, words, amount_fen, key, staff, at, reason)

    def answer_in(
        self,
        connection: Connection,
        row: CaseRow,
        words: str,
        amount_fen: int | None,
        key: str,
        staff: str,
        at: float,
        reason: str = "",
    ) -> bool:
        """As `answer`, in the caller's transaction."""
        number = case_number(row.id)
        reference = f"case:{number}:{key}" if amount_fen is not None else None
        entry = Entry(request_of(key), Side.PROVIDER, Action.ANSWER, words, staff, amount_fen, reference)
        if self.book.add(connection, row, entry, at, CaseStep.ANSWER) is None:
            return False
        if amount_fen is not None and reference is not None:
            said = in_both("case.adjustment", case=number)
            Ledger().charge(connection, row.account_id, ChargeKind.ADJUSTMENT, said, amount_fen, reference, at)
            tell(connection, (row.account_id,), at)
        if kept := self.reasons.keep(connection, "case-reason", staff, row.account_id, reason, at):
            subject, details = f"account:{row.account_id}", {"case": number, **kept}
            self.audit.append(connection, "case-reason", staff, subject, details, at)
        return True

    def settle(self, number: str, words: str, key: str, staff: str, at: float) -> bool:
        """Close a case as the commission decided."""
        with self.engine.connect() as connection:
            escalated = self.book.case(connection, number).state == CaseState.ESCALATED.value
        if not escalated:  # what was answered is the customer's to settle
            raise VidphoneError(ErrorCode.CASE_NOT_NOW)
        return self._do(number, Entry(request_of(key), Side.PROVIDER, Action.SETTLE, words, staff), CaseStep.SETTLE, at)

    def _do(self, number: str, entry: Entry, step: CaseStep | None, at: float) -> bool:
        if not entry.words.strip():
            raise ValueError("words are wanted")
        with writing(self.engine) as connection:
            row = self.book.case(connection, number)
            return self.book.add(connection, row, entry, at, step) is not None


def request_of(key: str) -> str:
    """The request that a key of the provider's stands for: never one of a customer's.

    Raises:
        ValueError: it is none: 1 to 32 letters, digits, dots, dashes.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(key)
    return f"p:{key}"
