"""Names, addresses and employers as people write them: which characters they may have, and how they are kept."""

import re
import unicodedata
from string import ascii_lowercase

from vidphone.terms.faults import FaultCode

MAX_NAME = 64
MAX_ORGANISATION = 128
MAX_ADDRESS = 200
_MIN_NAME = 2
_MIN_ADDRESS = 6
_MAX_MARKS = 2
"""Combining marks on one letter; Vietnamese and Tibetan need two, a tower of them hides what is beneath."""

_WHITE = re.compile(r"[\t\n\r \u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
"""Full-width digits and letters; full-width punctuation is proper in Chinese, and stays."""
_CODE_CHARACTERS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_CODE_CHARACTERS |= {ord(low) + shift: ord(low.upper()) for low in ascii_lowercase for shift in (0, 0xFEE0)}
"""Full-width ASCII to ASCII, small letters to large. Nothing else: a raised 2 is no 2 of a number."""
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015\u2212·]")
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･・．", "·"))
"""What is typed for the middle dot (U+00B7, GB/T 15834) in names of many of China's peoples."""
_IN_NAMES = frozenset(" ·'’-‐.,、\u0f0b")
"""Of punctuation, what joins the parts of names; the last one is the Tibetan tsheg."""
_IDEOGRAPHIC_ZERO = "〇"
"""A digit to Unicode (Nl), a letter in Chinese names."""
_SYMBOLS = frozenset("+＋№&|")


def tidy(text: str) -> str:
    """Composed (NFC), with single spaces, none around, and half-width digits and letters."""
    return _WHITE.sub(" ", unicodedata.normalize("NFC", text.translate(_FULL_WIDTH))).strip()


def tidy_name(name: str) -> str:
    """A person's name: `tidy`, and its parts joined by the one dot U+00B7 without spaces around it."""
    return re.sub(r" ?· ?", "·", tidy(name).translate(_DOTS))


def compact(code: str) -> str:
    """A number or code: half-width, upper case, without spaces, hyphens and dots."""
    return _SEPARATORS.sub("", code.translate(_CODE_CHARACTERS))


def _is_letter(character: str) -> bool:
    return character.isalpha() or character == _IDEOGRAPHIC_ZERO


def _has_letter(text: str) -> bool:
    return any(map(_is_letter, text))


def _printable(text: str) -> bool:
    """No control, format, private or unassigned character, no emoji or other symbol, no tower of marks."""
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" else 0
        if marks > _MAX_MARKS:
            return False
        if category[0] not in "LMNPZ" and character not in _SYMBOLS:
            return False
        if category in {"Zl", "Zp"}:
            return False
    return True


def person_fault(name: str) -> FaultCode | None:
    """What is wrong with a person's tidied name (Chinese, with ·, or Latin), which is not empty."""
    if len(name) > MAX_NAME:
        return FaultCode.TOO_LONG
    if not _printable(name):
        return FaultCode.BAD_CHARACTERS
    if not _has_letter(name) or any(character.isnumeric() and not _is_letter(character) for character in name):
        return FaultCode.NOT_A_NAME
    if any(not _is_letter(c) and c not in _IN_NAMES and unicodedata.category(c)[0] != "M" for c in name):
        return FaultCode.BAD_CHARACTERS
    return FaultCode.NAME_TOO_SHORT if sum(map(_is_letter, name)) < _MIN_NAME else None


def organisation_fault(name: str) -> FaultCode | None:
    """What is wrong with an organisation's tidied full name, which is not empty."""
    if len(name) > MAX_ORGANISATION:
        return FaultCode.TOO_LONG
    if not _printable(name):
        return FaultCode.BAD_CHARACTERS
    if not _has_letter(name):
        return FaultCode.NOT_A_NAME
    return FaultCode.NAME_TOO_SHORT if len(name) < _MIN_NAME else None


def employer_fault(employer: str) -> FaultCode | None:
    """What is wrong with a person's tidied employer, which is not empty; one letter (`无`) says that there is none."""
    if len(employer) > MAX_ORGANISATION:
        return FaultCode.TOO_LONG
    if not _printable(employer):
        return FaultCode.BAD_CHARACTERS
    return None if _has_letter(employer) else FaultCode.NOT_A_NAME


def address_fault(address: str) -> FaultCode | None:
    """What is wrong with a tidied address, which is not empty."""
    if len(address) > MAX_ADDRESS:
        return FaultCode.TOO_LONG
    if not _printable(address):
        return FaultCode.BAD_CHARACTERS
    if len(address) < _MIN_ADDRESS or not _has_letter(address):
        return FaultCode.ADDRESS_INCOMPLETE
    return None
