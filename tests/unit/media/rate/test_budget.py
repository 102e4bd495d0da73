from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rate.budget import FlowShape, divide
from vidphone.media.rate.model import Estimate

CLEAN = Estimate(2_000_000, 5_000_000, 0.0, 1.0, 0.08, 0.002, 0.0, False, None, None)
SHAPE = FlowShape()


def test_clean_line_carries_full_band_speech_an_ample_picture_and_air() -> None:
    budget = divide(CLEAN, SHAPE)
    assert (budget.opus_bps, budget.fec_share, budget.retransmission_copies) == (64_000, 0.0, 1)
    assert SHAPE.video_enough_bps <= budget.video_bps
    assert budget.audio_bps + budget.video_wire_bps < 0.6 * CLEAN.target_bps


def test_line_without_room_leaves_less_air() -> None:
    budget = divide(replace(CLEAN, target_bps=400_000), SHAPE)
    assert budget.audio_bps + budget.video_wire_bps > 0.75 * 400_000


def test_picture_takes_no_more_than_is_of_use() -> None:
    assert divide(replace(CLEAN, target_bps=20e6), SHAPE).video_bps == SHAPE.video_max_bps


def test_narrow_line_keeps_speech_and_a_picture() -> None:
    budget = divide(replace(CLEAN, target_bps=140_000, loss_fraction=0.02, round_trip_s=0.2), SHAPE)
    assert budget.opus_bps >= 16_000
    assert budget.video
    assert budget.video_bps > 40_000


def test_line_for_speech_alone_has_no_picture() -> None:
    budget = divide(replace(CLEAN, target_bps=50_000), SHAPE)
    assert not budget.video
    assert budget.video_bps == budget.retransmission_bps == 0


def test_repair_packets_come_where_retransmission_is_late() -> None:
    lossy = replace(CLEAN, loss_fraction=0.05)
    near, far = (divide(replace(lossy, round_trip_s=trip), SHAPE).fec_share for trip in (0.02, 0.2))
    assert near == 0
    assert 0.1 < far <= 1


def test_bursts_ask_for_more_protection() -> None:
    single = replace(CLEAN, loss_fraction=0.05, round_trip_s=0.2)
    burst = replace(single, loss_burst=3.0)
    assert divide(burst, SHAPE).fec_share > divide(single, SHAPE).fec_share
    assert divide(burst, SHAPE).redundancy == 3 > divide(single, SHAPE).redundancy


@given(st.floats(30_000, 20e6), st.floats(0, 0.6), st.floats(1, 8), st.floats(0.005, 1.0), st.booleans(), st.booleans())
def test_parts_never_exceed_the_whole(
    target: float, loss: float, burst: float, trip: float, fec: bool, rtx: bool
) -> None:
    estimate = replace(CLEAN, target_bps=target, loss_fraction=loss, loss_burst=burst, round_trip_s=trip)
    budget = divide(estimate, replace(SHAPE, fec=fec, rtx=rtx))
    spent = budget.video_wire_bps * (1 + budget.fec_share) + budget.retransmission_bps
    assert budget.video_bps <= budget.video_wire_bps
    assert 0 <= budget.redundancy <= 3
    if budget.video:
        assert budget.audio_bps + spent <= target * 1.0001
