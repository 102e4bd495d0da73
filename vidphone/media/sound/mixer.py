"""Mixing what is to be heard: calls, which arrive unevenly, and tones, which are there in full.

A call's input holds at most `CAPACITY_MS` and throws the oldest away. It begins to play when a small reserve is there;
each time it runs dry the reserve grows, and shrinks again when all goes well, so that it is as short as the way of
the sound allows. No clock but for the arrival times that `PlayoutReport` is made from.
"""

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, SAMPLE_RATE_HZ, AudioBlock, Samples
from vidphone.media.worker import Ticker, Worker

_MS = SAMPLE_RATE_HZ // 1000
CAPACITY_MS = 100
RESERVE_START_MS, RESERVE_MIN_MS, RESERVE_MAX_MS = 30, 20, 60
_RESERVE_GROWS_MS, _RESERVE_SHRINKS_MS = 10, 5
_CALM_MS = 10_000
"""Time without a gap after which the reserve shrinks."""
_TRIM_WINDOW_MS, _TRIM_SLACK_MS, _TRIM_MS = 1000, 20, 10
"""What has stayed `_TRIM_SLACK_MS` above the reserve for a whole window is shortened by `_TRIM_MS`."""
_FADE_MS = 4
_PAUSE_MS = 1000
"""Silence longer than that was meant: muted, or held."""
_MAX_ARRIVALS = 3000


class SoundSource(Protocol):
    """Sound that is there when it is asked for."""

    def take(self, count: int) -> Samples | None:
        """The next `count` samples, or None while there is nothing to play. Called on the player's thread."""


class PulledInput:
    """A source that is heard until `close`; nothing is held back on the way."""

    def __init__(self, mixer: "Mixer", name: str, source: SoundSource) -> None:
        self.name = name
        self._mixer = mixer
        self._source = source

    def close(self) -> None:
        """Be heard no more."""
        self._mixer.remove(self)

    def take(self, count: int) -> Samples | None:
        """For the mixer: as `SoundSource.take`."""
        return self._source.take(count)


@dataclass(frozen=True, slots=True)
class PlayoutReport:
    """How sound arrived at the player since the report before."""

    gaps: int
    """How often it ran dry and came back within a second."""
    gap_ms: float
    """How much silence that made."""
    gap_p95_ms: float | None
    """95th percentile of the time between two blocks handed to the player; None with fewer than 20."""
    reserve_ms: float


class Ring:
    """A bounded first-in first-out of samples that drops the oldest. Not locked."""

    def __init__(self, capacity: int) -> None:
        self._data = np.zeros(capacity, np.int16)
        self._start = 0
        self.level = 0

    def put(self, samples: Samples) -> int:
        """Append; the number of older samples that had to go."""
        capacity = self._data.size
        dropped = max(self.level + samples.size - capacity, 0)
        samples = samples[-capacity:]
        self.skip(min(dropped, self.level))
        end = (self._start + self.level) % capacity
        first = min(samples.size, capacity - end)
        self._data[end : end + first] = samples[:first]
        self._data[: samples.size - first] = samples[first:]
        self.level += samples.size
        return dropped

    def take(self, count: int) -> Samples:
        """The oldest `count` samples, or as many as there are."""
        count = min(count, self.level)
        first = min(count, self._data.size - self._start)
        taken = np.concatenate((self._data[self._start : self._start + first], self._data[: count - first]))
        self.skip(count)
        return taken

    def skip(self, count: int) -> None:
        """Forget the oldest `count` samples, of those that are there."""
        count = min(count, self.level)
        self._start = (self._start + count) % self._data.size
        self.level -= count


