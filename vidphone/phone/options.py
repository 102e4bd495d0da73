"""What a shell decides before the phone starts."""

from dataclasses import dataclass
from pathlib import Path

from vidphone.media.process.switches import VoiceProcessing


@dataclass(frozen=True, slots=True)
class PhoneOptions:
    """Empty device names mean what the settings say; `record` records every call."""

    camera: str = ""
    microphone: str = ""
    speaker: str = ""
    record: Path | None = None
    width: int = 1280
    height: int = 720
    who: str = ""
    """Chooses the looks of the person in the test picture."""
    voice: VoiceProcessing | None = None
    """None for what the settings say."""
    keep_token: bool = True
