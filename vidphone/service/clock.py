"""What time it is for everything that depends on dates: bills, due days, standing.

In rehearsals and tests the time can be set. A data folder is either real or a rehearsal for all its life, so that no
customer is ever billed by a clock that somebody sets, and no bill of a rehearsal is taken for a real one.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from vidphone.service.store.engine import FILE_NAME

MARK = "rehearsal"
"""The file in a rehearsal's data folder that names the file of its clock."""


class BadClock(Exception):
    """The clock cannot be used; `reason` is the key of the text `clock.<reason>`, and `places` fill it."""

    def __init__(self, reason: str, **places: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.places = places


class Clock(Protocol):
    """UTC seconds since 1970."""

    @property
    def rehearsal(self) -> bool:
        """Whether the time can be set, which every document then says."""

    def now(self) -> float:
        """The time."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own time."""

    rehearsal = False

    def now(self) -> float:
        """See `Clock`."""
        return time.time()


@dataclass(frozen=True, slots=True)
class RehearsalClock:
    """The time that a file says, as ISO 8601 with its offset from UTC; from the moment it was written it goes on."""

    file: Path
    rehearsal = True

    def now(self) -> float:
        """See `Clock`.

        Raises:
            BadClock: the file cannot be read, or says no time.
        """
        try:
            written_at, written = self.file.stat().st_mtime, self.file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadClock("unreadable", path=str(self.file)) from error
        try:
            said = datetime.fromisoformat(written)
        except ValueError:
            raise BadClock("no-time", path=str(self.file)) from None
        if said.tzinfo is None:
            raise BadClock("no-time", path=str(self.file))
        return said.astimezone(UTC).timestamp() + max(0.0, time.time() - written_at)


def open_clock(data: Path, file: Path | None = None, *, rehearsal: bool | None = None) -> Clock:
    """The clock of a data folder.

    Args:
        data: The data folder; one without a database becomes a rehearsal where that is asked for.
        file: The clock of a rehearsal; None: the one that the folder names.
        rehearsal: Whether one is meant; None: whatever the folder is, for commands beside the service.

    Raises:
        BadClock: the folder is real and a rehearsal is meant, or the other way round, or its clock says no time.
    """
    mark = data / MARK
    marked = mark.is_file()
    if file is not None and not rehearsal:
        raise BadClock("not-meant")
    if marked and rehearsal is False:
        raise BadClock("is-rehearsal", data=str(data))
    if not marked and not rehearsal:
        return SystemClock()
    if not marked and (data / FILE_NAME).exists():
        raise BadClock("is-real", data=str(data))
    if file is None and not marked:
        raise BadClock("which")
    if file is not None:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.write_text(f"{file.absolute()}\n", encoding="utf-8")
    clock = RehearsalClock(Path(mark.read_text(encoding="utf-8").strip()))
    clock.now()
    return clock
