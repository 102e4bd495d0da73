from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.changed_agreement import Answer, last_day_to_object, may_object, stand


@pytest.mark.parametrize(
    ("published", "until"),
    [
        ("2026-01-15", "2026-02-15"),
        ("2026-01-28", "2026-02-28"),
        ("2026-01-29", "2026-02-28"),
        ("2026-01-30", "2026-02-28"),
        ("2026-01-31", "2026-02-28"),
        ("2028-01-29", "2028-02-29"),
        ("2028-01-30", "2028-02-29"),
        ("2028-01-31", "2028-02-29"),
        ("2028-02-29", "2028-03-29"),
        ("2026-02-28", "2026-03-28"),
        ("2026-03-30", "2026-04-30"),
        ("2026-03-31", "2026-04-30"),
        ("2026-04-30", "2026-05-30"),
        ("2026-12-31", "2027-01-31"),
    ],
)
def test_one_calendar_month_to_object_then_it_is_accepted(published: str, until: str) -> None:
    begin, end = date.fromisoformat(published), date.fromisoformat(until)
    after = end + timedelta(1)
    assert last_day_to_object(begin) == end
    assert (stand(begin, end).answer, stand(begin, end).since) == (Answer.PENDING, None)
    assert (stand(begin, after).answer, stand(begin, after).since) == (Answer.ACCEPTED, after)
    assert stand(begin, after, objected_on=end).answer is Answer.OBJECTED
    assert stand(begin, after, objected_on=after).answer is Answer.ACCEPTED
    assert stand(begin, after, objected_on=begin - timedelta(1)).answer is Answer.ACCEPTED


def test_an_operator_may_give_more_months_but_not_none() -> None:
    assert last_day_to_object(date(2026, 8, 31), 6) == date(2027, 2, 28)
    with pytest.raises(ValueError, match="0"):
        last_day_to_object(date(2026, 8, 31), 0)


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(-3, 40))
def test_there_are_28_to_31_days_to_object(published: date, days: int) -> None:
    today = published + timedelta(days)
    found = stand(published, today)
    assert 28 <= (found.until - published).days <= 31
    assert (found.answer is Answer.PENDING) == (today <= found.until)
    assert may_object(published, today) == (published <= today <= found.until)
