import threading
import time

import numpy as np

from tests.fakes.devices import Eyes
from vidphone.media.capture.pattern import TestPicture
from vidphone.media.capture.person import LOOKS, Person, look_of
from vidphone.media.timecode import plane, read_frame


def test_pictures_carry_their_time_and_number_and_end_with_stop() -> None:
    eyes = Eyes()
    source = TestPicture(eyes, who="1001")
    source.start()
    assert eyes.see(4)
    source.stop()
    count = len(eyes.blocks)
    for number, block in enumerate(eyes.blocks):
        code = read_frame(block.frame)
        assert code is not None
        assert code.number == number
        assert abs(code.age_s(block.made_at_s)) <= 0.001
        assert (block.frame.width, block.frame.height, block.frame.format.name) == (1280, 720, "yuv420p")
    assert not any(thread.is_alive() for thread in eyes.threads)
    time.sleep(0.1)
    assert len(eyes.blocks) == count


def test_size_and_rate_are_selectable() -> None:
    eyes = Eyes()
    source = TestPicture(eyes, width=640, height=480, rate_hz=100)
    source.start()
    assert eyes.see(3)
    source.stop()
    assert {(block.frame.width, block.frame.height) for block in eyes.blocks} == {(640, 480)}
    assert read_frame(eyes.blocks[0].frame) is not None


def test_the_person_moves_and_two_callers_look_different() -> None:
    assert look_of("1001") is not look_of("1002")
    first, second = (Person(look) for look in LOOKS)
    one = first.draw(1.0).astype(int)
    assert np.abs(one - first.draw(1.5)).mean() > 0.5
    assert np.abs(one - second.draw(1.0)).mean() > 10


def test_no_thread_survives_many_starts_and_stops() -> None:
    before = set(threading.enumerate())
    source = TestPicture(Eyes())
    for _ in range(5):
        source.start()
        source.start()
        source.stop()
    source.stop()
    assert set(threading.enumerate()) == before


def test_frames_are_not_shared_with_earlier_ones() -> None:
    eyes = Eyes()
    source = TestPicture(eyes, rate_hz=100)
    source.start()
    assert eyes.see(1)
    kept = eyes.blocks[0].frame
    copy = plane(kept, 0).copy()
    assert eyes.see(4)
    source.stop()
    assert np.array_equal(plane(kept, 0), copy)
