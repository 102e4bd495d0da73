"""A file as camera."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
from av.error import FFmpegError

from vidphone.media.plumbing import VideoBlock, VideoSink
from vidphone.media.timecode import stamp
from vidphone.media.worker import Worker
from vidphone.wire.errors import ErrorCode, VidphoneError

MAX_WIDTH, MAX_HEIGHT = 1280, 720
_DEFAULT_PERIOD_S = 1 / 30
_MAX_PERIOD_S = 2.0
"""A longer pause between two pictures of a file is cut short to that."""


def fit(width: int, height: int, max_width: int = MAX_WIDTH, max_height: int = MAX_HEIGHT) -> tuple[int, int]:
    """The size, even and of the same shape, at which a picture fits into the box; never larger than it is."""
    scale = min(1.0, max_width / width, max_height / height)
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


class Clip:
    """A `Source` that plays a video file in a loop at the file's own pace, at most 1280x720."""

    def __init__(self, path: Path, sink: VideoSink, *, timecode: bool = False) -> None:
        """`timecode` draws `media.timecode` over each picture."""
        self._path = path
        self._sink = sink
        self._timecode = timecode
        self._worker = Worker("clip", self._run)

    def start(self) -> None:
        """Check the file, which takes some milliseconds, and begin to play.

        Raises:
            VidphoneError: `BAD_FILE` where it cannot be read or holds no picture.
        """
        try:
            first = next(_pictures(self._path), None)
        except (OSError, FFmpegError, ValueError) as reason:
            raise self._bad() from reason
        if first is None:
            raise self._bad()
        self._worker.start()

    def stop(self) -> None:
        """Play no more; the file is closed."""
        self._worker.stop()

    def _bad(self) -> VidphoneError:
        return VidphoneError(ErrorCode.BAD_FILE, {"path": str(self._path)})

    def _run(self, stopping: threading.Event) -> None:
        number = 0
        due_s = time.monotonic()
        while not stopping.is_set():
            before_s: float | None = None
            begun_with = number
            try:
                for frame in _pictures(self._path):
                    at_s = frame.time if frame.time is not None else None
                    step_s = _DEFAULT_PERIOD_S if at_s is None or before_s is None else at_s - before_s
                    before_s = at_s
                    due_s = max(due_s + min(max(step_s, 0.0), _MAX_PERIOD_S), time.monotonic() - _MAX_PERIOD_S)
                    if stopping.wait(max(due_s - time.monotonic(), 0)):
                        return
                    made_at_s = time.monotonic()
                    self._sink.video(VideoBlock(self._prepare(frame, made_at_s, number), made_at_s))
                    number += 1
            except (OSError, FFmpegError, ValueError):
                pass  # damaged from here on, or gone since: play again what can be played
            if number == begun_with and stopping.wait(_MAX_PERIOD_S):
                return

    def _prepare(self, frame: av.VideoFrame, made_at_s: float, number: int) -> av.VideoFrame:
        width, height = fit(frame.width, frame.height)
        as_it_is = frame.format.name == "yuv420p" and (width, height) == (frame.width, frame.height)
        if as_it_is and not self._timecode:
            return frame
        if as_it_is:  # the decoder still predicts from this one: draw on a copy
            frame = av.VideoFrame.from_ndarray(frame.to_ndarray(), format="yuv420p")
        else:
            frame = frame.reformat(width, height, "yuv420p")
        if self._timecode:
            stamp(frame, made_at_s, number)
        return frame


def _pictures(path: Path) -> Iterator[av.VideoFrame]:
    """The pictures of a file, once."""
    with av.open(str(path)) as container:
        if not container.streams.video:
            return
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield from container.decode(stream)
