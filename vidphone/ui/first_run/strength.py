"""How hard a password is to guess, in four words. Pure. Whether it is taken at all is `terms/passwords.py`.

Length counts, not kinds of characters (NIST SP 800-63B-4, 3.1.1.2); what repeats, runs along the keys or stands in the
customer's own data counts for nothing.
"""

from collections.abc import Iterable
from enum import StrEnum

_ROWS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_SHORTEST_PART = 4
_WEAK_BELOW, _FAIR_BELOW, _GOOD_BELOW = 8, 11, 14


class Strength(StrEnum):
    """What a password is worth."""

    WEAK = "weak"
    FAIR = "fair"
    GOOD = "good"
    STRONG = "strong"


def strength(password: str, own: Iterable[str] = ()) -> Strength:
    """What `password` is worth, where `own` are the customer's number, name and the like."""
    rest = password.casefold()
    for part in _parts(own):
        rest = rest.replace(part, "\0")
    worth = _worth(rest)
    if worth < _WEAK_BELOW:
        return Strength.WEAK
    if worth < _FAIR_BELOW:
        return Strength.FAIR
    return Strength.GOOD if worth < _GOOD_BELOW else Strength.STRONG


def _parts(own: Iterable[str]) -> list[str]:
    """What of the customer's own data would be tried first, the longest first."""
    parts = {part.casefold() for text in own for part in (text, *text.split()) if len(part) >= _SHORTEST_PART}
    return sorted(parts, key=len, reverse=True)


def _worth(text: str) -> int:
    """How many characters do not follow from those before them: by repeating, or along a row of keys."""
    new = 0
    for at, character in enumerate(text):
        before = text[at - 1] if at else ""
        repeats = character == before or (at >= 2 and text[at - 2] == character)
        if not repeats and not (before and _along(before, character)):
            new += 1
    return new


def _along(one: str, other: str) -> bool:
    return any(one + other in row or other + one in row for row in _ROWS)
