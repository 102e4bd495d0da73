"""Which price a dialled number has (clauses 2 and 9)."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.orders import Band, Plan, Price, Words
from vidphone.terms.tariff import Rate, price_for, rate, within

CHINA = timezone(timedelta(hours=8))
FREE = frozenset({"10000", "110"})
NIGHT = Band((5,), 21 * 60, 7 * 60, 500, 900)
ABROAD = Price(Words("境外", "Abroad"), 12_000, 24_000, ("00",))
NEAR = Price(Words("港澳", "Hong Kong, Macau"), 3_000, 6_000, ("00852", "00853"), (NIGHT,))
OTHERS = Price(Words("本网", "This service"), 1_500, 3_000)
PLAN = Plan("p", Words("套餐", "Plan"), Words("套餐", "Plan"), 900, (ABROAD, OTHERS, NEAR), 60, 6)
MONDAY = datetime(2026, 8, 3, 12, tzinfo=CHINA)
FRIDAY = datetime(2026, 8, 7, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("number", "price"),
    [
        ("2001", OTHERS),
        ("0", OTHERS),
        ("001", ABROAD),
        ("0085", ABROAD),
        ("00852123", NEAR),
        ("00853123", NEAR),
        ("00854123", ABROAD),
        ("100085", OTHERS),
    ],
)
def test_the_longest_prefix_has_the_number(number: str, price: Price) -> None:
    assert price_for(PLAN, number) is price


@given(st.permutations(PLAN.prices), st.text("0123456789", min_size=1, max_size=15))
def test_the_order_of_prices_decides_nothing(prices: list[Price], number: str) -> None:
    shuffled = Plan("p", PLAN.name, PLAN.about, 900, tuple(prices))
    assert price_for(shuffled, number) == price_for(PLAN, number)


def test_a_plan_from_before_prefixes_has_its_first_price() -> None:
    old = Plan("p", PLAN.name, PLAN.about, 900, (OTHERS, Price(Words("境外", "Abroad"), 9, 9)))
    assert price_for(old, "00852") is OTHERS


def test_a_number_without_any_price_is_refused() -> None:
    with pytest.raises(ValueError, match="2001"):
        price_for(Plan("p", PLAN.name, PLAN.about, 900, (ABROAD,)), "2001")


def test_voice_and_video_have_the_plans_steps() -> None:
    assert rate(PLAN, "2001", False, MONDAY, FREE) == Rate(False, OTHERS.destination, 1_500, 60, 6, video=False)
    assert rate(PLAN, "2001", True, MONDAY, FREE) == Rate(False, OTHERS.destination, 3_000, 60, 6, video=True)


def test_customer_service_and_emergency_are_free_whatever_the_plan_says() -> None:
    for number in FREE:
        told = rate(PLAN, number, True, MONDAY, FREE)
        assert told.free
        assert told.charge_fen(3600) == 0
    assert not rate(PLAN, "1100", True, MONDAY, FREE).free


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (FRIDAY.replace(hour=20, minute=59), False),
        (FRIDAY.replace(hour=21), True),
        (FRIDAY.replace(hour=23, minute=59), True),
        (FRIDAY + timedelta(days=1), True),
        (FRIDAY + timedelta(days=1, hours=6, minutes=59, seconds=59), True),
        (FRIDAY + timedelta(days=1, hours=7), False),
        (FRIDAY + timedelta(days=1, hours=21), False),
        (FRIDAY.replace(hour=6), False),
    ],
    ids=str,
)
def test_a_night_belongs_to_the_day_on_which_it_begins(at: datetime, inside: bool) -> None:
    assert within(NIGHT, at) is inside
    expected = 500 if inside else 3_000
    assert rate(PLAN, "008521", False, at, FREE).price_e4_yuan == expected


def test_sunday_night_reaches_into_monday_and_a_whole_day_to_its_end() -> None:
    sunday = Band((7,), 22 * 60, 60, 1, 1)
    assert within(sunday, datetime(2026, 8, 3, 0, 59, tzinfo=CHINA))
    assert not within(sunday, datetime(2026, 8, 3, 1, tzinfo=CHINA))
    whole = Band((7,), 0, 24 * 60, 1, 1)
    assert within(whole, datetime(2026, 8, 2, 23, 59, 59, tzinfo=CHINA))
    assert not within(whole, datetime(2026, 8, 3, tzinfo=CHINA))
