"""Devices that do not exist: a camera that can be pulled out, and ears and eyes that keep what they get."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from vidphone.media.devices import Device
from vidphone.media.plumbing import AudioBlock, Samples, VideoBlock
from vidphone.wire.errors import ErrorCode

PATIENCE_S = 15.0


def eventually(condition: Callable[[], bool]) -> bool:
    """Wait until a condition holds; False after `PATIENCE_S`."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(0.005)
    return True


class Eyes:
    """A `VideoSink` that keeps what it sees."""

    def __init__(self) -> None:
        self.blocks: list[VideoBlock] = []
        self.threads: set[threading.Thread] = set()

    def video(self, block: VideoBlock) -> None:
        self.threads.add(threading.current_thread())
        self.blocks.append(block)

    def see(self, count: int) -> bool:
        """Wait for so many pictures in all."""
        return eventually(lambda: len(self.blocks) >= count)


class Ears:
    """An `AudioSink` that keeps what it hears."""

    def __init__(self) -> None:
        self.blocks: list[AudioBlock] = []

    def audio(self, block: AudioBlock) -> None:
        self.blocks.append(block)

    def hear(self, count: int) -> bool:
        """Wait for so many blocks in all."""
        return eventually(lambda: len(self.blocks) >= count)

    @property
    def samples(self) -> Samples:
        """All that was heard."""
        return np.concatenate([block.samples for block in self.blocks] or [np.zeros(0, np.int16)])


class DeviceNews:
    """A `DeviceListener` that keeps what it is told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[ErrorCode | None, str]] = []

    def lost(self, code: ErrorCode, name: str) -> None:
        self.told.append((code, name))

    def recovered(self, name: str) -> None:
        self.told.append((None, name))

    def hear_of(self, code: ErrorCode | None, name: str | None = None) -> bool:
        """Wait for a piece of news."""
        return eventually(lambda: any(c is code and name in (None, n) for c, n in list(self.told)))


class FakeCamera:
    """A camera on a USB port: plug it in, pull it out, let another program have it, make its driver hang."""

    WIDTH, HEIGHT = 321, 241  # odd, as some cameras are
    RATE_HZ = 60

    def __init__(self) -> None:
        self.plugged = True
        self.busy = False
        self.hangs = threading.Event()
        self.open_count = 0

    def listing(self) -> tuple[Device, ...]:
        return (Device("usb-1", "Desk camera", default=True),) if self.plugged else ()

    def opening(self, _device: str) -> "FakeCapture":
        return FakeCapture(self)


class FakeCapture:
    """What `cv2.VideoCapture` is to a `FakeCamera`."""

    def __init__(self, camera: FakeCamera) -> None:
        self._camera = camera
        self._open = camera.plugged and not camera.busy
        camera.open_count += self._open

    def isOpened(self) -> bool:
        return self._open

    def read(self) -> tuple[bool, Any]:
        time.sleep(1 / FakeCamera.RATE_HZ)
        while self._camera.hangs.is_set():
            time.sleep(0.01)
        if not self._camera.plugged:
            return False, None
        picture = np.zeros((FakeCamera.HEIGHT, FakeCamera.WIDTH, 3), np.uint8)
        picture[:] = (0, 0, 255)
        return True, picture

    def release(self) -> None:
        self._camera.open_count -= self._open
        self._open = False
