import random

from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rate.protection import ACCEPTED, repair_share


@given(st.integers(1, 16), st.floats(0.0, 0.3), st.floats(1.0, 5.0), st.booleans())
def test_share_is_never_more_than_one_repair_packet_for_each(
    packets: int, loss: float, burst: float, apart: bool
) -> None:
    assert 0 <= repair_share(packets, loss, burst, apart=apart) <= 1


@given(st.integers(1, 12), st.floats(0.0, 0.2), st.floats(0.01, 0.1))
def test_more_loss_never_asks_for_less(packets: int, loss: float, more: float) -> None:
    assert repair_share(packets, loss + more, 1, apart=False) >= repair_share(packets, loss, 1, apart=False)


def test_no_loss_asks_for_nothing() -> None:
    assert repair_share(5, 0.0, 1.0, apart=False) == 0


def test_a_long_picture_is_reckoned_in_parts() -> None:
    assert repair_share(400, 0.05, 1.0, apart=False) == repair_share(16, 0.05, 1.0, apart=False)


def test_so_protected_pictures_come_through_a_line_of_that_loss() -> None:
    chance = random.Random(1)
    packets, loss = 5, 0.05
    repairs = round(repair_share(packets, loss, 1.0, apart=False) * packets)
    trials = 20_000
    broken = sum(sum(chance.random() < loss for _ in range(packets + repairs)) > repairs for _ in range(trials))
    assert broken / trials <= 1.2 * ACCEPTED
