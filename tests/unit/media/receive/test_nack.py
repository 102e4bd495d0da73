"""Missing packets are asked for when it helps, and no oftener."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidphone.media.receive.nack import COALESCE_S, ECHO_S, MAX_ATTEMPTS, MAX_MISSING, NackGenerator


def test_without_reordering_a_gap_is_asked_for_at_once_and_again_after_a_round_trip_and_a_little() -> None:
    nack = NackGenerator()
    nack.set_round_trip(0.08)
    nack.received(10, 0.0)
    nack.received(13, 1.0)
    assert nack.due(1.0) == [11, 12]
    assert nack.due(1.08) == []
    assert nack.next_at_s is not None
    assert 1.08 < nack.next_at_s < 1.13
    nack.received(11, 1.09)
    assert nack.due(nack.next_at_s) == [12]


def test_a_new_gap_does_not_repeat_the_numbers_of_an_older_one() -> None:
    nack = NackGenerator()
    nack.received(1, 0.0)
    nack.received(3, 0.0)
    assert nack.due(0.0) == [2]
    nack.received(5, 0.01)
    assert nack.due(0.01) == [4]


def test_a_packet_that_never_comes_is_given_up_after_a_bounded_number_of_requests() -> None:
    nack = NackGenerator()
    nack.set_round_trip(0.02)
    nack.received(1, 0.0)
    nack.received(3, 0.0)
    requests = 0
    now_s: float | None = 0.0
    while now_s is not None:
        requests += len(nack.due(now_s))
        now_s = nack.next_at_s
    assert requests == MAX_ATTEMPTS
    assert nack.gave_up(2)
    assert nack.missing_count == 0


def test_what_is_out_of_date_is_asked_for_no_more() -> None:
    nack = NackGenerator()
    nack.received(1, 0.0)
    nack.received(5, 0.0)
    nack.forget_before(4)
    assert nack.due(0.0) == [4]
    nack.forget_before(6)
    assert nack.next_at_s is None


def test_reordering_is_learned_and_then_waited_for_and_forgotten_when_it_ends() -> None:
    nack = NackGenerator()
    nack.set_round_trip(0.1)
    nack.received(0, 0.0)
    asked = []
    for number in range(2, 400, 2):  # each odd packet comes 10 ms after its successor
        now_s = number * 0.01
        nack.received(number, now_s)
        asked.append(len(nack.due(now_s)))
        nack.received(number - 1, now_s + 0.01)
    assert asked[0] == 1
    assert sum(asked[10:]) == 0
    assert nack.allowance_s == pytest.approx(0.01)
    for number in range(400, 800, 2):  # now they are lost, and answered after a round trip
        now_s = number * 0.2
        nack.received(number, now_s)
        assert nack.due(now_s + 0.06) == [number - 1]
        nack.received(number - 1, now_s + 0.16)
    assert nack.allowance_s == 0.0


def test_repeats_follow_the_time_in_which_answers_come() -> None:
    nack = NackGenerator()
    nack.set_round_trip(0.05)
    for number in range(0, 100, 2):
        now_s = number * 0.5
        nack.received(number, now_s)
        nack.due(now_s)
        if number:
            nack.received(number - 1, now_s + 0.12)
    assert 0.12 < nack.repeat_s < 0.16


def test_a_hole_too_large_to_repair_is_given_up_at_once() -> None:
    nack = NackGenerator()
    nack.received(0, 0.0)
    nack.received(2, 0.0)
    nack.received(MAX_MISSING + 10, 0.1)
    assert nack.due(0.2) == []
    assert nack.gave_up(1)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.005, 0.5), st.floats(0, 0.9), st.integers(0, 30))
def test_the_list_stays_bounded_and_each_number_is_asked_for_at_most_twice_a_repeat(
    seed: int, round_trip_s: float, loss: float, disorder: int
) -> None:
    rng = random.Random(seed)
    nack = NackGenerator()
    nack.set_round_trip(round_trip_s)
    arrivals = sorted((n + rng.uniform(0, disorder), n) for n in range(600) if rng.random() >= loss)
    here: set[int] = set()
    asked_at_s: dict[int, list[float]] = {}
    for at, number in arrivals:
        now_s = at * 0.003
        nack.received(number, now_s)
        here.add(number)
        for asked in nack.due(now_s):
            assert asked not in here
            asks_s = asked_at_s.setdefault(asked, [])
            if len(asks_s) > 1:
                assert now_s - asks_s[-2] >= min(0.7 * round_trip_s, ECHO_S) - COALESCE_S
            asks_s.append(now_s)
            assert len(asks_s) <= 2 * MAX_ATTEMPTS
        assert nack.missing_count <= MAX_MISSING
        assert nack.next_at_s is None or nack.next_at_s > now_s


def test_a_request_that_the_answer_to_a_later_one_overtook_is_repeated_at_once() -> None:
    nack = NackGenerator()
    nack.set_round_trip(0.1)
    nack.received(1, 0.0)
    nack.received(3, 0.0)
    assert nack.due(0.0) == [2]
    nack.received(6, 0.03)
    assert nack.due(0.03) == [4, 5]
    nack.received(5, 0.13)
    assert nack.due(0.13) == [2, 4]


def test_where_first_requests_keep_failing_each_is_sent_twice() -> None:
    nack = NackGenerator()
    nack.set_round_trip(0.05)
    messages = []
    for number in range(0, 60, 2):
        now_s = number * 1.0
        nack.received(number, now_s)
        messages.append([nack.due(now_s), nack.due(now_s + ECHO_S)])
        nack.due(now_s + 0.5)
        nack.received(number - 1, now_s + 0.55)
    assert messages[1] == [[1], []]
    assert messages[-1] == [[57], [57]]


def test_the_packets_before_the_first_one_that_came_can_be_asked_for() -> None:
    nack = NackGenerator()
    nack.received(100, 0.0)
    nack.presume_lost_before(100, 0.0)
    assert nack.due(0.0) == [97, 98, 99]
    nack.forget_before(100)
    assert nack.next_at_s is None


def test_answers_quicker_than_a_round_trip_that_was_measured_on_a_full_queue_are_still_answers() -> None:
    nack = NackGenerator()
    nack.set_round_trip(0.04)
    nack.set_round_trip(0.4)
    for number in range(0, 40, 2):
        nack.received(number, number * 1.0)
        nack.due(number * 1.0)
        nack.received(number - 1, number * 1.0 + 0.05)
    assert nack.allowance_s == 0.0
    assert nack.repeat_s < 0.1
