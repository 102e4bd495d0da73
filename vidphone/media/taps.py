"""Where a recorder listens in on a call: right before sound and pictures are heard, seen or sent."""

from collections.abc import Callable

from vidphone.media.plumbing import AudioBlock, AudioSink, VideoBlock, VideoSink


class AudioTap:
    """An `AudioSink` before another one, to which a second may be attached, as long as `passes`."""

    def __init__(self, sink: AudioSink, passes: Callable[[], bool] = lambda: True) -> None:
        self._sink = sink
        self._passes = passes
        self.also: AudioSink | None = None

    def audio(self, block: AudioBlock) -> None:
        """Pass a block on."""
        self._sink.audio(block)
        if (also := self.also) is not None and self._passes():
            also.audio(block)


class VideoTap:
    """A `VideoSink` before another one, to which a second may be attached, as long as `passes`."""

    def __init__(self, sink: VideoSink, passes: Callable[[], bool] = lambda: True) -> None:
        self._sink = sink
        self._passes = passes
        self.also: VideoSink | None = None

    def video(self, block: VideoBlock) -> None:
        """Pass a picture on."""
        self._sink.video(block)
        if (also := self.also) is not None and self._passes():
            also.video(block)
