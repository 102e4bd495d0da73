"""Mixing what is to be heard: calls, which are pulled from their buffers, and tones, which are there in full."""

import threading
from typing import Protocol

import numpy as np

from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from vidphone.media.worker import Ticker, Worker

_FADE_SAMPLES = SAMPLE_RATE_HZ // 250


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


def _faded(samples: Samples) -> Samples:
    """The same, with its end softened towards silence."""
    length = min(_FADE_SAMPLES, samples.size)
    faded = samples.copy()
    faded[faded.size - length :] = faded[faded.size - length :] * np.linspace(1, 0, length)
    return faded


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
            taken = _faded(taken)
        return taken


class Mixer:
    """Adds up inputs and tones. Its lists are replaced, never changed, so that `mix` takes no lock for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inputs: tuple[PulledInput, ...] = ()
        self._playbacks: tuple[Playback, ...] = ()

    def pull(self, name: str, source: SoundSource) -> PulledInput:
        """Let a source be heard; `close` what comes back when its call is over."""
        new = PulledInput(self, name, source)
        with self._lock:
            self._inputs = (*self._inputs, new)
        return new

    def remove(self, gone: PulledInput) -> None:
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
