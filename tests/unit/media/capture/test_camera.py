import threading
import time
from collections.abc import Iterator

import pytest

from tests.fakes.devices import DeviceNews, Eyes, FakeCamera, eventually
from vidphone.media.capture import camera as camera_module
from vidphone.media.capture.camera import Camera, list_cameras
from vidphone.wire.errors import ErrorCode


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rules in less time."""
    monkeypatch.setattr(camera_module, "LOST_AFTER_S", 0.2)
    monkeypatch.setattr(camera_module, "RETRY_S", 0.05)
    monkeypatch.setattr(camera_module, "_WATCH_S", 0.02)


class _Bench:
    def __init__(self) -> None:
        self.device, self.eyes, self.news = FakeCamera(), Eyes(), DeviceNews()
        self.camera = Camera(
            "", self.eyes, self.news, listing=self.device.listing, opening=self.device.opening
        )  # fmt: skip


@pytest.fixture
def bench() -> Iterator[_Bench]:
    before = set(threading.enumerate())
    made = _Bench()
    yield made
    made.device.hangs.clear()
    made.camera.stop()
    assert eventually(lambda: set(threading.enumerate()) <= before)
    assert made.device.open_count == 0


def test_a_camera_gives_planar_pictures_of_even_size_and_says_nothing(bench: _Bench) -> None:
    bench.camera.start()
    assert bench.eyes.see(3)
    frame = bench.eyes.blocks[0].frame
    assert (frame.width, frame.height, frame.format.name) == (320, 240, "yuv420p")
    red, green, blue = frame.to_ndarray(format="rgb24")[100, 100]
    assert red > 240
    assert green < 15
    assert blue < 15
    assert bench.news.told == []


def test_a_camera_that_is_pulled_out_and_plugged_in_again_is_told_and_goes_on(bench: _Bench) -> None:
    bench.camera.start()
    assert bench.eyes.see(2)
    bench.device.plugged = False
    assert bench.news.hear_of(ErrorCode.CAMERA_LOST, "Desk camera")
    assert eventually(lambda: bench.device.open_count == 0)
    bench.device.plugged = True
    assert bench.news.hear_of(None, "Desk camera")
    assert bench.eyes.see(len(bench.eyes.blocks) + 2)


def test_a_driver_that_hangs_counts_as_lost_and_is_not_opened_twice(bench: _Bench) -> None:
    bench.camera.start()
    assert bench.eyes.see(2)
    bench.device.hangs.set()
    assert bench.news.hear_of(ErrorCode.CAMERA_LOST)
    time.sleep(0.2)
    assert bench.device.open_count == 1
    bench.device.hangs.clear()
    assert bench.news.hear_of(None)


def test_stop_returns_within_a_second_though_the_driver_hangs(bench: _Bench) -> None:
    bench.camera.start()
    assert bench.eyes.see(1)
    bench.device.hangs.set()
    begun_s = time.monotonic()
    bench.camera.stop()
    assert time.monotonic() - begun_s < 1.5


def test_a_busy_camera_is_told_once_and_taken_when_it_is_free(bench: _Bench) -> None:
    bench.device.busy = True
    bench.camera.start()
    assert bench.news.hear_of(ErrorCode.CAMERA_BUSY, "Desk camera")
    time.sleep(0.3)
    assert len(bench.news.told) == 1
    bench.device.busy = False
    assert bench.news.hear_of(None, "Desk camera")


def test_without_a_camera_that_is_told_until_one_is_plugged_in(bench: _Bench) -> None:
    bench.device.plugged = False
    bench.camera.start()
    assert bench.news.hear_of(ErrorCode.NO_CAMERA)
    bench.device.plugged = True
    assert bench.news.hear_of(None, "Desk camera")


def test_listing_cameras_never_fails() -> None:
    devices = list_cameras()
    assert len({device.id for device in devices}) == len(devices)
    assert sum(device.default for device in devices) == bool(devices)
