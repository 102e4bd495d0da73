"""What a person chose on this machine."""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.texts import Language


class Theme(StrEnum):
    """How windows look."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Settings:
    """Empty device names mean the system's default; `language` None means the system's."""

    service: str = ""
    number: str = ""
    language: Language | None = None
    theme: Theme = Theme.SYSTEM
    text_scale: float = 1.0
    motion: bool = True
    camera: str = ""
    microphone: str = ""
    speaker: str = ""
    ringer: str = ""
    start_with_video: bool = True
    notifications: bool = True
