"""Two ends of a call without signaling: real sessions, with known pictures and sounds going in."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import av
import cv2
import numpy as np

from vidphone.media import timecode
from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, AudioBlock, AudioSink, Samples, VideoBlock, VideoSink
from vidphone.media.rtc.session import RtcSession
from vidphone.wire.errors import ErrorCode
from vidphone.wire.http import IceServer
from vidphone.wire.signaling import Candidate

SIZE = (640, 360)


def scene(number: int, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Luma of a smooth picture that moves a pixel a frame; the strip at the bottom is the timecode's."""
    noise = np.random.default_rng(seed).integers(60, 190, (12, 20), dtype=np.uint8)
    wide = cv2.resize(noise, (SIZE[0] + 64, SIZE[1] + 64), interpolation=cv2.INTER_CUBIC)
    at = number % 64
    return np.ascontiguousarray(wide[at : at + SIZE[1], at : at + SIZE[0]]).astype(np.uint8)


def frame_of(number: int, seed: int, made_at_s: float) -> av.VideoFrame:
    """The scene as a camera gives it."""
    frame = av.VideoFrame(*SIZE, "yuv420p")
    timecode.plane(frame, 0)[:] = scene(number, seed)
    for index in (1, 2):
        timecode.plane(frame, index)[:] = 128
    timecode.stamp(frame, made_at_s, number)
    return frame


def chirp() -> Samples:
    """Two seconds that sound nowhere like themselves."""
    at = np.arange(96_000) / 48_000
    return (9000 * np.sin(2 * np.pi * (300 + 400 * at) * at)).astype(np.int16)


class Feeder:
    """A camera and a microphone that run until stopped."""

    def __init__(self, video: VideoSink, audio: AudioSink, seed: int) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._pictures, args=(video, seed)),
            threading.Thread(target=self._sound, args=(audio,)),
        ]
        for thread in self._threads:
            thread.start()

    def _pictures(self, sink: VideoSink, seed: int) -> None:
        start_s, number = time.monotonic(), 0
        while not self._stopping.wait(max(0.0, start_s + number / 30 - time.monotonic())):
            made_at_s = time.monotonic()
            sink.video(VideoBlock(frame_of(number, seed, made_at_s), made_at_s))
            number += 1

    def _sound(self, sink: AudioSink) -> None:
        start_s, number, wave = time.monotonic(), 0, chirp().reshape(-1, BLOCK_SAMPLES)
        while not self._stopping.wait(max(0.0, start_s + number * BLOCK_S - time.monotonic())):
            sink.audio(AudioBlock(wave[number % len(wave)], time.monotonic()))
            number += 1

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()


class End:
    """A session, what it tells, and what comes out of it."""

    def __init__(self, *, servers: tuple[IceServer, ...] = (), relay_only: bool = False) -> None:
        self.told: list[tuple[object, ...]] = []
        self.frames: list[av.VideoFrame] = []
        self.heard: list[Samples] = []
        self.other: End | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.troubles: list[ErrorCode] = []
        self.session = RtcSession(
            "0" * 32, self, servers=servers, viewer=self, send_video=True, changed=lambda _: None,
            trouble=self.troubles.append, relay_only=relay_only,
        )  # fmt: skip
        self._loop = asyncio.get_running_loop()
        self._pull_at_s = self._loop.time()
        self._pull()

    def video(self, block: VideoBlock) -> None:
        self.frames.append(block.frame)

    def _pull(self) -> None:
        """Play 20 ms at a time, until the call ends."""
        if self.session.closed or self._loop.is_closed():
            return
        if (samples := self.session.take(BLOCK_SAMPLES)) is not None:
            self.heard.append(samples)
        self._pull_at_s += BLOCK_S
        self._loop.call_at(self._pull_at_s, self._pull)

    def candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        self.told.append(("candidates", generation, candidates, last))
        if self.other is not None:
            task = asyncio.get_running_loop().create_task(
                self.other.session.add_candidates(generation, candidates, last)
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def connected(self, generation: int) -> None:
        self.told.append(("connected", generation))

    def lost(self) -> None:
        self.told.append(("lost",))

    def recovered(self) -> None:
        self.told.append(("recovered",))

    def failed(self, generation: int) -> None:
        self.told.append(("failed", generation))

    def first_frame(self) -> None:
        self.told.append(("first-frame",))

    def count(self, *what: object) -> int:
        return Counter(entry for entry in self.told if entry[0] != "candidates")[what]


async def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for is whatever a test looks at
            await asyncio.sleep(0.01)


async def negotiate(caller: End, callee: End, generation: int = 0) -> None:
    offer = await caller.session.create_offer(generation)
    answer = await callee.session.accept_offer(generation, offer)
    await caller.session.accept_answer(generation, answer)


@asynccontextmanager
async def call() -> AsyncIterator[tuple[End, End]]:
    """Two ends whose cameras and microphones run; not negotiated yet."""
    a, b = End(), End()
    a.other, b.other = b, a
    feeders = [Feeder(end.session, end.session, seed) for seed, end in enumerate((a, b))]
    try:
        yield a, b
    finally:
        await asyncio.gather(a.session.close(), b.session.close())
        for feeder in feeders:
            await asyncio.to_thread(feeder.stop)
