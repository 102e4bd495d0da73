"""What can be wrong with one field, by code: the sentence is the text `fault.<code>` of `assets/texts/`."""

from dataclasses import dataclass
from enum import StrEnum


class FaultCode(StrEnum):
    """Codes of faults; each sentence says what to do."""

    MISSING = "missing"
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one field, named as in the request (`identity_number`)."""

    field: str
    code: FaultCode
