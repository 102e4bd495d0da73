"""What the command line says: sentences, tables, refusals."""

import getpass
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime

from vidphone.texts import system_language, text

_acting: ContextVar[str] = ContextVar("acting", default="")


def act_as(name: str | None) -> None:
    """Who does what follows, as the audit chain has it; None: the user of the operating system."""
    _acting.set(name or "")


def actor() -> str:
    """Who does this."""
    return _acting.get() or getpass.getuser()


class Refused(Exception):
    """It cannot be done; the text says why."""


def words(key: str, **places: object) -> str:
    """The text `admin.<key>` in the system's language."""
    return text(f"admin.{key}", system_language(), **places)


def say(key: str, **places: object) -> None:
    """Print a sentence."""
    print(words(key, **places))  # noqa: T201


def refused(key: str, **places: object) -> Refused:
    """A refusal to raise."""
    return Refused(words(key, **places))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows below the texts `admin.column.<column>`."""
    whole = [tuple(words(f"column.{column}") for column in columns), *(tuple(row) for row in rows)]
    widths = [max(_width(row[index]) for row in whole) for index in range(len(columns))]
    for row in whole:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())  # noqa: T201


def print_json(value: object) -> None:
    """Print a value for another program to read."""
    print(json.dumps(value, ensure_ascii=False, indent=2))  # noqa: T201


def moment(at: float | None) -> str:
    """A time as the machine's people read it."""
    if at is None:
        return words("never")
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def check_number(number: str) -> None:
    """Refuse what is no number."""
    if not re.fullmatch(r"[0-9]{3,15}", number):
        raise refused("bad-number", number=number)


def _width(cell: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)
