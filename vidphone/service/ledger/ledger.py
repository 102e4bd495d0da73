"""The ledger over a database: every method works in the transaction of the caller, so that what it does stands or falls
with the caller's own rows, and one commit puts both on the disk.

What changes something wants a transaction of `writing`: it takes its turn before it reads, so what a decision rests on
cannot change under it. On databases with locks by row the `credit` rows are locked instead.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.ledger import rows
from vidphone.service.ledger.books import Books, Credit, Hold, quote
from vidphone.service.ledger.values import (
    Balance,
    Begin,
    BillRow,
    CallSettled,
    Charge,
    ChargeKind,
    Commit,
    Finish,
    Grant,
    Kind,
    Outcome,
    Posting,
    PostingConflict,
    Quote,
    Refused,
    Reserve,
    Step,
    UnknownAccount,
    UnknownCall,
    bill_postings,
    posting,
)
from vidphone.service.store.tables import ENDED, calls
from vidphone.service.store.tables_ledger import call_charges, charges, credit, transfers
from vidphone.terms.orders import Words
from vidphone.terms.tariff import Rate

_running = call_charges.c.charged_at.is_(None)
_set_credit = (
    update(credit)
    .where(credit.c.account_id == bindparam("account"))
    .values(unbilled_fen=bindparam("unbilled"), reserved_fen=bindparam("reserved"))
)
_move = (
    update(credit)
    .where(credit.c.account_id == bindparam("account"))
    .values(
        unbilled_fen=credit.c.unbilled_fen + bindparam("unbilled"),
        receivable_fen=credit.c.receivable_fen + bindparam("receivable"),
    )
)


class Ledger:
    """See the module. Blocking; keeps nothing between calls."""

    # Customers.

    def open(self, connection: Connection, account_id: int, limit_fen: int) -> None:
        """Begin to count for a customer; nothing happens where that has been done."""
        row = {"limit_fen": limit_fen, "receivable_fen": 0, "unbilled_fen": 0, "reserved_fen": 0}
        connection.execute(upsert(credit).values(account_id=account_id, **row).on_conflict_do_nothing())

    def set_limit(self, connection: Connection, account_id: int, limit_fen: int) -> None:
        """Another credit limit. What is granted already stays granted.

        Raises:
            UnknownAccount: the ledger was never opened for that customer.
        """
        changed = connection.execute(
            update(credit).where(credit.c.account_id == account_id).values(limit_fen=limit_fen)
        )
        if changed.rowcount != 1:
            raise UnknownAccount(account_id)

    def balance(self, connection: Connection, account_id: int) -> Balance:
        """How a customer stands.

        Raises:
            UnknownAccount: the ledger was never opened for that customer.
        """
        return _one_credit(connection, account_id).balance()

    def balances(self, connection: Connection, account_ids: Collection[int]) -> dict[int, Balance]:
        """How customers stand; those for whom the ledger was never opened are left out."""
        return {one.account_id: one.balance() for one in _credit(connection, account_ids)}

    def quote(self, connection: Connection, account_id: int, rate: Rate) -> Quote:
        """What a call would cost and how long the credit lasts for it.

        Raises:
            UnknownAccount: the ledger was never opened for that customer.
        """
        return quote(_one_credit(connection, account_id), rate)

    # Calls.

    def perform(self, connection: Connection, steps: Sequence[Step], at: float) -> list[Outcome]:
        """Take steps of any calls in their order, with about six statements however many they are.

        Raises:
            UnknownAccount: a call of a customer for whom the ledger was never opened.
            ValueError: see `Books.apply`.
        """
        if not steps:
            return []
        books = self.open_books(connection, steps)
        outcomes = [books.apply(step, at) for step in steps]
        self.keep_books(connection, books)
        return outcomes

    def open_books(self, connection: Connection, steps: Sequence[Step]) -> Books:
        """Read what these steps need, for whoever takes them one by one, or not all of them; `keep_books` writes it."""
        holds = rows.holds(connection, call_charges.c.call.in_({step.call for step in steps}))
        owners = {hold.account_id for hold in holds} | {s.account_id for s in steps if isinstance(s, Reserve)}
        return Books(_credit(connection, owners), holds)

    def keep_books(self, connection: Connection, books: Books) -> None:
        """Write what steps have changed, once, in the transaction in which the books were opened."""
        _write(connection, books)

    def reserve(
        self,
        connection: Connection,
        call: str,
        account_id: int,
        rate: Rate,
        at: float,
        *,
        number: str,
    ) -> Grant | Refused:
        """Let a call begin, for a first quota; the same call again is given the same.

        Raises:
            UnknownAccount: the ledger was never opened for that customer.
            CallSettled: that call is over.
            ValueError: a free rate, which needs no credit; or the call is another customer's.
        """
        (outcome,) = self.perform(connection, [Reserve(call, account_id, number, rate)], at)
        if isinstance(outcome, Charge):
            raise CallSettled(call)
        if outcome is None:
            raise ValueError(rate)
        return outcome

    def begin(self, connection: Connection, call: str, at: float) -> None:
        """Charging began: answered, and media up. Only the first time counts."""
        self.perform(connection, [Begin(call)], at)

    def commit(self, connection: Connection, call: str, sequence: int, used_s: int, at: float, *, renew: bool) -> Grant:
        """Confirm what a call has used in all, and with `renew` reserve its next quota, both or neither.

        Args:
            connection: Of a transaction that writes.
            call: Its id.
            sequence: That of the grant in hand; with an earlier one nothing moves, and the answer is the grant of now.
            used_s: In all; less than was confirmed before changes nothing.
            at: UTC seconds since 1970.
            renew: Ask to go on. Only this makes a new sequence.

        Raises:
            UnknownCall: nothing was ever reserved for it.
            CallSettled: it is over.
            ValueError: seconds below 0, or a sequence that was never given.
        """
        (outcome,) = self.perform(connection, [Commit(call, sequence, used_s, renew)], at)
        if isinstance(outcome, Grant):
            return outcome
        raise UnknownCall(call) if outcome is None else CallSettled(call)

    def finish(self, connection: Connection, call: str, used_s: int, at: float) -> Charge:
        """Charge what a call has used in all and release the rest; again, the answer is the same charge.

        Raises:
            UnknownCall: nothing was ever reserved for it.
            ValueError: seconds below 0.
        """
        (outcome,) = self.perform(connection, [Finish(call, used_s)], at)
        if isinstance(outcome, Charge):
            return outcome
        raise UnknownCall(call)

    def release(self, connection: Connection, call: str, at: float) -> None:
        """A call came to nothing: give its reservation back. What was confirmed as used is charged.

        Raises:
            UnknownCall: nothing was ever reserved for it.
        """
        self.finish(connection, call, 0, at)

    def running(self, connection: Connection, account_id: int | None = None) -> dict[str, Hold]:
        """The calls that hold a reservation, of one customer or of all, by id."""
        mine = _running if account_id is None else _running & (call_charges.c.account_id == account_id)
        return {hold.call: hold for hold in rows.holds(connection, mine)}

    def reconcile(self, connection: Connection, at: float) -> list[Charge]:
        """After a start, when the journal is recovered: settle calls that it has as ended, or does not have.

        Their confirmed use is charged and the rest released. Accepted calls go on, as their clients do.
        """
        gone = select(calls.c.id).where(calls.c.id == call_charges.c.call, calls.c.state != ENDED)
        return self._settle(connection, _running & ~gone.exists(), at)

    def supervise(self, connection: Connection, silent_since: float, at: float) -> list[Charge]:
        """Settle calls of which nothing was heard since then: confirmed use is charged and the rest released."""
        return self._settle(connection, _running & (call_charges.c.touched_at < silent_since), at)

    def _settle(self, connection: Connection, which: ColumnElement[bool], at: float) -> list[Charge]:
        oldest_first = select(call_charges.c.call).where(which).order_by(call_charges.c.opened_at, call_charges.c.call)
        ids = connection.scalars(oldest_first).all()
        outcomes = self.perform(connection, [Finish(call, 0) for call in ids], at)
        return [outcome for outcome in outcomes if isinstance(outcome, Charge)]

    # Money.

    def post(self, connection: Connection, postings: Sequence[Posting]) -> list[bool]:
        """Move money, all or nothing; of each whether it moved now, and not under the same reference before.

        Raises:
            PostingConflict: a reference that moved something else.
            UnknownAccount: the ledger was never opened for one of the customers.
        """
        known = rows.known_postings(connection, {one.reference for one in postings})
        fresh: list[Posting] = []
        moved = []
        for one in postings:
            before = known.get(one.reference)
            if before is None:
                known[one.reference] = one
                fresh.append(one)
            elif rows.essence(before) != rows.essence(one):
                raise PostingConflict(one.reference)
            moved.append(before is None)
        if fresh:
            deltas = rows.deltas(fresh)
            if len(_credit(connection, deltas)) != len(deltas):
                raise UnknownAccount(sorted(deltas))
            connection.execute(insert(transfers), [rows.transfer(one) for one in fresh])
            connection.execute(
                _move,
                [
                    {"account": account, "unbilled": sums.unbilled, "receivable": sums.receivable}
                    for account, sums in deltas.items()
                ],
            )
        return moved

    def bill(self, connection: Connection, bills: Sequence[BillRow], at: float) -> None:
        """Make what bills take of `unbilled`, and what is new with them, due. What is prepaid pays at once.

        A bill's number moves its sums once.

        Raises:
            PostingConflict, UnknownAccount: see `post`.
        """
        self.post(connection, [one for row in bills for one in bill_postings(row, at)])

    def charge(
        self,
        connection: Connection,
        account_id: int,
        kind: ChargeKind,
        words: Words,
        amount_fen: int,
        reference: str,
        at: float,
    ) -> bool:
        """An order or an adjustment, once a reference: into what is unbilled; below 0 in the customer's favour.

        Raises:
            PostingConflict, UnknownAccount: see `post`.
            ValueError: an amount of 0.
        """
        moved = self.post(connection, [posting(_moved_as(kind), account_id, amount_fen, reference, at)])[0]
        if moved:
            row = {"kind": kind.value, "zh": words.zh, "en": words.en, "amount_fen": amount_fen}
            connection.execute(insert(charges).values(account_id=account_id, reference=reference, at=at, **row))
        return moved

    def pay(
        self,
        connection: Connection,
        account_id: int,
        amount_fen: int,
        reference: str,
        at: float,
        *,
        cash: bool = False,
    ) -> bool:
        """A payment, once a reference: what is unpaid falls, and what is left over is prepaid.

        Raises:
            PostingConflict, UnknownAccount: see `post`.
            ValueError: an amount that is not above 0.
        """
        if amount_fen <= 0:
            raise ValueError(amount_fen)
        return self.post(connection, [posting(Kind.PAYMENT, account_id, amount_fen, reference, at, cash=cash)])[0]

    def refund(
        self,
        connection: Connection,
        account_id: int,
        amount_fen: int,
        reference: str,
        at: float,
        *,
        cash: bool = False,
    ) -> bool:
        """What was prepaid goes back to the customer, once a reference.

        Raises:
            PostingConflict, UnknownAccount: see `post`.
            ValueError: an amount that is not above 0, or more than is prepaid.
        """
        if amount_fen <= 0:
            raise ValueError(amount_fen)
        moved = self.post(connection, [posting(Kind.REFUND, account_id, amount_fen, reference, at, cash=cash)])[0]
        if moved and _one_credit(connection, account_id).receivable_fen > 0:
            raise ValueError(amount_fen)
        return moved


def _one_credit(connection: Connection, account_id: int) -> Credit:
    found = _credit(connection, [account_id])
    if not found:
        raise UnknownAccount(account_id)
    return found[0]


def _credit(connection: Connection, account_ids: Collection[int]) -> list[Credit]:
    wanted = select(credit).where(credit.c.account_id.in_(account_ids)).order_by(credit.c.account_id)
    return [Credit(*row) for row in connection.execute(wanted.with_for_update())]


def _write(connection: Connection, books: Books) -> None:
    if books.changed_credit:
        changed = [books.credit[account] for account in sorted(books.changed_credit)]
        connection.execute(
            _set_credit,
            [
                {"account": one.account_id, "unbilled": one.unbilled_fen, "reserved": one.reserved_fen}
                for one in changed
            ],
        )
    rows.write_holds(connection, books)
    if books.postings:
        connection.execute(insert(transfers), [rows.transfer(one) for one in books.postings])


def _moved_as(kind: ChargeKind) -> Kind:
    return Kind.ORDER if kind is ChargeKind.ORDER else Kind.ADJUSTMENT
