"""What signing up allows, and what comes of it. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vidphone.terms.customer import check_customer, normalise
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import Catalogue, Order, check_choice
from vidphone.terms.parties import CustomerData
from vidphone.terms.passwords import check_password
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import AgreementVersion, SignUpRequest

HOLD_S = 3600.0
"""How long number and identity are held for somebody who signs up."""
DONE_KEPT_S = 86_400.0
"""How long the end of a sign-up can be asked for again: a client that lost the answer comes back for it."""
KEY_WORDS = "certificate_request_pem"


class SignUpState(StrEnum):
    """Where a sign-up stands."""

    BEGUN = "begun"
    """Number and identity are held, the document waits to be signed."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Pending:
    """What is kept, sealed, of a sign-up until it is done."""

    request_sha256: str
    token: str
    language: Language
    data: CustomerData
    password_hash: str
    order: Order
    agreement_version: str
    agreement_sha256: str
    notice_sha256: str
    chain_pem: str
    document_sha256: str
    begun_at: float


def request_sha256(request: SignUpRequest) -> str:
    """What tells a request sent again from another one; the password is compared by its own hash."""
    return hashlib.sha256(request.model_dump_json(exclude={"password"}).encode()).hexdigest()


def notice_sha256(version: AgreementVersion, language: Language) -> str:
    """Of the notice that is shown in a language."""
    notice = version.identity_notice.zh if language is Language.CHINESE else version.identity_notice.en
    return hashlib.sha256(notice.encode()).hexdigest()


def check_request(request: SignUpRequest, version: AgreementVersion, catalogue: Catalogue, today: date) -> CustomerData:
    """The customer's data in the form to keep, where everything that can be known beforehand is right.

    Raises:
        VidphoneError: `AGREEMENT_CHANGED` (or its notice), `CATALOGUE_CHANGED`, or `BAD_DATA` with faults of fields.
    """
    shown = (request.agreement_version, request.agreement_sha256, request.identity_notice_sha256)
    if shown != (version.version, version.sha256, notice_sha256(version, request.language)):
        raise VidphoneError(ErrorCode.AGREEMENT_CHANGED)
    if request.catalogue_version != catalogue.version:
        raise VidphoneError(ErrorCode.CATALOGUE_CHANGED)
    data = normalise(request.data)
    weak = check_password(request.password.get_secret_value(), known_of(data, request.number))
    faults = (
        *check_customer(request.data, today),
        *check_choice(catalogue, request.plan, request.terminal, request.credit_limit_fen),
        *((weak,) if weak else ()),
    )
    if faults:
        raise VidphoneError(ErrorCode.BAD_DATA, faults=faults)
    return data


def known_of(data: CustomerData, number: str) -> tuple[str, ...]:
    """What others know of a customer, so that no password may be it."""
    born = (f"{data.birth_date:%Y%m%d}",) if data.birth_date else ()
    return (number, data.telephone, data.identity_number, data.name, *born)


def unprintable(data: CustomerData, characters: str) -> VidphoneError:
    """The refusal of data that the agreement cannot be printed with, since no font has these characters."""
    fields = ("name", "address", "employer")
    found = [field for field in fields if set(characters) & set(getattr(data, field))]
    return VidphoneError(
        ErrorCode.BAD_DATA, faults=tuple(Fault(field, FaultCode.BAD_CHARACTERS) for field in found or fields[:1])
    )


def bad_certificate_request() -> VidphoneError:
    """The refusal of a request for a certificate that cannot be read, or is not signed by its key."""
    return VidphoneError(ErrorCode.BAD_REQUEST, {"detail": KEY_WORDS})
