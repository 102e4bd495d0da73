"""Who signs: the customer's data as clause 1 asks for them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PartyKind(StrEnum):
    """A person or an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


class IdentityKind(StrEnum):
    """The document that an identity number stands on."""

    RESIDENT_ID = "resident-id"
    """Resident identity card (GB 11643)."""
    RESIDENCE_PERMIT = "residence-permit"
    """Residence permit of a Hong Kong, Macao or Taiwan resident (regions 81, 82, 83; GB 11643)."""
    FOREIGN_PERMANENT_RESIDENT = "foreign-permanent-resident"
    """Foreign permanent resident identity card."""
    SOCIAL_CREDIT_CODE = "social-credit-code"
    """Unified social credit code of an organisation (GB 32100)."""


@dataclass(frozen=True, slots=True)
class CustomerData:
    """What the customer states (clause 1), as typed but for surrounding space. `birth_date` is a person's alone.

    An organisation has no birth date, and names in `employer` the person in charge.
    """

    kind: PartyKind
    name: str
    birth_date: date | None
    address: str
    postcode: str
    identity_kind: IdentityKind
    identity_number: str
    employer: str
    telephone: str
