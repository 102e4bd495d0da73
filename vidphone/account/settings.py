"""What a person chose on this machine."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from vidphone.account.profile import set_aside, write_whole
from vidphone.texts import Language

log = logging.getLogger(__name__)

FILE_NAME = "settings.json"
MAX_FILE_BYTES = 65_536
MAX_TEXT_CHARACTERS = 512
MIN_TEXT_SCALE, MAX_TEXT_SCALE = 0.5, 3.0


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
    echo_cancellation: bool = True
    noise_suppression: bool = True
    automatic_gain: bool = True
    start_with_video: bool = True
    notifications: bool = True
    told_of_tray: bool = False
    """Whether the person has been told that a closed window lives on in the tray."""
    crash_reports: bool | None = None
    """Whether crashes are told to the provider; None: the person was not asked yet."""


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What a profile holds; `damaged` is the file that could not be read and was set aside."""

    settings: Settings
    damaged: Path | None


def load(directory: Path) -> Settings:
    """The settings of a profile; the defaults where there are none or they are damaged."""
    return read(directory).settings


def read(directory: Path) -> ReadSettings:
    """The settings of a profile. A value that makes no sense counts as not set; a file that makes none is set aside."""
    path = directory / FILE_NAME
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ValueError("too large")
        values = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(values, dict):
            raise TypeError("not an object")
    except FileNotFoundError:
        return ReadSettings(Settings(), None)
    except (ValueError, TypeError, RecursionError):
        log.warning("the settings cannot be read and were set aside")
        return ReadSettings(Settings(), _set_aside(path))
    except OSError as error:
        log.warning("the settings cannot be read: %s", error.strerror)
        return ReadSettings(Settings(), path)
    return ReadSettings(_from(values), None)


def save(directory: Path, settings: Settings) -> None:
    """Keep the settings; a crash leaves the old ones or the new ones.

    Raises:
        OSError: the profile cannot be written.
    """
    write_whole(directory / FILE_NAME, json.dumps(asdict(settings), ensure_ascii=False, indent=1) + "\n")


def _set_aside(path: Path) -> Path:
    try:
        return set_aside(path)
    except OSError:
        return path


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT_CHARACTERS:
        raise ValueError
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _truth_or_none(value: object) -> bool | None:
    return None if value is None else _truth(value)


def _scale(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not MIN_TEXT_SCALE <= value <= MAX_TEXT_SCALE:
        raise ValueError
    return float(value)


def _language(value: object) -> Language | None:
    return None if value is None else Language(_text(value))


def _theme(value: object) -> Theme:
    return Theme(_text(value))


_READERS: Mapping[str, Callable[[object], object]] = {
    "service": _text,
    "number": _text,
    "language": _language,
    "theme": _theme,
    "text_scale": _scale,
    "motion": _truth,
    "camera": _text,
    "microphone": _text,
    "speaker": _text,
    "ringer": _text,
    "echo_cancellation": _truth,
    "noise_suppression": _truth,
    "automatic_gain": _truth,
    "start_with_video": _truth,
    "notifications": _truth,
    "told_of_tray": _truth,
    "crash_reports": _truth_or_none,
}


def _from(values: Mapping[str, object]) -> Settings:
    known: dict[str, object] = {}
    for name, reader in _READERS.items():
        if name in values:
            try:
                known[name] = reader(values[name])
            except (ValueError, TypeError):
                log.warning("the setting %s makes no sense and is not used", name)
    return Settings(**known)  # type: ignore[arg-type]
