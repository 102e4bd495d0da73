"""The devices of a PulseAudio server, or of PipeWire that speaks as one: its names, its defaults, its changes."""

import threading
from collections.abc import Callable
from typing import Any

from vidphone.media.devices import Device, DeviceKind

_DUMMY = "auto_null"
"""What the server makes when there is no device at all."""
_LISTEN_S = 0.5
_SETTLE_S = 0.2
"""A headset that is plugged in causes a dozen events: one change."""


class PulseServer:
    """A connection for one thread; it connects by itself and does without when there is no server."""

    def __init__(self) -> None:
        self._pulse: Any = None

    def devices(self, kind: DeviceKind) -> tuple[Device, ...] | None:
        """The microphones or speakers; None without a server.

        A speaker's monitor is no microphone, and the server's dummy no device.
        """
        found = self._ask(kind)
        if found is None:
            return None
        default, everything = found
        return tuple(
            Device(one.name, one.description or one.name, one.name == default)
            for one in everything
            if one.name != _DUMMY and (kind is not DeviceKind.MICROPHONE or not _is_monitor(one))
        )

    def monitor(self, device: str) -> Device | None:
        """The monitor of a speaker, by name: who asks for it may record from it, though no list shows it."""
        found = self._ask(DeviceKind.MICROPHONE)
        names = {one.name: one.description for one in found[1] if _is_monitor(one)} if found else {}
        return Device(device, names[device] or device, default=False) if device in names else None

    def close(self) -> None:
        """Disconnect; the next question connects again."""
        if self._pulse is not None:
            self._pulse.close()
            self._pulse = None

    def listen(self, stopping: threading.Event, changed: Callable[[], None]) -> bool:
        """Call `changed` whenever devices or defaults change, until `stopping` is set or the server goes away.

        Returns:
            Whether there was a server.
        """
        pulse = self._connected()
        if pulse is None:
            return False
        import pulsectl  # noqa: PLC0415 - see `_connected`

        seen = threading.Event()

        def note(_event: object) -> None:
            seen.set()
            raise pulsectl.PulseLoopStop

        try:
            pulse.event_mask_set("sink", "source", "server")
            pulse.event_callback_set(note)
            while not stopping.is_set():
                pulse.event_listen(timeout=_LISTEN_S)
                if seen.is_set():
                    stopping.wait(_SETTLE_S)
                    seen.clear()
                    changed()
        except pulsectl.PulseError:  # the server is gone
            changed()
        finally:
            self.close()
        return True

    def _ask(self, kind: DeviceKind) -> tuple[str, list[Any]] | None:
        """The name of the default and all sinks or sources."""
        pulse = self._connected()
        if pulse is None:
            return None
        import pulsectl  # noqa: PLC0415 - see `_connected`

        try:
            server = pulse.server_info()
            if kind is DeviceKind.MICROPHONE:
                return server.default_source_name, pulse.source_list()
            return server.default_sink_name, pulse.sink_list()
        except pulsectl.PulseError:
            self.close()
            return None

    def _connected(self) -> Any:
        if self._pulse is None:
            try:
                import pulsectl  # noqa: PLC0415 - only Linux has it, and it needs the system's libpulse
            except (ImportError, OSError):
                return None
            pulse = pulsectl.Pulse("vidphone", connect=False)
            try:
                pulse.connect(autospawn=False)
            except pulsectl.PulseError:
                pulse.close()
                return None
            self._pulse = pulse
        return self._pulse


def _is_monitor(source: Any) -> bool:
    return bool(source.proplist.get("device.class") == "monitor")
