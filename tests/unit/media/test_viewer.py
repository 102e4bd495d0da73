import threading
import time
from collections.abc import Callable, Iterator

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.media_ends import frame_of
from vidphone.media.convert import Converter, Shrinker, fit
from vidphone.media.plumbing import VideoBlock
from vidphone.media.slot import PictureSlot
from vidphone.media.viewer import Viewer


def eventually(true: Callable[[], bool]) -> None:
    until_s = time.monotonic() + 5
    while not true():
        assert time.monotonic() < until_s
        time.sleep(0.005)


def block(number: int = 0, age_s: float = 0.0) -> VideoBlock:
    made_at_s = time.monotonic() - age_s
    return VideoBlock(frame_of(number, 1, made_at_s), made_at_s)


@pytest.fixture
def slot() -> PictureSlot:
    return PictureSlot()


@pytest.fixture
def viewer(slot: PictureSlot) -> Iterator[Viewer]:
    viewer = Viewer(slot)
    yield viewer
    viewer.stop()


@given(st.integers(1, 4000), st.integers(1, 4000), st.integers(1, 4000), st.integers(1, 4000))
def test_a_fitted_size_touches_the_box_and_keeps_the_shape(width: int, height: int, wide: int, high: int) -> None:
    fitted = fit(width, height, wide, high)
    assert fitted[0] == wide or fitted[1] == high
    assert fitted[0] <= wide
    assert fitted[1] <= high
    assert abs(fitted[0] * height - fitted[1] * width) <= max(width, height)


def test_colours_and_places_survive_conversion() -> None:
    frame = av.VideoFrame(64, 32, "rgb24")
    pixels = np.zeros((32, 64, 3), np.uint8)
    pixels[:, 32:] = (255, 0, 0)
    frame = av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(format="yuv420p")
    picture = Converter().to_picture(frame, 32, 64)
    assert (picture.width, picture.height, picture.source_width) == (32, 16, 64)
    rows = np.frombuffer(picture.pixels, np.uint8).reshape(-1, picture.stride)
    blue, green, red, _ = rows[8, 4 * 24 : 4 * 25]
    assert red > 200
    assert max(blue, green) < 60
    assert rows[8, : 4 * 8].reshape(-1, 4)[:, :3].max() < 60


def test_the_picture_comes_at_the_size_that_is_wanted(viewer: Viewer, slot: PictureSlot) -> None:
    slot.want(320, 320)
    viewer.video(block())
    eventually(lambda: slot.put_count > 0)
    picture = slot.take()
    assert picture is not None
    assert (picture.width, picture.height) == (320, 180)


def test_when_nobody_looks_nothing_is_converted_but_counted(viewer: Viewer, slot: PictureSlot) -> None:
    viewer.video(block(age_s=0.05))
    eventually(lambda: viewer._frames == 1)
    report = viewer.report()
    assert slot.put_count == 0
    assert (report.width, report.height) == (640, 360)
    assert report.latency_p50_ms is not None
    assert report.latency_p50_ms >= 49


def test_a_pause_is_a_freeze_unless_the_picture_was_cleared(viewer: Viewer) -> None:
    viewer.video(block(0))
    eventually(lambda: viewer._frames == 1)
    time.sleep(0.2)
    viewer.video(block(1))
    eventually(lambda: viewer._frames == 2)
    assert viewer.report().freezes == 1
    viewer.clear()
    time.sleep(0.2)
    viewer.video(block(2))
    eventually(lambda: viewer._frames == 3)
    assert viewer.report().freezes == 1


def test_clearing_empties_the_slot(viewer: Viewer, slot: PictureSlot) -> None:
    slot.want(320, 180)
    viewer.video(block())
    eventually(lambda: slot.put_count > 0)
    viewer.clear()
    assert slot.take() is None


def test_stopping_ends_the_thread(slot: PictureSlot) -> None:
    before = threading.active_count()
    viewer = Viewer(slot)
    viewer.video(block())
    eventually(lambda: viewer._frames == 1)
    viewer.stop()
    viewer.video(block())
    assert threading.active_count() == before


def test_only_pictures_that_are_too_large_are_made_smaller() -> None:
    got: list[av.VideoFrame] = []

    class Sink:
        def video(self, block: VideoBlock) -> None:
            got.append(block.frame)

    taken = block()
    Shrinker(Sink(), 640, 480).video(taken)
    Shrinker(Sink(), 333, 480).video(taken)
    assert got[0] is taken.frame
    assert (got[1].width, got[1].height) == (332, 186)
