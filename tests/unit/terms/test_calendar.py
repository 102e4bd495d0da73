from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.calendar import add_months, add_years, age, parse_date

days = st.dates(date(1800, 1, 1), date(2200, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-01", -1, "2025-12-01"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-05-20", 0, "2026-05-20"),
    ],
)
def test_months_are_added_up_to_the_end_of_the_month(day: str, months: int, later: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(later)


@given(days, st.integers(-1200, 1200))
def test_added_months_land_in_the_month_counted_to(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("months", [-25_000, 100_000])
def test_months_beyond_the_calendar_are_refused(months: int) -> None:
    with pytest.raises(ValueError, match=r"^-?\d+$"):
        add_months(date(2026, 1, 1), months)


@pytest.mark.parametrize(
    ("birth", "today", "years"),
    [
        ("2008-08-01", "2026-07-31", 17),
        ("2008-08-01", "2026-08-01", 18),
        ("2008-02-29", "2026-02-27", 17),
        ("2008-02-29", "2026-02-28", 18),
        ("2008-02-29", "2028-02-28", 19),
        ("2008-02-29", "2028-02-29", 20),
        ("2026-08-01", "2026-08-01", 0),
        ("2026-08-02", "2026-08-01", -1),
    ],
)
def test_ages_at_birthdays(birth: str, today: str, years: int) -> None:
    assert age(date.fromisoformat(birth), date.fromisoformat(today)) == years


@given(days, days)
def test_an_age_is_the_years_that_have_passed_in_full(birth: date, today: date) -> None:
    years = age(birth, today)
    assert add_years(birth, years) <= today < add_years(birth, years + 1)


@pytest.mark.parametrize(
    "written",
    ["1990-01-31", "1990-1-31", "1990/01/31", "1990.1.31", "19900131", "1990年1月31日", "１９９０ 年 １ 月 ３１"],
)
def test_dates_as_people_write_them(written: str) -> None:
    assert parse_date(written) == date(1990, 1, 31)


@pytest.mark.parametrize(
    "written",
    ["", "31-01-1990", "90-01-31", "1990-13-01", "1990-02-29", "1990-01/31", "1990131", "0000-01-01", "1" * 99],
)
def test_what_is_no_date_is_not_guessed_at(written: str) -> None:
    assert parse_date(written) is None


@given(st.text())
def test_any_text_is_a_date_or_none(written: str) -> None:
    found = parse_date(written)
    assert found is None or parse_date(found.isoformat()) == found
