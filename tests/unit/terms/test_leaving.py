"""Leaving: nothing ends with a balance open, and what is prepaid is paid back (clause 11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.credit import Position
from vidphone.terms.leaving import Obstacle, Settlement, settle


@pytest.mark.parametrize(
    ("position", "calls", "settlement"),
    [
        (Position(5_000, 0, 0, 0, 0), 0, Settlement(0, 0, ())),
        (Position(5_000, 700, 0, 0, 0), 0, Settlement(0, 700, ())),
        (Position(5_000, 0, 900, 0, 0), 0, Settlement(900, 0, (Obstacle.UNPAID,))),
        (Position(5_000, 0, 900, 50, 0), 0, Settlement(950, 0, (Obstacle.UNBILLED, Obstacle.UNPAID))),
        (Position(5_000, 700, 0, 50, 0), 0, Settlement(0, 650, (Obstacle.UNBILLED,))),
        (Position(5_000, 700, 0, -50, 0), 0, Settlement(0, 750, (Obstacle.UNBILLED,))),
        (Position(5_000, 0, 0, 0, 15), 0, Settlement(0, 0, (Obstacle.RUNNING_CALLS,))),
        (Position(5_000, 0, 0, 0, 0), 1, Settlement(0, 0, (Obstacle.RUNNING_CALLS,))),  # a call to a free number
    ],
)
def test_what_is_in_the_way_of_the_end(position: Position, calls: int, settlement: Settlement) -> None:
    assert settle(position, calls) == settlement
    assert settlement.may_end == (not settlement.obstacles)


@given(*[st.integers(0, 10_000)] * 5)
def test_who_may_go_owes_nothing(limit: int, prepaid: int, unpaid: int, unbilled: int, reserved: int) -> None:
    settlement = settle(Position(limit, prepaid, unpaid, unbilled, reserved), 0)
    assert settlement.refund_fen - settlement.due_fen == prepaid - unpaid - unbilled
    assert min(settlement.refund_fen, settlement.due_fen) == 0
    if settlement.may_end:
        assert (unpaid, unbilled, reserved) == (0, 0, 0)
        assert settlement.refund_fen == prepaid
