from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.money import billed_seconds, charge_fen, format_fen, format_price, round_half_up


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (1, 2, 1),
        (3, 2, 2),
        (5, 2, 3),
        (-5, 2, -3),
        (149, 100, 1),
        (150, 100, 2),
        (0, 7, 0),
        (10**30 + 5, 10, 10**29 + 1),
    ],
)
def test_a_half_goes_up(numerator: int, denominator: int, rounded: int) -> None:
    assert round_half_up(numerator, denominator) == rounded


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_rounding_is_that_of_decimal(numerator: int, denominator: int) -> None:
    scaled = round_half_up(numerator * 1000, 1000 * denominator)
    assert scaled == round_half_up(numerator, denominator)
    assert abs(scaled * denominator - numerator) * 2 <= denominator
    exact = Decimal(numerator) / 4
    assert round_half_up(numerator, 4) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("seconds", "price_e4", "minimum", "increment", "fen"),
    [
        (0, 1500, 60, 60, 0),
        (1, 1500, 60, 60, 15),
        (60, 1500, 60, 60, 15),
        (61, 1500, 60, 60, 30),
        (61, 1500, 60, 6, 17),
        (7, 1500, 0, 6, 3),
        (1, 1500, 0, 1, 0),
        (2, 1500, 0, 1, 1),
        (3600, 1234, 0, 1, 740),
        (90, 0, 0, 1, 0),
    ],
)
def test_a_line_is_rounded_once(seconds: int, price_e4: int, minimum: int, increment: int, fen: int) -> None:
    assert charge_fen(seconds, price_e4, minimum, increment) == fen


@given(st.integers(0, 10**6), st.integers(0, 10**7), st.integers(0, 3600), st.integers(1, 3600))
def test_a_longer_call_never_costs_less(seconds: int, price: int, minimum: int, increment: int) -> None:
    charged = charge_fen(seconds, price, minimum, increment)
    assert charged <= charge_fen(seconds + 1, price, minimum, increment)
    billed = billed_seconds(seconds, minimum, increment)
    assert seconds <= billed < seconds + minimum + increment
    assert abs(Decimal(charged) - Decimal(billed * price) / 6000) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("seconds", "price", "minimum", "increment"), [(-1, 1, 0, 1), (1, -1, 0, 1), (1, 1, -1, 1), (1, 1, 0, 0)]
)
def test_impossible_figures_are_refused(seconds: int, price: int, minimum: int, increment: int) -> None:
    with pytest.raises(ValueError, match=r"-1|0"):
        charge_fen(seconds, price, minimum, increment)


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(1230, "¥12.30"), (0, "¥0.00"), (5, "¥0.05"), (-300, "-¥3.00"), (-5, "-¥0.05"), (123_450, "¥1,234.50")],
)
def test_amounts_are_shown_to_the_fen(fen: int, shown: str) -> None:
    assert format_fen(fen) == shown


@pytest.mark.parametrize(
    ("e4", "shown"), [(1500, "¥0.15"), (1234, "¥0.1234"), (1230, "¥0.123"), (0, "¥0.00"), (30_000, "¥3.00")]
)
def test_prices_are_shown_in_full(e4: int, shown: str) -> None:
    assert format_price(e4) == shown
