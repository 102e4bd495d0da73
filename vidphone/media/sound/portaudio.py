"""PortAudio, of which a process has one, with one list of devices made when it starts.

It is not made for several threads, so one lock guards opening, closing and listing. Making its list anew means closing
every stream; their keepers open them again.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from vidphone.media.devices import Device, DeviceKind
from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples

PLAYER_BLOCK = BLOCK_SAMPLES // 2
_PLAYER_LATENCY_S = 0.03
_RECORDER_LATENCY_S = 0.02
_HELPER = (
    [sys.executable, "--print-sound-devices"]  # a frozen program has no `-c` (packaging/frozen/program.py)
    if getattr(sys, "frozen", False)
    else [sys.executable, "-c", "from vidphone.media.sound.portaudio import print_devices; print_devices()"]
)
_HELPER_TIMEOUT_S = 10.0
_SERVER_DEVICES = ("pulse", "pipewire", "default")
"""ALSA's names of the way to the sound server."""
_MAX_LATENCY_S = 0.5

_lock = threading.RLock()
_streams: "set[Stream]" = set()
_lists_made = 0


class SoundUnavailable(Exception):
    """PortAudio is missing, or a device cannot be opened."""


class Stream:
    """An open stream; it may die, or be closed by `relist`, at any time."""

    def __init__(self) -> None:
        self.opened_at_s = time.monotonic()
        self.beat_at_s: float | None = None
        """When the device last asked for or gave sound."""
        self._stream: Any = None

    @property
    def alive(self) -> bool:
        """Whether it still runs, as far as PortAudio says."""
        with _lock:
            return self._stream is not None and self._stream.active

    def close(self) -> None:
        """Close it; the device is free."""
        with _lock:
            stream, self._stream = self._stream, None
            _streams.discard(self)
            if stream is not None:
                stream.close(ignore_errors=True)

    def _begin(self, stream: Any) -> None:
        self._stream = stream
        _streams.add(self)
        stream.start()


def open_microphone(device: str, take: Callable[[Samples, float], None], *, server: bool) -> Stream:
    """Open a device for recording; `take` gets blocks of 20 ms and the monotonic time of their first sample.

    Args:
        device: an id; empty for the default.
        take: called on PortAudio's thread; returns at once.
        server: whether `device` is the sound server's name, to be reached through ALSA's way to it.

    Raises:
        SoundUnavailable: it cannot be opened.
    """
    stream = Stream()

    def callback(data: Any, frames: int, times: Any, _status: object) -> None:
        now_s = time.monotonic()
        stream.beat_at_s = now_s
        samples = np.frombuffer(data, np.int16)
        # What the device says of its delay; nonsense from some drivers.
        delay_s = times.currentTime - times.inputBufferAdcTime
        if not 0 < delay_s < _MAX_LATENCY_S:
            delay_s = frames / SAMPLE_RATE_HZ
        mono = samples.copy() if samples.size == frames else samples.reshape(frames, -1).mean(axis=1).astype(np.int16)
        take(mono, now_s - delay_s)

    with _lock:
        _open(stream, DeviceKind.MICROPHONE, device, callback, server=server)
    return stream


def open_speaker(device: str, give: Callable[[int], Samples], *, server: bool) -> Stream:
    """Open a device for playing; `give` is asked for blocks of 10 ms. Otherwise as `open_microphone`."""
    stream = Stream()

    def callback(data: Any, frames: int, _times: object, _status: object) -> None:
        stream.beat_at_s = time.monotonic()
        samples = give(frames)
        channels = len(data) // (2 * frames)
        data[:] = (samples if channels == 1 else np.repeat(samples, channels)).tobytes()

    with _lock:
        _open(stream, DeviceKind.SPEAKER, device, callback, server=server)
    return stream


