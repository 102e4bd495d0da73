from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from tests.unit.service.hub.bench import accept
from tests.unit.service.ledger.parts import A_FEN_A_SECOND, FREE, LOCAL, add, call, database, rate
from vidphone.service.hub.effects import Address, CallAccepted, CallEnded, CallProposed
from vidphone.service.ledger.check import faults, trial
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import (
    Account,
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
    PostingConflict,
    Refused,
    Reserve,
    UnknownAccount,
    UnknownCall,
    posting,
)
from vidphone.service.store.engine import writing
from vidphone.service.store.journal import StoredJournal
from vidphone.service.store.tables_ledger import call_charges, charges, transfers
from vidphone.terms.tariff import Rate
from vidphone.wire.reasons import EndReason


class Book:
    """A ledger with one customer, each call of it in a transaction of its own."""

    def __init__(self, connection: Connection, account: int) -> None:
        self.connection = connection
        self.ledger = Ledger()
        self.account = account

    def reserve(self, number: int, price: Rate = A_FEN_A_SECOND, at: float = 0) -> Grant | Refused:
        return self.ledger.reserve(self.connection, call(number), self.account, price, at, number="1002")

    def renew(self, number: int, sequence: int, used_s: int, at: float = 0) -> Grant:
        return self.ledger.commit(self.connection, call(number), sequence, used_s, at, renew=True)

    def confirm(self, number: int, sequence: int, used_s: int, at: float = 0) -> Grant:
        return self.ledger.commit(self.connection, call(number), sequence, used_s, at, renew=False)

    def finish(self, number: int, used_s: int, at: float = 0) -> Charge:
        return self.ledger.finish(self.connection, call(number), used_s, at)

    def pay(self, fen: int, reference: str = "pay:1") -> bool:
        return self.ledger.pay(self.connection, self.account, fen, reference, 0)

    @property
    def balance(self) -> Balance:
        return self.ledger.balance(self.connection, self.account)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with database(tmp_path) as engine:
        account = add(engine, "1001", 100)
        add(engine, "1002", 0)
        with writing(engine) as connection:
            made = Book(connection, account)
            yield made
            assert faults(connection) == []
            assert sum(trial(connection).values()) == 0


def test_call_is_charged_once_for_what_it_used_and_the_rest_is_released(book: Book) -> None:
    assert book.reserve(1) == Grant(call(1), 0, 60, 60, 100, 0, final=False)
    assert book.balance == Balance(limit=100, prepaid=0, unpaid=0, unbilled=0, reserved=60, available=40)
    assert book.renew(1, 0, 30) == Grant(call(1), 1, 60, 90, 100, 30, final=False)
    assert book.finish(1, 42) == Charge(call(1), 42, 42, 42, 0, first=True)
    assert book.balance == Balance(limit=100, prepaid=0, unpaid=0, unbilled=42, reserved=0, available=58)


def test_finish_that_comes_twice_charges_once(book: Book) -> None:
    book.reserve(1)
    first = book.finish(1, 42)
    assert book.finish(1, 99) == Charge(call(1), first.used_s, first.billed_s, first.fen, 0, first=False)
    assert book.balance.unbilled == 42


def test_repeated_messages_move_nothing(book: Book) -> None:
    assert book.reserve(1) == book.reserve(1)
    renewed = book.renew(1, 0, 30)
    assert book.renew(1, 0, 50) == renewed
    assert book.balance.reserved == 90
    with pytest.raises(ValueError, match="7"):
        book.renew(1, 7, 30)


def test_confirmed_use_never_falls(book: Book) -> None:
    book.reserve(1)
    book.confirm(1, 0, 30)
    assert book.confirm(1, 0, 10).spent_fen == 30
    assert book.finish(1, 20).fen == 30


def test_call_at_the_limit_is_refused_even_where_its_first_second_rounds_to_nothing(book: Book) -> None:
    book.reserve(1)
    book.renew(1, 0, 60)
    book.finish(1, 100)
    assert book.balance.available == 0
    assert book.reserve(2, rate(100)) == Refused(call(2), book.reserve(3).refusal, 0, 100)  # type: ignore[union-attr]


