"""Trying one's own microphone: how loud it is, and a short sample of one's voice to be played back.

The microphone's thread measures and keeps; all else happens on the loop. The sample is bounded, stays in memory, and is
forgotten with the check.
"""

import asyncio
import math
import threading
from collections.abc import Callable
from typing import Protocol

import numpy as np

from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, AudioBlock, AudioSink, Samples
from vidphone.media.sound.levels import VOICE_SAMPLE_S, SoundLevel, VoiceState, dbfs
from vidphone.media.sound.mixer import Playback
from vidphone.wire.errors import ErrorCode, VidphoneError

LEVEL_SAMPLES = 3 * BLOCK_SAMPLES
"""A level every 60 ms: sixteen a second look alive, and are a tenth of what a screen could paint."""
TAIL_S = 0.3
"""What is still in the speaker's buffer once the last sample was handed over."""
_LOOK_S = 0.1


class Spread(Protocol):
    """Where the microphone's sound is handed around (`media.taps.AudioSpread`)."""

    def add(self, sink: AudioSink) -> None:
        """Hand sound to this one too."""

    def remove(self, sink: AudioSink) -> None:
        """Hand it none any more."""


class Listener(Protocol):
    """What the check tells, on the loop."""

    def microphone_level(self, level: SoundLevel) -> None:
        """How loud it is now; sixteen times a second while sound comes in."""

    def voice_sample(self, state: VoiceState, seconds: float) -> None:
        """The sample's state, and how long it is; while it is recorded as often as there is a level."""


class Ear:
    """An `AudioSink` that measures what it hears, and keeps it while asked to. Its own methods are for any thread."""

    def __init__(self, heard: Callable[[SoundLevel], None]) -> None:
        """`heard` gets each level, on the microphone's thread."""
        self._heard = heard
        self._lock = threading.Lock()
        self._kept = np.zeros(0, np.int16)
        self._count = 0
        self._keeping = False
        self._squares, self._peak, self._measured = 0.0, 0, 0

    def keep(self, on: bool) -> None:
        """Begin a new sample, or end it."""
        with self._lock:
            if on:
                self._kept, self._count = np.zeros(round(VOICE_SAMPLE_S * SAMPLE_RATE_HZ), np.int16), 0
            self._keeping = on

    @property
    def seconds(self) -> float:
        """How much was kept so far."""
        return self._count / SAMPLE_RATE_HZ

    @property
    def full(self) -> bool:
        """Whether no more can be kept."""
        return 0 < self._count == self._kept.size

    @property
    def sample(self) -> Samples:
        """What was kept; empty where nothing was."""
        with self._lock:
            return self._kept[: self._count].copy()

    def audio(self, block: AudioBlock) -> None:
        """As the protocol says."""
        samples = block.samples
        if not samples.size:
            return
        wave = samples.astype(np.float32)
        self._squares += float(np.dot(wave, wave))
        self._peak = max(self._peak, int(np.abs(wave).max()))
        self._measured += samples.size
        with self._lock:
            if self._keeping:
                piece = samples[: self._kept.size - self._count]
                self._kept[self._count : self._count + piece.size] = piece
                self._count += piece.size
        if self._measured >= LEVEL_SAMPLES:
            level = SoundLevel(dbfs(math.sqrt(self._squares / self._measured)), dbfs(self._peak))
            self._squares, self._peak, self._measured = 0.0, 0, 0
            self._heard(level)


