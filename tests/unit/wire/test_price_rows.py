"""How prices are shown, with the numbers and the times they are for (clause 2)."""

from dataclasses import replace

import pytest

from vidphone.terms.orders import Band, Plan, Price, Words
from vidphone.texts import Language
from vidphone.wire.price_rows import PriceRow, price_note, price_rows

NIGHT = Band((5,), 21 * 60, 7 * 60, 500, 900)
NEAR = Price(Words("港澳", "Hong Kong, Macau"), 3_000, 6_000, ("00852", "00853"), (NIGHT,))
OTHERS = Price(Words("本网", "This service"), 1_500, 3_000)
PLAN = Plan("p", Words("套餐", "Plan"), Words("套餐", "Plan"), 900, (OTHERS, NEAR))


def test_prices_are_shown_with_numbers_and_times_in_both_languages() -> None:
    assert price_rows(OTHERS, Language.CHINESE) == (PriceRow("本网", 1_500, 3_000),)
    assert [row.label for row in price_rows(NEAR, Language.CHINESE)] == [
        "港澳（号码以 00852、00853 开头）",
        "港澳，周五 21:00 至次日 07:00",
    ]
    assert [row.label for row in price_rows(NEAR, Language.ENGLISH)] == [
        "Hong Kong, Macau (numbers that begin with 00852, 00853)",
        "Hong Kong, Macau: Friday, 21:00 to 07:00 the next day",
    ]
    assert price_rows(NEAR, Language.ENGLISH)[1].video_e4_yuan == 900
    assert price_note(PLAN, Language.CHINESE) == "整个通话按拨号时的价格计费。"
    assert price_note(replace(PLAN, prices=(OTHERS,)), Language.CHINESE) is None


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((1, 2, 3, 4, 5, 6, 7), "every day"),
        ((1, 2, 3, 4, 5), "Monday to Friday"),
        ((6, 7), "Saturday, Sunday"),
        ((7, 1, 2, 3), "Monday to Wednesday, Sunday"),
        ((2, 4), "Tuesday, Thursday"),
    ],
)
def test_days_that_follow_on_each_other_are_said_as_one(days: tuple[int, ...], said: str) -> None:
    price = Price(OTHERS.destination, 1, 1, (), (Band(days, 0, 24 * 60, 1, 1),))
    assert price_rows(price, Language.ENGLISH)[1].label == f"This service: {said}, 00:00 to 24:00"
