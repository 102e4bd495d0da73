"""`bills`, `pay`, `standing`, `leaving`, `run-month` and what belongs to them. Each function prints what it did."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.admin.said import actor, moment, print_table, refused, say, words
from vidphone.service.billing.documents import BillPaper, calls_csv
from vidphone.service.billing.reading import bill_of, bills_of
from vidphone.service.ledger.values import PostingConflict
from vidphone.service.office import Office
from vidphone.service.office.bills import BillOffice, NotPossible
from vidphone.service.store.customers import UnknownNumber
from vidphone.terms.money import format_fen
from vidphone.terms.orders import Catalogue, Words, order_sha256
from vidphone.texts import system_language
from vidphone.wire.errors import VidphoneError

MAX_REFERENCE = 40
_REFERENCE = re.compile(rf"[A-Za-z0-9-]{{1,{MAX_REFERENCE}}}")
_YUAN = re.compile(r"-?[0-9]{1,8}(\.[0-9]{1,2})?")


def fen(yuan: str, *, below: bool = False) -> int:
    """An amount as typed, in fen; `below` allows one below 0."""
    amount = int(Decimal(yuan) * 100) if _YUAN.fullmatch(yuan) else 0
    if amount == 0 or (amount < 0 and not below):
        raise refused("cash.bad-amount", amount=yuan)
    return amount


def show_bills(engine: Engine, office: BillOffice, number: str, at: float) -> None:
    """The bills of a number as a table."""
    account = _account(office, number)
    with engine.connect() as connection:
        found = bills_of(connection, account, at)
    if not found:
        say("bills.none")
        return
    rows = (
        (one.number, str(one.due_on), format_fen(one.total_fen), format_fen(one.open_fen), "!" if one.overdue else "")
        for one in found
    )
    print_table(("bill", "due", "total", "open", "state"), rows)


def write_bill(engine: Engine, office: BillOffice, paper: BillPaper | None, number: str, bill: str, path: Path) -> None:
    """A bill to a new file: as PDF, or its calls as CSV, by the name's end."""
    account = _account(office, number)
    with engine.connect() as connection:
        detail = bill_of(connection, account, bill, 0.0)
    if detail is None:
        raise refused("bills.unknown", number=number, bill=bill)
    if path.suffix == ".csv" or paper is None:
        data = calls_csv(detail, system_language())
    else:
        data = paper.pdf(detail, number, system_language())
    try:
        Office.write_new(path, data)
    except OSError as error:
        raise refused("not-written", path=str(path), detail=error.strerror or "") from error
    say("bills.written", path=str(path))


def take_cash(office: BillOffice, number: str, yuan: str, receipt: str, at: float) -> None:
    """Cash that was taken."""
    amount = fen(yuan)
    _check_reference(receipt)
    try:
        new = office.take_cash(number, amount, receipt, actor(), at)
    except UnknownNumber:
        raise refused("unknown", number=number) from None
    except PostingConflict:
        raise refused("cash.other", reference=receipt) from None
    if not new:
        say("cash.again", reference=receipt)
        return
    left = office.balance(number)
    told = {"open": format_fen(left.unpaid), "prepaid": format_fen(left.prepaid)}
    say("cash.done", number=number, amount=format_fen(amount), reference=receipt, **told)


def adjust(office: BillOffice, number: str, yuan: str, zh: str, en: str, reference: str, at: float) -> None:
    """A charge, or a credit, that stands on the next bill."""
    amount = fen(yuan, below=True)
    _check_reference(reference)
    try:
        new = office.adjust(number, amount, Words(zh, en), reference, actor(), at)
    except UnknownNumber:
        raise refused("unknown", number=number) from None
    except PostingConflict:
        raise refused("cash.other", reference=reference) from None
    if new:
        say("adjust.done", number=number, amount=format_fen(amount))
    else:
        say("cash.again", reference=reference)


def pay_back(office: BillOffice, number: str, yuan: str, reference: str, at: float) -> None:
    """What was paid in advance, back in cash."""
    amount = fen(yuan)
    _check_reference(reference)
    try:
        with _told(number):
            new = office.pay_back(number, amount, reference, actor(), at)
    except PostingConflict:
        raise refused("cash.other", reference=reference) from None
    if new:
        say("refund.done", number=number, amount=format_fen(amount))
    else:
        say("cash.again", reference=reference)


