"""The devices of a machine, as a person chooses among them."""

from dataclasses import dataclass
from enum import StrEnum


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