def test_last_grant_is_short_and_final_and_a_payment_clears_it(book: Book) -> None:
    book.reserve(1)
    last = book.renew(1, 0, 50)
    assert (last.until_used_s, last.seconds, last.final) == (100, 50, True)
    assert book.renew(1, 1, 85).until_used_s == 100
    assert book.pay(1_000)
    grant = book.renew(1, 2, 90)
    assert (grant.until_used_s, grant.final) == (150, False)


def test_grant_that_the_credit_just_carries_is_final_at_once(book: Book) -> None:
    book.ledger.set_limit(book.connection, book.account, 60)
    assert book.reserve(1) == Grant(call(1), 0, 60, 60, 60, 0, final=True)


def test_nobody_is_charged_past_the_limit_however_late_the_call_is_cut(book: Book) -> None:
    book.reserve(1)
    book.renew(1, 0, 60)
    assert book.finish(1, 130) == Charge(call(1), 130, 130, 100, 30, first=True)
    assert book.balance.available == 0


def test_second_call_finds_what_the_first_has_left(book: Book) -> None:
    book.reserve(1)
    second = book.reserve(2)
    assert isinstance(second, Grant)
    assert (second.until_used_s, second.final) == (40, True)
    assert isinstance(book.reserve(3), Refused)
    assert book.renew(1, 0, 50).final
    assert (book.finish(1, 60).fen, book.finish(2, 40).fen) == (60, 40)
    assert book.balance.available == 0


def test_whole_increments_and_the_minimum_are_reserved(book: Book) -> None:
    price = rate(6_000, minimum_s=30, increment_s=25)
    assert book.reserve(1, price) == Grant(call(1), 0, 80, 80, 80, 0, final=True)
    assert book.finish(1, 31).fen == 55
    assert isinstance(book.reserve(2, rate(6_000, minimum_s=50)), Refused)


def test_a_price_of_nothing_has_no_end(book: Book) -> None:
    assert book.reserve(1, rate(0)) == Grant(call(1), 0, 60, 60, None, 0, final=False)
    assert book.finish(1, 500).fen == 0


def test_free_numbers_leave_no_row_and_need_no_credit(book: Book) -> None:
    steps = (
        Reserve(call(1), book.account, "10000", FREE),
        Begin(call(1)),
        Commit(call(1), 0, 9, True),
        Finish(call(1), 9),
    )
    assert book.ledger.perform(book.connection, steps, 0) == [None] * 4
    with pytest.raises(ValueError, match="free=True"):
        book.ledger.reserve(book.connection, call(1), book.account, FREE, 0, number="10000")
    assert book.ledger.perform(book.connection, [], 0) == []


def test_quote_says_how_long_the_credit_lasts(book: Book) -> None:
    quoted = book.ledger.quote(book.connection, book.account, A_FEN_A_SECOND)
    assert (quoted.lasts_s, quoted.refused) == (100, None)
    assert book.ledger.quote(book.connection, book.account, FREE).lasts_s is None
    book.ledger.set_limit(book.connection, book.account, 0)
    blocked = book.ledger.quote(book.connection, book.account, A_FEN_A_SECOND)
    assert (blocked.lasts_s, blocked.refused) == (0, "credit-limit")
    assert book.ledger.quote(book.connection, book.account, FREE).refused is None


def test_a_lower_limit_takes_back_no_grant_and_gives_no_more(book: Book) -> None:
    book.reserve(1)
    book.ledger.set_limit(book.connection, book.account, 10)
    grant = book.renew(1, 0, 50)
    assert (grant.until_used_s, grant.final, book.balance.available) == (60, True, -50)
    assert book.finish(1, 60).fen == 60


