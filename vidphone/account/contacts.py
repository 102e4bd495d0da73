"""The people a customer calls."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from vidphone.account.schema import transaction


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or an organisation with one or more numbers."""

    id: str
    name: str
    numbers: tuple[str, ...]
    favourite: bool = False
    note: str = ""


def everyone(db: sqlite3.Connection) -> tuple[Contact, ...]:
    """All contacts, by name."""
    numbers: dict[str, list[str]] = {}
    for contact, number in db.execute("SELECT contact, number FROM contact_number ORDER BY contact, position"):
        numbers.setdefault(contact, []).append(number)
    found = [
        Contact(id_, name, tuple(numbers.get(id_, ())), bool(favourite), note)
        for id_, name, favourite, note in db.execute("SELECT id, name, favourite, note FROM contact")
    ]
    return tuple(sorted(found, key=lambda contact: (contact.name.casefold(), contact.id)))


def save(db: sqlite3.Connection, contacts: Iterable[Contact]) -> None:
    """Add contacts, or change those of the same ids; all or none."""
    with transaction(db):
        for contact in contacts:
            db.execute("DELETE FROM contact WHERE id = ?", (contact.id,))  # its numbers go with it
            db.execute(
                "INSERT INTO contact (id, name, favourite, note) VALUES (?, ?, ?, ?)",
                (contact.id, contact.name, contact.favourite, contact.note),
            )
            db.executemany(
                "INSERT INTO contact_number (contact, position, number) VALUES (?, ?, ?)",
                [(contact.id, position, number) for position, number in enumerate(contact.numbers)],
            )


def remove(db: sqlite3.Connection, contact_id: str) -> None:
    """Delete a contact; one that is not there is no error."""
    db.execute("DELETE FROM contact WHERE id = ?", (contact_id,))
