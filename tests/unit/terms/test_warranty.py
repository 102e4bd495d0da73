from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.warranty import COVERED, Category, Ground, Terminal, exchanged, judge, last_day

MATERIAL = Category.MATERIAL


@pytest.mark.parametrize(
    ("installed", "last", "days"),
    [
        ("2026-03-01", "2027-03-01", 365),
        ("2027-03-01", "2028-03-01", 366),  # 29 February 2028 lies in it
        ("2027-02-28", "2028-02-28", 365),
        ("2028-02-28", "2029-02-28", 366),
        ("2028-02-29", "2029-02-28", 365),  # the year after has no such day
        ("2028-03-01", "2029-03-01", 365),
        ("2026-12-31", "2027-12-31", 365),
        ("2027-12-31", "2028-12-31", 366),
        ("1999-03-01", "2000-03-01", 366),  # a leap year of a full century
        ("2099-03-01", "2100-03-01", 365),  # and one that is none
    ],
)
def test_a_year_lasts_to_the_same_date(installed: str, last: str, days: int) -> None:
    terminal, final = Terminal(date.fromisoformat(installed)), date.fromisoformat(last)
    assert last_day(terminal) == final
    assert (final - terminal.installed_on).days == days
    assert judge(terminal, MATERIAL, final).covered
    assert judge(terminal, MATERIAL, final + timedelta(1)).ground is Ground.LATE


INSTALLED, IN_TIME = date(2026, 3, 1), date(2026, 9, 1)


@pytest.mark.parametrize(
    ("category", "covered"),
    [
        (Category.MATERIAL, True),
        (Category.WORKMANSHIP, True),
        (Category.SHIPPING, True),
        (Category.ACCIDENT, False),
        (Category.MISUSE, False),
        (Category.OPENED, False),
        (Category.POWER, False),
        (Category.INSTRUCTIONS, False),
        (Category.FOREIGN_EQUIPMENT, False),
    ],
)
def test_what_is_covered_is_named_all_else_is_excluded(category: Category, covered: bool) -> None:
    ruling = judge(Terminal(INSTALLED), category, IN_TIME)
    assert ruling.covered is covered
    assert ruling.clause == 4
    assert (category in COVERED) is covered


@pytest.mark.parametrize(
    ("opened", "noticed", "ground"),
    [
        (date(2026, 9, 1), date(2026, 8, 31), Ground.COVERED),
        (date(2026, 9, 1), date(2026, 9, 1), Ground.OPENED),
        (date(2026, 9, 1), date(2026, 9, 2), Ground.OPENED),
        (date(2026, 9, 1), date(2027, 9, 2), Ground.OPENED),  # late as well: that would be no better ground
        (None, date(2026, 3, 1), Ground.COVERED),
        (None, date(2026, 2, 28), Ground.NOT_BEGUN),
    ],
)
def test_opening_ends_the_warranty(opened: date | None, noticed: date, ground: Ground) -> None:
    assert judge(Terminal(INSTALLED, opened), MATERIAL, noticed).ground is ground


def test_an_exchange_extends_nothing() -> None:
    terminal = exchanged(exchanged(Terminal(INSTALLED), date(2026, 6, 1)), date(2027, 2, 1))
    assert terminal.exchanged_on == (date(2026, 6, 1), date(2027, 2, 1))
    assert last_day(terminal) == date(2027, 3, 1)
    assert judge(terminal, MATERIAL, date(2027, 3, 2)).ground is Ground.LATE
    with pytest.raises(ValueError, match="2026-09-01"):
        exchanged(Terminal(INSTALLED, date(2026, 8, 1)), date(2026, 9, 1))
    with pytest.raises(ValueError, match="2026-02-01"):
        exchanged(Terminal(INSTALLED), date(2026, 2, 1))


def test_an_operator_may_give_more_years_but_not_none() -> None:
    assert last_day(Terminal(date(2028, 2, 29)), 4) == date(2032, 2, 29)
    with pytest.raises(ValueError, match="0"):
        last_day(Terminal(INSTALLED), 0)


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(-10, 800), st.sampled_from(sorted(COVERED)))
def test_within_a_year_is_covered_and_nothing_else(installed: date, days: int, category: Category) -> None:
    noticed = installed + timedelta(days)
    ruling = judge(Terminal(installed), category, noticed)
    assert ruling.covered == (installed <= noticed <= ruling.last_day)
    assert 365 <= (ruling.last_day - installed).days <= 366
