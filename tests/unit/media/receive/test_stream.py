"""The receiver's pure part on lines of every kind, in virtual time."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.thorough import all_or
from tests.unit.media.receive.line import CODEC, FRAME_S, Line, frame_packets, run, stream
from vidphone.media.payload import DEPACKETIZERS
from vidphone.media.receive.playout import MAX_SMOOTHING_S
from vidphone.media.receive.stream import VideoStream
from vidphone.media.receive.video_buffer import MAX_PACKETS
from vidphone.media.rtp.packet import RtpPacket

SENDING_S = 0.004
"""The packets of a frame leave 1 ms apart; a frame has 5 here."""


def shown(receiver: VideoStream, packets: list[RtpPacket], now_s: float, *, codec: str = CODEC) -> list[int]:
    numbers = []
    for packet in packets:
        receiver.packet(codec, packet, now_s)
        numbers += [int.from_bytes(frame.data, "big") for frame in receiver.step(now_s).frames]
    return numbers


def test_a_clean_line_adds_nothing_to_its_own_delay_and_asks_for_nothing() -> None:
    receiver = stream()
    out = run(Line(), 60, receiver=receiver)
    assert out.numbers == list(range(1800))
    assert out.latency(0.99) == pytest.approx(0.05 + SENDING_S)
    assert (out.nacked, out.keyframes_asked) == (0, [])
    assert receiver.playout.smoothing_s == 0.0
    assert receiver.counters.jitter_buffer_delay_s / receiver.counters.jitter_buffer_emitted_count < 0.005
    assert receiver.counters.total_assembly_time_s == pytest.approx(1800 * SENDING_S, rel=0.02)


def test_five_percent_loss_costs_a_round_trip_for_the_frames_it_hits_and_no_frame() -> None:
    out = run(Line(loss=0.05), 120)
    assert out.numbers == list(range(3600))
    assert out.latency(0.5) <= 0.05 + SENDING_S + 0.1
    assert out.latency(0.95) <= 0.05 + 0.1 + 2 * FRAME_S
    assert out.keyframes_asked == []


def test_bursts_of_loss_are_repaired_too() -> None:
    out = run(Line(loss=0.1, burst=3), 120)
    assert len(out.numbers) >= 0.99 * out.sent_frames
    assert out.latency(0.95) <= 0.05 + 3 * 0.1
    assert out.answers <= 1.2 * 0.1 * 120 * 150


def test_jitter_is_evened_out_at_no_cost_to_the_median() -> None:
    receiver = stream()
    out = run(Line(delay_s=0.04, jitter_s=0.03), 60, receiver=receiver)
    paces = [
        abs(later - earlier - FRAME_S) for earlier, later in zip(out.shown_at_s[60:], out.shown_at_s[61:], strict=False)
    ]
    assert 0.005 < receiver.playout.smoothing_s < 0.06
    assert out.latency(0.5) < 0.04 + 0.03 + SENDING_S
    assert sum(paces) / len(paces) < 0.01
    assert len(out.numbers) == out.sent_frames


def test_a_line_that_reorders_is_not_asked_for_what_comes_by_itself() -> None:
    out = run(Line(delay_s=0.04, jitter_s=0.01, reorder=True), 60)
    assert out.numbers == list(range(1800))
    assert out.nacked < 0.05 * 60 * 150
    assert out.keyframes_asked == []


def test_after_an_outage_the_picture_is_back_with_the_first_key_frame() -> None:
    out = run(
        Line(loss=1.0, lossy_from_s=5.0, lossy_until_s=8.0),
        20,
        back=Line(loss=1.0, lossy_from_s=5.0, lossy_until_s=8.0),
    )
    back_at_s = next(at_s for at_s in out.shown_at_s if at_s > 8.0)
    assert back_at_s < 8.0 + 0.3 + 2 * 0.1 + 2 * FRAME_S
    assert all(at_s > 8.0 for at_s in out.keyframes_asked)
    assert len(out.keyframes_asked) <= 2
    assert out.numbers[-1] == 599


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    delay_s=st.floats(0.003, 0.25),
    jitter_s=st.floats(0, 0.04),
    loss=st.floats(0, 0.35),
    burst=st.floats(1, 8),
    reorder=st.booleans(),
    most_packets=st.integers(1, 12),
)
def test_on_any_line_frames_keep_their_order_the_buffer_its_bound_and_the_picture_comes_back(
    seed: int, delay_s: float, jitter_s: float, loss: float, burst: float, reorder: bool, most_packets: int
) -> None:
    jitter_s = min(jitter_s, delay_s)
    line = Line(delay_s, jitter_s, loss, burst, reorder, seed, lossy_until_s=4.0)
    back = Line(delay_s, jitter_s, loss, 1.0, reorder, seed + 1, lossy_until_s=4.0)
    out = run(line, 9, back=back, packets=lambda rng: rng.randint(1, most_packets))
    assert all(later > earlier for earlier, later in pairwise(out.numbers))
    assert out.most_held <= MAX_PACKETS
    settled_s = 4.0 + 1.0 + 0.3 + 6 * delay_s + 6 * jitter_s
    after = [
        (number, at_s) for number, at_s in zip(out.numbers, out.shown_at_s, strict=True) if number * FRAME_S > settled_s
    ]
    assert len(after) == sum(number * FRAME_S > settled_s for number in range(270))
    warranted_s = delay_s + 3 * jitter_s + most_packets * 6 / 1000 + MAX_SMOOTHING_S
    assert max(at_s - number * FRAME_S for number, at_s in after) <= warranted_s + 0.01


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_minutes_on_a_lossy_jittery_line_shows_nearly_every_frame_and_stays_bounded(seed: int) -> None:
    line = Line(0.04, 0.02, 0.08, 2.0, seed=seed)
    out = run(line, all_or(300, 1800), back=Line(0.04, 0.02, 0.05, seed=seed + 1))
    assert len(out.numbers) >= 0.995 * out.sent_frames
    assert out.most_held < 400
    assert out.latency(0.95) < 0.35
    assert max(later - earlier for earlier, later in pairwise(out.shown_at_s)) < 2.0


def test_a_sender_that_begins_anew_is_followed_at_once() -> None:
    receiver = stream()
    assert shown(receiver, frame_packets(0, 100, 2, keyframe=True) + frame_packets(1, 102, 2), 0.0) == [0, 1]
    again = frame_packets(2, 40_000, 3, keyframe=True, timestamp=3_000_000_000)
    assert shown(receiver, again, 0.1) == [2]
    assert shown(receiver, frame_packets(3, 40_003, 1, timestamp=3_000_003_000), 0.13) == [3]
    assert receiver.counters.packets_lost == 0


def test_another_ssrc_and_another_codec_are_followed_from_their_key_frame_on() -> None:
    receiver = stream()
    shown(receiver, frame_packets(0, 100, 2, keyframe=True), 0.0)
    assert shown(receiver, frame_packets(1, 7, 2, keyframe=True, ssrc=8), 0.03) == [1]
    assert shown(receiver, frame_packets(2, 9, 1, keyframe=True, ssrc=8), 0.06, codec="OTHER") == [2]
    assert shown(receiver, frame_packets(3, 10, 1, ssrc=8), 0.1) == []
    assert receiver.step(0.1).keyframe or receiver.counters.pli_count == 1


def test_a_stream_that_begins_without_a_key_frame_asks_for_one_and_again_while_none_comes() -> None:
    receiver = stream()
    receiver.set_round_trip(0.1)
    asked = []
    for number in range(60):
        shown(receiver, [], 0.0)
        receiver.packet(CODEC, frame_packets(number, number, 1)[0], number * FRAME_S)
        if receiver.step(number * FRAME_S).keyframe:
            asked.append(number * FRAME_S)
    assert asked[0] == pytest.approx(0.15, abs=FRAME_S)
    assert [later - earlier for earlier, later in pairwise(asked)] == pytest.approx(
        [0.3] * (len(asked) - 1), abs=FRAME_S
    )
    assert len(asked) == 7


def test_a_stream_whose_first_packet_was_lost_begins_with_its_repair() -> None:
    receiver = stream()
    first, *rest = frame_packets(0, 500, 4, keyframe=True)
    nacks: list[int] = []
    for packet in rest:
        receiver.packet(CODEC, packet, 0.0)
        nacks += receiver.step(0.0).nacks
    assert nacks == [498, 499, 500]
    receiver.packet(CODEC, first, 0.1, recovered=True)
    step = receiver.step(0.1)
    assert [frame.keyframe for frame in step.frames] == [True]
    assert (step.nacks, step.keyframe, receiver.counters.pli_count) == ([], False, 0)


def test_lip_sync_holds_frames_back_and_gives_the_time_of_decoding_back() -> None:
    receiver = stream()
    receiver.playout.set_minimum_delay(0.2)
    due = []
    for number in range(20):
        receiver.decoded(0.01)
        receiver.packet(CODEC, frame_packets(number, number, 1, keyframe=number == 0)[0], number * FRAME_S)
        assert receiver.step(number * FRAME_S).frames == [] or number * FRAME_S > 0.15
        due.append(receiver.next_at_s)
    assert due[0] == pytest.approx(0.2, abs=0.01)


def test_the_newest_frames_of_a_failed_decoder_are_not_waited_for_when_a_key_frame_was_given_since() -> None:
    receiver = stream()
    shown(receiver, frame_packets(0, 0, 1, keyframe=True), 0.0)
    shown(receiver, frame_packets(1, 1, 1), 0.0)
    shown(receiver, frame_packets(2, 2, 1, keyframe=True), 0.0)
    receiver.decoder_lost(2, 0.0)
    assert not receiver.step(0.0).keyframe
    receiver.decoder_lost(3, 0.0)
    assert receiver.step(0.0).keyframe


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.builds(
            RtpPacket,
            st.just(96),
            st.integers(0, 65_535) | st.integers(100, 120),
            st.integers(0, 2**32 - 1) | st.integers(0, 5),
            st.integers(1, 2),
            st.binary(max_size=40),
            st.booleans(),
        ),
        max_size=60,
    ),
    st.sampled_from([*sorted(DEPACKETIZERS), "unknown"]),
    st.integers(0, 2**32),
)
def test_no_packets_whatever_break_it(packets: list[RtpPacket], codec: str, seed: int) -> None:
    rng = random.Random(seed)
    receiver, now_s, index = VideoStream(), 0.0, 0
    for packet in packets:
        now_s += rng.random() / 10
        receiver.packet(codec, packet, now_s, recovered=rng.random() < 0.2)
        for frame in receiver.step(now_s).frames:
            assert frame.index > index
            index = frame.index
        assert receiver.next_at_s is None or receiver.next_at_s > now_s
        assert receiver.counters.packets_lost >= 0
