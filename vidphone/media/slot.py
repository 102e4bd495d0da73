"""The one way a picture crosses to the screen: the latest frame, ready to paint."""

import threading
from collections.abc import Callable
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
        self._wanted: tuple[int, int] | None = None
        self._watcher: Callable[[], None] | None = None
        self.put_count = 0
        self.taken_count = 0

    def want(self, width: int, height: int) -> None:
        """The box, in device pixels, that the picture is to fit into."""
        before, self._wanted = self._wanted, (width, height)
        if self._wanted != before and (watcher := self._watcher) is not None:
            watcher()

    def watch(self, watcher: Callable[[], None] | None) -> None:
        """Tell of another `shown` from now on, on the thread of the screen; None: nobody any more."""
        self._watcher = watcher

    @property
    def wanted(self) -> tuple[int, int]:
        """The box that was asked for; 0 by 0 before that."""
        return self._wanted or (0, 0)

    @property
    def shown(self) -> tuple[int, int] | None:
        """The same; None where there is no screen that ever asked."""
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
