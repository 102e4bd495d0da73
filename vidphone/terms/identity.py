"""Numbers of identity documents and of organisations (clause 1): what their digits say of themselves.

A number that passes is well formed; it proves neither that it was given out nor to whom.
"""

import re
from datetime import date

from stdnum import numdb
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from vidphone.terms.calendar import age
from vidphone.terms.faults import FaultCode
from vidphone.terms.parties import IdentityKind
from vidphone.terms.written import compact

OLDEST = 130
"""Years. Nobody has lived longer than 122 (Jeanne Calment, 1875-1997)."""

_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN_DIGITS = re.compile(r"[0-9]{15}")
_FOREIGN_FIFTEEN = re.compile(r"[A-Z]{3}[0-9]{12}")
_CODE = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}")
"""GB 32100-2015: 31 characters, without I, O, S, V and Z; a region of six digits from the third on."""
_AUTHORITIES = frozenset("123456789ANY")
"""GB 32100-2015 and its first amendment: who registers; A the military commission, N agriculture, Y others."""
_PERMIT_REGIONS = ("81", "82", "83")
"""State Council Decree on residence permits (2018), art. 3: Hong Kong 810000, Macao 820000, Taiwan 830000."""
_PERMITS = frozenset(f"{region}0000" for region in _PERMIT_REGIONS)
_STATE = "100000"
"""The region of what is registered with the state itself (GB/T 2260)."""
_FOREIGN = "9"
"""First digit of a foreigner's card since 2023; citizens' numbers begin with 1 to 8."""


def normalise_identity_number(written: str) -> str:
    """Half-width, upper case, without spaces and hyphens: the form that is kept, compared and looked up."""
    return compact(written)


def identity_fault(number: str, kind: IdentityKind, birth: date | None, today: date) -> FaultCode | None:
    """What is wrong with a normalised number, which is not empty, as one of `kind`.

    `birth` is the date that the customer gave; without one only the number itself is looked at.
    """
    if kind is IdentityKind.SOCIAL_CREDIT_CODE:
        return _code_fault(number, today)
    if kind is IdentityKind.FOREIGN_PERMANENT_RESIDENT and _FOREIGN_FIFTEEN.fullmatch(number):
        return _old_foreign_fault(number, birth, today)
    if len(number) != 18:
        if _FIFTEEN_DIGITS.fullmatch(number):
            return FaultCode.IDENTITY_OLD
        if _FOREIGN_FIFTEEN.fullmatch(number):
            return FaultCode.OTHER_DOCUMENT
        return FaultCode.IDENTITY_LENGTH
    if not _EIGHTEEN.fullmatch(number):
        return FaultCode.OTHER_DOCUMENT if _code_fault(number, today) is None else FaultCode.IDENTITY_CHARACTERS
    if not mod_11_2.is_valid(number):
        return FaultCode.IDENTITY_CHECKSUM
    if _kind_of(number) is not kind:
        return FaultCode.OTHER_DOCUMENT
    return _birth_fault(number[6:14], birth, today)


def region_warning(number: str, kind: IdentityKind) -> FaultCode | None:
    """What is unusual in a number without fault: its region is in no list (old and new ones), or its authority.

    Lists age and numbers stay for life, so this hinders nobody.
    """
    if kind is IdentityKind.SOCIAL_CREDIT_CODE:
        if number[0] not in _AUTHORITIES:
            return FaultCode.UNKNOWN_AUTHORITY
        return None if number[2:8] == _STATE or _known_province(number[2:4]) else FaultCode.UNKNOWN_REGION
    if kind is IdentityKind.FOREIGN_PERMANENT_RESIDENT:
        province = number[1:3] if number[0] == _FOREIGN else number[3:5]
        return None if _known_province(province) else FaultCode.UNKNOWN_REGION
    if kind is IdentityKind.RESIDENCE_PERMIT:
        return None if number[:6] in _PERMITS else FaultCode.UNKNOWN_REGION
    return None if _known_county(number[:6]) else FaultCode.UNKNOWN_REGION


def _kind_of(number: str) -> IdentityKind:
    """The document that a sound number of 18 digits stands on."""
    if number.startswith(_FOREIGN):
        return IdentityKind.FOREIGN_PERMANENT_RESIDENT
    if number.startswith(_PERMIT_REGIONS):
        return IdentityKind.RESIDENCE_PERMIT
    return IdentityKind.RESIDENT_ID


def _birth_fault(eight: str, birth: date | None, today: date) -> FaultCode | None:
    """Of the birth date in a number (GB 11643-1999, 4.2.2)."""
    try:
        written = date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return FaultCode.IDENTITY_DATE
    if written > today or age(written, today) > OLDEST:
        return FaultCode.IDENTITY_DATE
    return FaultCode.IDENTITY_BIRTH_DATE if birth is not None and birth != written else None


def _old_foreign_fault(number: str, birth: date | None, today: date) -> FaultCode | None:
    """Of a foreigner's card before 2023: nationality (3 letters), place (4), birth (6), sequence, check digit.

    The check digit is that of machine-readable travel documents (ICAO 9303-3, 4.9).
    """
    total = sum(int(character, 36) * (7, 3, 1)[at % 3] for at, character in enumerate(number[:14]))
    if total % 10 != int(number[14]):
        return FaultCode.IDENTITY_CHECKSUM
    faults = {_birth_fault(century + number[7:13], birth, today) for century in ("19", "20")}
    if None in faults:
        return None
    differs = FaultCode.IDENTITY_BIRTH_DATE
    return differs if differs in faults else FaultCode.IDENTITY_DATE


def _code_fault(number: str, today: date) -> FaultCode | None:
    """Of a unified social credit code (GB 32100-2015)."""
    if len(number) != 18:
        return FaultCode.CODE_LENGTH
    if _CODE.fullmatch(number) and uscc.calc_check_digit(number) == number[17]:
        return None
    if _EIGHTEEN.fullmatch(number) and mod_11_2.is_valid(number) and _birth_fault(number[6:14], None, today) is None:
        return FaultCode.OTHER_DOCUMENT
    return FaultCode.CODE_CHECKSUM if _CODE.fullmatch(number) else FaultCode.CODE_CHARACTERS


def _known_province(two: str) -> bool:
    return bool(numdb.get("cn/loc").info(two)[0][1])


def _known_county(six: str) -> bool:
    """Whether the six digits are or were a county's (GB/T 2260 since 1980), or a province's that has no counties."""
    return all(properties for _, properties in numdb.get("cn/loc").info(six))
