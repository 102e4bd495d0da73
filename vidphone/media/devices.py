"""The devices of a machine, as a person chooses among them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from vidphone.wire.errors import ErrorCode, VidphoneError


class DeviceKind(StrEnum):
    """The devices a person can choose."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SPEAKER = "speaker"
    RINGER = "ringer"


@dataclass(frozen=True, slots=True)
class Device:
    """A device one can choose; `id` stays the same over restarts where the system allows it."""

    id: str
    name: str
    default: bool


class DeviceListener(Protocol):
    """What an open camera, microphone or speaker tells. Called on the device's own thread; returns at once."""

    def lost(self, code: ErrorCode, name: str) -> None:
        """It is missing, busy or gone; it goes on trying. `name` is what is known of it, perhaps empty."""

    def recovered(self, name: str) -> None:
        """It works again, or another device has taken its place: `name` is the one now in use."""


class DeviceEars:
    """A `DeviceListener` that brings what a device's thread says to the loop."""

    def __init__(
        self,
        kind: DeviceKind,
        loop: asyncio.AbstractEventLoop,
        notice: Callable[[DeviceKind, ErrorCode | None, str], None],
    ) -> None:
        """`notice` is called on the loop: what failed, None where it works, and its name."""
        self._kind, self._loop, self._notice = kind, loop, notice

    def lost(self, code: ErrorCode, name: str) -> None:
        """As the protocol says."""
        self._tell(code, name)

    def recovered(self, name: str) -> None:
        """As the protocol says."""
        self._tell(None, name)

    def failed(self, error: VidphoneError) -> None:
        """A source could not start."""
        self._tell(error.code, str((error.about or {}).get("path", "")))

    def _tell(self, code: ErrorCode | None, name: str) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._notice, self._kind, code, name)
