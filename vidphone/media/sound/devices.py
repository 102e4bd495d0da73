"""Which microphones and speakers there are, and word when that changes."""

import threading
from collections.abc import Callable

from vidphone.media.devices import Device, DeviceKind
from vidphone.media.sound import portaudio
from vidphone.media.sound.pulse import PulseServer
from vidphone.media.worker import Worker

_RETRY_S = 3.0


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


class DeviceWatcher:
    """Tells when microphones or speakers come, go, or become the default.

    A sound server tells by itself. Without one, a short helper process looks every `_RETRY_S`: run the watcher only
    while devices matter, as in a call or in the settings.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called on the watcher's own thread and returns soon."""
        self._changed = changed
        self._worker = Worker("device-watcher", self._run)

    def start(self) -> None:
        """Begin to watch."""
        self._worker.start()

    def stop(self) -> None:
        """Watch no more."""
        self._worker.stop(timeout_s=2.0)

    def _run(self, stopping: threading.Event) -> None:
        server = PulseServer()
        while not stopping.is_set():
            if not server.listen(stopping, self._changed) and portaudio.relist():
                self._changed()
            stopping.wait(_RETRY_S)
