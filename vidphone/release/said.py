"""What the command line says: sentences, tables, refusals."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from vidphone.texts import system_language, text


class Refused(Exception):
    """It cannot be done; the text says why."""


def words(key: str, **places: object) -> str:
    """The text `release.<key>` in the system's language."""
    harmless = {name: _harmless(value) if isinstance(value, str) else value for name, value in places.items()}
    return text(f"release.{key}", system_language(), **harmless)


def say(key: str, **places: object) -> None:
    """Print a sentence."""
    print(words(key, **places))  # noqa: T201


def refused(key: str, **places: object) -> Refused:
    """A refusal to raise."""
    return Refused(words(key, **places))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows below the texts `release.column.<column>`."""
    head = tuple(words(f"column.{column}") for column in columns)
    whole = [head, *(tuple(_harmless(cell) for cell in row) for row in rows)]
    widths = [max(_width(row[index]) for row in whole) for index in range(len(columns))]
    for row in whole:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())  # noqa: T201


def moment(at: float) -> str:
    """A time as the machine's people read it."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _harmless(said: str) -> str:
    """What others have written, without what a terminal would obey."""
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode("ascii") for each in said
    )


def _width(cell: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)
