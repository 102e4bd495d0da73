"""What the doctor found, one line each."""

from dataclasses import dataclass, field
from enum import StrEnum

from vidphone.texts import Language, has_text, text
from vidphone.wire.errors import ErrorCode


class Level(StrEnum):
    """How it is."""

    OK = "ok"
    WARN = "warn"
    """Calls are possible, with something missing."""
    FAIL = "fail"
    """Calls are not possible."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `key` is that of its sentence; `<key>.next` is the next step, where there is one."""

    level: Level
    key: str
    places: dict[str, str | int] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """What was found."""
        return text(self.key, language, **self.places)

    def next_step(self, language: Language) -> str:
        """What to do about it; empty where there is nothing to do."""
        key = f"{self.key}.next"
        return text(key, language, **self.places) if has_text(key) else ""


def ok(name: str, **places: str | int) -> Finding:
    """It is as it should be."""
    return Finding(Level.OK, f"doctor.{name}", places)


def warn(name: str, **places: str | int) -> Finding:
    """Something is missing."""
    return Finding(Level.WARN, f"doctor.{name}", places)


def fail(name: str, **places: str | int) -> Finding:
    """Something prevents calls."""
    return Finding(Level.FAIL, f"doctor.{name}", places)


def of_error(level: Level, code: ErrorCode, about: dict[str, str | int] | None = None) -> Finding:
    """What an error code says."""
    return Finding(level, f"error.{code.value}", about or {})
