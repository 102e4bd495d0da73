from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes.devices import Eyes
from vidphone.media.capture.clip import Clip, fit
from vidphone.media.timecode import plane, read_frame
from vidphone.wire.errors import ErrorCode, VidphoneError

RATE_HZ, LENGTH = 25, 10


@pytest.fixture
def clip_file(tmp_path: Path) -> Path:
    """Ten pictures, each brighter than the one before, 1600x900."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE_HZ, options={"q": "3"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 1600, 900, "yuv420p"
        for number in range(LENGTH):
            grey = np.full((900, 1600, 3), 20 * number + 20, np.uint8)
            frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE_HZ)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _brightness(eyes: Eyes) -> list[float]:
    return [float(plane(block.frame, 0)[:100].mean()) for block in eyes.blocks]


def test_a_clip_loops_at_its_own_pace_and_at_most_720_lines(clip_file: Path) -> None:
    eyes = Eyes()
    source = Clip(clip_file, eyes)
    source.start()
    assert eyes.see(LENGTH + 5)
    source.stop()
    levels = _brightness(eyes)
    assert levels[LENGTH] == pytest.approx(levels[0], abs=2)
    assert all(later > earlier for earlier, later in pairwise(levels[:LENGTH]))
    assert {(block.frame.width, block.frame.height) for block in eyes.blocks} == {(1280, 720)}
    times = np.array([block.made_at_s for block in eyes.blocks[: LENGTH + 5]])
    assert times[-1] - times[0] > 0.9 * (LENGTH + 4) / RATE_HZ
    assert not any(thread.is_alive() for thread in eyes.threads)


def test_a_timecode_can_be_drawn_over_a_clip(clip_file: Path) -> None:
    eyes = Eyes()
    source = Clip(clip_file, eyes, timecode=True)
    source.start()
    assert eyes.see(LENGTH + 3)
    source.stop()
    codes = [read_frame(block.frame) for block in eyes.blocks]
    assert [code.number if code else None for code in codes] == list(range(len(codes)))


@pytest.mark.parametrize("content", [None, b"", b"no pictures here" * 100])
def test_a_file_without_pictures_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "clip.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(VidphoneError) as refused:
        Clip(path, Eyes()).start()
    assert refused.value.code is ErrorCode.BAD_FILE
    assert refused.value.about == {"path": str(path)}


def test_a_sound_file_is_no_camera() -> None:
    speech = Path(__file__).parents[4] / "assets" / "speech" / "en.opus"
    with pytest.raises(VidphoneError):
        Clip(speech, Eyes()).start()


@pytest.mark.parametrize(
    ("size", "box", "fitted"),
    [
        ((1920, 1080), (1280, 720), (1280, 720)),
        ((1080, 1920), (1280, 720), (404, 720)),
        ((641, 481), (1280, 720), (640, 480)),
        ((4000, 2), (1280, 720), (1280, 2)),
    ],
)
def test_sizes_fit_into_the_box_and_are_even(
    size: tuple[int, int], box: tuple[int, int], fitted: tuple[int, int]
) -> None:
    assert fit(*size, *box) == fitted
