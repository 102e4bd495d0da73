"""One source, several sinks: preview, calls and recorder share a camera, calls and recorder a microphone.

Each sink has a lane of its own, a short queue and a thread, so that one that is slow or fails holds up no other
and never the source.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from vidphone.media.plumbing import AudioBlock, AudioSink, VideoBlock, VideoSink

_log = logging.getLogger(__name__)

VIDEO_DEPTH = 2
"""Pictures that wait for a slow sink: an older one is of no use."""
AUDIO_DEPTH = 10
"""Blocks of sound that wait for a slow sink: 200 ms."""
_JOIN_S = 0.5

Block = TypeVar("Block")


class _Lane(Generic[Block]):
    """The way to one sink."""

    def __init__(self, deliver: Callable[[Block], None], depth: int) -> None:
        self._deliver = deliver
        self._waiting: deque[Block] = deque(maxlen=depth)
        self._change = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="fanout", daemon=True)
        self._thread.start()

    def put(self, block: Block) -> None:
        with self._change:
            self._waiting.append(block)
            self._change.notify()

    def close(self) -> None:
        with self._change:
            self._closed = True
            self._waiting.clear()
            self._change.notify()
        if self._thread is not threading.current_thread():
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        failed = False
        while True:
            with self._change:
                while not self._waiting and not self._closed:
                    self._change.wait()
                if self._closed:
                    return
                block = self._waiting.popleft()
            try:
                self._deliver(block)
            except Exception:
                if not failed:  # once a lane: a sink that fails does so 30 or 50 times a second
                    _log.exception("a sink fails; the others go on")
                failed = True


class _Fanout(Generic[Block]):
    """Lanes by sink."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._lock = threading.Lock()
        self._lanes: dict[int, tuple[object, _Lane[Block]]] = {}  # by identity: a sink need not be hashable

    def _add(self, sink: object, deliver: Callable[[Block], None]) -> None:
        with self._lock:
            if id(sink) not in self._lanes:
                self._lanes[id(sink)] = (sink, _Lane(deliver, self._depth))

    def _remove(self, sink: object) -> None:
        with self._lock:
            entry = self._lanes.pop(id(sink), None)
        if entry is not None:
            entry[1].close()

    def _put(self, block: Block) -> None:
        with self._lock:
            lanes = [lane for _, lane in self._lanes.values()]
        for lane in lanes:
            lane.put(block)

    @property
    def empty(self) -> bool:
        """Whether nobody listens, so that the source may rest."""
        return not self._lanes

    def close(self) -> None:
        """Remove all sinks."""
        with self._lock:
            entries, self._lanes = list(self._lanes.values()), {}
        for _, lane in entries:
            lane.close()


class VideoFanout(_Fanout[VideoBlock]):
    """A `VideoSink` that hands each picture to all its sinks."""

    def __init__(self) -> None:
        super().__init__(VIDEO_DEPTH)

    def add(self, sink: VideoSink) -> None:
        """Hand pictures to this sink too, each on the sink's own thread; adding it twice changes nothing."""
        self._add(sink, sink.video)

    def remove(self, sink: VideoSink) -> None:
        """Hand it none any more; a call of it that is under way may still end, within `_JOIN_S` as a rule."""
        self._remove(sink)

    def video(self, block: VideoBlock) -> None:
        """Hand a picture to all; returns at once."""
        self._put(block)


class AudioFanout(_Fanout[AudioBlock]):
    """An `AudioSink` that hands each block to all its sinks."""

    def __init__(self) -> None:
        super().__init__(AUDIO_DEPTH)

    def add(self, sink: AudioSink) -> None:
        """As `VideoFanout.add`."""
        self._add(sink, sink.audio)

    def remove(self, sink: AudioSink) -> None:
        """As `VideoFanout.remove`."""
        self._remove(sink)

    def audio(self, block: AudioBlock) -> None:
        """Hand a block to all; returns at once."""
        self._put(block)
