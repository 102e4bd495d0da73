"""Telephone numbers at which a customer is reached: China's without a country code, others with `+`."""

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, shortnumberinfo

from vidphone.terms.faults import FaultCode
from vidphone.terms.parties import PartyKind

_REGION = "CN"
_COUNTRY_CODE = 86
_MAX_WRITTEN = 40
_EXTENSION = re.compile(
    r"\s*(?:转|轉|分机|分機|;\s*ext=|extension|ext\.?|x|#)\s*:?\s*(?P<extension>[0-9]{1,8})", re.IGNORECASE
)
_SUBSCRIBER = re.compile(r"\+?[0-9().\-/\s]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
"""Numbering Plan of Telecommunications Networks (MIIT, 2017): 13x to 19x. phonenumbers lacks some that are in use."""
_SHORT = re.compile(r"[0-9]{3,6}")
_PUBLIC = 3
"""Digits of emergency and public service numbers (110, 119, 114), which are nobody's."""
_LOCAL = re.compile(r"[2-8][0-9]{6,7}")
"""A fixed line without its area code."""


def _digits(written: str) -> str:
    return re.sub(r"[().\-/\s]", "", written)


def _split(written: str) -> tuple[str, str | None] | None:
    """Digits (with `+`) and extension of what was written; None where it cannot be a number."""
    if len(written) > _MAX_WRITTEN:
        return None
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", written)).strip()
    if text[:4].lower() == "tel:":
        text = text[4:]
    extension = None
    if found := re.search(_EXTENSION.pattern + r"\Z", text, re.IGNORECASE):
        text, extension = text[: found.start()], found["extension"]
    if not text.isascii() or not _SUBSCRIBER.fullmatch(text):
        return None
    return _digits(text), extension


def _parse(digits: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(digits, _REGION)
    except phonenumbers.NumberParseException:
        return None


def _is_good(number: PhoneNumber) -> bool:
    if number.country_code == _COUNTRY_CODE and _MOBILE.fullmatch(str(number.national_number)):
        return True
    return phonenumbers.is_valid_number(number)


def normalise_telephone(written: str) -> str:
    """E.164 (`+8613800138000`), with `;ext=123` (RFC 3966) where there is an extension; a short code as its digits.

    What is none of these comes back trimmed. Apply it before a number is kept, compared or looked up.
    """
    if (split := _split(written)) is None:
        return written.strip()
    digits, extension = split
    if _SHORT.fullmatch(digits) and extension is None:
        return digits
    number = _parse(digits)
    if number is None or not _is_good(number):
        return written.strip()
    formatted = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return formatted if extension is None else f"{formatted};ext={extension}"


def telephone_fault(written: str, kind: PartyKind) -> FaultCode | None:
    """What is wrong with a telephone, which is not empty.

    Mobile and fixed lines, 400 and 800 numbers, and lines abroad with `+` or `00`. Short codes in use (95xxx, 10xxx)
    are an organisation's alone: a person is not reached there.
    """
    if (split := _split(written)) is None:
        return FaultCode.BAD_TELEPHONE
    digits, extension = split
    if _SHORT.fullmatch(digits):
        if len(digits) == _PUBLIC:
            return FaultCode.TELEPHONE_NOT_YOURS
        number = _parse(digits)
        if number is None or not shortnumberinfo.is_valid_short_number_for_region(number, _REGION):
            return FaultCode.BAD_TELEPHONE
        if kind is PartyKind.PERSON:
            return FaultCode.TELEPHONE_NOT_YOURS
        return None if extension is None else FaultCode.BAD_TELEPHONE
    number = _parse(digits)
    if number is not None and _is_good(number):
        return None
    return FaultCode.NO_AREA_CODE if _LOCAL.fullmatch(digits) else FaultCode.BAD_TELEPHONE
