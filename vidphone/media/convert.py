"""A picture to what a screen paints: scaled and converted in one step, in swscale."""

import av
from av.video.reformatter import Interpolation, VideoReformatter

from vidphone.media.plumbing import VideoBlock, VideoSink
from vidphone.media.slot import Picture


def fit(width: int, height: int, box_width: int, box_height: int) -> tuple[int, int]:
    """The largest size of that shape within a box, at least 1x1."""
    if width * box_height > height * box_width:
        return box_width, max(1, round(height * box_width / width))
    return max(1, round(width * box_height / height)), box_height


class Converter:
    """Converts frames; keeps swscale's tables between frames of one size. For one thread."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def to_picture(self, frame: av.VideoFrame, box_width: int, box_height: int) -> Picture:
        """The frame in BGRX, fitted into a box. 1280x720 to itself takes 1 ms."""
        width, height = fit(frame.width, frame.height, box_width, box_height)
        converted = self._reformatter.reformat(
            frame, width=width, height=height, format="bgr0", interpolation=Interpolation.BILINEAR
        )
        plane = converted.planes[0]
        return Picture(
            width=width,
            height=height,
            stride=plane.line_size,
            pixels=memoryview(plane),  # a buffer
            source_width=frame.width,
            source_height=frame.height,
        )


class Shrinker:
    """A `VideoSink` before another one: makes pictures that are larger than a size smaller, never larger."""

    def __init__(self, sink: VideoSink, width: int, height: int) -> None:
        self._sink = sink
        self._size = (width, height)
        self._reformatter = VideoReformatter()

    def video(self, block: VideoBlock) -> None:
        """Pass a picture on, on the producer's thread; 1280x720 to a quarter takes 1 ms."""
        frame = block.frame
        if frame.width <= self._size[0] and frame.height <= self._size[1]:
            self._sink.video(block)
            return
        width, height = fit(frame.width, frame.height, *self._size)
        smaller = self._reformatter.reformat(
            frame, width=max(2, width // 2 * 2), height=max(2, height // 2 * 2), format="yuv420p"
        )
        self._sink.video(VideoBlock(smaller, block.made_at_s))
