from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import marks


@given(made=st.integers(0, marks.MODULO - 1), number=st.integers(0, marks.MODULO - 1))
def test_marks_are_read_from_pictures_of_another_size(made: int, number: int) -> None:
    luma = np.full((360, 640), 128, np.uint8)
    marks.stamp(luma, marks.MADE, made)
    marks.stamp(luma, marks.NUMBER, number)
    for size in ((640, 360), (320, 180), (960, 540)):
        seen = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
        assert (marks.unstamp(seen, marks.MADE), marks.unstamp(seen, marks.NUMBER)) == (made, number)


def test_an_age_survives_the_clocks_turn_and_is_none_where_the_mark_is_wrong() -> None:
    assert marks.age_ms(marks.MODULO + 30.7, marks.MODULO - 10) == 40
    assert marks.age_ms(1000, 1 << 30) is None


def write(path: Path, head: str, count: int) -> Path:
    pictures = [np.full(8 * 4 * 3 // 2, number, np.uint8).tobytes() for number in range(count)]
    path.write_bytes(head.encode() + b"".join(b"FRAME\n" + picture for picture in pictures))
    return path


def test_a_clip_gives_its_pictures_and_begins_again(tmp_path: Path) -> None:
    clip = marks.Clip.open(write(tmp_path / "c.y4m", "YUV4MPEG2 W8 H4 F30:1 Ip A1:1 C420jpeg\n", 3))
    assert (clip.width, clip.height, clip.rate_hz, clip.count) == (8, 4, 30.0, 3)
    assert [int(picture[0, 0]) for picture in clip.pictures()] == [0, 1, 2]
    assert clip.luma(4).shape == (4, 8)
    assert clip.luma(4)[0, 0] == 1


@pytest.mark.parametrize("head", ["RIFF\n", "YUV4MPEG2 W8 H4 F30:1 C444\n", "YUV4MPEG2 W8 H4 F30:1 C420p10\n"])
def test_another_file_is_no_clip(tmp_path: Path, head: str) -> None:
    with pytest.raises(ValueError, match=r"c\.y4m"):
        marks.Clip.open(write(tmp_path / "c.y4m", head, 1))
