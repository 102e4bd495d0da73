"""What is shown of personal data where nobody asked for it in full: enough to know one's own, too little to use.

Not made to be undone or to be unique; a reveal is a step of its own, with a reason and a record (clause 1).
"""

import re
import unicodedata
from datetime import date

_STAR = "*"
_WORD = re.compile(r"[^ ·\-]+")
_MAX_STARS = 3
_PROVINCE_OR_CITY = re.compile(r"^.{1,8}?(?:自治区|特别行政区|省|市)(?:.{1,6}?(?:自治州|地区|盟|市|区|县|旗))?")


def mask_name(name: str) -> str:
    """The first letter of each word: `张*`, `欧**`, `阿***·热**`, `J*** S***`. For organisations and employers too."""
    return _WORD.sub(lambda found: found[0][0] + _STAR * max(min(len(found[0]) - 1, _MAX_STARS), 1), name)


def mask_identity_number(number: str) -> str:
    """The first three and the last four: `110***********0021`; of anything shorter than 15, nothing."""
    return _STAR * len(number) if len(number) < 15 else number[:3] + _STAR * (len(number) - 7) + number[-4:]


def mask_telephone(telephone: str) -> str:
    """The last four digits, and what comes before the four (or all but two) hidden ones: `+86138****8000`, `***88`."""
    if len(telephone) < 8:
        return _STAR * max(len(telephone) - 2, 0) + telephone[-2:]
    number, mark, extension = telephone.partition(";ext=")
    hidden = number[:-8] + _STAR * 4 + number[-4:]
    return hidden + (mark and mark + _STAR * len(extension))


def mask_address(address: str) -> str:
    """Province and city of an address in Chinese (`广东省深圳市***`), the last part of one in another script."""
    if any("CJK" in unicodedata.name(character, "") for character in address):
        found = _PROVINCE_OR_CITY.match(address)
        shown = found[0] if found else address[:2]
        return shown[: len(address) * 2 // 3] + _STAR * 3
    _, comma, last = address.rpartition(",")
    return f"***, {last.strip()}" if comma and len(last) <= len(address) // 2 else _STAR * 3


def mask_postcode(postcode: str) -> str:
    """The province: `10****`."""
    return postcode[:2] + _STAR * max(len(postcode) - 2, 0)


def mask_date(day: date | None) -> str:
    """The year: `1990-**-**`; nothing where there is none."""
    return "" if day is None else f"{day.year:04d}-**-**"
