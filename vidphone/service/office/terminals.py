"""The provider's work on terminals: registered, found opened, claims decided and carried out (clause 4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from vidphone.service.audit.log import AuditLog
from vidphone.service.cases.book import CaseBook, CaseRow
from vidphone.service.cases.reading import claim_of, claim_row, ruling_of
from vidphone.service.cases.terminals import note, terminals_of
from vidphone.service.days import provider_day
from vidphone.service.office.bills import NotPossible
from vidphone.service.office.cases import CaseOffice, request_of
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.customers import account_id
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_cases import terminals, warranty_claims
from vidphone.terms.warranty import Ground, Remedy
from vidphone.wire.cases import Terminal, TerminalEventKind
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.signaling import Topic

SERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,31}")
MAX_MODEL = 64
MAX_PAGE = 200
_DONE = {Remedy.REPAIR: TerminalEventKind.REPAIRED, Remedy.EXCHANGE: TerminalEventKind.EXCHANGED}


@dataclass(frozen=True, slots=True)
class ListedTerminal:
    """A terminal in a list over all customers."""

    id: int
    customer: str
    serial: str
    model: str
    installed_on: date
    opened_on: date | None


@dataclass(frozen=True)
class TerminalOffice:
    """Blocking. Times are UTC seconds since 1970, of the service's clock; `staff` is who does it.

    Those that name a customer raise `UnknownNumber`. Those that name a case or a terminal raise `VidphoneError`:
    `NOT_FOUND`. `NotPossible` has the key of a text `admin.<key>`.
    """

    engine: Engine
    book: CaseBook
    cases: CaseOffice
    audit: AuditLog
    reasons: Reasons
    warranty_years: int

    def register(
        self, number: str, serial: str, model: str, installed_on: date, order: str | None, staff: str, at: float
    ) -> int:
        """A terminal that was handed to a customer and installed; its id.

        Raises:
            NotPossible: no such serial number or model can be, one is registered with it, or the day is to come.
        """
        if not SERIAL.fullmatch(serial) or not 1 <= len(model.strip()) <= MAX_MODEL or not model.isprintable():
            raise NotPossible("terminal.bad")
        if installed_on > provider_day(at):
            raise NotPossible("terminal.to-come")
        with writing(self.engine) as connection:
            account = account_id(connection, number)
            row = {"account_id": account, "serial": serial, "model": model.strip(), "order_number": order}
            values = row | {"installed_on": installed_on.isoformat(), "registered_at": at}
            try:
                added = connection.execute(insert(terminals).values(values).returning(terminals.c.id))
            except IntegrityError:
                raise NotPossible("terminal.known") from None
            terminal = int(added.scalar_one())
            self._note(connection, terminal, TerminalEventKind.REGISTERED, installed_on, staff, at, "")
        return terminal

    def opened(self, serial: str, on: date, reason: str, staff: str, at: float) -> None:
        """Somebody opened its case without permission: the warranty ended on that day. It is not undone.

        Raises:
            NotPossible: that is known already, the day is to come or before the installation, or no reason is given.
        """
        if not reason.strip():
            raise NotPossible("terminal.no-reason")
        with writing(self.engine) as connection:
            row = self._terminal(connection, terminals.c.serial == serial)
            if row.opened_on is not None:
                raise NotPossible("terminal.is-opened")
            if not date.fromisoformat(row.installed_on) <= on <= provider_day(at):
                raise NotPossible("terminal.to-come")
            this = update(terminals).where(terminals.c.id == row.id)
            connection.execute(this.values(opened_on=on.isoformat()))
            self._note(connection, row.id, TerminalEventKind.OPENED, on, staff, at, reason)

    def of(self, number: str, at: float) -> Sequence[Terminal]:
        """A customer's terminals with their history."""
        with self.engine.connect() as connection:
            return terminals_of(connection, account_id(connection, number), at, self.warranty_years)

    def page(self, serial_prefix: str, after: str, limit: int) -> Sequence[ListedTerminal]:
        """Terminals by serial number, those that begin so; `after` is the serial of the last one had."""
        wanted = select(terminals, accounts.c.number.label("customer")).join(
            accounts, accounts.c.id == terminals.c.account_id
        )
        if serial_prefix:  # a range, which an index serves in every database
            wanted = wanted.where(terminals.c.serial >= serial_prefix, terminals.c.serial < serial_prefix + "\x7f")
        ordered = wanted.where(terminals.c.serial > after).order_by(terminals.c.serial).limit(min(limit, MAX_PAGE))
        with self.engine.connect() as connection:
            return [
                ListedTerminal(
                    row.id,
                    row.customer,
                    row.serial,
                    row.model,
                    date.fromisoformat(row.installed_on),
                    date.fromisoformat(row.opened_on) if row.opened_on else None,
                )
                for row in connection.execute(ordered)
            ]

    def decide(
        self, number: str, remedy: Remedy | None, words: str, key: str, staff: str, at: float, *, goodwill: bool = False
    ) -> bool:
        """Decide a claim and tell the customer why; False where the key did so before.

        Args:
            number: Of the case.
            remedy: The provider's choice; None: the claim is refused, on the ground that clause 4 gives.
            words: What the customer is told.
            key: Once each.
            staff: Who decides.
            at: Now.
            goodwill: Grant what clause 4 does not ask for.

        Raises:
            NotPossible: this is no claim, clause 4 asks for the contrary, or it was granted before.
        """
        if not words.strip():
            raise NotPossible("terminal.no-reason")
        with writing(self.engine) as connection:
            row = self.book.case(connection, number)
            if self.book.position(connection, row.id, request_of(key)) is not None:
                return False
            before = claim_row(connection, row.id)
            if before is None:
                raise NotPossible("claim.none")
            ground = ruling_of(before, self.warranty_years).ground
            if before.granted:
                raise NotPossible("claim.granted")
            if (remedy is None) is (ground is Ground.COVERED) and not (remedy is not None and goodwill):
                raise NotPossible("claim.covered" if remedy is None else "claim.not-covered")
            self.cases.answer_in(connection, row, words, None, key, staff, at)
            today = provider_day(at)
            decided = {
                "granted": remedy is not None,
                "ground": ground.value,
                "goodwill": remedy is not None and ground is not Ground.COVERED,
                "remedy": remedy.value if remedy else None,
                "decided_on": today.isoformat(),
            }
            connection.execute(update(warranty_claims).where(warranty_claims.c.case_id == row.id).values(decided))
            kind = TerminalEventKind.GRANTED if remedy else TerminalEventKind.REFUSED
            self._note(connection, before.terminal_id, kind, today, staff, at, "", row.id)
        return True

    def done(self, number: str, on: date, new_serial: str | None, staff: str, at: float) -> None:
        """What was granted is carried out: repaired, or exchanged for the device of `new_serial`.

        The warranty goes on as it was: the day of installation stays.

        Raises:
            NotPossible: nothing was granted or it is done, an exchange without a new device, or a serial number that
                is registered.
        """
        with writing(self.engine) as connection:
            row = self.book.case(connection, number)
            found = claim_of(connection, row.id, self.warranty_years)
            if found is None or found.remedy is None or found.done_on is not None:
                raise NotPossible("claim.nothing-to-do")
            exchange = found.remedy is Remedy.EXCHANGE
            if exchange is (new_serial is None) or (new_serial and not SERIAL.fullmatch(new_serial)):
                raise NotPossible("claim.serial")
            if found.decided_on is None or not found.decided_on <= on <= provider_day(at):
                raise NotPossible("terminal.to-come")
            if new_serial:
                this = update(terminals).where(terminals.c.id == found.terminal)
                try:
                    connection.execute(this.values(serial=new_serial))
                except IntegrityError:
                    raise NotPossible("terminal.known") from None
            this_claim = update(warranty_claims).where(warranty_claims.c.case_id == row.id)
            connection.execute(this_claim.values(done_on=on.isoformat()))
            self._note(connection, found.terminal, _DONE[found.remedy], on, staff, at, "", row.id)

    def _terminal(self, connection: Connection, which: ColumnElement[bool]) -> CaseRow:
        row = connection.execute(select(terminals).where(which)).one_or_none()
        if row is None:
            raise VidphoneError(ErrorCode.NOT_FOUND)
        return row

    def _note(
        self,
        connection: Connection,
        terminal: int,
        kind: TerminalEventKind,
        on: date,
        staff: str,
        at: float,
        reason: str,
        case: int | None = None,
    ) -> None:
        row = self._terminal(connection, terminals.c.id == terminal)
        note(connection, row, kind, on, staff, at, case)
        audited = f"terminal-{kind.value}"
        details = {"terminal": str(terminal), "on": on.isoformat()} | ({"case": str(case)} if case else {})
        details |= self.reasons.keep(connection, audited, staff, row.account_id, reason, at)
        self.audit.append(connection, audited, staff, f"account:{row.account_id}", details, at)
        number = connection.execute(select(accounts.c.number).where(accounts.c.id == row.account_id)).scalar_one()
        hint(connection, (number,), Topic.CASES, at)
