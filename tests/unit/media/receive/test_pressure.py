"""What is told of the decoder's load."""

import pytest

from vidphone.media.codec.adaptation import DECODE_HIGH, DECODE_LOW
from vidphone.media.receive.pressure import DecodePressure


def after(busy: float, seconds: int = 5) -> float:
    pressure = DecodePressure()
    for second in range(seconds + 1):
        pressure.update(busy * second, float(second))
    return pressure.value


@pytest.mark.parametrize(("busy", "expected"), [(0.0, 0.0), (0.4, DECODE_LOW), (0.7, DECODE_HIGH), (1.0, 0.55)])
def test_pressure_meets_the_bounds_that_the_sender_goes_by(busy: float, expected: float) -> None:
    assert after(busy) == pytest.approx(expected)


def test_nothing_is_said_before_a_second_has_passed() -> None:
    pressure = DecodePressure()
    assert pressure.update(0.0, 0.0) == 0.0
    assert pressure.update(0.9, 0.9) == 0.0
    assert pressure.update(1.0, 1.0) > DECODE_HIGH


def test_a_decoder_that_begins_anew_is_no_relief_from_the_past() -> None:
    pressure = DecodePressure()
    pressure.update(0.0, 0.0)
    pressure.update(1.0, 1.0)
    pressure.update(0.1, 2.0)
    assert pressure.value > DECODE_HIGH
    assert pressure.update(0.2, 3.0) == 0.0