def show_standings(office: BillOffice) -> None:
    """Everybody who is not active."""
    found = office.standings()
    if not found:
        say("standing.none")
        return
    rows = (
        (
            number,
            words(f"standing-state.{one.state.value}"),
            words(f"standing-cause.{one.cause.value}") if one.cause else "",
            str(one.clause or ""),
            str(one.since or ""),
        )
        for number, one in found
    )
    print_table(("number", "state", "cause", "clause", "since"), rows)


def pause(office: BillOffice, number: str, reference: str, at: float) -> None:
    """A pause that an authority demands."""
    _check_reference(reference)
    with _told(number):
        office.pause(number, reference, actor(), at)
    say("standing.paused", number=number, reference=reference)


def resume(office: BillOffice, number: str, at: float, *, unfounded: bool) -> None:
    """The end of it."""
    with _told(number):
        office.resume(number, actor(), at, unfounded=unfounded)
    say("standing.resumed", number=number)


def show_leavings(office: BillOffice) -> None:
    """All agreements that are ending or have ended."""
    found = office.leavings()
    if not found:
        say("leaving.none")
        return
    rows = (
        (
            one.number,
            words(f"leaving-state.{one.state}"),
            words(f"leaving-cause.{one.cause}"),
            moment(one.asked_at),
            one.final_bill or "",
            format_fen(one.refund_fen),
        )
        for one in found
    )
    print_table(("number", "state", "cause", "asked", "bill", "refund"), rows)


def end(office: BillOffice, number: str, at: float) -> None:
    """An agreement ends by the customer's wish."""
    with _told(number):
        found = office.end(number, at, actor())
    told = {"state": words(f"leaving-state.{found.state}"), "bill": found.final_bill or "-"}
    say("leaving.asked", number=number, open=format_fen(office.balance(number).unpaid), **told)


def stay(office: BillOffice, number: str, at: float) -> None:
    """It does not end after all."""
    with _told(number):
        office.stay(number, at, actor())
    say("leaving.withdrawn", number=number)


def change_plan(office: BillOffice, number: str, plan: str, catalogue: Catalogue, at: float) -> None:
    """Another plan from next month on."""
    with _told(number):
        order, begins = office.change_plan(number, plan, catalogue, actor(), at)
    told = {"order": order.number, "sha256": order_sha256(order), "day": begins}
    say("plan.changed", number=number, plan=order.plan.id, **told)


def change_limit(office: BillOffice, number: str, yuan: str, catalogue: Catalogue, at: float) -> None:
    """Another credit limit at once."""
    with _told(number):
        order = office.change_limit(number, fen(yuan), catalogue, actor(), at)
    if order is not None:
        limit = format_fen(order.credit_limit_fen)
        say("limit.changed", number=number, limit=limit, order=order.number, sha256=order_sha256(order))


def run_month(office: BillOffice, at: float) -> None:
    """Everything that is due by date, and whether the ledger adds up after it."""
    done = office.run(at)
    say(
        "run.done",
        months=", ".join(period.name for period in done.months) or words("run.nothing"),
        bills=done.bills,
        total=format_fen(done.total_fen),
        standings=done.standings,
        numbers=done.numbers,
    )
    if faults := office.faults():
        raise refused("ledger.broken", faults=", ".join(faults))
    say("ledger.sound")


@contextmanager
def _told(number: str) -> Iterator[None]:
    """What cannot be done, as a refusal."""
    try:
        yield
    except UnknownNumber:
        raise refused("unknown", number=number) from None
    except NotPossible as problem:
        raise refused(str(problem), number=number) from None
    except VidphoneError as error:
        fields = ", ".join(f"{fault.field}: {fault.code.value}" for fault in error.faults)
        raise refused("change.refused", detail=fields or error.code.value) from None


def _account(office: BillOffice, number: str) -> int:
    with _told(number):
        return office.account(number)


def _check_reference(reference: str) -> None:
    if not _REFERENCE.fullmatch(reference):
        raise refused("cash.bad-reference", most=MAX_REFERENCE)
