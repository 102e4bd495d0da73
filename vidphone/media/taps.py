"""Where a recorder listens in on a call: between what arrives and where it is heard and seen."""

from vidphone.media.plumbing import AudioBlock, AudioSink, VideoBlock, VideoSink


class AudioTap:
    """An `AudioSink` before another one, to which a second may be attached."""

    def __init__(self, sink: AudioSink) -> None:
        self._sink = sink
        self.also: AudioSink | None = None

    def audio(self, block: AudioBlock) -> None:
        """Pass a block on."""
        self._sink.audio(block)
        if (also := self.also) is not None:
            also.audio(block)


class VideoTap:
    """A `VideoSink` before another one, to which a second may be attached."""

    def __init__(self, sink: VideoSink) -> None:
        self._sink = sink
        self.also: VideoSink | None = None

    def video(self, block: VideoBlock) -> None:
        """Pass a picture on."""
        self._sink.video(block)
        if (also := self.also) is not None:
            also.video(block)
