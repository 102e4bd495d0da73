"""The customer's copies of signed agreements, and what verifies them without the provider (clause 17).

One folder an account in the profile: the documents, byte for byte as the provider keeps them; for each the root of the
provider's authority, pinned when it was signed; the customer's key, sealed. All functions read or write files.
"""

import hashlib
import logging
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from vidphone.account.profile import set_aside, write_bytes_whole
from vidphone.account.sign_up.places import service_name
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import MAX_DOCUMENT_BYTES, AgreementVersion, MyAgreement, Provider

if TYPE_CHECKING:
    from vidphone.papers.verifying import Verdict

log = logging.getLogger(__name__)

FOLDER = "papers"
_CHAIN, _SEEN = "chain.pem", "agreements.json"
_DOCUMENT = re.compile(r"agreement-([0-9a-f]{32})\.pdf")
_NUMBER = re.compile(r"[0-9]{3,15}")


class Seen(BaseModel):
    """What the provider said of the customer's agreements when it was last asked."""

    agreements: tuple[MyAgreement, ...] = ()
    """Newest first."""
    provider: Provider | None = None
    wording: AgreementVersion | None = None


class Copies:
    """The copies of one number at one service."""

    def __init__(self, profile: Path, service: str, number: str) -> None:
        """Name the folder; nothing is read yet.

        Raises:
            ValueError: it is no number.
        """
        if not _NUMBER.fullmatch(number):
            raise ValueError("no number")
        self._folder = profile / FOLDER / service_name(service) / number

    def path(self, agreement: str) -> Path:
        """Where the copy of an agreement is, or would be."""
        return self._folder / f"agreement-{agreement}.pdf"

    def kept(self) -> tuple[str, ...]:
        """The agreements that there are copies of."""
        found = (_DOCUMENT.fullmatch(path.name) for path in sorted(self._folder.glob("agreement-*.pdf")))
        return tuple(match[1] for match in found if match)

    def pin(self, agreement: str, root_pem: str) -> str:
        """Trust this root for an agreement, unless another was trusted when it was signed; the one that is.

        Raises:
            VidphoneError: `BAD_FILE`, the profile cannot be written.
        """
        pinned = self.root(agreement)
        if pinned is None:
            self._write(f"root-{agreement}.pem", root_pem.encode())
        return pinned or root_pem

    def root(self, agreement: str) -> str | None:
        """The root that a copy is verified against, if one is pinned."""
        with suppress(OSError, UnicodeDecodeError):
            return (self._folder / f"root-{agreement}.pem").read_text(encoding="ascii") or None
        return None

    def keep(self, agreement: str, pdf: bytes) -> Path:
        """Keep a verified copy; a damaged one in its place is set aside. Raises as `pin`."""
        path = self.path(agreement)
        with suppress(FileNotFoundError):
            if self.sha256(agreement) != hashlib.sha256(pdf).hexdigest():
                set_aside(path)
        self._write(path.name, pdf)
        return path

    def keep_key(self, key_pem: bytes, name: str, chain_pem: str) -> None:
        """Keep the sealed key under the name of its secret, and its certificate. Raises as `pin`."""
        self._write(f"key-{name}.pem", key_pem)
        self._write(_CHAIN, chain_pem.encode())

    def read(self, agreement: str) -> bytes:
        """The bytes of a copy.

        Raises:
            VidphoneError: `NO_DOCUMENT`, there is none; `DOCUMENT_ALTERED`, it is not one any more.
        """
        try:
            with self.path(agreement).open("rb") as file:
                content = file.read(MAX_DOCUMENT_BYTES + 1)
        except OSError:
            raise VidphoneError(ErrorCode.NO_DOCUMENT) from None
        if len(content) > MAX_DOCUMENT_BYTES:
            raise VidphoneError(ErrorCode.DOCUMENT_ALTERED)
        return content

    def sha256(self, agreement: str) -> str | None:
        """The hash of a copy; None where there is none."""
        try:
            return hashlib.sha256(self.read(agreement)).hexdigest()
        except VidphoneError as error:
            return "" if error.code is ErrorCode.DOCUMENT_ALTERED else None

    def verify(self, agreement: str) -> "Verdict":
        """Whether a copy is as both sides signed it, by the pinned root and without the provider.

        Raises:
            VidphoneError: as `read`; `DOCUMENT_ALTERED`, the root that it is verified by is gone or damaged.
        """
        from vidphone.papers.verifying import verify  # noqa: PLC0415 - only where a document is looked at

        try:
            return verify(self.read(agreement), self.root(agreement) or "")
        except ValueError:
            raise VidphoneError(ErrorCode.DOCUMENT_ALTERED) from None

    def is_good(self, pdf: bytes, sha256: str, root_pem: str) -> bool:
        """Whether a document is the one that the provider's list names, signed by both."""
        from vidphone.papers.verifying import verify  # noqa: PLC0415 - as above

        try:
            return hashlib.sha256(pdf).hexdigest() == sha256 and verify(pdf, root_pem).complete
        except ValueError:  # the root is none
            return False

    def keep_seen(self, seen: Seen) -> None:
        """Keep what the provider said of it, to be shown offline. Raises as `pin`."""
        self._write(_SEEN, seen.model_dump_json().encode())

    def seen(self) -> Seen:
        """What the provider said when it was last asked; empty where it never was."""
        with suppress(OSError, ValidationError):
            return Seen.model_validate_json((self._folder / _SEEN).read_bytes())
        return Seen()

    def _write(self, name: str, content: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_bytes_whole(self._folder / name, content)
        except OSError as error:
            raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(self._folder / name)}) from error
