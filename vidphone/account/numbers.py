"""Telephone numbers as people write them, and as this service dials them."""

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015]")
_DIALLED = re.compile(r"[0-9]{3,15}")
MAX_CHARACTERS = 64


def digits_of(written: str) -> str | None:
    """The digits of a number such as `+86 (10) 5555-0001`, `tel:1001` or `１００１`; None where it is not one.

    Three to fifteen digits (ITU-T E.164 6.1; short codes begin at three). A `tel:` URI (RFC 3966) loses its parameters.
    """
    if len(written) > MAX_CHARACTERS:
        return None
    number = unicodedata.normalize("NFKC", written).strip()
    if number[:4].lower() == "tel:":
        number = number[4:].partition(";")[0]
    number = _SEPARATORS.sub("", number).removeprefix("+")
    return number if _DIALLED.fullmatch(number) else None