class VoiceCheck:
    """Listens, keeps a sample and plays it. Used on the loop; what it needs open it says by `hears` and `plays`."""

    def __init__(
        self, spread: Spread, play: Callable[[Samples], Playback], listener: Listener, changed: Callable[[], None]
    ) -> None:
        """Nothing is heard yet.

        Args:
            spread: the microphone's sound while that is open.
            play: plays samples on the speaker, once `plays` has opened it.
            listener: hears of levels and of the sample.
            changed: `hears` or `plays` may be another now.
        """
        self._loop = asyncio.get_running_loop()
        self._spread = spread
        self._play = play
        self._listener = listener
        self._changed = changed
        self._ear: Ear | None = None
        self._listening = False
        self._state = VoiceState.EMPTY
        self._sample = np.zeros(0, np.int16)
        self._playback: Playback | None = None
        self._looking: asyncio.TimerHandle | None = None
        self._latest: SoundLevel | None = None
        self._lock = threading.Lock()

    @property
    def hears(self) -> bool:
        """Whether the microphone is needed."""
        return self._listening or self._state is VoiceState.RECORDING

    @property
    def plays(self) -> bool:
        """Whether the speaker is needed."""
        return self._playback is not None

    def listen(self, on: bool) -> None:
        """Tell how loud the microphone is, or no longer."""
        self._listening = on
        self._follow()

    def record(self, on: bool) -> None:
        """Begin a new sample, which ends by itself after `VOICE_SAMPLE_S`; or end it now."""
        if on:
            self._stop_playing()
            self._sample = np.zeros(0, np.int16)
            self._state = VoiceState.RECORDING
            self._follow()
            if self._ear is not None:
                self._ear.keep(True)
            self._tell()
        elif self._state is VoiceState.RECORDING:
            self._end_sample()

    def play(self, on: bool) -> None:
        """Play the sample, from its beginning; or stop that.

        Raises:
            VidphoneError: `NOT_POSSIBLE_NOW`, there is no sample.
        """
        if self._state is VoiceState.RECORDING:
            self._end_sample()
        self._stop_playing()
        if not on:
            return
        if not self._sample.size:
            raise VidphoneError(ErrorCode.NOT_POSSIBLE_NOW, {"detail": "media.no-voice-sample"})
        self._playback = self._play(self._sample)
        self._state = VoiceState.PLAYING
        self._tell()
        self._changed()
        self._looking = self._loop.call_later(_LOOK_S, self._look)

    def stop(self) -> None:
        """End it all and forget the sample; says nothing where nothing was going on."""
        self._stop_playing()
        known, self._state, self._sample = self._state, VoiceState.EMPTY, np.zeros(0, np.int16)
        self._listening = False
        self._follow()
        if known is not VoiceState.EMPTY:
            self._tell()

    def _follow(self) -> None:
        """Have an ear on the microphone exactly while one is needed."""
        if self.hears and self._ear is None:
            self._ear = Ear(self._heard)
            self._spread.add(self._ear)
        elif not self.hears and self._ear is not None:
            self._spread.remove(self._ear)
            self._ear = None
        self._changed()

    def _end_sample(self) -> None:
        if self._ear is not None:
            self._ear.keep(False)
            self._sample = self._ear.sample
        self._state = VoiceState.KEPT if self._sample.size else VoiceState.EMPTY
        self._follow()
        self._tell()

    def _stop_playing(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        if self._playback is not None:
            self._playback.stop()
            self._playback = None
            self._state = VoiceState.KEPT
            self._tell()
            self._changed()

    def _look(self) -> None:
        """Whether the sample was played to its end: only the player's thread knows, as a device may open late."""
        if self._playback is not None and self._playback.done:
            self._looking = self._loop.call_later(TAIL_S, self._stop_playing)
        else:
            self._looking = self._loop.call_later(_LOOK_S, self._look)

    def _heard(self, level: SoundLevel) -> None:
        """On the microphone's thread: at most one level waits for the loop, the latest."""
        with self._lock:
            waiting, self._latest = self._latest is not None, level
        if not waiting and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take)

    def _take(self) -> None:
        with self._lock:
            level, self._latest = self._latest, None
        ear = self._ear
        if level is None or ear is None:
            return
        self._listener.microphone_level(level)
        if self._state is VoiceState.RECORDING:
            if ear.full:
                self._end_sample()
            else:
                self._listener.voice_sample(self._state, ear.seconds)

    def _tell(self) -> None:
        self._listener.voice_sample(self._state, self._sample.size / SAMPLE_RATE_HZ)
