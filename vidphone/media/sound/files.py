"""What stands in for a microphone: a sound file, a tone, or nothing."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, SAMPLE_RATE_HZ, AudioBlock, AudioSink, Samples
from vidphone.media.worker import Ticker, Worker
from vidphone.wire.errors import ErrorCode, VidphoneError

_REOPEN_S = 1.0
_FAULTS = (OSError, FFmpegError, ValueError)


def blocks_of(path: Path) -> Iterator[Samples]:
    """The sound of a file, once: mono, 48 kHz, in whole blocks, the last one filled up with silence.

    Raises:
        OSError: it cannot be read.
        FFmpegError: it is damaged, or no media file.
    """
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return
        resampler = av.AudioResampler("s16", "mono", SAMPLE_RATE_HZ, BLOCK_SAMPLES)
        for frame in container.decode(container.streams.audio[0]):
            frame.pts = None  # as one piece, whatever the file says of its times
            for piece in resampler.resample(frame):
                yield piece.to_ndarray().ravel().astype(np.int16, copy=False)
        for piece in resampler.resample(None):
            rest = piece.to_ndarray().ravel().astype(np.int16, copy=False)
            yield np.pad(rest, (0, -rest.size % BLOCK_SAMPLES))


class _Paced:
    """Hands out what `rounds` gives, again and again, a block every 20 ms."""

    def __init__(self, name: str, sink: AudioSink, rounds: Callable[[], Iterator[Samples]]) -> None:
        self._sink = sink
        self._rounds = rounds
        self._worker = Worker(name, self._run)

    def stop(self) -> None:
        """Give nothing more."""
        self._worker.stop()

    def _run(self, stopping: threading.Event) -> None:
        ticker = Ticker(BLOCK_S)
        while not stopping.is_set():
            given = False
            try:
                for block in self._rounds():
                    if not ticker.wait(stopping):
                        return
                    given = True
                    self._sink.audio(AudioBlock(block, time.monotonic() - BLOCK_S))
            except _FAULTS:
                pass  # damaged from here on, or gone since: play again what can be played
            if not given and stopping.wait(_REOPEN_S):
                return


class FileMicrophone(_Paced):
    """A `Source` that plays any sound file in a loop."""

    def __init__(self, path: Path, sink: AudioSink) -> None:
        super().__init__("file-microphone", sink, lambda: blocks_of(path))
        self._path = path

    def start(self) -> None:
        """Check the file, which takes some milliseconds, and begin.

        Raises:
            VidphoneError: `BAD_FILE` where it cannot be read or holds no sound.
        """
        bad = VidphoneError(ErrorCode.BAD_FILE, {"path": str(self._path)})
        try:
            if next(blocks_of(self._path), None) is None:
                raise bad
        except _FAULTS as reason:
            raise bad from reason
        self._worker.start()


def _beeps() -> Iterator[Samples]:
    """Two seconds of a soft tone that swells and fades: 440 Hz for 0.6 s, a pause, and again."""
    at = np.arange(2 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    swell = np.where(at % 1.0 < 0.6, np.sin(np.pi * (at % 1.0) / 0.6) ** 2, 0.0)
    wave = np.round(6500 * swell * np.sin(2 * np.pi * 440 * at)).astype(np.int16)
    yield from wave.reshape(-1, BLOCK_SAMPLES)


class ToneMicrophone(_Paced):
    """A `Source` of a soft beep at 440 Hz."""

    def __init__(self, sink: AudioSink) -> None:
        super().__init__("tone-microphone", sink, _beeps)

    def start(self) -> None:
        """Begin; never fails."""
        self._worker.start()


class NoMicrophone:
    """A `Source` that gives nothing, because nothing was asked for."""

    def start(self) -> None:
        """Nothing to begin."""

    def stop(self) -> None:
        """Nothing to end."""
