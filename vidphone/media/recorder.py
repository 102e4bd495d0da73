"""Recording a call: one Matroska file of four tracks, what is seen and heard, from both sides.

Producers put into short queues; a thread of its own places, encodes and writes. All tracks share one clock, the
monotonic times at which pictures and sound were made, from the moment of opening.
"""

import contextlib
import errno
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from vidphone.media.convert import fit
from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, AudioBlock, Samples, VideoBlock
from vidphone.media.timecode import plane
from vidphone.media.worker import Worker
from vidphone.wire.errors import ErrorCode, VidphoneError

_log = logging.getLogger(__name__)

VIDEO_DEPTH = 8
AUDIO_DEPTH = 250
"""Five seconds of sound may wait while the disk is slow; pictures need not."""
_FIRST_PICTURE_S = 0.5
"""How long the file waits for the sizes of the first pictures; a side that shows none until then gets `_CANVAS`."""
_CANVAS = (1280, 720)
_BEAT_S = 0.02
_LAG_S = 0.5
"""Sound that has not come by then is silence."""
_JITTER_S = 0.06
"""Blocks of sound that come closer than that to where the track ends are one piece."""
_AHEAD_S = 0.25
_CLOSE_S = 10.0
_MILLISECOND = Fraction(1, 1000)
_INTERLEAVE_US = 1_000_000

VIDEO_CODECS = (
    ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "crf": "26"}),
    ("libvpx", {"deadline": "realtime", "cpu-used": "10", "crf": "20", "b": "2M"}),
    ("mpeg4", {"q": "5"}),
)
"""The first that this build of FFmpeg has. x264 ultrafast takes 4 ms a picture of 720p, VP8 8 ms."""
AUDIO_CODECS = (("libopus", {"b": "48k"}), ("aac", {"b": "96k"}))
TITLES = ("Picture seen", "Sound heard", "Own picture", "Own voice")

_FAULTS = (OSError, FFmpegError, ValueError)


class Recorder:
    """Writes a call into a file until `close`, which makes the file whole.

    `seen`, `heard`, `own_picture` and `own_voice` are the sinks of its four tracks.
    """

    def __init__(self, path: Path, failed: Callable[[VidphoneError], None]) -> None:
        """Open the file and begin.

        Args:
            path: a new file; one of that name is replaced. Its form is Matroska, whatever its ending.
            failed: called once, on the recorder's thread, when recording stops early: `RECORDING_FAILED`. What was
                written until then stays, and what is put in afterwards is dropped.

        Raises:
            VidphoneError: `RECORDING_FAILED`, the file cannot be written.
        """
        self._failed = failed
        self._path = path
        try:
            path.open("wb").close()  # PyAV opens it only when it writes: then it is too late to refuse
            self._container = av.open(
                str(path), "w", format="matroska", container_options={"max_interleave_delta": str(_INTERLEAVE_US)}
            )
        except _FAULTS as reason:
            raise _failure(reason) from reason
        self._start_s = time.monotonic()
        self._broken = False
        self.seen = _VideoTrack(self._container, TITLES[0], self._start_s)
        self.heard = _AudioTrack(self._container, TITLES[1], self._start_s)
        self.own_picture = _VideoTrack(self._container, TITLES[2], self._start_s)
        self.own_voice = _AudioTrack(self._container, TITLES[3], self._start_s)
        self._worker = Worker("recorder", self._run)
        self._worker.start()

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def close(self) -> None:
        """Write what waits and close the file: it is complete when this returns. Blocks for some 100 ms."""
        self._worker.stop(_CLOSE_S)

    def _run(self, stopping: threading.Event) -> None:
        pictures, sounds = (self.seen, self.own_picture), (self.heard, self.own_voice)
        try:
            while not stopping.wait(_BEAT_S) and not self._ready():
                pass
            for track in (self.seen, self.heard, self.own_picture, self.own_voice):
                track.open()
            while True:
                last = stopping.is_set()
                now_s = time.monotonic()
                for picture in pictures:
                    picture.write()
                for sound in sounds:
                    sound.write()
                    sound.fill(now_s - (0.0 if last else _LAG_S))
                if last:
                    break
                stopping.wait(_BEAT_S)
            for track in (*pictures, *sounds):
                track.finish()
            self._container.close()
        except _FAULTS as reason:
            self._give_up(reason)
        except Exception as reason:
            _log.exception("recording fails")
            self._give_up(reason)

    def _ready(self) -> bool:
        late = time.monotonic() - self._start_s > _FIRST_PICTURE_S
        return late or (self.seen.waiting and self.own_picture.waiting)

    def _give_up(self, reason: Exception) -> None:
        for track in (self.seen, self.heard, self.own_picture, self.own_voice):
            track.abandon()
        with contextlib.suppress(*_FAULTS):  # what cannot be written cannot be ended: players read what is there
            self._container.close()
        failure = _failure(reason)
        _log.warning("recording stopped: %s", type(reason).__name__)
        self._failed(failure)


