import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.lines import Line, LineShape, World
from tests.support.traffic import Call, GccCall, TcpFlow, Traffic, delivered_bps
from vidphone.media.rate.estimator import BandwidthEstimator
from vidphone.media.rate.model import PacketReport

MBPS = 1e6


def call_over(shape: LineShape, seconds: float, **options: float) -> tuple[Call, Line]:
    world, there = World(), Line(shape, 1)
    call = Call(world, there, Line(shape, 2), max_bps=options.get("max_bps", 6 * MBPS))
    world.run(seconds)
    return call, there


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)]


def queueing(call: Call, begin_s: float, end_s: float, share: float) -> float:
    return quantile([wait for at_s, wait in call.queueing if begin_s <= at_s < end_s], share)


def first(call: Call, after_s: float, low: float = 0.0, high: float = 1e12) -> float:
    return next(at_s for at_s, target in call.targets if at_s > after_s and low <= target <= high) - after_s


def test_line_without_limit_is_known_within_half_a_second() -> None:
    call, _ = call_over(LineShape(0, 0.02), 3.0)
    assert first(call, 0.0, low=5 * MBPS) < 0.6


def test_pacing_lets_a_picture_leave_within_milliseconds_on_a_line_without_limit() -> None:
    call, _ = call_over(LineShape(0, 0.02), 5.0)
    assert 10_000 * 8 / call.estimator.pacing_bps < 0.005


def test_constant_line_is_filled_with_a_short_queue() -> None:
    call, _ = call_over(LineShape(2 * MBPS, 0.04), 15.0)
    assert first(call, 0.0, low=1.4 * MBPS) < 1.0
    assert delivered_bps(call, 3, 15) > 0.85 * 2 * MBPS
    assert queueing(call, 3, 15, 0.95) < 0.04


def test_constant_random_loss_without_a_queue_costs_no_rate() -> None:
    clean, _ = call_over(LineShape(2 * MBPS, 0.04), 12.0)
    lossy, _ = call_over(LineShape(2 * MBPS, 0.04, loss=0.10), 12.0)
    assert delivered_bps(lossy, 4, 12) > 0.9 * delivered_bps(clean, 4, 12)
    assert lossy.estimator.estimate.loss_fraction == pytest.approx(0.10, abs=0.06)


def test_fallen_line_is_followed_drained_and_filled_again() -> None:
    call, _ = call_over(LineShape([(0, 2 * MBPS), (8, 0.5 * MBPS), (16, 2 * MBPS)], 0.04), 22.0)
    assert first(call, 8.0, high=0.5 * MBPS) < 0.35
    assert queueing(call, 9.2, 10.0, 0.9) < 0.06
    assert 0.8 * 0.5 * MBPS < delivered_bps(call, 10, 16) < 0.5 * MBPS
    assert queueing(call, 10, 16, 0.95) < 0.08
    assert first(call, 16.0, low=1.6 * MBPS) < 3.0
    assert delivered_bps(call, 18.5, 22) > 0.85 * 2 * MBPS


def test_jitter_that_keeps_order_is_not_congestion() -> None:
    call, _ = call_over(LineShape(4 * MBPS, 0.04, jitter_s=0.03, loss=0.1, burst=3), 20.0)
    assert delivered_bps(call, 5, 20) > 0.5 * 4 * MBPS
    assert call.estimator.estimate.loss_burst > 1.5


def test_narrow_lossy_line_is_used_without_standing_queue() -> None:
    call, _ = call_over(LineShape(150_000, 0.1, loss=0.02), 20.0)
    assert delivered_bps(call, 5, 20) > 0.85 * 150_000
    assert queueing(call, 5, 20, 0.5) < 0.05


def test_silence_lowers_the_target_and_its_end_brings_it_back() -> None:
    call, _ = call_over(LineShape(2 * MBPS, 0.04), 5.0)
    before = call.estimator.target_bps
    feedback, call.receiver._report = call.receiver._report, lambda reports: None
    call.world.run(8.0)
    assert call.estimator.target_bps < 0.4 * before
    call.receiver._report = feedback
    call.world.run(10.0)
    assert call.estimator.target_bps > 0.7 * before


def test_little_to_send_keeps_what_is_known_of_the_line() -> None:
    world, shape = World(), LineShape(2 * MBPS, 0.04)
    call = Call(
        world, Line(shape, 1), Line(shape, 2), max_bps=3 * MBPS, wanted_bps=lambda s: 0.2e6 if 5 < s < 15 else 9e9
    )
    world.run(20)
    assert min(target for at_s, target in call.targets if at_s > 5) > 1.2 * MBPS
    assert delivered_bps(call, 16, 20) > 0.8 * 2 * MBPS


