"""The last step of a picture: converted at the size that the window wants, on a thread of its own, and counted."""

import statistics
import threading
import time
from collections import deque
from dataclasses import dataclass

from vidphone.media import timecode
from vidphone.media.convert import Converter
from vidphone.media.plumbing import VideoBlock
from vidphone.media.slot import PictureSlot

FREEZE_S = 0.15
"""A longer pause between two pictures is seen as a standstill."""
FREEZE_ENDS_S = 5.0
"""A pause longer than that is no freeze but a camera that was off."""
LOOK_AGAIN_FRAMES = 30
"""A picture without a timecode is not searched again for so many pictures."""
MAX_LATENCIES = 900
JOIN_S = 2.0


@dataclass(frozen=True, slots=True)
class ViewReport:
    """What was shown. Counts are since the beginning, rate and latency since the report before."""

    frames: int
    frames_per_second: float
    width: int
    height: int
    freezes: int
    freezes_s: float
    latency_p50_ms: float | None


class Viewer:
    """A `VideoSink` in front of a slot. Of pictures that come faster than they are converted the latest is shown."""

    def __init__(self, slot: PictureSlot) -> None:
        self._slot = slot
        self._changed = threading.Condition()
        self._latest: VideoBlock | None = None
        self._running = True
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._skip = 0
        self._since = (time.monotonic(), 0)
        self._latencies_s: deque[float] = deque(maxlen=MAX_LATENCIES)
        self._frames = 0
        self._size = (0, 0)
        self._freezes, self._freezes_s = 0, 0.0
        self._shown_at_s: float | None = None
        self._epoch = 0

    def video(self, block: VideoBlock) -> None:
        """Take a picture, from any thread."""
        with self._changed:
            if not self._running:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="viewer", daemon=True)
                self._thread.start()
            self._latest = block
            self._changed.notify()

    def clear(self) -> None:
        """Show nothing: the call is over, on hold, or the camera off. The next picture begins a new count of pauses."""
        with self._changed:
            self._latest = None
            self._epoch += 1
        with self._lock:
            self._shown_at_s = None
            self._slot.put(None)

    def reset(self) -> None:
        """Begin all counts anew: another call is shown."""
        with self._lock:
            self._frames = self._freezes = 0
            self._freezes_s = 0.0
            self._shown_at_s = None
            self._latencies_s.clear()
            self._since = (time.monotonic(), 0)

    def report(self) -> ViewReport:
        """What was shown."""
        with self._lock:
            now_s = time.monotonic()
            then_s, frames_then = self._since
            self._since = (now_s, self._frames)
            latency_ms = statistics.median(self._latencies_s) * 1000 if self._latencies_s else None
            self._latencies_s.clear()
            rate = (self._frames - frames_then) / max(now_s - then_s, 0.001)
            return ViewReport(self._frames, rate, *self._size, self._freezes, self._freezes_s, latency_ms)

    def stop(self) -> None:
        """End the thread; blocks for the rest of a conversion."""
        with self._changed:
            self._running = False
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        converter = Converter()
        while True:
            with self._changed:
                while self._running and self._latest is None:
                    self._changed.wait()
                block, self._latest = self._latest, None
                epoch = self._epoch
            if not self._running or block is None:
                return
            width, height = self._slot.wanted
            picture = converter.to_picture(block.frame, width, height) if width > 0 and height > 0 else None
            with self._lock:
                if epoch == self._epoch:  # else cleared meanwhile
                    if picture is not None:
                        self._slot.put(picture)
                    self._count(block)

    def _count(self, block: VideoBlock) -> None:
        now_s = time.monotonic()
        self._frames += 1
        self._size = (block.frame.width, block.frame.height)
        if self._shown_at_s is not None and FREEZE_S < now_s - self._shown_at_s < FREEZE_ENDS_S:
            self._freezes += 1
            self._freezes_s += now_s - self._shown_at_s
        self._shown_at_s = now_s
        if self._skip:
            self._skip -= 1
            return
        code = timecode.read_frame(block.frame)
        if code is None:
            self._skip = LOOK_AGAIN_FRAMES
        else:
            self._latencies_s.append(code.age_s(now_s))
