"""`vidphone admin`: the provider's customers on the command line, while the service runs or not."""

import getpass
import re
import sys
import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from vidphone.service import passwords
from vidphone.service.ports import Customer
from vidphone.service.store.customers import NumberTaken, StoredCustomers, UnknownNumber
from vidphone.service.store.engine import open_database
from vidphone.texts import system_language, text

MAX_NAME = 64
FAILED = 1


class _Refused(Exception):
    """It cannot be done; the text says why."""


class Admin:
    """What an operator may do. Each method prints what it did and returns the exit code."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._engine: Engine | None = None

    def close(self) -> None:
        """Close the database, if it was opened."""
        if self._engine is not None:
            self._engine.dispose()

    def add(self, number: str, name: str, source: str) -> int:
        """A new customer; `source` of the password as in `_password`."""
        _check_number(number)
        if not 1 <= len(name.strip()) <= MAX_NAME or not name.isprintable():
            raise _refused("bad-name")
        password, generated = _password(number, source)
        try:
            self._customers().add(number, name.strip(), passwords.hash_password(password), time.time())
        except NumberTaken:
            raise _refused("exists", number=number) from None
        _say("added", number=number)
        if generated:
            _say("generated", password=password)
        return 0

    def list(self) -> int:
        """All customers as a table."""
        found = self._customers().list()
        if not found:
            _say("no-customers")
            return 0
        columns = ("number", "name", "state", "devices", "seen")
        rows = [tuple(_text(f"column.{column}") for column in columns), *map(_row, found)]
        widths = [max(_width(row[index]) for row in rows) for index in range(len(columns))]
        for row in rows:
            cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
            print("  ".join(cells).rstrip())  # noqa: T201
        return 0

    def password(self, number: str, source: str) -> int:
        """A new password for a customer; their devices are signed out."""
        customers = self._customers()
        if customers.credentials(number) is None:
            raise _refused("unknown", number=number)
        password, generated = _password(number, source)
        customers.set_password(number, passwords.hash_password(password), time.time())
        _say("password-set", number=number)
        if generated:
            _say("generated", password=password)
        return 0

    def enable(self, number: str, *, on: bool) -> int:
        """Enable or disable a number."""
        try:
            self._customers().set_enabled(number, on, time.time())
        except UnknownNumber:
            raise _refused("unknown", number=number) from None
        _say("enabled" if on else "disabled", number=number)
        return 0

    def _customers(self) -> StoredCustomers:
        try:
            self._engine = self._engine or open_database(self._data)
            return StoredCustomers(self._engine)
        except (OSError, DBAPIError) as error:
            detail = str(error).partition("\n")[0]
            sentence = text("service.data-unusable", system_language(), data=str(self._data), detail=detail)
            raise _Refused(sentence) from error


def run(admin: Admin, what: str, number: str, name: str, source: str) -> int:
    """Do one thing; what cannot be done is said on standard error."""
    try:
        match what:
            case "add":
                return admin.add(number, name, source)
            case "list":
                return admin.list()
            case "password":
                return admin.password(number, source)
            case _:
                return admin.enable(number, on=what == "enable")
    except _Refused as refused:
        print(refused, file=sys.stderr)  # noqa: T201
        return FAILED
    finally:
        admin.close()


def _password(number: str, source: str) -> tuple[str, bool]:
    """The new password, and whether it was made here. `source`: `prompt`, `stdin` (its first line) or `generate`."""
    if source == "generate":
        return passwords.generate_password(), True
    if source == "stdin":
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass.getpass(_text("password-prompt", number=number))
        if password != getpass.getpass(_text("password-again")):
            raise _refused("passwords-differ")
    if not passwords.LEAST <= len(password) <= passwords.MOST:
        raise _refused("bad-password", least=passwords.LEAST, most=passwords.MOST)
    return password, False


def _check_number(number: str) -> None:
    if not re.fullmatch(r"[0-9]{3,15}", number):
        raise _refused("bad-number", number=number)


def _row(customer: Customer) -> tuple[str, ...]:
    seen = _text("never")
    if customer.seen_at is not None:
        seen = datetime.fromtimestamp(customer.seen_at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    state = _text("state.enabled" if customer.enabled else "state.disabled")
    return customer.number, customer.name, state, str(customer.devices), seen


def _width(cell: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in cell)


def _text(key: str, **places: object) -> str:
    return text(f"admin.{key}", system_language(), **places)


def _say(key: str, **places: object) -> None:
    print(_text(key, **places))  # noqa: T201


def _refused(key: str, **places: object) -> _Refused:
    return _Refused(_text(key, **places))
