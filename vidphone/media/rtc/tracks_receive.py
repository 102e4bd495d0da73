"""What arrives: frames out of packets, decoded, handed to a sink.

Sound is decoded where its packets arrive, on the loop: 20 µs a packet are less than a change of thread costs.
Pictures have a thread of their own.
"""

import logging
import threading
import time
from collections import deque

import av
import numpy as np

from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, AudioBlock, AudioSink, VideoBlock, VideoSink
from vidphone.media.rtc.assembly import AudioOrder, EncodedFrame, VideoAssembler
from vidphone.media.rtc.encoders import OpusDecoder, is_keyframe, video_decoder

log = logging.getLogger(__name__)

MAX_WAITING_FRAMES = 12
"""Encoded pictures that wait for the decoder: 400 ms. Beyond that all are dropped and a key frame asked for."""
KEYFRAME_AGAIN_S = 0.3
FULL_SCALE = 32_768.0
JOIN_S = 5.0


class AudioReceiver:
    """Packets of Opus to blocks of 20 ms."""

    def __init__(self, sink: AudioSink) -> None:
        self._sink = sink
        self._order = AudioOrder()
        self._decoder = OpusDecoder()
        self._rest = np.zeros(0, np.int16)
        self.bytes_received = 0
        self.frames_decoded = 0
        self.concealment_events = 0
        self.total_energy = 0.0

    def packet(self, _codec: str, sequence: int, timestamp: int, _marker: bool, data: bytes) -> bool:
        """Take a packet; never asks for a key frame, so always False."""
        self.bytes_received += len(data)
        for frame in self._order.add(sequence, timestamp, data):
            if frame.lost_before:
                self.concealment_events += 1
                for samples in self._decoder.conceal(frame.lost_before):
                    self._hand_out(samples)
            try:
                samples = self._decoder.decode(frame.data)
                self.frames_decoded += 1
                self.total_energy += float(np.square(samples / FULL_SCALE).sum()) / SAMPLE_RATE_HZ
                self._hand_out(samples)
            except av.FFmpegError:
                log.debug("a packet of sound could not be decoded")
        return False

    def _hand_out(self, samples: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> None:
        """Cut into blocks: other programs may send packets of 10 or 60 ms."""
        if len(self._rest):
            samples = np.concatenate([self._rest, samples])
        now_s = time.monotonic()
        whole = len(samples) // BLOCK_SAMPLES * BLOCK_SAMPLES
        for start in range(0, whole, BLOCK_SAMPLES):
            self._sink.audio(AudioBlock(samples[start : start + BLOCK_SAMPLES], now_s))
        self._rest = samples[whole:]


class VideoReceiver:
    """Packets of a video codec to pictures."""

    def __init__(self, sink: VideoSink) -> None:
        self._sink = sink
        self._assembler = VideoAssembler()
        self._changed = threading.Condition()
        self._waiting: deque[tuple[str, EncodedFrame, float]] = deque()
        self._overflowed = False
        self._running = True
        self._thread: threading.Thread | None = None
        self._needs_keyframe = True
        self._asked_at_s = -1.0
        self.codec = ""
        self.bytes_received = 0
        self.frames_decoded = 0

    def packet(self, codec: str, sequence: int, timestamp: int, marker: bool, data: bytes) -> bool:
        """Take a packet; True where a key frame is to be asked for."""
        self.bytes_received += len(data)
        frames = self._assembler.add(sequence, timestamp, marker, data)
        if frames and self._running:
            now_s = time.monotonic()
            with self._changed:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="video decoder", daemon=True)
                    self._thread.start()
                self._waiting.extend((codec, frame, now_s) for frame in frames)
                if len(self._waiting) > MAX_WAITING_FRAMES:
                    self._waiting.clear()
                    self._overflowed = self._needs_keyframe = True
                self._changed.notify()
        return self._ask_now()

    def _ask_now(self) -> bool:
        now_s = time.monotonic()
        if not self._needs_keyframe or now_s - self._asked_at_s < KEYFRAME_AGAIN_S:
            return False
        first, self._asked_at_s = self._asked_at_s < 0, now_s
        return not first  # the first picture of a stream is a key frame by itself; ask only if it did not come

    def stop(self) -> None:
        """Ask the thread to end; returns at once."""
        with self._changed:
            self._running = False
            self._waiting.clear()
            self._changed.notify()

    def join(self) -> None:
        """Wait for the thread's end; not on the loop."""
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _take(self) -> tuple[str, EncodedFrame, float, bool] | None:
        with self._changed:
            while self._running and not self._waiting:
                self._changed.wait()
            if not self._running:
                return None
            overflowed, self._overflowed = self._overflowed, False
            return *self._waiting.popleft(), overflowed

    def _run(self) -> None:
        decoder = None
        while (taken := self._take()) is not None:
            codec, frame, arrived_at_s, overflowed = taken
            key = is_keyframe(codec, frame.data)
            if decoder is None or codec != self.codec:
                decoder, self.codec = video_decoder(codec), codec
                self._needs_keyframe = True
            if frame.lost_before or overflowed:
                self._needs_keyframe = True
            if key:
                self._needs_keyframe = False
            if self._needs_keyframe:
                continue
            try:
                pictures = decoder.decode(av.Packet(frame.data))
            except av.FFmpegError:
                log.debug("a picture could not be decoded")
                self._needs_keyframe = True
                continue
            for picture in pictures:
                self.frames_decoded += 1
                self._sink.video(VideoBlock(picture, arrived_at_s))
