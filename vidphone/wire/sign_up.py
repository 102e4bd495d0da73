"""The bodies of signing up, and of what a signed-in customer asks of the agreement (clauses 1, 2, 9, 17).

The customer's key never leaves the customer's machine: the service gets a request for a certificate (PKCS#10), sends
the unsigned document, takes it back signed, adds the provider's signature, and both keep the same bytes.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from vidphone.terms.orders import Catalogue, Order, Words
from vidphone.terms.parties import CustomerData
from vidphone.texts import Language
from vidphone.wire.signaling import MAX_FREE_NUMBERS, Number

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Password = Annotated[SecretStr, Field(min_length=8, max_length=256)]
MAX_DOCUMENT_BYTES = 4_194_304
"""Of an agreement in PDF, with its annexes, fonts and signatures."""
MAX_COPY_BYTES = 10_485_760
"""Of a copy of an identity card or a licence, as the customer sends it."""
COPY_TYPES = ("image/jpeg", "image/png", "application/pdf")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Provider(_Model):
    """`GET /v1/provider`: who the other party is, from its configuration."""

    name: Words
    website: str
    address: Words
    telephone: str
    support_number: Number
    """Customer service, called from this program; free, and never blocked."""
    free_numbers: Annotated[tuple[Number, ...], Field(max_length=MAX_FREE_NUMBERS)] = ()
    """Others that are: emergency numbers (clause 9)."""
    arbitration_commission: Words
    signing_place: Words
    root_certificate_pem: str
    """The authority that the signatures of this provider's agreements lead to."""


class AgreementVersion(_Model):
    """`GET /v1/agreement`: the agreement that is signed today, its source in both languages (`terms/agreement.py`)."""

    version: str
    published_on: date
    zh: str
    en: str
    sha256: Sha256
    """Of the Chinese source in UTF-8: what an acceptance is bound to."""
    identity_notice: Words
    """What the separate consent for identity data is asked for."""


class FreeNumbers(_Model):
    """`GET /v1/numbers?containing=`: some of the numbers that may be chosen now. None of them is held."""

    numbers: tuple[Number, ...]


class SignUpRequest(_Model):
    """`POST /v1/sign-ups`. Sent again with the same `id`, it gives the same answer."""

    id: Id
    """Chosen by the client, at random."""
    language: Language
    agreement_version: Annotated[str, Field(max_length=32)]
    agreement_sha256: Sha256
    accepted: Literal[True]
    """The whole agreement was shown, and accepted by a person."""
    data: CustomerData
    identity_consent: Literal[True]
    """Given apart from the agreement."""
    identity_notice_sha256: Sha256
    """Of the notice that was shown, in the language of the sign-up, in UTF-8."""
    catalogue_version: Annotated[str, Field(max_length=32)]
    plan: Annotated[str, Field(max_length=32)]
    terminal: Annotated[str, Field(max_length=32)] | None = None
    credit_limit_fen: Annotated[int, Field(ge=0, le=100_000_000)]
    number: Number
    password: Password
    certificate_request_pem: Annotated[str, Field(max_length=4096)]


class SignUpBegun(_Model):
    """The answer: the number and the identity are held until `expires_at`, and the document waits to be signed."""

    id: Id
    token: str
    """For `Authorization: Bearer` on the other requests of this sign-up."""
    expires_at: float
    order: Order
    order_sha256: Sha256
    certificate_pem: str
    """The customer's, then those that lead to the root."""
    document_sha256: Sha256
    """Of `GET /v1/sign-ups/{id}/document`, the unsigned PDF."""


class SignUpDone(_Model):
    """The answer to `PUT /v1/sign-ups/{id}/document` with the PDF that the customer signed. Idempotent."""

    number: Number
    agreement: Id
    signed_at: float
    document_sha256: Sha256
    """Of the PDF with both signatures: `GET /v1/sign-ups/{id}/document` from now on, and of the copy of each side."""


class AgreementState(StrEnum):
    """An agreement between its signing and its end."""

    IN_FORCE = "in-force"
    ON_PAPER = "on-paper"
    """In force, signed outside this program."""
    ENDED = "ended"


class MyAgreement(_Model):
    """One item of `GET /v1/me/agreements`. `GET /v1/me/agreements/{id}/document` has its PDF."""

    id: Id
    version: str
    state: AgreementState
    signed_at: float
    document_sha256: Sha256 | None
    """None where it was signed on paper."""
    orders: tuple[Order, ...]


class MyAgreements(_Model):
    """`GET /v1/me/agreements`."""

    agreements: tuple[MyAgreement, ...]


class MaskedData(_Model):
    """`GET /v1/me/data`: what the provider keeps of the customer, masked. `GET /v1/me/export` has it in full."""

    kind: str
    name: str
    birth_date: str
    address: str
    postcode: str
    identity_kind: str
    identity_number: str
    employer: str
    telephone: str


class Disclosure(_Model):
    """One time that identity data were revealed or handed over: by whom, what, why."""

    at: float
    staff: str
    fields: tuple[str, ...]
    reason: str


class Disclosures(_Model):
    """`GET /v1/me/disclosures`, newest first."""

    disclosures: tuple[Disclosure, ...]


class ReviewState(StrEnum):
    """Where the provider's look at a customer's identity stands (clause 1)."""

    PENDING = "pending"
    APPROVED = "approved"
    COPY_WANTED = "copy-wanted"
    COPY_SENT = "copy-sent"
    REFUSED = "refused"
    SUSPENDED = "suspended"


class Review(_Model):
    """`GET /v1/me/review`. `PUT /v1/me/review/copy` takes the copy as the body, one of `COPY_TYPES`."""

    state: ReviewState
    reason: str
    """The provider's words; empty where there are none."""
    since: float


class PasswordChange(_Model):
    """`POST /v1/me/password`. Other devices are signed out."""

    old: Password
    new: Password


class PasswordReset(_Model):
    """`POST /v1/password-reset`: forgotten password, with a check of identity. All devices are signed out."""

    number: Number
    identity_number: Annotated[str, Field(max_length=32)]
    telephone: Annotated[str, Field(max_length=32)]
    password: Password


class Export(_Model):
    """`GET /v1/me/export`: all that the provider keeps of the customer, in clear."""

    made_at: float
    number: Number
    data: CustomerData
    consents: tuple["Consent", ...]
    agreements: tuple[MyAgreement, ...]
    disclosures: tuple[Disclosure, ...]


class Consent(_Model):
    """What was consented to, when, and the hash of the words it was asked with."""

    kind: Literal["agreement", "identity-data"]
    version: str
    sha256: Sha256
    given_at: float


class Offer(_Model):
    """All that the first pages show, put together by the client from the three requests that bring it."""

    provider: Provider
    agreement: AgreementVersion
    catalogue: Catalogue
