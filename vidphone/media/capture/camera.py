"""The camera of a machine, through OpenCV.

Opening a camera takes up to seconds and reading one may hang, so a reader thread does both. A keeper thread watches
it: without a picture for `LOST_AFTER_S` the camera counts as lost, and every `RETRY_S` a new reader tries again.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import av
import numpy as np
from numpy.typing import NDArray

from vidphone.media.devices import Device, DeviceListener
from vidphone.media.plumbing import VideoBlock, VideoSink
from vidphone.media.worker import Worker
from vidphone.wire.errors import ErrorCode

# Read once by OpenCV's V4L2 part, in seconds: the longest that a read of a camera that gives nothing may hang.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")

import cv2

_log = logging.getLogger(__name__)

LOST_AFTER_S = 2.0
RETRY_S = 2.0
OPENING_S = 10.0
"""How long the first picture may take: some cameras need seconds to wake up."""
_WATCH_S = 0.2
_THE_SAME_TO_A_PERSON = (ErrorCode.CAMERA_LOST, ErrorCode.NO_CAMERA)
"""One that was pulled out is not found afterwards: that was said already."""
_STOP_S = 0.9

_BACKEND = {"linux": cv2.CAP_V4L2, "win32": cv2.CAP_MSMF, "darwin": cv2.CAP_AVFOUNDATION}.get(sys.platform, cv2.CAP_ANY)


class Capture(Protocol):
    """The part of `cv2.VideoCapture` that is used."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the device is open."""

    def read(self) -> tuple[bool, Any]:
        """The next picture, BGR; blocks."""

    def release(self) -> None:
        """Free the device."""


def list_cameras() -> tuple[Device, ...]:
    """The cameras there are; the first one counts as the default. Takes some milliseconds."""
    from cv2_enumerate_cameras import enumerate_cameras  # noqa: PLC0415 - on Windows its import starts COM

    found = sorted(enumerate_cameras(_BACKEND), key=lambda camera: camera.index)
    devices: dict[str, Device] = {}
    for camera in found:
        # The path of a V4L2 device is counted up as devices come and go; maker, model and name stay.
        path = camera.path if sys.platform != "linux" else ""
        parts = ("camera", camera.vid, camera.pid, path or camera.name)
        stem = ":".join(f"{part:04x}" if isinstance(part, int) else str(part) for part in parts if part is not None)
        key, copy = stem, 2
        while key in devices:  # two of the same model
            key, copy = f"{stem}#{copy}", copy + 1
        devices[key] = Device(key, camera.name or f"Camera {camera.index}", default=not devices)
        _INDEX[key] = camera.index
    return tuple(devices.values())


_INDEX: dict[str, int] = {}
"""Where OpenCV finds a device, as of the last listing."""


def open_capture(device: str) -> Capture:
    """Open the camera of that id, asking for 1280x720 at 30 pictures a second.

    MJPG first: over USB 2 raw pictures of that size come at 10 a second. A camera without it keeps its own format.
    """
    capture = cv2.VideoCapture(_INDEX.get(device, 0), _BACKEND)
    if capture.isOpened():
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, 1280)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, 720)
        capture.set(cv2.CAP_PROP_FPS, 30)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


class Camera:
    """A `Source`. What goes wrong is told to the listener, never raised: a call goes on without a camera."""

    def __init__(
        self,
        device: str,
        sink: VideoSink,
        listener: DeviceListener,
        *,
        listing: Callable[[], tuple[Device, ...]] = list_cameras,
        opening: Callable[[str], Capture] = open_capture,
    ) -> None:
        """`device` empty means the default one."""
        self._device = device
        self._sink = sink
        self._listener = listener
        self._listing = listing
        self._opening = opening
        self._keeper = Worker("camera-keeper", self._keep)

    def start(self) -> None:
        """Begin to open the camera; returns at once."""
        self._keeper.start()

    def stop(self) -> None:
        """Stop and free the camera. One that hangs in its driver is freed as soon as it lets go."""
        self._keeper.stop()

    def _keep(self, stopping: threading.Event) -> None:
        told: ErrorCode | None = None
        reader: _Reader | None = None
        while not stopping.is_set():
            if reader is not None and reader.is_alive():
                stopping.wait(RETRY_S)  # still hangs in the driver, and holds the device
                continue
            reader, failure, name = None, ErrorCode.NO_CAMERA, ""
            if device := self._choose():
                name = device.name
                reader = _Reader(device.id, self._opening, self._sink)
                reader.start()
                failure = self._watch(reader, stopping, told, name)
                told = told if reader.first_at_s is None else None
                reader.abandoned.set()
            if stopping.is_set():
                break
            if failure is not told and (told, failure) != _THE_SAME_TO_A_PERSON:
                told = failure
                _log.warning("camera: %s", failure.value)
                self._listener.lost(failure, name)
            stopping.wait(RETRY_S)
        if reader is not None:
            reader.join(_STOP_S)

    def _choose(self) -> Device | None:
        """The chosen camera; while it is missing, another one."""
        devices = self._listing()
        chosen = [device for device in devices if device.id == self._device]
        defaults = [device for device in devices if device.default]
        return next(iter(chosen or defaults or list(devices)), None)

    def _watch(self, reader: "_Reader", stopping: threading.Event, told: ErrorCode | None, name: str) -> ErrorCode:
        """Watch a reader until it fails or is not wanted any more; what is wrong with it."""
        begun_s = time.monotonic()
        announced = told is None
        while not stopping.wait(_WATCH_S if reader.is_alive() else 0):
            now_s = time.monotonic()
            if reader.first_at_s is not None and not announced:
                announced = True
                self._listener.recovered(name)
            if not reader.is_alive():
                break
            since_s, patience_s = (
                (begun_s, OPENING_S) if reader.latest_at_s is None else (reader.latest_at_s, LOST_AFTER_S)
            )
            if now_s - since_s > patience_s:
                break
        return ErrorCode.CAMERA_BUSY if reader.first_at_s is None else ErrorCode.CAMERA_LOST


class _Reader(threading.Thread):
    """Opens a camera and reads it until it fails or is abandoned."""

    MAX_FAILED_READS = 10

    def __init__(self, device: str, opening: Callable[[str], Capture], sink: VideoSink) -> None:
        super().__init__(name="camera-reader", daemon=True)
        self._device = device
        self._opening = opening
        self._sink = sink
        self.abandoned = threading.Event()
        self.first_at_s: float | None = None
        self.latest_at_s: float | None = None

    def run(self) -> None:
        """Read; the device is free when this ends."""
        capture = self._opening(self._device)
        try:
            failed = 0
            while capture.isOpened() and not self.abandoned.is_set() and failed < self.MAX_FAILED_READS:
                good, picture = capture.read()
                made_at_s = time.monotonic()
                if not good or picture is None:
                    failed += 1
                    self.abandoned.wait(0.02)
                    continue
                failed = 0
                if self.abandoned.is_set():
                    break
                self.latest_at_s = made_at_s
                self.first_at_s = self.first_at_s or made_at_s
                self._sink.video(VideoBlock(_planar(picture), made_at_s))
        finally:
            capture.release()


def _planar(picture: NDArray[np.uint8]) -> av.VideoFrame:
    """BGR to yuv420p, once, cut to even sides."""
    lines, columns = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    planar = cv2.cvtColor(np.ascontiguousarray(picture[:lines, :columns]), cv2.COLOR_BGR2YUV_I420)
    return av.VideoFrame.from_ndarray(planar.astype(np.uint8, copy=False), format="yuv420p")
