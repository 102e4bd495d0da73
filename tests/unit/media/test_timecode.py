from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidphone.media.capture.person import LOOKS, Person
from vidphone.media.plumbing import VideoBlock
from vidphone.media.timecode import Timecode, draw, read, read_frame, stamp


@settings(deadline=None)
@given(
    made_at_ms=st.integers(0, 2**40),
    number=st.integers(0, 2**33),
    width=st.integers(160, 400).map(lambda half: 2 * half),
    height=st.integers(90, 300).map(lambda half: 2 * half),
    ground=st.integers(0, 255),
)
def test_what_is_drawn_is_read_at_any_size(made_at_ms: int, number: int, width: int, height: int, ground: int) -> None:
    luma = np.full((height, width), ground, np.uint8)
    draw(luma, (made_at_ms + 0.5) / 1000, number)
    assert read(luma) == Timecode(made_at_ms % 2**32, number % 2**32)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_ordinary_pictures_have_no_timecode(seed: int) -> None:
    chance = np.random.default_rng(seed)
    assert read(chance.integers(0, 256, (180, 320), dtype=np.uint8)) is None
    assert read(np.full((180, 320), seed % 256, np.uint8)) is None


def test_the_person_alone_has_no_timecode() -> None:
    for look in LOOKS:
        assert read(np.ascontiguousarray(Person(look).draw(1.0)[:, :, 0])) is None


def test_age_counts_over_the_wrap_of_the_clock() -> None:
    before_wrap = Timecode(2**32 - 100, 1)
    assert before_wrap.age_s((2**32 + 150) / 1000) == pytest.approx(0.25)
    assert Timecode(5000, 1).age_s(4.990) == pytest.approx(-0.01)


def _moving_picture(count: int) -> Iterator[VideoBlock]:
    person = Person(LOOKS[0])
    for number in range(count):
        frame = av.VideoFrame.from_ndarray(person.draw(number / 30), format="bgr24").reformat(1280, 720, "yuv420p")
        stamp(frame, 1000 + number / 30, number)
        yield VideoBlock(frame, 1000 + number / 30)


@pytest.mark.parametrize(("width", "height"), [(640, 360), (320, 180)])
def test_the_strip_survives_downscaling_and_vp8_at_150_kbps(width: int, height: int) -> None:
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.bit_rate, encoder.time_base = 150_000, Fraction(1, 30)
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "minrate": "150k", "maxrate": "150k"}
    decoder = av.CodecContext.create("vp8", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    found = []
    for number, block in enumerate(_moving_picture(45)):
        small = block.frame.reformat(width, height)
        small.pts, small.time_base = number, Fraction(1, 30)
        for packet in encoder.encode(small):
            found += [read_frame(frame) for frame in decoder.decode(packet)]
    good = [code for code in found if code is not None]
    assert len(good) >= 0.95 * len(found) > 30
    assert all(code.made_at_ms == int((1000 + code.number / 30) * 1000) for code in good)