def _open(stream: Stream, kind: DeviceKind, device: str, callback: Callable[..., None], *, server: bool) -> None:
    sd = _sounddevice()
    recording = kind is DeviceKind.MICROPHONE
    index = _server_index(kind) if server else _index_of(device, kind)
    if server and index is None and not _streams:
        _restart()  # the list may date from before the server
        index = _server_index(kind)
    fault: Exception | None = None
    for channels in (1, 2):  # some drivers know no mono
        try:
            with _environment(kind, device if server else ""):
                opened = (sd.RawInputStream if recording else sd.RawOutputStream)(
                    samplerate=SAMPLE_RATE_HZ,
                    blocksize=BLOCK_SAMPLES if recording else PLAYER_BLOCK,
                    device=index,
                    channels=channels,
                    dtype="int16",
                    latency=_RECORDER_LATENCY_S if recording else _PLAYER_LATENCY_S,
                    callback=callback,
                )
                stream._begin(opened)
        except (sd.PortAudioError, ValueError) as reason:
            stream.close()
            fault = reason
        else:
            return
    raise SoundUnavailable(str(fault)) from fault


@contextmanager
def _environment(kind: DeviceKind, device: str) -> Iterator[None]:
    """What libpulse reads when a stream is opened: which device, and that it is a call (other sound is made quiet)."""
    wanted = {"PULSE_PROP": "media.role=phone"}
    if device:
        wanted["PULSE_SOURCE" if kind is DeviceKind.MICROPHONE else "PULSE_SINK"] = device
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _sounddevice() -> Any:
    """The library; its import starts PortAudio, which takes some 100 ms.

    Raises:
        SoundUnavailable: the system has no PortAudio, or it does not start.
    """
    try:
        import sounddevice  # noqa: PLC0415 - see above
    except Exception as reason:  # no library, or one that cannot start: its own error is not importable then
        raise SoundUnavailable(str(reason)) from reason
    return sounddevice


def _channels_key(kind: DeviceKind) -> str:
    return "max_input_channels" if kind is DeviceKind.MICROPHONE else "max_output_channels"


def _server_index(kind: DeviceKind) -> int | None:
    """The number of ALSA's way to the sound server."""
    usable = {one["name"]: one["index"] for one in _sounddevice().query_devices() if one[_channels_key(kind)] > 0}
    return next((usable[name] for name in _SERVER_DEVICES if name in usable), None)


def _index_of(device: str, kind: DeviceKind) -> int | None:
    return next((index for index, known in _numbered(kind) if known.id == device), None)


def _numbered(kind: DeviceKind) -> list[tuple[int, Device]]:
    sd = _sounddevice()
    apis = sd.query_hostapis()
    default = apis[sd.default.hostapi] if apis else {}
    chosen = default.get("default_input_device" if kind is DeviceKind.MICROPHONE else "default_output_device", -1)
    return [
        (one["index"], Device(f"{apis[one['hostapi']]['name']}:{one['name']}", one["name"], one["index"] == chosen))
        for one in sd.query_devices()
        if one[_channels_key(kind)] > 0 and one["hostapi"] == sd.default.hostapi
    ]


def list_devices(kind: DeviceKind) -> tuple[Device, ...]:
    """The devices, as this process knew them when PortAudio started; none without PortAudio."""
    with _lock:
        try:
            return tuple(device for _, device in _numbered(kind))
        except SoundUnavailable:
            return ()


def relist() -> bool:
    """Look for changed devices in a helper process, and if there are any, start PortAudio anew; whether there were.

    Every open stream is closed then. Takes some 300 ms; call it on a thread of its own.
    """
    try:
        answer = subprocess.run(_HELPER, capture_output=True, timeout=_HELPER_TIMEOUT_S, check=True)
        there = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return False
    with _lock:
        if there == _everything():
            return False
        for stream in list(_streams):
            stream.close()
        _restart()
    return True


def _everything() -> list[list[str]]:
    kinds = (DeviceKind.MICROPHONE, DeviceKind.SPEAKER)
    return [[kind.value, one.id, str(one.default)] for kind in kinds for one in list_devices(kind)]


def print_devices() -> None:
    """What the helper process of `relist` does: all devices as JSON on standard output."""
    sys.stdout.write(json.dumps(_everything()))


def lists_made() -> int:
    """How often the list was made anew: what failed before may work now."""
    return _lists_made


def _restart() -> None:
    global _lists_made  # noqa: PLW0603 - there is one PortAudio a process
    sd = _sounddevice()
    _lists_made += 1
    sd._terminate()  # the list is made when it starts, and only then
    sd._initialize()
