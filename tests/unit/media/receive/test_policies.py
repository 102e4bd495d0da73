"""Key frame requests, the watch over a frame's tail, and the count of freezes."""

from itertools import pairwise

import pytest

from vidphone.media.receive.counters import FreezeMeter
from vidphone.media.receive.keyframe_requests import MAX_STALL_S, MIN_STALL_S, KeyframeRequests
from vidphone.media.receive.tail import TailWatch


@pytest.mark.parametrize(("round_trip_s", "patience_s"), [(0.02, MIN_STALL_S), (0.15, 0.9), (0.5, MAX_STALL_S)])
def test_a_gap_is_waited_for_as_long_as_repair_can_still_come(round_trip_s: float, patience_s: float) -> None:
    requests = KeyframeRequests()
    requests.set_round_trip(round_trip_s)
    assert requests.stall_patience_s == pytest.approx(patience_s)


def test_a_key_frame_on_its_way_is_waited_for() -> None:
    requests = KeyframeRequests()
    assert requests.due_at_s(1.0, 0.0, 1.5, 1.5) == pytest.approx(1.5 + requests.stall_patience_s)


def test_a_request_is_repeated_after_two_round_trips_and_ever_later_while_nothing_arrives() -> None:
    requests = KeyframeRequests()
    requests.set_round_trip(0.2)
    due_s = []
    at_s = requests.due_at_s(1.0, 0.0, None, 1.0)
    for _ in range(8):
        due_s.append(at_s)
        requests.asked(1.0, at_s)
        at_s = requests.due_at_s(1.0, 0.0, None, 1.0)
    assert [later - earlier for earlier, later in pairwise(due_s)] == pytest.approx([0.4, 0.8, 1.6, 3.2, 6.4, 6.4, 6.4])
    assert requests.due_at_s(1.0, 0.0, None, at_s) == pytest.approx(due_s[-1] + 0.4)


def watched(gap_s: float, frames: int = 20) -> TailWatch:
    watch = TailWatch()
    watch.set_round_trip(0.1)
    for number in range(4 * frames):
        frame, place = divmod(number, 4)
        watch.received(number, frame, frame / 30 + place * gap_s, ends=place == 3)
    return watch


def test_the_packet_behind_a_frame_that_does_not_go_on_is_taken_for_lost_once() -> None:
    watch = watched(0.001)
    watch.received(80, 20, 2.0, ends=False)
    assert watch.due_at_s == pytest.approx(2.008)
    assert watch.take_lost(2.007) is None
    assert watch.take_lost(2.008) == 81
    assert watch.take_lost(2.1) is None


def test_nothing_is_taken_for_lost_behind_a_marker_or_before_the_line_is_known() -> None:
    assert watched(0.001).due_at_s is None
    watch = TailWatch()
    watch.received(0, 0, 0.0, ends=False)
    assert watch.due_at_s is None


def test_a_slow_line_is_given_its_time_and_false_alarms_make_cautious() -> None:
    watch = watched(0.02)
    watch.received(80, 20, 2.0, ends=False)
    first_s = (watch.due_at_s or 0.0) - 2.0
    assert first_s > 0.02
    assert watch.take_lost(3.0) == 81
    watch.received(81, 20, 3.01, ends=False)
    assert (watch.due_at_s or 0.0) - 3.01 == pytest.approx(2 * first_s)


def test_freezes_are_counted_as_w3c_defines_them() -> None:
    meter, at_s = FreezeMeter(), 0.0
    for _ in range(40):
        at_s += 0.04
        meter.shown(at_s)
    at_s += 0.18  # below 40 + 150 ms
    meter.shown(at_s)
    assert meter.freeze_count == 0
    for _ in range(40):
        at_s += 0.04
        meter.shown(at_s)
    meter.shown(at_s + 0.2)
    assert meter.freeze_count == 1
    assert meter.total_freezes_duration_s == pytest.approx(0.2)
