"""Where a recorder listens in on a call: right before sound and pictures are heard, seen or sent."""

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from vidphone.media.plumbing import BLOCK_SAMPLES, AudioBlock, AudioSink, Samples, VideoBlock, VideoSink


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


class _Pulled(Protocol):
    def take(self, count: int) -> Samples | None: ...


class PullTap:
    """A source of sound that the player pulls (`sound.mixer.SoundSource`) through another, to which a sink may listen.

    The sink gets what is heard in blocks of 20 ms, on the player's thread, with the time at which they were asked for.
    """

    def __init__(self, source: _Pulled, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._clock = clock
        self._piece = np.zeros(0, np.int16)
        self._began_s = 0.0
        self.also: AudioSink | None = None

    def take(self, count: int) -> Samples | None:
        """Pull, and let the sink hear it; a part of a block that a pause follows is dropped."""
        samples = self._source.take(count)
        if (also := self.also) is None or samples is None:
            self._piece = self._piece[:0]
            return samples
        if not self._piece.size:
            self._began_s = self._clock()
        piece = np.concatenate((self._piece, samples))
        while piece.size >= BLOCK_SAMPLES:
            also.audio(AudioBlock(piece[:BLOCK_SAMPLES], self._began_s))
            piece = piece[BLOCK_SAMPLES:]
            self._began_s = self._clock()
        self._piece = piece
        return samples


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


class AudioSpread:
    """An `AudioSink` that hands each block to several others, on the producer's thread.

    All sinks return at once, so no thread of their own is needed: each change of thread waits for the interpreter, up
    to its switch interval while the window's thread is busy.
    """

    def __init__(self) -> None:
        self._sinks: tuple[AudioSink, ...] = ()

    def add(self, sink: AudioSink) -> None:
        """Hand sound to this one too. On the loop, as `remove`."""
        self._sinks = (*self._sinks, sink)

    def remove(self, sink: AudioSink) -> None:
        """Hand it none any more."""
        self._sinks = tuple(each for each in self._sinks if each is not sink)

    def audio(self, block: AudioBlock) -> None:
        """Hand a block to all."""
        for sink in self._sinks:
            sink.audio(block)


class VideoSpread:
    """As `AudioSpread`, for pictures."""

    def __init__(self) -> None:
        self._sinks: tuple[VideoSink, ...] = ()

    def add(self, sink: VideoSink) -> None:
        """As `AudioSpread.add`."""
        self._sinks = (*self._sinks, sink)

    def remove(self, sink: VideoSink) -> None:
        """As `AudioSpread.remove`."""
        self._sinks = tuple(each for each in self._sinks if each is not sink)

    def video(self, block: VideoBlock) -> None:
        """Hand a picture to all."""
        for sink in self._sinks:
            sink.video(block)
