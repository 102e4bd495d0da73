from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.calendar import Span
from vidphone.terms.force_majeure import credit_correction_fen, late_fee_correction_fen
from vidphone.terms.late_fee import Debt, late_fee_between
from vidphone.terms.outages import Outage, credit_fen, excused_days, interruptions

CHINA = timezone(timedelta(hours=8))
DEBT = Debt(date(2026, 8, 16), 3000)
BILLED = 135  # 15 days of 9 fen: 17 to 31 August
FEN = st.integers(0, 10_000)


def outage(began: str, ended: str, *, force_majeure: bool = False) -> Outage:
    first, after = (datetime.fromisoformat(one).replace(tzinfo=CHINA) for one in (began, ended))
    return Outage(first, after, force_majeure)


@pytest.mark.parametrize(
    ("began", "ended", "back"),
    [
        ("2026-08-16T00:00", "2026-08-17T00:00", 0),  # the due day: no fee runs on it
        ("2026-08-16T00:00", "2026-08-17T00:00:01", 9),  # a second of the first day that bears one
        ("2026-08-22T00:00", "2026-08-24T00:00", 18),
        ("2026-08-22T23:59", "2026-08-23T00:01", 18),  # two minutes of two days
        ("2026-08-31T00:00", "2026-09-01T00:00", 9),  # the last day of the line
        ("2026-09-01T00:00", "2026-09-03T00:00", 0),  # billed by the next
        ("2026-08-01T00:00", "2026-09-15T00:00", 135),
    ],
)
def test_a_mark_after_the_bill_gives_back_the_fees_of_its_days(began: str, ended: str, back: int) -> None:
    excused = excused_days((outage(began, ended, force_majeure=True),), datetime(2026, 10, 1, tzinfo=CHINA), CHINA)
    owed = late_fee_between(DEBT, date(2026, 8, 16), date(2026, 8, 31), Decimal("0.3"), excused)
    assert late_fee_correction_fen(BILLED, 0, owed) == -back


@pytest.mark.parametrize(
    ("corrected", "owed", "ended", "correction"),
    [
        (0, 135, False, 0),
        (0, 117, False, -18),
        (-18, 117, False, 0),  # given back once
        (-18, 99, False, -18),
        (-18, 135, False, 18),  # the mark is taken back
        (-18, 126, False, 9),
        (0, 136, False, 0),  # never more than was billed
        (-18, 200, False, 18),
        (0, 117, True, -18),  # after the end it is paid back, too,
        (-18, 135, True, 0),  # and nothing asked for
    ],
)
def test_late_fees_are_corrected_to_what_is_owed_but_never_beyond_what_was_billed(
    corrected: int, owed: int, ended: bool, correction: int
) -> None:
    assert late_fee_correction_fen(BILLED, corrected, owed, ended=ended) == correction


@pytest.mark.parametrize(
    ("majeure", "ended", "correction"),
    [
        (None, False, 0),
        (("10T00:00", "12T00:00"), False, -200),
        (("10T00:00", "10T12:00"), False, -50),
        (("10T00:00", "10T00:00"), False, 0),
        (("11T23:59:59", "12T00:00"), False, 0),  # a second is less than half a fen
        (("09T00:00", "10T00:00"), False, 0),  # before it, without a gap
        (("10T00:00", "12T00:00"), True, 0),  # the final statement is settled
    ],
)
def test_a_credit_is_taken_back_for_the_time_that_is_marked_later(
    majeure: tuple[str, str] | None, ended: bool, correction: int
) -> None:
    known = [outage("2026-09-10T00:00", "2026-09-12T00:00")]
    if majeure:
        known.append(outage(f"2026-09-{majeure[0]}", f"2026-09-{majeure[1]}", force_majeure=True))
    earned = sum(
        credit_fen(one, lambda _: 3000, CHINA) for one in interruptions(known, datetime(2027, 1, 1, tzinfo=CHINA))
    )
    assert credit_correction_fen(200, earned, ended=ended) == correction


@given(FEN, st.lists(st.tuples(FEN, st.booleans()), max_size=6))
def test_corrections_settle_at_what_is_owed_and_stay_between_nothing_and_the_bill(
    billed: int, story: list[tuple[int, bool]]
) -> None:
    corrected = 0
    for owed, ended in story:
        corrected += late_fee_correction_fen(billed, corrected, owed, ended=ended)
        assert -billed <= corrected <= 0
        assert late_fee_correction_fen(billed, corrected, owed, ended=ended) == 0
        assert ended or billed + corrected == min(owed, billed)


def test_days_excused_already_give_nothing_back() -> None:
    excused = (Span(date(2026, 8, 22), date(2026, 8, 23)),)
    owed = late_fee_between(DEBT, date(2026, 8, 16), date(2026, 8, 31), Decimal("0.3"), excused)
    assert late_fee_correction_fen(117, 0, owed) == 0
