"""The payment provider, as the service needs one, and the sandbox: a provider of its own that moves no money.

A provider tells of a payment with a signature over the bytes that it sends. The sandbox signs with a key of its own
(Ed25519, RFC 8032), of which the service knows only the public half when it verifies: nothing is trusted for being
sent from the same machine.
"""

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from vidphone.service.vault.files import create_secret

FRESH_S = 300.0
"""A notification is at most so old, and so far ahead of the clock: an older one was kept by somebody."""
MAX_BYTES = 4096
_PURPOSE = b"vidphone payment notification\n"
"""Goes before what is signed, so that the signature fits nothing else."""


class Outcome(StrEnum):
    """What a provider tells of a payment."""

    PAID = "paid"
    FAILED = "failed"


class Notification(BaseModel):
    """A provider's word about a payment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    payment: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    amount_fen: Annotated[int, Field(ge=1)]
    outcome: Outcome
    at: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Refused(Exception):
    """A notification is forged, altered, stale or none at all."""


class PaymentProvider(Protocol):
    """Where customers pay by themselves."""

    @property
    def name(self) -> str:
        """A short code: what payments are kept with."""

    def page(self, payment: str, amount_fen: int, base_url: str) -> str:
        """Where the customer pays, to open in a browser."""

    def read(self, body: bytes, signature: str, at: float) -> Notification:
        """What a notification says.

        Raises:
            Refused: it is not the provider's, or not of now.
        """


@dataclass(frozen=True)
class SandboxProvider:
    """See `PaymentProvider`. What it verifies with is public."""

    public: Ed25519PublicKey
    name = "sandbox"

    def page(self, payment: str, amount_fen: int, base_url: str) -> str:
        """See `PaymentProvider`."""
        del amount_fen
        return f"{base_url}/v1/pay/{payment}"

    def read(self, body: bytes, signature: str, at: float) -> Notification:
        """See `PaymentProvider`."""
        if len(body) > MAX_BYTES:
            raise Refused
        try:
            self.public.verify(base64.b64decode(signature, validate=True), _PURPOSE + body)
            said = Notification.model_validate_json(body)
        except (InvalidSignature, binascii.Error, ValueError, ValidationError) as error:
            raise Refused from error
        if abs(said.at - at) > FRESH_S:
            raise Refused
        return said


@dataclass(frozen=True)
class SandboxCashier:
    """The other end of the sandbox: takes the customer's word that they paid, and tells the service, signed."""

    key: Ed25519PrivateKey

    @classmethod
    def open(cls, path: Path) -> "SandboxCashier":
        """The one whose key is in a file; made at first, its owner's alone.

        Raises:
            OSError: the file cannot be read or made.
            ValueError, TypeError: it holds no such key.
        """
        if not path.exists():
            made = Ed25519PrivateKey.generate()
            create_secret(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        key = load_pem_private_key(path.read_bytes(), None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(path.name)
        return cls(key)

    @property
    def provider(self) -> SandboxProvider:
        """What the service verifies with."""
        return SandboxProvider(self.key.public_key())

    def tell(self, payment: str, amount_fen: int, outcome: Outcome, at: float) -> tuple[bytes, str]:
        """A notification and its signature."""
        body = Notification(payment=payment, amount_fen=amount_fen, outcome=outcome, at=at).model_dump_json().encode()
        return body, base64.b64encode(self.key.sign(_PURPOSE + body)).decode("ascii")
