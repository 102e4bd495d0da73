"""A customer's data as a whole (clause 1): made uniform, checked field by field, and what is only unusual in it."""

from dataclasses import replace
from datetime import date

from vidphone.terms.calendar import age
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.identity import OLDEST, identity_fault, normalise_identity_number, region_warning
from vidphone.terms.parties import CustomerData, IdentityKind, PartyKind
from vidphone.terms.postcode import normalise_postcode, postcode_fault
from vidphone.terms.telephone import normalise_telephone, telephone_fault
from vidphone.terms.written import address_fault, employer_fault, organisation_fault, person_fault, tidy, tidy_name

ADULT = 18
"""Years. From here on a person acts for themselves in law (Civil Code 17, 18)."""
FIELDS = (
    "kind",
    "name",
    "birth_date",
    "address",
    "postcode",
    "identity_kind",
    "identity_number",
    "employer",
    "telephone",
)
_MAX_CODE = 64
"""Of a number as typed, with its spaces."""


def normalise(data: CustomerData) -> CustomerData:
    """The data as they are kept, signed and compared. What cannot be read stays as it is, for the check to tell.

    An organisation keeps no birth date: none is asked of it, so none is taken.
    """
    person = data.kind is PartyKind.PERSON
    return replace(
        data,
        name=tidy_name(data.name) if person else tidy(data.name),
        birth_date=data.birth_date if person else None,
        address=tidy(data.address),
        postcode=normalise_postcode(data.postcode),
        identity_number=normalise_identity_number(data.identity_number),
        employer=tidy(data.employer) if person else tidy_name(data.employer),
        telephone=normalise_telephone(data.telephone),
    )


def check_customer(data: CustomerData, today: date, minimum_age: int = ADULT) -> tuple[Fault, ...]:
    """The faults of data as typed, at most one a field, in the order of the fields. Empty: they can be signed."""
    faults = (check_field(field, data, today, minimum_age) for field in FIELDS)
    return tuple(fault for fault in faults if fault is not None)


def check_field(field: str, data: CustomerData, today: date, minimum_age: int = ADULT) -> Fault | None:
    """The fault of one field as typed. `identity_number` is compared with the other fields: check it again after them.

    Raises:
        ValueError: no such field.
    """
    if field not in FIELDS:
        raise ValueError(field)
    code = _code(field, data, today, minimum_age)
    return None if code is None else Fault(field, code)


def warn_customer(data: CustomerData, today: date) -> tuple[Fault, ...]:
    """What is unusual in data, for the customer to look at again; it hinders nothing. Faulty fields have no warning."""
    if check_field("identity_number", data, today) or check_field("identity_kind", data, today):
        return ()
    code = region_warning(normalise_identity_number(data.identity_number), data.identity_kind)
    return () if code is None else (Fault("identity_number", code),)


def _code(field: str, data: CustomerData, today: date, minimum_age: int) -> FaultCode | None:
    person = data.kind is PartyKind.PERSON
    match field:
        case "kind":
            return None
        case "birth_date":
            return _birth_fault(data.birth_date, today, minimum_age) if person else None
        case "identity_kind":
            of_organisation = data.identity_kind is IdentityKind.SOCIAL_CREDIT_CODE
            return FaultCode.WRONG_DOCUMENT if person is of_organisation else None
    typed: str = getattr(data, field)
    if not typed.strip():
        return FaultCode.NO_EMPLOYER if field == "employer" and person else FaultCode.MISSING
    match field:
        case "name":
            return person_fault(tidy_name(typed)) if person else organisation_fault(tidy(typed))
        case "address":
            return address_fault(tidy(typed))
        case "employer":
            return employer_fault(tidy(typed)) if person else person_fault(tidy_name(typed))
        case "telephone":
            return telephone_fault(typed, data.kind)
    if len(typed) > _MAX_CODE:
        return FaultCode.TOO_LONG
    if field == "postcode":
        return postcode_fault(normalise_postcode(typed))
    number, birth = normalise_identity_number(typed), data.birth_date if person else None
    return identity_fault(number, data.identity_kind, birth, today)


def _birth_fault(birth: date | None, today: date, minimum_age: int) -> FaultCode | None:
    if birth is None:
        return FaultCode.MISSING
    if birth > today:
        return FaultCode.BIRTH_IN_FUTURE
    years = age(birth, today)
    if years > OLDEST:
        return FaultCode.BIRTH_TOO_LONG_AGO
    return FaultCode.UNDER_AGE if years < minimum_age else None
