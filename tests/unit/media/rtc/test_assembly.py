from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rtc.assembly import AudioOrder, VideoAssembler, unwrap

Packet = tuple[int, int, bool, bytes]


def stream(sizes: list[int], first: int = 65_530) -> list[Packet]:
    """Pictures of so many packets each, across the wrap of sequence numbers and of timestamps."""
    packets, number = [], first
    for picture, size in enumerate(sizes):
        for part in range(size):
            stamp = (2**32 - 6000 + picture * 3000) % 2**32
            packets.append((number % 65_536, stamp, part == size - 1, bytes([picture % 256, part % 256])))
            number += 1
    return packets


def test_picture_is_released_by_its_marker_without_the_next_one() -> None:
    assembler = VideoAssembler()
    assert [frame.data for packet in stream([2]) for frame in assembler.add(*packet)] == [b"\x00\x00\x00\x01"]


def test_picture_without_marker_is_released_by_the_next_timestamp() -> None:
    assembler = VideoAssembler()
    packets = [(number, stamp, False, data) for number, stamp, _, data in stream([1, 1])]
    assert [len(assembler.add(*packet)) for packet in packets] == [0, 1]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=20), st.randoms())
def test_disorder_within_a_picture_time_changes_nothing(sizes: list[int], random: object) -> None:
    packets = stream(sizes)
    straight = [frame for assembler in [VideoAssembler()] for packet in packets for frame in assembler.add(*packet)]
    swapped = packets[:]
    for index in range(1, len(swapped) - 1, 2):  # the very first packet says where the stream begins
        swapped[index], swapped[index + 1] = swapped[index + 1], swapped[index]
    assembler = VideoAssembler()
    assert [frame for packet in swapped for frame in assembler.add(*packet)] == straight
    assert len(straight) == len(sizes)


@given(st.lists(st.integers(1, 4), min_size=30, max_size=40), st.sets(st.integers(1, 60), max_size=12))
def test_lost_packets_cost_at_most_the_patience_and_are_told(sizes: list[int], lost: set[int]) -> None:
    assembler = VideoAssembler()
    packets = stream(sizes)
    frames = []
    for index, packet in enumerate(packets):
        if index not in lost:
            frames += assembler.add(*packet)
    whole = set(range(len(sizes)))
    at = 0
    for picture, size in enumerate(sizes):
        if any(number in lost for number in range(at, at + size)):
            whole.discard(picture)
        at += size
    released = {frame.data[0] for frame in frames if len(frame.data) == 2 * sizes[frame.data[0]]}
    assert whole - released <= set(range(len(sizes) - 8, len(sizes)))  # only the newest may still wait
    if lost & set(range(sum(sizes[:20]))):
        assert any(frame.lost_before for frame in frames)


def test_a_new_stream_begins_with_a_told_loss() -> None:
    assembler = VideoAssembler()
    assembler.add(100, 0, True, b"a")
    (frame,) = assembler.add(40_000, 0, True, b"b")
    assert frame.lost_before


@given(st.lists(st.tuples(st.integers(0, 65_535), st.integers(0, 2**32 - 1), st.booleans(), st.binary(max_size=4))))
def test_any_packets_whatever_are_survived(packets: list[Packet]) -> None:
    video, audio = VideoAssembler(), AudioOrder()
    for packet in packets:
        video.add(*packet)
        audio.add(packet[0], packet[1], packet[3])


def test_sound_is_released_at_once_and_a_late_packet_waited_for() -> None:
    order = AudioOrder()
    assert [len(order.add(number, 0, b"")) for number in (7, 8, 10, 9, 11)] == [1, 1, 0, 2, 1]


def test_lost_sound_is_given_up_after_two_more_packets() -> None:
    order = AudioOrder()
    frames = [order.add(number, 0, b"") for number in (65_534, 1, 2, 3)]
    assert [[frame.lost_before for frame in each] for each in frames] == [[0], [], [], [2, 0, 0]]


@given(st.integers(0, 2**40), st.integers(-1000, 1000))
def test_unwrap_finds_the_number_nearby(near: int, step: int) -> None:
    assert unwrap((near + step) % 65_536, near, 16) == near + step
