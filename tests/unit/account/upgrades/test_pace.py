import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.account.upgrades.pace import BURST_S, Pace, Stop, Stopped


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def never() -> bool:
    return False


def spend(pace: Pace, clock: Clock, sizes: list[int]) -> float:
    """The time that it took, if every wait took as long as it was asked to."""
    for size in sizes:
        while (wait := pace._wait_s(size)) > 0:
            clock.now += wait
    return clock.now


@given(st.lists(st.integers(1, 70_000), min_size=5, max_size=60), st.integers(1_000, 1_000_000))
def test_no_more_than_the_limit_comes_but_for_one_burst_and_one_chunk(sizes: list[int], rate: int) -> None:
    clock = Clock()
    took = spend(Pace(rate, clock=clock), clock, sizes)
    assert sum(sizes[:-1]) <= rate * (took + BURST_S) + 1


def test_what_was_not_used_is_not_saved_up() -> None:
    clock = Clock()
    pace = Pace(100_000, clock=clock)
    clock.now = 3_600.0
    assert spend(pace, clock, [10_000] * 10) - 3_600.0 == pytest.approx(0.9)


def test_without_a_limit_nothing_waits() -> None:
    clock = Clock()
    assert spend(Pace(clock=clock), clock, [10**9] * 5) == 0


def test_a_limit_that_is_lifted_lets_go_whoever_waits() -> None:
    pace, done = Pace(0), threading.Event()

    def wait() -> None:
        pace.take(10, never)
        done.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    assert not done.is_set()
    pace.set(None)
    waiting.join(10)
    assert done.is_set()


def test_a_limit_may_be_lowered_while_it_is_kept() -> None:
    clock = Clock()
    pace = Pace(1_000_000, clock=clock)
    spend(pace, clock, [100_000] * 10)
    begun = clock.now
    pace.set(10_000)
    assert spend(pace, clock, [1_000] * 20) - begun == pytest.approx(2.0, rel=0.2)


def test_whoever_waits_is_stopped() -> None:
    pace, stop, met = Pace(0), Stop(), []
    stop.wakes(pace.wake)

    def wait() -> None:
        try:
            pace.take(10, stop.stopped)
        except Stopped as error:
            met.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    stop.stop()
    waiting.join(10)
    assert len(met) == 1
    with pytest.raises(Stopped):
        stop.check()
