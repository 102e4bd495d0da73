import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.line import Shape, Way


def test_a_shape_reads_a_schedule_or_one_rate() -> None:
    assert Shape.parse(["--rate", "0:2000,8:500", "--delay", "40"]).schedule == ((0.0, 2000.0), (8.0, 500.0))
    assert Shape.parse(["--rate", "500", "--loss", "5", "--burst", "3"]) == Shape(((0.0, 500.0),), 0, 0, 5, 3, 200)


def test_packets_leave_as_the_line_carries_them_and_the_queue_drops_its_tail() -> None:
    way = Way(Shape(((0.0, 800.0),), delay_ms=10, queue_ms=30), random.Random(1))
    leaving = [way.leaves_at(1000, 0.0) for _ in range(6)]
    assert leaving[:4] == pytest.approx([0.02, 0.03, 0.04, 0.05])
    assert leaving[4:] == [None, None]
    assert (way.packets, way.dropped, way.lost, way.bytes_carried) == (6, 2, 0, 4000)


def test_the_rate_changes_when_the_schedule_says() -> None:
    way = Way(Shape(((0.0, 800.0), (5.0, 80.0))), random.Random(1))
    assert way.leaves_at(1000, 4.0) == pytest.approx(4.01)
    assert way.leaves_at(1000, 6.0) == pytest.approx(6.1)


@given(seed=st.integers(0, 1000), jitter_ms=st.floats(0, 40))
def test_jitter_keeps_the_order(seed: int, jitter_ms: float) -> None:
    way = Way(Shape(delay_ms=40, jitter_ms=jitter_ms), random.Random(seed))
    leaving = [at_s for number in range(50) if (at_s := way.leaves_at(100, number * 0.005)) is not None]
    assert len(leaving) == 50
    assert leaving == sorted(leaving)


def test_losses_are_as_many_and_as_long_as_asked() -> None:
    way = Way(Shape(loss_percent=10, burst_packets=3), random.Random(4))
    gone = [way.leaves_at(100, number * 0.001) is None for number in range(40_000)]
    bursts = sum(now and not before for before, now in zip([False, *gone], gone, strict=False))
    assert sum(gone) / len(gone) == pytest.approx(0.1, abs=0.01)
    assert sum(gone) / bursts == pytest.approx(3, abs=0.3)
