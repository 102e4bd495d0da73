from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from tests.support.billing import House
from tests.support.customers import PLAN, VIDEO, call, moment, sign_up
from vidphone.service.store.tables import account_events
from vidphone.terms.orders import Catalogue, Words

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
DAILY = replace(PLAN, id="daily", name=Words("畅聊套餐", "Daily"), monthly_rent_fen=6200)
CATALOGUE = Catalogue("1", (PLAN, DAILY), (), (5_000, 100_000, 200_000))


def test_a_month_is_billed_once_however_often_it_is_run(house: House) -> None:
    sign_up(house.engine, 8, JULY)
    assert house.run(AUGUST).bills == 8
    assert house.run(AUGUST).bills == 0
    assert house.run(date(2026, 8, 31)).bills == 0
    assert [row.total_fen for row in house.bills()] == [3000] * 8


def test_whoever_gets_a_bill_hears_of_it_where_the_phone_is_open(house: House) -> None:
    people = sign_up(house.engine, 2, JULY)
    sign_up(house.engine, 1, JULY, plan=None, first=3001)
    house.run(AUGUST)
    with house.engine.connect() as connection:
        told = connection.execute(select(account_events.c.number).where(account_events.c.topic == "standing"))
        assert sorted(told.scalars()) == sorted(person.number for person in people)


def test_a_call_is_on_the_bill_of_the_month_in_which_it_ended(house: House) -> None:
    people = sign_up(house.engine, 1, JULY)
    call(house.engine, people, "a", 60, moment(AUGUST) - 0.5)
    call(house.engine, people, "b", 120, moment(AUGUST))
    house.run(AUGUST)
    assert house.lines("202607-2001") == [("rent", 3000), ("calls", 6)]
    house.run(date(2026, 9, 1))
    assert house.lines("202608-2001")[:2] == [("rent", 3000), ("calls", 12)]


def test_calls_of_a_price_are_one_line_and_each_was_rounded_by_itself(house: House) -> None:
    people = sign_up(house.engine, 1, JULY)
    for index in range(7):
        call(house.engine, people, f"voice-{index}", 1, moment(date(2026, 7, 5)))
    call(house.engine, people, "video", 61, moment(date(2026, 7, 6)), VIDEO)
    house.run(AUGUST)
    assert house.lines("202607-2001") == [("rent", 3000), ("calls", 0), ("calls", 15)]


@pytest.mark.parametrize(
    ("signed", "rent"),
    [(date(2026, 7, 1), 3000), (date(2026, 7, 31), 97), (date(2026, 7, 17), 1452)],
)
def test_rent_is_charged_from_the_day_of_signing(house: House, signed: date, rent: int) -> None:
    sign_up(house.engine, 1, signed)
    house.run(AUGUST)
    assert house.lines("202607-2001") == [("rent", rent)]


def test_months_that_a_stopped_service_missed_are_made_up_in_order(house: House) -> None:
    sign_up(house.engine, 2, JULY)
    done = house.run(date(2027, 1, 10))
    assert [period.name for period in done.months] == ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12"]
    assert {row.due_on for row in house.bills()} == {"2027-01-25"}


def test_customers_on_paper_without_a_plan_get_no_bill(house: House) -> None:
    sign_up(house.engine, 2, JULY, plan=None)
    sign_up(house.engine, 1, JULY, first=3001)
    house.run(AUGUST)
    assert [row.number for row in house.bills()] == ["202607-3001"]


def test_another_plan_is_charged_from_the_next_month_and_its_order_is_an_annex(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    order, begins = house.office.change_plan(person.number, "daily", CATALOGUE, "staff", moment(date(2026, 7, 9)))
    again, _ = house.office.change_plan(person.number, "daily", CATALOGUE, "staff", moment(date(2026, 7, 10)))
    assert (begins, again) == (AUGUST, order)
    house.run(date(2026, 9, 1))
    assert house.lines("202607-2001") == [("rent", 3000)]
    assert house.lines("202608-2001") == [("rent", 6200)]


def test_another_limit_holds_at_once(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.office.change_limit(person.number, 200_000, CATALOGUE, "staff", moment(date(2026, 7, 9)))
    assert house.office.balance(person.number).limit == 200_000


def test_what_was_paid_in_advance_pays_the_next_bills(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    assert house.office.take_cash(person.number, 5000, "R1", "staff", moment(date(2026, 7, 20)))
    assert not house.office.take_cash(person.number, 5000, "R1", "staff", moment(date(2026, 7, 21)))
    house.run(AUGUST)
    house.run(date(2026, 9, 1))
    assert [(row.total_fen, row.paid_fen) for row in house.bills()] == [(3000, 3000), (3000, 2000)]


def test_a_credit_above_the_charges_pays_older_bills(house: House) -> None:
    [person] = sign_up(house.engine, 1, JULY)
    house.run(AUGUST)
    words = Words("补偿", "Compensation")
    house.office.adjust(person.number, -5000, words, "A1", "staff", moment(date(2026, 8, 20)))
    house.run(date(2026, 9, 1))
    assert [(row.total_fen, row.paid_fen) for row in house.bills()] == [(3000, 1865), (-1865, -1865)]
    assert house.office.balance(person.number).unpaid == 1135