def _failure(reason: Exception) -> VidphoneError:
    """The error a person reads; `detail` is the key of a text."""
    code = getattr(reason, "errno", None)
    if code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        detail = "recording.disk-full"
    elif code in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.EISDIR, errno.ENOTDIR):
        detail = "recording.not-writable"
    else:
        detail = "recording.not-written"
    return VidphoneError(ErrorCode.RECORDING_FAILED, {"detail": detail})


def _codec(candidates: tuple[tuple[str, dict[str, str]], ...]) -> tuple[str, dict[str, str]]:
    return next((name, options) for name, options in candidates if name in av.codecs_available)


class _VideoTrack:
    """A `VideoSink`: pictures, as large as a canvas of the first one's shape takes them.

    Calls begin small and change their size with the line; a track has one size for all.
    """

    def __init__(self, container: OutputContainer, title: str, start_s: float) -> None:
        self._container = container
        self._title = title
        self._start_s = start_s
        self._queue: deque[VideoBlock] = deque(maxlen=VIDEO_DEPTH)
        self._stream: VideoStream | None = None
        self._latest_ms = -1
        self._abandoned = False

    @property
    def waiting(self) -> bool:
        """Whether there is a picture."""
        return bool(self._queue)

    def video(self, block: VideoBlock) -> None:
        """Queue a picture; when the writer is behind, the oldest goes."""
        if not self._abandoned:
            self._queue.append(block)

    def open(self) -> None:
        """Fix the canvas."""
        first = self._queue[0].frame if self._queue else None
        width, height = _even(fit(first.width, first.height, *_CANVAS)) if first is not None else _CANVAS
        name, options = _codec(VIDEO_CODECS)
        stream = self._container.add_stream(name, rate=30, options=dict(options))
        assert isinstance(stream, VideoStream)  # noqa: S101 - by the codec's kind
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = _MILLISECOND
        stream.codec_context.gop_size = 60
        if name == "libvpx":  # with more it spins while the cores are busy: every twentieth picture took 50 ms, not 2
            stream.codec_context.thread_count = 1
        stream.metadata["title"] = self._title
        self._stream = stream

    def write(self) -> None:
        """Encode what waits."""
        while self._queue:
            block = self._queue.popleft()
            self._encode(block.frame, round((block.made_at_s - self._start_s) * 1000))

    def finish(self) -> None:
        """Encode the rest; a side that showed nothing gets one black picture, so that its track can be played."""
        assert self._stream is not None  # noqa: S101 - opened before
        if self._latest_ms < 0:
            self._encode(None, 0)
        self._container.mux(self._stream.encode(None))

    def abandon(self) -> None:
        """Take nothing more."""
        self._abandoned = True
        self._queue.clear()

    def _encode(self, picture: av.VideoFrame | None, at_ms: int) -> None:
        assert self._stream is not None  # noqa: S101 - opened before
        frame = _on_canvas(picture, self._stream.width, self._stream.height)
        self._latest_ms = frame.pts = max(at_ms, self._latest_ms + 1)
        frame.time_base = _MILLISECOND
        self._container.mux(self._stream.encode(frame))