class MixerInput:
    """The sound of one call: an `AudioSink`, fed from any thread."""

    def __init__(self, mixer: "Mixer", name: str) -> None:
        self.name = name
        self._mixer = mixer
        self._lock = threading.Lock()
        self._ring = Ring(CAPACITY_MS * _MS)
        self._playing = False
        self._reserve = RESERVE_START_MS * _MS
        self._silent: int | None = None  # samples of silence since it ran dry
        self._calm = self._window = 0
        self._lowest = self._ring.level
        self._arrived_s: deque[float] = deque(maxlen=_MAX_ARRIVALS)
        self._gaps = self._gap_samples = 0

    def audio(self, block: AudioBlock) -> None:
        """Queue a block; when full, the oldest sound goes."""
        with self._lock:
            self._arrived_s.append(time.monotonic())
            self._ring.put(block.samples)

    def close(self) -> None:
        """Be heard no more."""
        self._mixer.remove(self)

    def report(self) -> PlayoutReport:
        """What was measured since the last report."""
        with self._lock:
            steps_ms = np.diff(np.array(self._arrived_s)) * 1000
            gaps, gap_ms = self._gaps, self._gap_samples / _MS
            latest = list(self._arrived_s)[-1:]
            self._arrived_s.clear()
            self._arrived_s.extend(latest)
            self._gaps = self._gap_samples = 0
            reserve_ms = self._reserve / _MS
        p95_ms = float(np.percentile(steps_ms, 95)) if steps_ms.size >= 20 else None
        return PlayoutReport(gaps, gap_ms, p95_ms, reserve_ms)

    def take(self, count: int) -> Samples | None:
        """For the mixer: the next `count` samples, or None while there is nothing to play."""
        with self._lock:
            if not self._playing:
                if self._ring.level < max(self._reserve, count):
                    self._silent = None if self._silent is None else self._silent + count
                    return None
                self._begin()
                return _fade(self._ring.take(count), into=True)
            if self._ring.level < count:
                return self._run_dry(count)
            self._watch(count)
            return self._ring.take(count)

    def _begin(self) -> None:
        if self._silent is not None and self._silent < _PAUSE_MS * _MS:
            self._gaps += 1
            self._gap_samples += self._silent
        self._playing = True
        self._silent = None
        self._calm = self._window = 0
        self._lowest = self._ring.level

    def _run_dry(self, count: int) -> Samples:
        rest = _fade(self._ring.take(count), into=False)
        self._playing = False
        self._silent = count - rest.size
        self._reserve = min(self._reserve + _RESERVE_GROWS_MS * _MS, RESERVE_MAX_MS * _MS)
        return np.concatenate((rest, np.zeros(count - rest.size, np.int16)))

    def _watch(self, count: int) -> None:
        """Shorten the reserve after a calm time, and what has piled up beyond it."""
        self._calm += count
        if self._calm >= _CALM_MS * _MS:
            self._calm = 0
            self._reserve = max(self._reserve - _RESERVE_SHRINKS_MS * _MS, RESERVE_MIN_MS * _MS)
        self._lowest = min(self._lowest, self._ring.level)
        self._window += count
        if self._window < _TRIM_WINDOW_MS * _MS:
            return
        if self._lowest > self._reserve + _TRIM_SLACK_MS * _MS:
            self._trim()
        self._window = 0
        self._lowest = self._ring.level

    def _trim(self) -> None:
        """Leave `_TRIM_MS` out, blending what is before into what is after."""
        length = _TRIM_MS * _MS
        everything = self._ring.take(self._ring.level)
        slope = np.linspace(0, 1, length)
        blended = everything[:length] * (1 - slope) + everything[length : 2 * length] * slope
        self._ring.put(blended.astype(np.int16))
        self._ring.put(everything[2 * length :])


def _fade(samples: Samples, *, into: bool) -> Samples:
    """Soften the edge towards silence: sound that begins (`into`) or ends."""
    length = min(_FADE_MS * _MS, samples.size)
    slope = np.linspace(0, 1, length)
    if into:
        samples[:length] = samples[:length] * slope
    elif length:
        samples[-length:] = samples[-length:] * slope[::-1]
    return samples


class Playback:
    """A tone or a recording that is played, once or again and again."""

    def __init__(self, samples: Samples, *, repeat: bool) -> None:
        self._samples = samples
        self._repeat = repeat
        self._position = 0
        self._stopping = False
        self.done = not samples.size

    def stop(self) -> None:
        """Fade out and end."""
        self._stopping = True

    def take(self, count: int) -> Samples:
        """For the mixer: the next `count` samples."""
        indices = np.arange(self._position, self._position + count)
        self._position += count
        if self._repeat:
            self._position %= self._samples.size
            taken: Samples = self._samples[indices % self._samples.size]
        else:
            self.done = self._position >= self._samples.size
            taken = np.zeros(count, np.int16)
            rest = self._samples[indices[0] : indices[0] + count]
            taken[: rest.size] = rest
        if self._stopping:
            self.done = True
            taken = _fade(taken.copy(), into=False)
        return taken


class Mixer:
    """Adds up inputs and tones. Its lists are replaced, never changed, so that `mix` takes no lock for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inputs: tuple[MixerInput | PulledInput, ...] = ()
        self._playbacks: tuple[Playback, ...] = ()

    def input(self, name: str) -> MixerInput:
        """A new input; `close` it when its call is over."""
        new = MixerInput(self, name)
        with self._lock:
            self._inputs = (*self._inputs, new)
        return new

    def pull(self, name: str, source: SoundSource) -> PulledInput:
        """Let a source be heard; `close` what comes back when its call is over."""
        new = PulledInput(self, name, source)
        with self._lock:
            self._inputs = (*self._inputs, new)
        return new

    def remove(self, gone: MixerInput | PulledInput) -> None:
        """Take an input out."""
        with self._lock:
            self._inputs = tuple(one for one in self._inputs if one is not gone)

    def play(self, samples: Samples, *, repeat: bool = False) -> Playback:
        """Play this from now on; `stop` what comes back, or let it end."""
        playback = Playback(samples, repeat=repeat)
        with self._lock:
            self._playbacks = (*(one for one in self._playbacks if not one.done), playback)
        return playback

    @property
    def input_count(self) -> int:
        """How many inputs there are."""
        return len(self._inputs)

    def mix(self, count: int) -> Samples:
        """The next `count` samples of everything; what is too loud is limited, not wrapped around."""
        total = np.zeros(count, np.int32)
        for one in self._inputs:
            if (samples := one.take(count)) is not None:
                total += samples
        for playback in self._playbacks:
            if not playback.done:
                total += playback.take(count)
        return np.clip(total, -32768, 32767).astype(np.int16)


class Discarder:
    """A player without a device: pulls at the pace of playing, so that calls are counted and can be recorded."""

    def __init__(self, mixer: Mixer) -> None:
        self._mixer = mixer
        self._worker = Worker("no-speaker", self._run)

    def start(self) -> None:
        """Begin to pull."""
        self._worker.start()

    def stop(self) -> None:
        """Pull no more."""
        self._worker.stop()

    def _run(self, stopping: threading.Event) -> None:
        ticker = Ticker(BLOCK_S)
        while ticker.wait(stopping):
            self._mixer.mix(BLOCK_SAMPLES)
