"""The one way a picture crosses to the screen: the latest frame, ready to paint."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame as a screen paints it: BGRX, 4 bytes a pixel, rows of `stride` bytes."""

    width: int
    height: int
    stride: int
    pixels: memoryview
    shown_rotation_deg: int = 0
    source_width: int = 0
    source_height: int = 0


class PictureSlot:
    """Holds one picture. The engine puts, the screen takes; what was not taken in time is replaced.

    The screen says at what size it shows (`want`, in device pixels), so that the picture is scaled once, in
    swscale, on its way here. `want(0, 0)` means that nobody looks: nothing is converted.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._picture: Picture | None = None
        self._wanted = (0, 0)
        self.put_count = 0
        self.taken_count = 0

    def want(self, width: int, height: int) -> None:
        """The box, in device pixels, that the picture is to fit into."""
        self._wanted = (width, height)

    @property
    def wanted(self) -> tuple[int, int]:
        """The box that was asked for."""
        return self._wanted

    def put(self, picture: Picture | None) -> None:
        """Show this one next; None empties the slot."""
        with self._lock:
            self._picture = picture
            self.put_count += 1

    def take(self) -> Picture | None:
        """The latest picture, once; None when there is no newer one."""
        with self._lock:
            picture, self._picture = self._picture, None
            if picture is not None:
                self.taken_count += 1
            return picture
