from datetime import date

import pytest
from sqlalchemy import select

from tests.support.billing import House
from tests.support.customers import VOICE, call, moment, sign_up
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import ChargeKind, PostingConflict
from vidphone.service.office.bills import NotPossible
from vidphone.service.store.engine import writing
from vidphone.service.store.numbers import NumberPool, NumberState
from vidphone.service.store.tables import accounts
from vidphone.terms.orders import Words
from vidphone.terms.standing import Cause, State

JULY = date(2026, 7, 1)
LEFT = date(2026, 7, 10)


def test_nobody_ends_with_a_balance_open(house: House) -> None:
    [person] = people = sign_up(house.engine, 1, JULY)
    call(house.engine, people, "a", 600, moment(date(2026, 7, 5)))
    found = house.office.end(person.number, moment(LEFT, 12))
    assert (found.state, found.final_bill) == ("settling", "202607-2001-F")
    assert house.lines("202607-2001-F") == [("rent", 871), ("calls", 60)]
    assert house.standing(person.account).cause is Cause.LEAVING
    house.office.take_cash(person.number, 930, "R1", "staff", moment(LEFT, 13))
    assert house.office.leavings()[0].state == "settling"
    house.office.take_cash(person.number, 1, "R2", "staff", moment(LEFT, 14))
    assert house.office.leavings()[0].state == "ended"
    stands = house.standing(person.account)
    assert (stands.state, stands.cause, stands.clause) == (State.TERMINATED, Cause.LEFT, 11)
    assert house.run(date(2026, 8, 1)).bills == 0


def test_a_call_that_runs_is_waited_for(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    with writing(house.engine) as connection:
        Ledger().reserve(connection, "c", person.account, VOICE, moment(LEFT, 11), number="2002")
        Ledger().begin(connection, "c", moment(LEFT, 11))
    assert house.office.end(person.number, moment(LEFT, 12)).final_bill is None
    with writing(house.engine) as connection:
        Ledger().finish(connection, "c", 30, moment(LEFT, 13))
    house.run(LEFT, 14)
    assert house.lines("202607-2001-F") == [("rent", 871), ("calls", 3)]


def test_what_was_paid_in_advance_is_paid_back(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.take_cash(person.number, 2000, "R1", "staff", moment(LEFT, 9))
    ended = house.office.end(person.number, moment(LEFT, 12))
    assert (ended.state, ended.refund_fen) == ("ended", 1129)
    with pytest.raises(NotPossible):
        house.office.pay_back(person.number, 1130, "B1", "staff", moment(LEFT, 13))
    house.office.pay_back(person.number, 1129, "B1", "staff", moment(LEFT, 13))
    assert house.office.leavings()[0].refund_fen == 0


def test_money_goes_back_once_a_receipt(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.take_cash(person.number, 5000, "R1", "staff", moment(LEFT, 9))
    assert house.office.pay_back(person.number, 5000, "B1", "staff", moment(LEFT, 10))
    assert not house.office.pay_back(person.number, 5000, "B1", "staff", moment(LEFT, 11))
    house.office.take_cash(person.number, 5000, "R2", "staff", moment(LEFT, 12))
    assert not house.office.pay_back(person.number, 5000, "B1", "staff", moment(LEFT, 13))
    with pytest.raises(PostingConflict):
        house.office.pay_back(person.number, 4000, "B1", "staff", moment(LEFT, 13))
    with pytest.raises(NotPossible):
        house.office.pay_back(person.number, 5001, "B2", "staff", moment(LEFT, 13))
    assert house.office.balance(person.number).prepaid == 5000


def test_what_is_corrected_after_the_end_is_paid_back(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.take_cash(person.number, 2000, "R1", "staff", moment(LEFT, 9))
    house.office.end(person.number, moment(LEFT, 12))
    house.office.adjust(person.number, -700, Words("x", "x"), "A1", "staff", moment(LEFT, 13))
    assert house.lines("202607-2001-F2") == [("adjustment", -700)]
    assert house.office.leavings()[0].refund_fen == 1829
    with writing(house.engine) as connection:  # as an answer to a case does
        words = Words("x", "x")
        Ledger().charge(connection, person.account, ChargeKind.ADJUSTMENT, words, -100, "C1", moment(LEFT, 14))
    for hour in (15, 16):
        house.run(LEFT, hour)
    assert house.lines("202607-2001-F3") == [("adjustment", -100)]
    assert house.office.leavings()[0].refund_fen == 1929
    assert house.office.balance(person.number).unbilled == 0
    house.office.pay_back(person.number, 1929, "B1", "staff", moment(LEFT, 17))
    assert house.office.leavings()[0].refund_fen == 0
    assert len(house.bills()) == 3


def test_a_charge_after_the_end_is_taken_of_what_is_to_be_paid_back(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.take_cash(person.number, 2000, "R1", "staff", moment(LEFT, 9))
    house.office.end(person.number, moment(LEFT, 12))
    house.office.adjust(person.number, 129, Words("x", "x"), "A1", "staff", moment(LEFT, 13))
    assert house.office.leavings()[0].refund_fen == 1000
    house.run(date(2026, 8, 1))


def test_who_stays_after_all_is_billed_for_the_rest_of_the_month(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.end(person.number, moment(LEFT, 12))
    house.office.stay(person.number, moment(date(2026, 7, 15), 12))
    with pytest.raises(NotPossible):
        house.office.stay(person.number, moment(date(2026, 7, 15), 13))
    house.run(date(2026, 8, 1))
    # from the 10th to the 14th the service was withheld; the final statement was due on the 25th
    assert house.lines("202607-2001") == [("rent", (3000 * 17 + 15) // 31), ("late-fee", 16)]


def test_who_leaves_again_in_the_same_month_is_billed_from_the_day_after(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.end(person.number, moment(LEFT, 12))
    house.office.stay(person.number, moment(date(2026, 7, 11), 12))
    assert house.office.end(person.number, moment(date(2026, 7, 20), 12)).final_bill == "202607-2001-F2"
    assert [(one.from_day, one.to_day) for one in house.bills()] == [
        ("2026-07-01", "2026-07-10"),
        ("2026-07-11", "2026-07-20"),
    ]
    nine_days = [("rent", (3000 * 9 + 15) // 31)]
    assert house.lines("202607-2001-F") == house.lines("202607-2001-F2") == nine_days


def test_the_number_rests_and_is_then_free_for_somebody_else(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.take_cash(person.number, 968, "R1", "staff", moment(LEFT, 9))
    house.office.end(person.number, moment(LEFT, 12))
    pool = NumberPool(house.engine)
    late = moment(date(2026, 10, 8), 11)
    assert [one.state for one in pool.list(late)] == [NumberState.RESTING]
    house.run(date(2026, 10, 8), 11)
    assert [one.state for one in pool.list(late)] == [NumberState.RESTING]
    assert house.run(date(2026, 10, 8), 13).numbers == 1
    assert pool.free("", late) == (person.number,)
    with house.engine.connect() as connection:
        assert connection.scalar(select(accounts.c.id).where(accounts.c.number == person.number)) is None
