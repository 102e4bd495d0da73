"""A camera's driver in a phone's process: put first on its PYTHONPATH, OpenCV finds one camera, and FAKE_CAMERA names
the file that tells how it is: `works`, `busy` or `gone`."""

import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import cv2_enumerate_cameras
import numpy as np


def _state() -> str:
    return Path(os.environ["FAKE_CAMERA"]).read_text(encoding="utf-8").strip()


def _enumerate(_backend: int) -> list[SimpleNamespace]:
    camera = SimpleNamespace(index=0, name="Test camera", path=None, vid=None, pid=None)
    return [] if _state() == "gone" else [camera]


class _Capture:
    def __init__(self, _index: int, _backend: int) -> None:
        self._open = _state() == "works"
        self._read = 0

    def isOpened(self) -> bool:
        return self._open

    def set(self, _property: int, _value: float) -> bool:
        return True

    def read(self) -> tuple[bool, Any]:
        time.sleep(1 / 30)
        self._read += 1
        return (True, np.full((360, 640, 3), self._read % 256, np.uint8)) if _state() == "works" else (False, None)

    def release(self) -> None:
        self._open = False


cv2.VideoCapture = _Capture  # type: ignore[assignment,misc]
cv2_enumerate_cameras.enumerate_cameras = _enumerate  # type: ignore[assignment]
