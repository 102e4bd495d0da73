"""The devices of a machine, as a person chooses among them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from vidphone.wire.errors import ErrorCode


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
