"""Postcodes of mainland China: six digits, of which the first two stand for a province."""

import re

from vidphone.terms.faults import FaultCode
from vidphone.terms.written import compact

_SIX_DIGITS = re.compile(r"[0-9]{6}")
_PROVINCES = re.compile(r"0[1-7]|1[0-356]|2[0-7]|3[0-6]|4[0-7]|5[1-7]|6[1-7]|7[1-5]|8[1345]")
"""China Post's four-level code: a pair of digits for each municipality, one to four for a province or region."""
_ELSEWHERE = frozenset({"999077", "999078", "999079"})
"""What forms ask for in Hong Kong, Macao and Taiwan, which have no postcodes of this kind."""


def normalise_postcode(written: str) -> str:
    """Half-width digits without spaces; what is no postcode comes back as it can be read."""
    return compact(written)


def postcode_fault(postcode: str) -> FaultCode | None:
    """What is wrong with a normalised postcode, which is not empty."""
    if not _SIX_DIGITS.fullmatch(postcode):
        return FaultCode.BAD_POSTCODE
    if _PROVINCES.match(postcode) or postcode in _ELSEWHERE:
        return None
    return FaultCode.UNKNOWN_POSTCODE
