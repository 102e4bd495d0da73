"""The figures of the costs pages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import money
from vidphone.terms.standing import Cause, Lift, State
from vidphone.ui.main.money.figures import (
    LEAST_TOP_FEN,
    Purpose,
    Use,
    credit,
    days_of_month,
    fen_of_yuan,
    kept_call,
    next_month,
    shares,
    suggestions,
    top_of_axis,
    yuan_of_fen,
)
from vidphone.wire.billing import MAX_PAYMENT_FEN, DaySpent

FEN = st.integers(0, 10_000_000)


@given(limit=FEN, prepaid=FEN, unpaid=FEN, unbilled=FEN, reserved=FEN)
def test_the_parts_of_the_credit_are_the_whole_of_it(
    limit: int, prepaid: int, unpaid: int, unbilled: int, reserved: int
) -> None:
    balance = money.account(limit=limit, prepaid=prepaid, unpaid=unpaid, unbilled=unbilled, reserved=reserved).balance
    found = credit(balance)
    assert [use for use, _ in found.parts] == list(Use)
    assert sum(fen for _, fen in found.parts) == found.whole_fen + found.over_fen
    assert found.over_fen == 0 or dict(found.parts)[Use.LEFT] == 0


@given(st.lists(FEN, max_size=6), st.integers(0, 2_000))
def test_lengths_fill_the_bar_and_follow_the_amounts(fens: list[int], length: int) -> None:
    found = shares(tuple(fens), length)
    assert len(found) == len(fens)
    assert sum(found) == (length if sum(fens) else 0)
    for fen, wide in zip(fens, found, strict=True):
        assert abs(wide - fen * length / max(1, sum(fens))) <= 1


@pytest.mark.parametrize(
    ("month", "days"),
    [(date(2026, 2, 1), 28), (date(2028, 2, 1), 29), (date(2026, 11, 1), 30), (date(2026, 12, 1), 31)],
)
def test_a_month_has_all_its_days(month: date, days: int) -> None:
    spent = (DaySpent(day=month.replace(day=28), spent_fen=7),)
    found = days_of_month(month, spent)
    assert [one.day.day for one in found] == list(range(1, days + 1))
    assert sum(one.spent_fen for one in found) == 7
    assert found[27].spent_fen == 7


@pytest.mark.parametrize(
    ("month", "following"), [(date(2026, 11, 1), date(2026, 12, 1)), (date(2026, 12, 1), date(2027, 1, 1)),
                             (date(2028, 1, 31), date(2028, 2, 1))],
)  # fmt: skip
def test_a_plan_begins_with_the_next_month(month: date, following: date) -> None:
    assert next_month(month) == following


@given(st.integers(0, 10**12))
def test_the_axis_ends_just_above_the_highest_bar(most_fen: int) -> None:
    top = top_of_axis(most_fen)
    assert top >= most_fen
    assert top == LEAST_TOP_FEN or top <= 2.5 * most_fen
    assert str(top).rstrip("0") in {"1", "2", "5"}


@given(st.integers(1, MAX_PAYMENT_FEN))
def test_an_amount_that_was_put_into_the_field_is_read_back(fen: int) -> None:
    assert fen_of_yuan(yuan_of_fen(fen)) == fen


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("50", 5_000), (" 12.3 ", 1_230), ("¥1,234.56", 123_456), ("￥88", 8_800), ("１２。５", 1_250),
        ("0.01", 1), ("100000", MAX_PAYMENT_FEN),
        ("", None), ("0", None), ("-5", None), ("1.234", None), ("12,3,x", None), ("100000.01", None), ("1e3", None),
        ("٣", None), ("9" * 40, None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it(typed: str, fen: int | None) -> None:
    assert fen_of_yuan(typed) == fen


@given(st.text(max_size=30))
def test_whatever_is_typed_is_an_amount_that_can_be_paid_or_none(typed: str) -> None:
    fen = fen_of_yuan(typed)
    assert fen is None or 1 <= fen <= MAX_PAYMENT_FEN


def test_each_amount_worth_paying_is_offered_once_and_they_rise() -> None:
    owing = money.account(unpaid=9_000, overdue=6_000, unbilled=1_000)
    assert suggestions(owing) == ((Purpose.OVERDUE, 6_000), (Purpose.DUE, 9_000), (Purpose.USED, 10_000))
    all_overdue = money.account(unpaid=6_000, overdue=6_000, unbilled=0)
    assert suggestions(all_overdue) == ((Purpose.OVERDUE, 6_000),)
    at_limit = money.account(State.RESTRICTED, Cause.CREDIT_LIMIT, Lift.PAY, unbilled=50_000, reserved=0)
    assert suggestions(at_limit) == ((Purpose.LIFTING, 1), (Purpose.USED, 50_000))
    assert suggestions(money.account(unbilled=0)) == ()


def test_a_call_is_found_in_the_history_by_its_id_alone() -> None:
    history = money.history()
    assert kept_call(money.calls(1)[0], history) is history[0]
    assert kept_call(money.call(99), history) is None
