"""Frames out of packets: at once, in order, and on after every damage."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.media.receive.line import CODEC, TestDepacketizer, frame_packets
from vidphone.media.receive.video_buffer import (
    MAX_HELD_S,
    MAX_PACKETS,
    BufferedPacket,
    EncodedFrame,
    Verdict,
    VideoBuffer,
)
from vidphone.media.rtp.packet import RtpPacket

DEPACKETIZER = TestDepacketizer()


def buffer() -> VideoBuffer:
    return VideoBuffer(lambda _, pieces: DEPACKETIZER.assemble(pieces))


def put(
    into: VideoBuffer, packet: RtpPacket, now_s: float = 0.0, *, codec: str = CODEC, marker: bool | None = None
) -> list[int]:
    """Add and take; the numbers of the frames that came out."""
    piece = DEPACKETIZER.piece(packet.payload) if packet.payload else None
    marked = packet.marker if marker is None else marker
    into.add(packet.sequence_number, BufferedPacket(codec, packet.timestamp, marked, piece, now_s))
    return numbers(into.take(now_s))


def numbers(frames: list[EncodedFrame]) -> list[int]:
    return [int.from_bytes(frame.data, "big") for frame in frames]


def test_a_frame_comes_out_with_its_marker_and_not_later() -> None:
    into = buffer()
    packets = frame_packets(0, 10, 3, keyframe=True) + frame_packets(1, 13, 2)
    assert [put(into, packet) for packet in packets] == [[], [], [0], [], [1]]


def test_without_markers_the_next_timestamp_ends_a_frame() -> None:
    into = buffer()
    packets = frame_packets(0, 10, 2, keyframe=True) + frame_packets(1, 12, 2) + frame_packets(2, 14, 1)
    assert [put(into, packet, marker=False) for packet in packets] == [[], [], [0], [], [1]]


def test_a_lost_marker_packet_is_waited_for_and_all_behind_it_follows_at_once() -> None:
    into = buffer()
    packets = frame_packets(0, 10, 2, keyframe=True) + frame_packets(1, 12, 3) + frame_packets(2, 15, 2)
    late = packets.pop(4)
    assert [put(into, packet) for packet in packets] == [[], [0], [], [], [], []]
    assert into.blocked_at == 14
    assert put(into, late) == [1, 2]
    assert into.blocked_at is None


def put_picture(into: VideoBuffer, number: int, picture: int, *, keyframe: bool = False) -> list[int]:
    """A frame of one packet in a format that counts pictures."""
    packet = frame_packets(picture, number, 1, keyframe=keyframe)[0]
    piece = replace(DEPACKETIZER.piece(packet.payload), picture=picture, picture_before=picture - 1)
    into.add(number, BufferedPacket(CODEC, packet.timestamp, True, piece, 0.0))
    return numbers(into.take(0.0))


def test_missing_numbers_between_pictures_that_follow_each_other_are_not_waited_for() -> None:
    into = buffer()
    assert put_picture(into, 10, 100, keyframe=True) == [100]
    assert put_picture(into, 13, 101) == [101]
    assert put(into, RtpPacket(96, 15, 0, 7, b"")) == []
    assert put_picture(into, 16, 102) == [102]
    assert (into.held_packets, into.blocked_at, into.useful_from) == (0, None, 17)


def test_a_missing_picture_is_waited_for() -> None:
    into = buffer()
    assert put_picture(into, 10, 100, keyframe=True) == [100]
    assert put_picture(into, 13, 102) == []
    assert into.blocked_at == 11
    assert put_picture(into, 12, 101) == [101, 102]


def test_nothing_comes_out_before_the_first_key_frame() -> None:
    into = buffer()
    assert put(into, frame_packets(0, 10, 1)[0]) == []
    assert put(into, frame_packets(1, 11, 1, keyframe=True)[0]) == [1]
    assert put(into, frame_packets(2, 12, 1)[0]) == [2]


def test_a_key_frame_whose_first_packet_came_last_begins_the_stream() -> None:
    into = buffer()
    first, *rest = frame_packets(0, 10, 4, keyframe=True)
    assert [put(into, packet) for packet in [*rest, first]] == [[], [], [], [0]]


def test_a_whole_key_frame_overtakes_a_gap_and_what_it_overtook_comes_no_more() -> None:
    into = buffer()
    put(into, frame_packets(0, 10, 1, keyframe=True)[0])
    lost, rest = frame_packets(1, 11, 2)
    assert put(into, rest) == []
    assert put(into, frame_packets(2, 13, 1, keyframe=True)[0]) == [2]
    late = BufferedPacket(CODEC, lost.timestamp, False, DEPACKETIZER.piece(lost.payload), 0.0)
    assert into.add(11, late) is Verdict.LATE
    assert into.take(0.0) == []


def test_padding_counts_as_received_within_and_between_frames() -> None:
    into = buffer()
    put(into, frame_packets(0, 10, 1, keyframe=True)[0])
    assert put(into, RtpPacket(96, 11, 0, 7, b"")) == []
    head, tail = frame_packets(1, 12, 2)
    tail.sequence_number = 14
    assert put(into, head) == []
    assert put(into, RtpPacket(96, 13, 3000, 7, b"")) == []
    assert put(into, tail) == [1]
    assert into.held_packets == 0


def test_another_codec_goes_on_only_with_a_key_frame() -> None:
    into = buffer()
    put(into, frame_packets(0, 10, 1, keyframe=True)[0])
    assert put(into, frame_packets(1, 11, 1)[0], codec="OTHER") == []
    assert not into.synchronised
    assert put(into, frame_packets(2, 12, 1, keyframe=True)[0], codec="OTHER") == [2]
    assert put(into, frame_packets(3, 13, 1)[0], codec="OTHER") == [3]


def test_pieces_that_make_no_frame_cost_the_frames_up_to_the_next_key_frame() -> None:
    into = buffer()
    put(into, frame_packets(0, 10, 1, keyframe=True)[0])
    stranger = frame_packets(9, 12, 1, timestamp=3000)[0]
    put(into, frame_packets(1, 11, 2)[0])
    assert put(into, stranger) == []
    assert not into.synchronised
    assert put(into, frame_packets(3, 13, 1, keyframe=True)[0]) == [3]


def test_a_gap_that_is_never_repaired_is_abandoned_within_the_bound_of_time() -> None:
    into = buffer()
    put(into, frame_packets(0, 10, 1, keyframe=True)[0])
    for number in range(1, 200):
        put(into, frame_packets(number, 11 + number, 1)[0], number / 30)
        assert into.held_packets <= MAX_HELD_S * 30 + 1
    assert not into.synchronised
    assert into.abandoned_frames > 0


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 0.5), st.integers(0, 40), st.floats(0, 0.5), st.floats(0, 0.2))
def test_whatever_arrives_frames_are_whole_in_order_decodable_and_the_buffer_bounded(
    seed: int, loss: float, disorder: int, duplicated: float, keyframes: float
) -> None:
    rng = random.Random(seed)
    into = buffer()
    sequence, arrivals, keyed = 1000, list[tuple[float, RtpPacket]](), set[int]()
    for number in range(150):
        count = rng.choice([1, 1, 3, 8])
        keyframe = number == 0 or rng.random() < keyframes
        keyed |= {number} if keyframe else set()
        for packet in frame_packets(number, sequence, count, keyframe=keyframe):
            if rng.random() < loss:
                continue
            for _ in range(1 + (rng.random() < duplicated)):
                arrivals.append((packet.sequence_number + rng.uniform(0, disorder), packet))
        sequence += count
    out, lost = list[int](), False
    for place, (_, packet) in enumerate(sorted(arrivals, key=lambda arrival: arrival[0])):
        for number in put(into, packet, place / 100):
            assert not out or number > out[-1]
            assert number in keyed or (out and number == out[-1] + 1 and not lost)
            out.append(number)
            lost = False
        assert into.held_packets <= MAX_PACKETS
        if rng.random() < 0.01:
            into.lose()
            lost = True
