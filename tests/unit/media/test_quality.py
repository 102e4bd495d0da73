from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.quality import BEST, NOTHING, bars
from vidphone.media.stats import CallStats, InboundStats

GOOD = CallStats("c", 0.04, audio_in=InboundStats(packets_received=500), audio_gap_p95_ms=24.0)
BEFORE = CallStats("c", 0.04, audio_in=InboundStats(packets_received=450))


def test_a_clean_call_has_all_bars() -> None:
    assert bars(BEFORE, GOOD, 1.0) == bars(None, GOOD, 1.0) == BEST


def test_nothing_received_means_no_bar() -> None:
    assert bars(GOOD, GOOD, 1.0) == NOTHING


def test_a_new_transport_that_counts_from_zero_is_not_silence() -> None:
    assert bars(replace(GOOD, audio_in=InboundStats(packets_received=9000)), GOOD, 1.0) == BEST


def test_a_picture_that_stood_still_half_the_time_leaves_one_bar() -> None:
    assert bars(BEFORE, replace(GOOD, video_in=InboundStats(total_freezes_duration_s=0.5)), 1.0) == 1


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0, 3), st.floats(0, 3))
def test_more_loss_or_delay_never_adds_a_bar(lost: int, more: int, delay_s: float, later_s: float) -> None:
    def at(count: int, round_trip_s: float) -> int:
        heard = InboundStats(packets_received=500, packets_lost=count)
        return bars(BEFORE, replace(GOOD, audio_in=heard, round_trip_time_s=round_trip_s), 1.0)

    assert BEST >= at(lost, delay_s) >= at(lost + more, delay_s + later_s) > NOTHING
