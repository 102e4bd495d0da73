"""Redundant audio."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vidphone.media.voice.red import Frame, RedPacker, unpack


@given(
    st.lists(st.tuples(st.binary(max_size=300), st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=12),
    st.integers(0, 2**32 - 1),
)
def test_a_packet_holds_its_frame_and_as_many_before_it_as_were_asked_for(
    frames: list[tuple[bytes, int, int]], first: int
) -> None:
    packer = RedPacker(111)
    for number, (payload, redundancy, spacing) in enumerate(frames):
        timestamp = (first + 960 * number) % 2**32
        found = unpack(packer.pack(payload, timestamp, redundancy, spacing), timestamp)
        held = range(number, max(number - spacing * redundancy, 0) - 1, -spacing)
        meant = [Frame(111, (first + 960 * n) % 2**32, frames[n][0]) for n in reversed(held)]
        assert found == [each for each in meant[:-1] if each.payload] + [meant[-1]]


def test_what_the_format_cannot_say_is_left_out() -> None:
    packer = RedPacker(111)
    packer.pack(b"old", 0, 0)
    packer.pack(b"l" * 1024, 960, 0)
    assert len(unpack(packer.pack(b"now", 1920, 3), 1920)) == 1
    assert [frame.payload for frame in unpack(packer.pack(b"later", 1920 + 16_384, 1), 0)] == [b"later"]
    small = RedPacker(111, limit_bytes=100)
    for number in range(3):
        small.pack(b"x" * 40, 960 * number, 0)
    assert len(small.pack(b"x" * 40, 2880, 3)) <= 100


def test_the_form_is_that_of_the_standard() -> None:
    packer = RedPacker(111)
    packer.pack(b"\x01\x02", 1000, 1)
    # F=1 PT=111, offset 960 in 14 bits, length 2 in 10 bits; then F=0 PT=111.
    assert packer.pack(b"\x03", 1960, 1).hex() == "ef0f0002" + "6f" + "0102" + "03"


@given(st.binary(max_size=120))
@example(b"\xef" * 120)
@example(b"")
def test_damage_is_refused(data: bytes) -> None:
    try:
        frames = unpack(data, 5)
    except ValueError:
        return
    assert sum(len(frame.payload) for frame in frames) < len(data)


@pytest.mark.parametrize("data", [b"", b"\xef", b"\xef\x0f\x00\x02", b"\xef\x0f\x00\x02\x6f\x01"])
def test_headers_without_their_content_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="redundant audio"):
        unpack(data, 0)
