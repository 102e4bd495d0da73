"""What keeps personal data safe over the years: `keys`, `audit`, `erase`. Each function prints what it did."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.admin.said import Refused, actor, moment, print_table, refused, say
from vidphone.service.audit.log import AuditLog, Head
from vidphone.service.store.engine import writing
from vidphone.service.store.identities import Identities
from vidphone.service.store.sealed import open_vault, rotate_keys
from vidphone.service.vault.custody import VaultError
from vidphone.texts import system_language, text


def rotate(engine: Engine, key_file: Path) -> None:
    """A new key-encryption key, and all data keys under it."""
    with keys_told():
        now = time.time()
        rotation = rotate_keys(engine, key_file, now)
    with writing(engine) as connection:
        details = {"key": rotation.active, "count": str(rotation.rewrapped)}
        AuditLog(engine).append(connection, "keys-rotated", actor(), "keys", details, now)
    say("keys.rotated", id=rotation.active, count=rotation.rewrapped, path=str(key_file))
    for key in rotation.dropped:
        say("keys.dropped", id=key)


def show_head(engine: Engine) -> None:
    """The head of the audit chain, to publish."""
    print(AuditLog(engine).head())  # noqa: T201


def verify(engine: Engine, published: str | None) -> None:
    """Look through the audit chain, and hold it against a head that was published before."""
    try:
        head = Head.parse(published) if published is not None else None
    except ValueError:
        raise refused("audit.no-head") from None
    log = AuditLog(engine)
    if broken := log.verify(head):
        raise refused(f"audit.{broken.problem.value}", entry=broken.entry)
    say("audit.sound" if head is None else "audit.as-published", head=str(log.head()))


def show_audit(engine: Engine, after: int) -> None:
    """Some entries of the audit chain as a table: those after one, as many as a look takes in."""
    entries = AuditLog(engine).entries(after)
    if not entries:
        say("audit.none")
        return
    rows = (
        (
            str(entry.id),
            moment(entry.at),
            entry.kind,
            entry.actor,
            entry.subject,
            " ".join(f"{name}={value}" for name, value in entry.details.items()),
        )
        for entry in entries
    )
    print_table(("entry", "at", "what", "who", "whom", "details"), rows)


def erase_due(engine: Engine, key_file: Path) -> None:
    """Erase the data of all customers whose agreement ended so long ago that nothing asks for them any more."""
    now = time.time()
    with keys_told():
        identities = Identities(engine, open_vault(engine, key_file, now), AuditLog(engine))
        due = identities.due(datetime.fromtimestamp(now, UTC).date())
        for account in due:
            identities.erase(account, now, actor())
    say("erased", count=len(due))


@contextmanager
def keys_told() -> Iterator[None]:
    """What is wrong with the keys, as a refusal."""
    try:
        yield
    except VaultError as error:
        raise Refused(text(f"vault.{error.reason}", system_language(), **error.places).strip()) from error
