"""Rows of the ledger's tables to and from its values."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, bindparam, insert, select, update

from vidphone.service.ledger.books import Books, Hold, Settled
from vidphone.service.ledger.values import Account, Kind, Posting
from vidphone.service.store.tables_ledger import call_charges, transfers
from vidphone.terms.orders import Words
from vidphone.terms.tariff import Rate

_CHANGING = (
    "sequence",
    "used_s",
    "granted_s",
    "reserved_fen",
    "started_at",
    "touched_at",
    "billed_s",
    "amount_fen",
    "uncovered_fen",
    "charged_at",
)
_change = (
    update(call_charges)
    .where(call_charges.c.call == bindparam("of_call"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)


def holds(connection: Connection, which: ColumnElement[bool]) -> list[Hold]:
    """The calls that a condition finds, in the order in which they began."""
    wanted = select(call_charges).where(which).order_by(call_charges.c.opened_at, call_charges.c.call)
    return [_hold(row) for row in connection.execute(wanted)]


def write_holds(connection: Connection, books: Books) -> None:
    """Write calls that are new, and those that have changed."""
    changed = sorted(books.changed_holds - books.new_holds)
    if books.new_holds:
        connection.execute(insert(call_charges), [_row(books.holds[call]) for call in sorted(books.new_holds)])
    if changed:
        fresh = [(call, _state(books.holds[call])) for call in changed]
        connection.execute(
            _change, [{"of_call": call} | {f"new_{name}": row[name] for name in _CHANGING} for call, row in fresh]
        )


def known_postings(connection: Connection, references: Collection[str]) -> dict[str, Posting]:
    """The movements of money under these references."""
    wanted = select(transfers).where(transfers.c.reference.in_(references))
    return {row.reference: _posting(row) for row in connection.execute(wanted)}


def essence(one: Posting) -> tuple[object, ...]:
    """What makes two postings under one reference the same."""
    return one.kind, one.account_id, one.debit, one.credit, one.amount_fen


def transfer(one: Posting) -> dict[str, object]:
    """The row of a movement of money."""
    return {
        "reference": one.reference,
        "kind": one.kind.value,
        "account_id": one.account_id,
        "debit": one.debit.value,
        "credit": one.credit.value,
        "amount_fen": one.amount_fen,
        "at": one.at,
    }


@dataclass(slots=True)
class Sums:
    """By how much a customer's two accounts change."""

    unbilled: int = 0
    receivable: int = 0


def deltas(postings: Iterable[Posting]) -> dict[int, Sums]:
    """What postings change, by customer."""
    changes: dict[int, Sums] = defaultdict(Sums)
    for one in postings:
        sums = changes[one.account_id]
        for side, amount in ((one.debit, one.amount_fen), (one.credit, -one.amount_fen)):
            if side is Account.UNBILLED:
                sums.unbilled += amount
            elif side is Account.RECEIVABLE:
                sums.receivable += amount
    return dict(changes)


def _posting(row: Row[tuple[object, ...]]) -> Posting:
    sides = Account(row.debit), Account(row.credit)
    return Posting(row.reference, Kind(row.kind), row.account_id, *sides, row.amount_fen, row.at)


def _hold(row: Row[tuple[object, ...]]) -> Hold:
    words = Words(row.destination_zh, row.destination_en)
    settled = None
    if row.charged_at is not None:
        settled = Settled(row.billed_s, row.amount_fen, row.uncovered_fen, row.charged_at)
    return Hold(
        call=row.call,
        account_id=row.account_id,
        number=row.number,
        rate=Rate(False, words, row.price_e4_yuan, row.minimum_s, row.increment_s, row.video),
        opened_at=row.opened_at,
        touched_at=row.touched_at,
        sequence=row.sequence,
        used_s=row.used_s,
        granted_s=row.granted_s,
        reserved_fen=row.reserved_fen,
        started_at=row.started_at,
        settled=settled,
    )


def _row(hold: Hold) -> dict[str, object]:
    words = hold.rate.destination or Words("", "")
    return _state(hold) | {
        "call": hold.call,
        "account_id": hold.account_id,
        "number": hold.number,
        "video": hold.rate.video,
        "destination_zh": words.zh,
        "destination_en": words.en,
        "price_e4_yuan": hold.rate.price_e4_yuan,
        "minimum_s": hold.rate.minimum_s,
        "increment_s": hold.rate.increment_s,
        "opened_at": hold.opened_at,
    }


def _state(hold: Hold) -> dict[str, object]:
    settled = hold.settled
    return {
        "sequence": hold.sequence,
        "used_s": hold.used_s,
        "granted_s": hold.granted_s,
        "reserved_fen": hold.reserved_fen,
        "started_at": hold.started_at,
        "touched_at": hold.touched_at,
        "billed_s": settled and settled.billed_s,
        "amount_fen": settled and settled.amount_fen,
        "uncovered_fen": settled and settled.uncovered_fen,
        "charged_at": settled and settled.at,
    }
