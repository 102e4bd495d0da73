"""The microphone of a machine."""

import threading

from vidphone.media.devices import DeviceKind, DeviceListener
from vidphone.media.plumbing import AudioBlock, AudioSink, Samples
from vidphone.media.process.voice import VoiceProcessor
from vidphone.media.sound.keeper import StreamKeeper
from vidphone.media.sound.portaudio import Stream, open_microphone


class Microphone:
    """A `Source`. What goes wrong is told to the listener, never raised: a call goes on without a microphone.

    The sink is called on the device's own thread. The system's level of the microphone is left as it is.
    """

    def __init__(
        self, device: str, sink: AudioSink, listener: DeviceListener, voice: VoiceProcessor | None = None
    ) -> None:
        """`device` empty means the system's default; `voice` cleans the sound before the sink gets it."""
        self._sink = sink
        self._voice = voice
        self._keeper = StreamKeeper(DeviceKind.MICROPHONE, device, self._open, listener, threading.Event.wait)

    def start(self) -> None:
        """Begin to open the microphone; returns at once."""
        self._keeper.start()

    def stop(self) -> None:
        """Stop; the device is free."""
        self._keeper.stop()

    def select(self, device: str) -> None:
        """Use another microphone from now on; empty means the system's default."""
        self._keeper.select(device)

    def _open(self, device: str, server: bool) -> Stream:
        return open_microphone(device, self._take, server=server)

    def _take(self, samples: Samples, made_at_s: float) -> None:
        if self._voice is not None:
            samples = self._voice.near(samples)
        self._sink.audio(AudioBlock(samples, made_at_s))
