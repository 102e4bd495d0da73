"""What the command line says: sentences, tables, refusals."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from vidphone.texts import system_language, text


class Refused(Exception):
    """It cannot be done; the text says why."""


def words(key: str, **places: object) -> str:
    """The text `release.<key>` in the system's language."""
    return text(f"release.{key}", system_language(), **places)


def say(key: str, **places: object) -> None:
    """Print a sentence."""
    print(words(key, **places))  # noqa: T201


def refused(key: str, **places: object) -> Refused:
    """A refusal to raise."""
    return Refused(words(key, **places))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows below the texts `release.column.<column>`."""
    whole = [tuple(words(f"column.{column}") for column in columns), *(tuple(row) for row in rows)]
    widths = [max(_width(row[index]) for row in whole) for index in range(len(columns))]
    for row in whole:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())  # noqa: T201


def moment(at: float) -> str:
    """A time as the machine's people read it."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _width(cell: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)
