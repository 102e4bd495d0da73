from datetime import date

from tests.support.billing import House
from tests.support.customers import moment, sign_up
from vidphone.terms.standing import Cause, State

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
DUE = date(2026, 8, 16)


def test_a_late_fee_is_three_per_mille_a_day_of_what_is_open(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.run(AUGUST)
    house.office.take_cash(person.number, 1000, "R1", "staff", moment(date(2026, 8, 26), 12))
    house.run(date(2026, 9, 1))
    # ten days of 3,000 and five of 2,000: 17 to 26 and 27 to 31 August
    assert house.lines("202608-2001") == [("rent", 3000), ("late-fee", 120)]


def test_who_pays_by_the_due_day_pays_no_late_fee(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.run(AUGUST)
    house.office.take_cash(person.number, 3000, "R1", "staff", moment(DUE, 23, 59))
    house.days(date(2026, 9, 1), date(2026, 9, 2))
    assert house.lines("202608-2001") == [("rent", 3000)]


def test_days_before_a_late_payment_are_charged_after_it(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.run(AUGUST)
    house.office.take_cash(person.number, 3000, "R1", "staff", moment(date(2026, 8, 18), 12))
    house.run(date(2026, 9, 1))
    house.run(date(2026, 10, 1))
    assert house.lines("202608-2001") == [("rent", 3000), ("late-fee", 18)]
    assert [kind for kind, _ in house.lines("202609-2001")] == ["rent", "late-fee"]  # of August's bill, by now


def test_suspended_on_the_day_after_one_month_and_restored_by_the_payment_itself(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.days(AUGUST, date(2026, 9, 16))
    assert house.standing(person.account).state is State.ACTIVE
    house.run(date(2026, 9, 17))
    stands = house.standing(person.account)
    assert (stands.state, stands.cause, stands.clause) == (State.SUSPENDED, Cause.OVERDUE, 5)
    house.office.take_cash(person.number, stands.lifting_fen - 1, "R1", "staff", moment(date(2026, 9, 18), 8))
    assert house.standing(person.account).state is State.SUSPENDED
    house.office.take_cash(person.number, 1, "R2", "staff", moment(date(2026, 9, 18), 9))
    assert house.standing(person.account).state is State.ACTIVE


def test_who_is_overdue_is_told_from_which_day_the_service_is_suspended(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.run(AUGUST)
    assert house.account(person.account, DUE).suspended_from is None
    assert house.account(person.account, date(2026, 8, 17)).suspended_from == date(2026, 9, 17)
    house.days(date(2026, 8, 17), date(2026, 9, 17))
    assert house.account(person.account, date(2026, 9, 17)).suspended_from is None  # it is, by now


def test_no_rent_runs_on_days_suspended_for_debt(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.days(AUGUST, date(2026, 9, 26))
    house.office.take_cash(person.number, 10_000, "R1", "staff", moment(date(2026, 9, 27), 9))
    house.run(date(2026, 10, 1))
    assert ("rent", 2000) in house.lines("202609-2001")  # suspended from the 17th to the 26th


def test_terminated_after_three_months_and_over_once_the_debt_is_paid(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.days(AUGUST, date(2026, 11, 16))
    assert house.standing(person.account).state is State.SUSPENDED
    house.run(date(2026, 11, 17))
    assert house.standing(person.account).state is State.TERMINATED
    house.run(date(2026, 12, 1))
    [leaving] = house.office.leavings()
    assert (leaving.cause, leaving.state, leaving.final_bill) == ("debt", "settling", "202611-2001-F")
    owed = house.office.balance(person.number).unpaid
    house.office.take_cash(person.number, owed, "R1", "staff", moment(date(2026, 12, 5), 9))
    assert house.office.leavings()[0].state == "ended"


def test_rent_goes_on_while_the_law_pauses_the_service(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.pause(person.number, "F-1", "staff", moment(date(2026, 7, 11), 9))
    stands = house.standing(person.account)
    assert (stands.state, stands.clause) == (State.JUDICIAL, 10)
    house.run(AUGUST)
    assert house.lines("202607-2001") == [("rent", 3000)]
    house.office.resume(person.number, "staff", moment(date(2026, 8, 9), 9), unfounded=True)
    assert house.standing(person.account).state is State.ACTIVE
    house.run(date(2026, 9, 1))
    back = (3000 * 21 + 15) // 31 + (3000 * 9 + 15) // 31
    assert ("adjustment", -back) in house.lines("202608-2001")


def test_the_rent_of_a_day_is_paid_back_once(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    tenth = date(2026, 7, 10)
    for hour in (9, 11, 13):
        house.office.pause(person.number, f"F-{hour}", "staff", moment(tenth, hour))
        house.office.resume(person.number, "staff", moment(tenth, hour + 1), unfounded=True)
    day = (3000 + 15) // 31
    assert house.office.balance(person.number).unbilled == -day
    house.office.pause(person.number, "F-15", "staff", moment(tenth, 15))
    house.office.resume(person.number, "staff", moment(date(2026, 7, 11), 9), unfounded=True)
    assert house.office.balance(person.number).unbilled == -2 * day


def test_no_rent_is_paid_back_for_days_that_have_none(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.pause(person.number, "F-1", "staff", moment(date(2026, 7, 9), 9))
    house.office.end(person.number, moment(date(2026, 7, 10), 9))
    house.office.resume(person.number, "staff", moment(date(2026, 7, 14), 9), unfounded=True)
    billed = sum(fen for kind, fen in house.lines("202607-2001-F") if kind == "rent")
    assert billed == (3000 * 10 + 15) // 31
    assert house.office.balance(person.number).unbilled == -((3000 * 2 + 15) // 31)


def test_who_asks_to_leave_on_the_day_an_unfounded_pause_ends_has_that_day_back_once(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    tenth = date(2026, 7, 10)
    house.office.pause(person.number, "F-1", "staff", moment(tenth, 9))
    house.office.resume(person.number, "staff", moment(tenth, 11), unfounded=True)
    house.office.end(person.number, moment(tenth, 13))
    rent, back = (3000 * 10 + 15) // 31, (3000 + 15) // 31
    assert house.lines("202607-2001-F") == [("rent", rent), ("adjustment", -back)]
    assert house.standing(person.account).cause is Cause.LEAVING
    house.office.stay(person.number, moment(date(2026, 7, 12), 9))
    house.run(AUGUST)
    assert ("rent", (3000 * 20 + 15) // 31) in house.lines("202607-2001")  # from the 12th on; the 11th was withheld


def test_a_part_payment_goes_to_the_oldest_bill(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.run(AUGUST)
    house.run(date(2026, 9, 1))
    house.office.take_cash(person.number, 3500, "R1", "staff", moment(date(2026, 9, 1), 9))
    paid = [(row.number, row.paid_fen) for row in house.bills()]
    assert paid == [("202607-2001", 3000), ("202608-2001", 500)]
