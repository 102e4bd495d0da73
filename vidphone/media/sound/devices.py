"""Which microphones and speakers there are, and word when that changes."""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from vidphone.media.devices import Device, DeviceKind
from vidphone.media.sound import portaudio
from vidphone.media.sound.pulse import PulseServer
from vidphone.media.worker import Worker

_RETRY_S = 3.0
_CARDS = Path("/proc/asound/pcm")


def list_microphones() -> tuple[Device, ...]:
    """The microphones there are: the sound server's, or without one PortAudio's. Takes some milliseconds."""
    return _listed(DeviceKind.MICROPHONE)


def list_speakers() -> tuple[Device, ...]:
    """The speakers there are, as `list_microphones`."""
    return _listed(DeviceKind.SPEAKER)


def _listed(kind: DeviceKind) -> tuple[Device, ...]:
    server = PulseServer()
    try:
        devices = server.devices(kind)
    finally:
        server.close()
    return portaudio.list_devices(kind) if devices is None else devices


def sound_cards() -> bytes | None:
    """What Linux says of its sound cards, which costs nothing to read; None on other systems."""
    if sys.platform != "linux":
        return None
    try:
        return _CARDS.read_bytes()
    except OSError:  # no card, no driver
        return b""


class DeviceWatcher:
    """Tells when microphones or speakers come, go, or become the default.

    A sound server tells by itself. Without one, a short helper process looks every `_RETRY_S`, on Linux only when
    the cards have changed: run the watcher only while devices matter, as in a call or in the settings.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called on the watcher's own thread and returns soon."""
        self._changed = changed
        self._last: tuple[tuple[Device, ...], ...] = ()
        self._worker = Worker("device-watcher", self._run)

    def start(self) -> None:
        """Begin to watch."""
        self._worker.start()

    def stop(self) -> None:
        """Watch no more."""
        self._worker.stop(timeout_s=2.0)

    def _run(self, stopping: threading.Event) -> None:
        server = PulseServer()
        cards: bytes | None = None
        while not stopping.is_set():
            if not server.listen(stopping, self._look):
                before, cards = cards, sound_cards()
                if (cards is None or cards != before) and portaudio.relist():
                    self._look()
            stopping.wait(_RETRY_S)

    def _look(self) -> None:
        """Tell what is new: a server also speaks, several times a second, of a device's volume, state and delay."""
        there = list_microphones(), list_speakers()
        if there != self._last:
            self._last = there
            self._changed()
