"""What can be wrong with one field, by code: the sentence is the text `fault.<code>` of `assets/texts/`."""

from dataclasses import dataclass
from enum import StrEnum


class FaultCode(StrEnum):
    """Codes of faults; each sentence says what to do."""

    # Any field.
    MISSING = "missing"
    TOO_LONG = "too-long"
    BAD_CHARACTERS = "bad-characters"

    # Names, addresses, employers.
    NOT_A_NAME = "not-a-name"
    NAME_TOO_SHORT = "name-too-short"
    NO_EMPLOYER = "no-employer"
    ADDRESS_INCOMPLETE = "address-incomplete"
    BAD_POSTCODE = "bad-postcode"
    UNKNOWN_POSTCODE = "unknown-postcode"

    # Dates of birth.
    BAD_DATE = "bad-date"
    BIRTH_IN_FUTURE = "birth-in-future"
    BIRTH_TOO_LONG_AGO = "birth-too-long-ago"
    UNDER_AGE = "under-age"

    # Telephones.
    BAD_TELEPHONE = "bad-telephone"
    NO_AREA_CODE = "no-area-code"
    TELEPHONE_NOT_YOURS = "telephone-not-yours"

    # Numbers of documents.
    WRONG_DOCUMENT = "wrong-document"
    OTHER_DOCUMENT = "other-document"
    IDENTITY_LENGTH = "identity-length"
    IDENTITY_CHARACTERS = "identity-characters"
    IDENTITY_OLD = "identity-old"
    IDENTITY_CHECKSUM = "identity-checksum"
    IDENTITY_DATE = "identity-date"
    IDENTITY_BIRTH_DATE = "identity-birth-date"
    CODE_LENGTH = "code-length"
    CODE_CHARACTERS = "code-characters"
    CODE_CHECKSUM = "code-checksum"

    # Warnings: shown, and no hindrance.
    UNKNOWN_REGION = "unknown-region"
    UNKNOWN_AUTHORITY = "unknown-authority"

    # Choices.
    NOT_OFFERED = "not-offered"
    PASSWORD_TOO_SHORT = "password-too-short"  # noqa: S105
    PASSWORD_GUESSABLE = "password-guessable"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one field, named as in the request (`identity_number`)."""

    field: str
    code: FaultCode
