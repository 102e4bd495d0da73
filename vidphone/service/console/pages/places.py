"""Lists with the latest first, a page at a time."""

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from vidphone.service.console.pages.customers import AT_A_TIME
from vidphone.service.console.visit import Visit
from vidphone.service.store.places import Place
from vidphone.wire.errors import ErrorCode, VidphoneError

ASKED = AT_A_TIME + 1
"""One more than a page shows tells whether there is another one."""
_TIME = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")


class Placed(Protocol):
    """A row that knows where it stands."""

    @property
    def place(self) -> Place:
        """After which the next page begins."""


Row = TypeVar("Row", bound=Placed)


def place_of(visit: Visit, known: str = "[0-9a-f]{32}") -> Place | None:
    """After which row a list goes on, whose ids are of that form; None at its beginning.

    Raises:
        VidphoneError: `BAD_REQUEST`, it is none.
    """
    at, after = visit.query("before", 24), visit.query("id", 32)
    if not at:
        return None
    if not _TIME.fullmatch(at) or not re.fullmatch(known, after):
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "before"})
    return Place(float(at), after)


def counted_place(visit: Visit) -> Place | None:
    """The same, of a list whose ids are numbers. Raises as `place_of`."""
    found = place_of(visit, "[0-9]{1,15}")
    return None if found is None else Place(found.at, int(found.id))


def page(rows: Sequence[Row]) -> tuple[Sequence[Row], str]:
    """What is shown of the rows that were `ASKED` for, and the end of the address of the next page, or nothing."""
    shown = rows[:AT_A_TIME]
    if len(rows) <= AT_A_TIME:
        return shown, ""
    last = shown[-1].place
    return shown, f"before={last.at!r}&id={last.id}"
