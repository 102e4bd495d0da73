import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.account.numbers import digits_of


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("1001", "1001"),
        (" +86 138-0013-8000 ", "8613800138000"),
        ("(010) 5555.0001", "01055550001"),
        ("tel:+1-555-555-5555;ext=5555", "15555555555"),
        ("TEL:10086", "10086"),
        ("１００１", "1001"),
        ("138\u20110013\u00a08000", "13800138000"),
        ("110", "110"),
        ("12", None),
        ("1234567890123456", None),
        ("1001a", None),
        ("1+001", None),
        ("", None),
        ("tel:", None),
        ("٣٤٥٦", None),
        ("1" * 10_000, None),
    ],
)
def test_digits_of_what_people_write(written: str, digits: str | None) -> None:
    assert digits_of(written) == digits


@given(st.text())
def test_what_comes_out_can_be_dialled_and_stays_the_same(written: str) -> None:
    digits = digits_of(written)
    if digits is not None:
        assert digits.isascii()
        assert digits.isdigit()
        assert 3 <= len(digits) <= 15
        assert digits_of(digits) == digits
