"""Encoders of hardware that work here: looked for once, beside the calls."""

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

from vidphone.media.codec.libav import RECIPES, probe_hardware


class HardwareEncoders:
    """What `probe` finds, on a thread of its own, since a driver may take seconds to answer.

    Only encoders that take a new rate while they run are of use in a call: the others begin anew with a key frame, and
    the rate changes all the time.
    """

    def __init__(self, probe: Callable[[], Mapping[str, str]] = probe_hardware) -> None:
        self._probe = probe
        self._found: Mapping[str, str] = MappingProxyType({})
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def look(self) -> None:
        """Begin to look, the first time; returns at once. Any thread."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hardware encoders", daemon=True)
                self._thread.start()

    def found(self) -> Mapping[str, str]:
        """Implementation by codec; empty until it is known. Any thread."""
        return self._found

    def join(self) -> None:
        """Wait until it is known, once `look` was called."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        found = self._probe()
        self._found = MappingProxyType({name: each for name, each in found.items() if RECIPES[each].follows})


HARDWARE_ENCODERS = HardwareEncoders()
"""Of this machine."""
