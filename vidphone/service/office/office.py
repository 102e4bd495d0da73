"""What the provider's staff work with, over one database."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.audit.log import AuditLog
from vidphone.service.copies import SUFFIX
from vidphone.service.store.agreements import StoredAgreements
from vidphone.service.store.identities import Identities
from vidphone.service.store.numbers import NumberPool
from vidphone.service.store.reviews import StoredReviews
from vidphone.service.store.sealed import open_vault


@dataclass(frozen=True)
class Office:
    """Numbers, agreements, identities and reviews. Blocking. Times are UTC seconds since 1970."""

    pool: NumberPool
    agreements: StoredAgreements
    identities: Identities
    reviews: StoredReviews
    audit: AuditLog

    @classmethod
    def open(cls, engine: Engine, key_file: Path, at: float) -> "Office":
        """The office of a database.

        Raises:
            VaultError: the keys of personal data cannot be used.
        """
        vault, audit = open_vault(engine, key_file, at), AuditLog(engine)
        identities = Identities(engine, vault, audit)
        reviews = StoredReviews(engine, vault, identities, audit)
        return cls(NumberPool(engine), StoredAgreements(engine, vault), identities, reviews, audit)

    def save_copies(self, account: int, folder: Path, staff: str, reason: str, at: float) -> Iterator[Path]:
        """Write the pages of a customer's copy into a folder; each is recorded as a reveal before it is written.

        Raises:
            OSError: a file is there already, or cannot be written.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for copy in self.identities.copies(account):
            path = folder / f"copy-{copy.id}{SUFFIX}"
            self.write_new(path, self.identities.reveal_copy(copy.id, staff, reason, at))
            yield path

    @staticmethod
    def write_new(path: Path, data: bytes) -> None:
        """Write a file that was not there, for its owner alone.

        Raises:
            OSError: it is there, or cannot be written.
        """
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
