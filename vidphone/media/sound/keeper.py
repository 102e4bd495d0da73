"""Keeping a sound stream open: on the device that was chosen, and while that is missing, on what there is.

One thread a stream. Every `_CHECK_S` it compares what is open with what should be:

- the stream died, or gave no sign of life for `SILENT_S` (`WAKING_S` at first): it is lost, and opened again;
- the chosen device went: that is told; the sound server has moved the stream to another device by then, and where it
  has not, the stream has died;
- the chosen device came back, or another one was chosen: the stream is opened again, there;
- the default changed and nobody chose otherwise: the server moves the stream, and the new name is told.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from vidphone.media.devices import Device, DeviceKind, DeviceListener
from vidphone.media.sound import portaudio
from vidphone.media.sound.portaudio import SoundUnavailable, Stream
from vidphone.media.sound.pulse import PulseServer
from vidphone.media.worker import Worker
from vidphone.wire.errors import ErrorCode

_log = logging.getLogger(__name__)

SILENT_S = 1.5
WAKING_S = 5.0
"""How long the first sign of life may take: a headset over Bluetooth needs seconds to switch to calls."""
RETRY_S = 1.0
_PLAIN_RETRY_S = 10.0
"""How often a device that failed is tried again without a sound server: ALSA complains on stderr each time."""
_CHECK_S = 0.5

Opening = Callable[[str, bool], Stream]
"""Opens a device by id (empty: the default); the second says that the id is the sound server's."""


@dataclass(frozen=True, slots=True)
class _Target:
    device: Device
    server: bool
    chosen: bool
    """Whether it is the device that was chosen, not one that stands in for it."""


class StreamKeeper:
    """Opens a stream, watches it, and tells the listener what a person should know."""

    def __init__(
        self,
        kind: DeviceKind,
        device: str,
        opening: Opening,
        listener: DeviceListener,
        waiting: Callable[[threading.Event, float], object],
    ) -> None:
        """`waiting` spends some seconds without a stream; it returns early when its event is set."""
        self._kind = kind
        self._wanted = device
        self._opening = opening
        self._listener = listener
        self._waiting = waiting
        self._server = PulseServer()
        self._worker = Worker(f"{kind.value}-keeper", self._run)
        recording = kind is DeviceKind.MICROPHONE
        self._code_none = ErrorCode.NO_MICROPHONE if recording else ErrorCode.NO_SPEAKER
        self._code_lost = ErrorCode.MICROPHONE_LOST if recording else ErrorCode.SPEAKER_LOST
        self._told: ErrorCode | None = None
        self._name = ""
        """The name of the device in use, as far as it was told or need not be."""
        self._had_one = False
        self._plain_from_s = 0.0
        """When to try a device again without a sound server, unless `_failed_in_list` is not the list any more."""
        self._failed_in_list = -1

    def start(self) -> None:
        """Begin; returns at once."""
        self._worker.start()

    def stop(self) -> None:
        """Close the stream; the device is free."""
        self._worker.stop(timeout_s=2.0)

    def select(self, device: str) -> None:
        """Use another device from now on; empty means the default."""
        self._wanted = device

    def _run(self, stopping: threading.Event) -> None:
        try:
            while not stopping.is_set():
                target = self._target()
                stream = self._open(target) if target is not None else None
                if target is None or stream is None:
                    self._tell_lost(self._code_lost if self._had_one else self._code_none, self._name)
                    self._waiting(stopping, RETRY_S)
                    continue
                try:
                    self._tell_in_use(target)
                    self._watch(stream, target, stopping)
                finally:
                    stream.close()
        finally:
            self._server.close()

    def _target(self) -> _Target | None:
        wanted = self._wanted
        listed = self._server.devices(self._kind)
        server = listed is not None
        devices = portaudio.list_devices(self._kind) if listed is None else listed
        found = next((one for one in devices if one.id == wanted), None)
        if found is None and wanted and server and self._kind is DeviceKind.MICROPHONE:
            found = self._server.monitor(wanted)
        if found is not None:
            return _Target(found, server, chosen=True)
        stand_in = next((one for one in devices if one.default), next(iter(devices), None))
        return None if stand_in is None else _Target(stand_in, server, chosen=not wanted)

    def _open(self, target: _Target) -> Stream | None:
        waits = time.monotonic() < self._plain_from_s and portaudio.lists_made() == self._failed_in_list
        if waits and not target.server:
            return None
        try:
            return self._opening(self._address(target), target.server)
        except SoundUnavailable as reason:
            self._plain_from_s = time.monotonic() + _PLAIN_RETRY_S
            self._failed_in_list = portaudio.lists_made()
            _log.info("%s cannot be opened: %s", self._kind.value, reason)
            return None

    def _address(self, target: _Target) -> str:
        """Only a device that was chosen is opened by name: the server moves what follows its default."""
        return self._wanted if target.chosen and self._wanted else "" if target.server else target.device.id

    def _watch(self, stream: Stream, opened: _Target, stopping: threading.Event) -> None:
        """Until the stream must be opened again, or `stopping` is set."""
        wanted, address, server = self._wanted, self._address(opened), opened.server
        while not stopping.wait(_CHECK_S):
            if not stream.alive or _is_silent(stream):
                self._tell_lost(self._code_lost, self._name)
                return
            if self._wanted != wanted:
                return
            target = self._target()
            if target is None:
                self._tell_lost(self._code_lost, self._name)
                continue
            if target.server != server:
                return
            if self._address(target) != address:
                if target.chosen or not server:
                    return  # the chosen one is back
                self._tell_lost(self._code_lost, self._name)
                address = ""  # the server has moved the stream already
            self._tell_in_use(target)

    def _tell_lost(self, code: ErrorCode, name: str) -> None:
        if self._told is not code:
            self._told = code
            _log.warning("%s: %s", self._kind.value, code.value)
            self._listener.lost(code, name)

    def _tell_in_use(self, target: _Target) -> None:
        name = target.device.name
        if self._told is not None or (self._name != name and (self._name or not target.chosen)):
            self._listener.recovered(name)
        self._told, self._name, self._had_one = None, name, True


def _is_silent(stream: Stream) -> bool:
    since_s, patience_s = (stream.opened_at_s, WAKING_S) if stream.beat_at_s is None else (stream.beat_at_s, SILENT_S)
    return time.monotonic() - since_s > patience_s