def _even(size: tuple[int, int]) -> tuple[int, int]:
    return max(2, size[0] // 2 * 2), max(2, size[1] // 2 * 2)


def _on_canvas(picture: av.VideoFrame | None, width: int, height: int) -> av.VideoFrame:
    """A new frame of that size with the picture in its middle, as large as fits."""
    if picture is not None:
        inner = _even(fit(picture.width, picture.height, width, height))
        scaled = picture.reformat(inner[0], inner[1], "yuv420p")
        if inner == (width, height) and scaled is not picture:
            return scaled
    canvas = av.VideoFrame(width, height, "yuv420p")
    for index, black in enumerate((16, 128, 128)):
        target = plane(canvas, index)
        if picture is None:
            target[:] = black
            continue
        part = plane(scaled, index)
        if part.shape != target.shape:
            target[:] = black
        top, left = (target.shape[0] - part.shape[0]) // 2, (target.shape[1] - part.shape[1]) // 2
        target[top : top + part.shape[0], left : left + part.shape[1]] = part
    return canvas


class _AudioTrack:
    """An `AudioSink`: blocks placed by when they were made, silence between them."""

    def __init__(self, container: OutputContainer, title: str, start_s: float) -> None:
        self._container = container
        self._title = title
        self._start_s = start_s
        self._queue: deque[AudioBlock] = deque(maxlen=AUDIO_DEPTH)
        self._stream: AudioStream | None = None
        self._rest: Samples = np.zeros(0, np.int16)
        self._encoded = 0
        self._abandoned = False

    def audio(self, block: AudioBlock) -> None:
        """Queue a block."""
        if not self._abandoned:
            self._queue.append(block)

    def open(self) -> None:
        """Make the stream."""
        name, options = _codec(AUDIO_CODECS)
        stream = self._container.add_stream(name, rate=SAMPLE_RATE_HZ, options=dict(options))
        assert isinstance(stream, AudioStream)  # noqa: S101 - by the codec's kind
        stream.codec_context.layout = "mono"
        stream.codec_context.format = "s16" if name == "libopus" else "fltp"
        stream.metadata["title"] = self._title
        self._stream = stream

    def write(self) -> None:
        """Encode what waits."""
        while self._queue:
            block = self._queue.popleft()
            ahead_s = self._end_s - block.made_at_s
            if ahead_s > _AHEAD_S:
                continue  # a clock that runs fast, or sound that came after its place was filled
            if ahead_s < -_JITTER_S:
                self.fill(block.made_at_s)
            self._append(block.samples)

    def fill(self, until_s: float) -> None:
        """Silence up to a moment."""
        missing = round((until_s - self._end_s) * SAMPLE_RATE_HZ)
        while missing > 0 and not self._queue_begins_before(until_s):
            self._append(np.zeros(min(missing, SAMPLE_RATE_HZ), np.int16))
            missing -= SAMPLE_RATE_HZ

    def finish(self) -> None:
        """Encode the rest."""
        assert self._stream is not None  # noqa: S101 - opened before
        self._append(np.zeros(-self._rest.size % BLOCK_SAMPLES, np.int16))
        self._container.mux(self._stream.encode(None))

    def abandon(self) -> None:
        """Take nothing more."""
        self._abandoned = True
        self._queue.clear()

    @property
    def _end_s(self) -> float:
        return self._start_s + (self._encoded + self._rest.size) / SAMPLE_RATE_HZ

    def _queue_begins_before(self, until_s: float) -> bool:
        return bool(self._queue) and self._queue[0].made_at_s < until_s

    def _append(self, samples: Samples) -> None:
        assert self._stream is not None  # noqa: S101 - opened before
        self._rest = np.concatenate((self._rest, samples))
        while self._rest.size >= BLOCK_SAMPLES:
            frame = av.AudioFrame.from_ndarray(self._rest[None, :BLOCK_SAMPLES], format="s16", layout="mono")
            self._rest = self._rest[BLOCK_SAMPLES:]
            frame.sample_rate = SAMPLE_RATE_HZ
            frame.pts = self._encoded
            frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
            self._encoded += BLOCK_SAMPLES
            self._container.mux(self._stream.encode(frame))
