"""Numbers as people write and paste them, and `tel:` and `vidphone:` links. Pure."""

import re
import unicodedata
from urllib.parse import unquote

SCHEMES = ("tel", "vidphone")
MIN_DIGITS = 3
MAX_DIGITS = 15
"""`wire.signaling.Number`; E.164 has at most 15 digits."""
MAX_LINK_CHARS = 512

_DIALLABLE = re.compile(rf"[0-9]{{{MIN_DIGITS},{MAX_DIGITS}}}")
_SEPARATORS = re.compile(r"[\s\-.()/\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


def digits_of(written: str) -> str:
    """A number without what people put between its digits.

    Digits of full width (１３８) become plain, separators (RFC 3966, section 5.1.1) and a leading plus go;
    anything else stays, so that a mistake is seen and not dialled around.
    """
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", written))
    return plain.removeprefix("+")


def is_number(typed: str) -> bool:
    """Whether it can be dialled as it stands."""
    return _DIALLABLE.fullmatch(typed) is not None


def number_of_link(link: str) -> str | None:
    """The number of a `tel:` (RFC 3966) or `vidphone:` link, parameters left out; None where it is no such link."""
    if len(link) > MAX_LINK_CHARS:
        return None
    scheme, colon, rest = link.strip().partition(":")
    if not colon or scheme.lower() not in SCHEMES:
        return None
    number = digits_of(unquote(rest.lstrip("/").split(";", 1)[0].split("?", 1)[0]).rstrip("/"))
    return number if is_number(number) else None