def test_only_the_first_beginning_counts(book: Book) -> None:
    book.reserve(1, at=1)
    book.ledger.begin(book.connection, call(1), 5)
    book.ledger.begin(book.connection, call(1), 9)
    assert book.ledger.running(book.connection, book.account)[call(1)].started_at == 5
    book.ledger.release(book.connection, call(1), 10)
    assert book.ledger.running(book.connection) == {}
    assert book.balance.available == 100


def test_what_the_ledger_does_not_know_is_said(book: Book) -> None:
    with pytest.raises(UnknownCall):
        book.finish(1, 1)
    with pytest.raises(UnknownCall):
        book.renew(1, 0, 1)
    with pytest.raises(UnknownAccount):
        book.ledger.reserve(book.connection, call(1), 999, A_FEN_A_SECOND, 0, number="1002")
    with pytest.raises(UnknownAccount):
        book.ledger.set_limit(book.connection, 999, 1)
    with pytest.raises(UnknownAccount):
        book.ledger.balance(book.connection, 999)
    with pytest.raises(UnknownAccount):
        book.ledger.pay(book.connection, 999, 1, "pay:1", 0)
    book.reserve(1)
    with pytest.raises(ValueError, match=call(1)):
        book.ledger.reserve(book.connection, call(1), 2, A_FEN_A_SECOND, 0, number="1002")
    with pytest.raises(ValueError, match="-1"):
        book.confirm(1, 0, -1)
    with pytest.raises(ValueError, match="-1"):
        book.finish(1, -1)
    book.finish(1, 1)
    with pytest.raises(CallSettled):
        book.renew(1, 0, 2)
    with pytest.raises(CallSettled):
        book.reserve(1)


def test_a_payment_counts_once(book: Book) -> None:
    assert book.pay(500)
    assert not book.pay(500)
    with pytest.raises(PostingConflict):
        book.pay(501)
    with pytest.raises(ValueError, match="-5"):
        book.pay(-5, "pay:2")
    assert (book.balance.prepaid, book.balance.available) == (500, 600)


def test_one_reference_twice_in_a_batch_moves_once(book: Book) -> None:
    one = posting(Kind.PAYMENT, book.account, 5, "pay:1", 0)
    assert book.ledger.post(book.connection, [one, one]) == [True, False]
    assert book.balance.prepaid == 5


def test_bill_takes_what_is_unbilled_and_what_was_prepaid_pays_it(book: Book) -> None:
    book.reserve(1)
    book.finish(1, 50)
    book.pay(30)
    row = BillRow(book.account, "202608-1001", from_unbilled_fen=50, rent_fen=20, late_fee_fen=3)
    for _ in range(2):
        book.ledger.bill(book.connection, [row], 1)
        assert book.balance == Balance(limit=100, prepaid=0, unpaid=43, unbilled=0, reserved=0, available=57)
    assert book.ledger.balances(book.connection, [book.account, 999]) == {book.account: book.balance}
    assert book.balance.position().available_fen == 57
    sums = trial(book.connection)
    assert (sums[Account.REVENUE_CALLS], sums[Account.REVENUE_RENT], sums[Account.REVENUE_LATE_FEES]) == (-50, -20, -3)
    assert (sums[Account.PAYMENT_PROVIDER], sums[Account.RECEIVABLE]) == (30, 43)


def test_bill_of_more_credit_than_charges_goes_to_the_customer(book: Book) -> None:
    ledger, connection = book.ledger, book.connection
    assert ledger.charge(connection, book.account, ChargeKind.ADJUSTMENT, LOCAL, -80, "adjustment:1", 5)
    assert not ledger.charge(connection, book.account, ChargeKind.ADJUSTMENT, LOCAL, -80, "adjustment:1", 5)
    assert book.balance.unbilled == -80
    ledger.bill(connection, [BillRow(book.account, "1", -80, 0, 0)], 6)
    assert (book.balance.unbilled, book.balance.prepaid) == (0, 80)
    kept = connection.execute(select(charges.c.kind, charges.c.zh, charges.c.amount_fen, charges.c.bill)).all()
    assert [tuple(row) for row in kept] == [("adjustment", LOCAL.zh, -80, None)]


