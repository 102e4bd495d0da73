"""The moving test picture: a synthetic person with a timecode, paced as a camera."""

import threading
import time

import av
import cv2

from vidphone.media.capture.person import Person, look_of
from vidphone.media.plumbing import VideoBlock, VideoSink
from vidphone.media.timecode import plane, stamp
from vidphone.media.worker import Ticker, Worker


class TestPicture:
    """A `Source` of pictures of nobody. 0.09 of a core at 1280x720 and 30 pictures a second (measured)."""

    __test__ = False  # not a test, whatever pytest thinks

    def __init__(
        self, sink: VideoSink, *, who: str = "", width: int = 1280, height: int = 720, rate_hz: float = 30.0
    ) -> None:
        """`who` chooses the look: a number or a name. Sizes are even."""
        self._sink = sink
        self._person = Person(look_of(who))
        self._size = (width, height)
        self._rate_hz = rate_hz
        self._worker = Worker("test-picture", self._run)

    def start(self) -> None:
        """Begin to draw; never fails."""
        self._worker.start()

    def stop(self) -> None:
        """Draw no more."""
        self._worker.stop()

    def _run(self, stopping: threading.Event) -> None:
        ticker = Ticker(1 / self._rate_hz)
        number = 0
        while ticker.wait(stopping):
            made_at_s = time.monotonic()
            self._sink.video(VideoBlock(self._picture(made_at_s, number), made_at_s))
            number += 1

    def _picture(self, made_at_s: float, number: int) -> av.VideoFrame:
        width, height = self._size
        small = self._person.draw(made_at_s)
        planar = cv2.cvtColor(small, cv2.COLOR_BGR2YUV_I420)
        lines, columns = small.shape[:2]
        frame = av.VideoFrame(width, height, "yuv420p")
        quarter = lines * columns // 4
        chroma = planar[lines:].reshape(2, quarter)
        cv2.resize(planar[:lines], (width, height), dst=plane(frame, 0))
        for index in (0, 1):
            part = chroma[index].reshape(lines // 2, columns // 2)
            cv2.resize(part, (width // 2, height // 2), dst=plane(frame, index + 1))
        stamp(frame, made_at_s, number)
        return frame
