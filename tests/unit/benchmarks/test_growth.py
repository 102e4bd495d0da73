from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.growth import containers, grows, slope


class Slotted:
    __slots__ = ("_kept", "owner")

    def __init__(self, owner: object) -> None:
        self._kept = deque([1, 2, 3], maxlen=9)
        self.owner = owner


class Holder:
    def __init__(self) -> None:
        self.names = {"a": "b"}
        self.part = Slotted(self)
        self.parts = [Slotted(self), Slotted(self)]
        self.buffer = bytearray(5)
        self.nothing: list[int] = []


def test_every_container_is_counted_once_by_the_names_that_lead_to_it() -> None:
    found = containers({"it": Holder()}, package=__name__.partition(".")[0])
    assert found == {
        "it.names": 1, "it.part._kept (at most 9)": 3, "it.parts": 2, "it.parts[]._kept (at most 9)": 6,
        "it.buffer": 5, "it.nothing": 0,
    }  # fmt: skip


def test_objects_of_others_are_not_gone_into() -> None:
    assert containers({"it": Holder()}, package="somebody") == {}


def test_a_slope_is_that_of_the_straight_line() -> None:
    assert slope([0, 10, 20], [1.0, 2.0, 3.0]) == pytest.approx(0.1)
    assert slope([0, 10], [1.0, 2.0]) == 0.0


def test_what_grows_on_is_told_from_what_fills_up() -> None:
    times = [float(second) for second in range(60)]
    assert grows(times, [second * 5 for second in times])
    assert not grows(times, [min(second * 20, 300) for second in times])
    assert not grows(times, [40 + second % 7 for second in times])
    assert not grows(times, [100 - second for second in times])


@given(st.lists(st.integers(0, 50), min_size=3, max_size=60))
def test_what_stays_within_ten_entries_never_grows(values: list[int]) -> None:
    assert not grows([float(at) for at in range(len(values))], [value % 10 for value in values])
