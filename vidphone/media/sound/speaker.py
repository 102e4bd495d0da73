"""The speaker of a machine, or its ringer: plays calls and tones, mixed."""

import threading
from collections.abc import Callable

from vidphone.media.devices import DeviceKind, DeviceListener
from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, Samples
from vidphone.media.sound.keeper import StreamKeeper
from vidphone.media.sound.mixer import Discarder, Mixer, Playback, PulledInput, SoundSource
from vidphone.media.sound.portaudio import Stream, open_speaker
from vidphone.media.sound.tones import Tone, samples_of
from vidphone.media.worker import Ticker


class Speaker:
    """Plays what its inputs get. What goes wrong is told to the listener, never raised.

    While there is no device, sound is discarded at the pace at which it would have been played.
    """

    def __init__(
        self,
        device: str,
        listener: DeviceListener,
        kind: DeviceKind = DeviceKind.SPEAKER,
        heard: Callable[[Samples], None] | None = None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            device: empty for the system's default.
            listener: hears of a device that is missing or gone, and of one that has taken its place.
            kind: may say that this is the ringer.
            heard: gets each block that a device really plays, everything mixed, on the device's own thread.
        """
        self._mixer = Mixer()
        self._heard = heard
        self._keeper = StreamKeeper(kind, device, self._open, listener, self._discard)

    def start(self) -> None:
        """Begin to open the speaker; returns at once."""
        self._keeper.start()

    def stop(self) -> None:
        """Stop; the device is free. Inputs may stay and are heard again after `start`."""
        self._keeper.stop()

    def select(self, device: str) -> None:
        """Use another speaker from now on; empty means the system's default."""
        self._keeper.select(device)

    def pull(self, name: str, source: SoundSource) -> PulledInput:
        """Let a source be heard; `close` what comes back when done."""
        return self._mixer.pull(name, source)

    def discarder(self) -> Discarder:
        """What to run in place of this where no speaker is wanted."""
        return Discarder(self._mixer)

    def play(self, samples: Samples, *, repeat: bool = False) -> Playback:
        """Play samples once, or again and again until `stop` of what comes back."""
        return self._mixer.play(samples, repeat=repeat)

    def play_tone(self, tone: Tone) -> Playback:
        """Play a tone of the telephone, as often as it is to be."""
        return self._mixer.play(samples_of(tone), repeat=tone.repeats)

    def _open(self, device: str, server: bool) -> Stream:
        return open_speaker(device, self._play, server=server)

    def _play(self, count: int) -> Samples:
        samples = self._mixer.mix(count)
        if self._heard is not None:
            self._heard(samples)
        return samples

    def _discard(self, stopping: threading.Event, seconds: float) -> None:
        ticker = Ticker(BLOCK_S)
        for _ in range(round(seconds / BLOCK_S)):
            self._mixer.mix(BLOCK_SAMPLES)
            if not ticker.wait(stopping):
                return
