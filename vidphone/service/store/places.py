"""Where a list goes on: by the time and the id of its last row, so that the last page takes as long as the first."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


@dataclass(frozen=True, slots=True)
class Place:
    """The last row that was shown. `at`: UTC seconds since 1970; rows of the same time are told apart by their ids."""

    at: float
    id: str | int


def beyond(at: ColumnElement[Any], known: ColumnElement[Any], place: Place) -> ColumnElement[bool]:
    """Which rows come after a place, in a list with the latest first and, of the same time, the lower id first."""
    return or_(at < place.at, and_(at == place.at, known > place.id))