def test_refund_gives_back_no_more_than_is_prepaid(book: Book) -> None:
    book.ledger.pay(book.connection, book.account, 50, "pay:1", 0, cash=True)
    assert book.ledger.refund(book.connection, book.account, 20, "refund:1", 0, cash=True)
    assert not book.ledger.refund(book.connection, book.account, 20, "refund:1", 0, cash=True)
    assert (book.balance.prepaid, trial(book.connection)[Account.CASH]) == (30, 30)
    with pytest.raises(ValueError, match="31"), book.connection.begin_nested():
        book.ledger.refund(book.connection, book.account, 31, "refund:2", 0)
    with pytest.raises(ValueError, match="0"):
        book.ledger.refund(book.connection, book.account, 0, "refund:3", 0)
    with pytest.raises(ValueError, match="nothing"):
        posting(Kind.REFUND, book.account, 0, "nothing", 0)
    assert book.balance.prepaid == 30


@pytest.mark.parametrize("change", [update(transfers).values(amount_fen=1), delete(transfers)])
def test_what_has_moved_can_be_neither_changed_nor_deleted(book: Book, change: object) -> None:
    book.pay(500)
    with pytest.raises(DBAPIError, match="for ever"), book.connection.begin_nested():
        book.connection.execute(change)  # type: ignore[call-overload]


def test_check_names_what_does_not_add_up(book: Book) -> None:
    book.reserve(1)
    book.finish(1, 50)
    with book.connection.begin_nested() as undone:
        book.connection.execute(update(call_charges).values(amount_fen=49, reserved_fen=1))
        stray = posting(Kind.CALL, book.account, 7, "call:none", 0)
        row = {"reference": stray.reference, "kind": stray.kind, "account_id": book.account, "at": 0}
        sides = {"debit": stray.debit, "credit": stray.credit, "amount_fen": 7}
        book.connection.execute(insert(transfers).values(row | sides))
        mine = book.account
        assert faults(book.connection) == [f"unbilled:{mine}", f"reserved:{mine}", f"call:{call(1)}", "stray:call:none"]
        undone.rollback()


def test_after_a_restart_the_journal_says_which_calls_are_over(tmp_path: Path) -> None:
    with database(tmp_path) as engine:
        account, journal, ledger = add(engine, "1001", 1_000), StoredJournal(engine), Ledger()
        add(engine, "1002", 0)
        a, b = Address("1001", "a" * 32), Address("1002", "b" * 32)
        rings, talks, over, unknown = (call(number) for number in range(4))
        journal.write([CallProposed(one, a, b.number, True) for one in (rings, talks, over)], at=1)
        journal.write([CallAccepted(one, b, accept(one)) for one in (talks, over)], at=2)
        journal.write([CallEnded(over, EndReason.HUNG_UP)], at=3)
        with writing(engine) as connection:
            for one in (rings, talks, over, unknown):
                ledger.reserve(connection, one, account, A_FEN_A_SECOND, 1, number="1002")
            for one in (talks, over):
                ledger.commit(connection, one, 0, 20, 9, renew=False)
        journal.recover(at=10, ended_after=0)
        for _ in range(2):
            with writing(engine) as connection:
                settled = ledger.reconcile(connection, 10)
        assert settled == []
        with writing(engine) as connection:
            assert list(ledger.running(connection)) == [talks]
            assert (ledger.balance(connection, account).unbilled, faults(connection)) == (20, [])


def test_calls_that_fell_silent_are_charged_what_they_confirmed(book: Book) -> None:
    book.ledger.set_limit(book.connection, book.account, 1_000)
    for number in (1, 2):
        book.reserve(number, at=0)
    book.confirm(1, 0, 20, at=20)
    book.confirm(2, 0, 90, at=90)
    assert [(one.call, one.fen) for one in book.ledger.supervise(book.connection, 30, 100)] == [(call(1), 20)]
    assert list(book.ledger.running(book.connection)) == [call(2)]
