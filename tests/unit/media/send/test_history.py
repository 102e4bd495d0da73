"""What was sent is there for who missed it, for as long as that is of use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rtp.packet import RtpPacket
from vidphone.media.send.history import MAX_AGE_S, MAX_ASKED, MAX_PACKETS, History

ROUND_TRIP_S = 0.1


def packet(number: int, payload: bytes = b"picture") -> RtpPacket:
    return RtpPacket(96, number, 0, 1, payload)


def test_a_packet_is_given_again_when_it_was_missed() -> None:
    history = History()
    history.add(packet(7), 0.0)
    assert history.again(7, 0.05, ROUND_TRIP_S) == packet(7)


def test_a_packet_never_sent_is_not_given() -> None:
    assert History().again(7, 0.0, ROUND_TRIP_S) is None


def test_a_second_request_within_a_round_trip_is_the_same_request() -> None:
    history = History()
    history.add(packet(7), 0.0)
    history.again(7, 0.05, ROUND_TRIP_S)
    assert history.again(7, 0.06, ROUND_TRIP_S) is None
    assert history.again(7, 0.05 + ROUND_TRIP_S, ROUND_TRIP_S) is not None


def test_a_packet_is_given_up_after_so_many_requests() -> None:
    history = History()
    history.add(packet(7), 0.0)
    given_again = [history.again(7, 0.1 * step, 0.05) for step in range(1, MAX_ASKED + 4)]
    assert sum(one is not None for one in given_again) == MAX_ASKED


def test_old_packets_are_forgotten() -> None:
    history = History()
    history.add(packet(7), 0.0)
    history.add(packet(8), MAX_AGE_S + 0.1)
    assert history.again(7, MAX_AGE_S + 0.1, ROUND_TRIP_S) is None


@given(st.integers(1, 3))
def test_history_is_bounded(rounds: int) -> None:
    history = History()
    for number in range(rounds * MAX_PACKETS):
        history.add(packet(number & 0xFFFF), 0.0)
    assert len(history) <= MAX_PACKETS


@pytest.mark.parametrize(("largest", "expected"), [(10, b"short"), (100, b"a longer one"), (2, None)])
def test_a_probe_is_filled_with_the_newest_packet_that_fits(largest: int, expected: bytes | None) -> None:
    history = History()
    history.add(packet(1, b"short"), 0.0)
    history.add(packet(2, b"a longer one"), 0.0)
    found = history.recent(largest)
    assert (found.payload if found else None) == expected