def test_without_transport_feedback_remb_and_receiver_reports_steer() -> None:
    estimator = BandwidthEstimator(300_000, 30_000, 3_000_000)
    estimator.remb(1_000_000, 0.0)
    assert estimator.target_bps == 1_000_000
    for second in range(1, 6):
        estimator.sent(second, 1000, float(second))
        estimator.receiver_report(0.2, 0.1, float(second))
        estimator.tick(float(second))
    lowered = estimator.target_bps
    assert lowered < 700_000
    assert estimator.estimate.round_trip_s == 0.1
    for second in range(6, 40):
        estimator.receiver_report(0.0, 0.1, float(second))
    assert lowered < estimator.target_bps <= 1_000_000


def test_another_route_begins_anew() -> None:
    call, _ = call_over(LineShape(2 * MBPS, 0.04), 3.0)
    call.estimator.route_changed(3.0, 400_000)
    assert call.estimator.target_bps == 400_000
    assert call.estimator.estimate.capacity_bps is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(-5, 400), st.none() | st.floats(-1e6, 1e6)), max_size=30), max_size=25))
def test_any_feedback_leaves_the_target_within_its_bounds(feedbacks: list[list[tuple[int, float | None]]]) -> None:
    estimator = BandwidthEstimator(300_000, 50_000, 2_000_000)
    now_s, number = 0.0, 0
    for entries in feedbacks:
        for _ in range(12):
            estimator.sent(number, 900, now_s, number % 3 or None)
            number, now_s = number + 1, now_s + 0.007
        estimator.feedback([PacketReport(*entry) for entry in entries], now_s)
        estimator.tick(now_s)
        estimator.take_probes(now_s)
        assert 50_000 <= estimator.estimate.target_bps <= 2_000_000
        assert estimator.pacing_bps > 0


@pytest.mark.slow
def test_random_lines_are_used_with_bounded_queues() -> None:
    chance = random.Random(3)
    for _ in range(12):
        rate = 10 ** chance.uniform(5.0, 7.0)
        shape = LineShape(
            rate, chance.uniform(0.005, 0.25), loss=chance.choice([0.0, chance.uniform(0, 0.15)]), queue_s=0.3
        )
        call, _ = call_over(shape, 20.0, max_bps=20 * MBPS)
        assert delivered_bps(call, 8, 20) > 0.7 * rate * (1 - shape.loss), shape
        assert queueing(call, 8, 20, 0.5) < 0.03 + 9600 / rate, shape


def share(flows: list[Traffic], begin_s: float, end_s: float) -> list[float]:
    return [delivered_bps(flow, begin_s, end_s) / MBPS for flow in flows]


@pytest.mark.slow
def test_two_calls_and_a_download_share_a_line() -> None:
    world, shape = World(), LineShape(4 * MBPS, 0.04)
    there, back = Line(shape, 1), Line(shape, 2)
    flows: list[Traffic] = [Call(world, there, back, seed=1), Call(world, there, back, start_s=2, seed=2)]
    flows.append(TcpFlow(world, there, back, 5))
    world.run(50)
    assert min(share(flows, 10, 50)) > 4 / 3 / 3


def test_a_download_does_not_starve_a_call_and_leaves_the_line_to_it_afterwards() -> None:
    world, shape = World(), LineShape(4 * MBPS, 0.04)
    there, back = Line(shape, 1), Line(shape, 2)
    flows: list[Traffic] = [Call(world, there, back), TcpFlow(world, there, back, 5, 25)]
    world.run(35)
    assert min(share(flows, 8, 25)) > 0.5
    assert delivered_bps(flows[0], 30, 35) > 0.6 * 4 * MBPS


@pytest.mark.slow
@pytest.mark.parametrize(("ours_s", "theirs_s"), [(0.0, 0.0), (0.0, 10.0)])
def test_a_call_under_plain_gcc_gets_its_share_and_leaves_ours(ours_s: float, theirs_s: float) -> None:
    world, shape = World(), LineShape(3 * MBPS, 0.04)
    there, back = Line(shape, 1), Line(shape, 2)
    flows: list[Traffic] = [Call(world, there, back, start_s=ours_s), GccCall(world, there, back, start_s=theirs_s)]
    world.run(60)
    assert min(share(flows, 35, 60)) > 0.35 * 3
