"""Terminals and claims under the warranty, in the transaction of the caller (clause 4)."""

from datetime import date

from sqlalchemy import Connection, insert, select

from vidphone.service.cases.book import CaseBook, CaseRow, case_id, case_number
from vidphone.service.cases.reading import terminal_value
from vidphone.service.days import provider_day
from vidphone.service.store.tables_cases import terminal_events, terminals, warranty_claims
from vidphone.terms.warranty import Category, judge, last_day
from vidphone.wire.cases import CaseKind, NewClaim, Terminal, TerminalEvent, TerminalEventKind

SHOWN = 100
"""Terminals of a customer in one list."""


def terminals_of(connection: Connection, account: int, at: float, years: int) -> tuple[Terminal, ...]:
    """A customer's terminals, newest first, each with its history."""
    mine = select(terminals).where(terminals.c.account_id == account).order_by(terminals.c.id.desc()).limit(SHOWN)
    rows = connection.execute(mine).all()
    history: dict[int, list[TerminalEvent]] = {}
    ids = [row.id for row in rows]
    wanted = select(terminal_events).where(terminal_events.c.terminal_id.in_(ids)).order_by(terminal_events.c.id)
    for event in connection.execute(wanted):
        history.setdefault(event.terminal_id, []).append(
            TerminalEvent(
                kind=TerminalEventKind(event.kind),
                on=date.fromisoformat(event.on_day),
                serial=event.serial,
                case=case_number(event.case_id) if event.case_id else None,
            )
        )
    return tuple(_terminal(row, history.get(row.id, []), at, years) for row in rows)


def note(
    connection: Connection,
    terminal: CaseRow,
    kind: TerminalEventKind,
    on: date,
    staff: str,
    at: float,
    case: int | None = None,
    serial: str | None = None,
) -> None:
    """Write an entry of a terminal's history; `serial` where another device came."""
    row = {"terminal_id": terminal.id, "kind": kind.value, "on_day": on.isoformat(), "case_id": case}
    told = {"serial": serial or terminal.serial, "staff": staff, "at": at}
    connection.execute(insert(terminal_events).values(row | told))


def claim(connection: Connection, book: CaseBook, terminal: CaseRow, asked: NewClaim, at: float) -> str:
    """The written notice of a defect: a case of its own, whose number is returned. It counts from today."""
    account = terminal.account_id
    if (known := book.known(connection, account, asked.id)) is not None:
        return case_number(known)
    about = f"terminal:{terminal.id}"
    number = book.open_case(connection, account, CaseKind.WARRANTY, about, asked.words, at, asked.id)
    today = provider_day(at)
    row = {"case_id": case_id(number), "terminal_id": terminal.id, "category": asked.category.value}
    connection.execute(insert(warranty_claims).values(row | {"noticed_on": today.isoformat(), "goodwill": False}))
    note(connection, terminal, TerminalEventKind.CLAIMED, today, "customer", at, case_id(number))
    return number


def _terminal(row: CaseRow, history: list[TerminalEvent], at: float, years: int) -> Terminal:
    value = terminal_value(row)
    return Terminal(
        id=row.id,
        model=row.model,
        serial=row.serial,
        order=row.order_number,
        installed_on=value.installed_on,
        last_day=last_day(value, years),
        covered=judge(value, Category.MATERIAL, provider_day(at), years).covered,
        opened_on=value.opened_on,
        history=tuple(history),
    )
