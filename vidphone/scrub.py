"""What the logs of phone and service leave out, whatever was written into them.

The second line of defence: no line is meant to hold personal data or secrets. The patterns run over anything a
person or a stranger's machine may have sent, so each of them takes time in proportion to the line: they begin at a
boundary only, and their repeats are possessive or bounded.
"""

import logging
import re

MAX_CHARACTERS = 20_000
"""Of one entry; what is beyond is cut off."""

_START, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
"""Not inside a hash or an id in hexadecimal."""
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]++@[\w.-]+")
_SOCIAL_CREDIT_CODE = re.compile(rf"{_START}[0-9A-Za-z]{{2}}\d{{6}}[0-9A-Za-z]{{10}}{_END}")
"""GB 32100: 18 characters, the third to the eighth of them digits. A resident identity number has that form too."""
_IDENTITY_NUMBER = re.compile(
    rf"{_START}(?:\d{{6}}[ -]?\d{{4}}[ -]?\d{{4}}[ -]?\d{{3}}[\dXxＸｘ]|[A-Za-z]{{3}}\d{{12}}){_END}"
)
"""GB 11643, in one piece or in the groups people write; and the older card of foreign permanent residents."""
_MOBILE = re.compile(rf"{_START}(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}{_END}")
_LANDLINE = re.compile(rf"{_START}0\d{{2,3}}[ -]\d{{3,4}}[ -]?\d{{4}}{_END}")
_DIGITS = re.compile(r"\d{5,}[XxＸｘ]?")
_ADDRESS = re.compile(
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"
    r"|(?i:(?<![\w:])(?=[0-9a-f]*+:[0-9a-f]*+:)(?=:*+[0-9a-f])[0-9a-f:]++(?![\w:]))"
)
"""IPv4, and whatever has two colons between hexadecimal digits: IPv6, fingerprints."""
_QUOTED = r"\"[^\"]{0,2000}\"|'[^']{0,2000}'"
_SECRET = re.compile(
    r"(?i)(bearer\s{1,8}|(?:token|password|passphrase|secret|authorization|cookie|api[_-]?key)"
    rf"[\"']?\s{{0,8}}[=:]\s{{0,8}}(?:bearer\s{{1,8}})?)(?:{_QUOTED}|[\"']?[^\s\"']+)"
)
_FIELD = re.compile(
    r"(?i)((?<![a-z])(?:name|birth_date|address|postcode|identity_number|employer|telephone)[\"']?\s{0,8}[=:]\s{0,8})"
    rf"(?:{_QUOTED}|datetime\.date\([^)]{{0,40}}\))"
)
"""A field of the customer's data with its value, as the representation of an object or JSON shows it."""
_RUN = "[A-Za-z0-9_-]"
_TOKEN = re.compile(rf"(?<!{_RUN})(?={_RUN}*[A-Z])(?={_RUN}*[a-z])(?={_RUN}*[0-9]){_RUN}{{40,}}")
"""256 random bits as this program writes them. A hash in hexadecimal has no capitals and stays."""
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?=[A-Z]{4,8} )")
"""As `ScrubbingFormatter` begins an entry: two colons between digits would be an address elsewhere."""

_NAMING = (_EMAIL, _SOCIAL_CREDIT_CODE, _IDENTITY_NUMBER, _MOBILE, _LANDLINE)


def scrub(line: str) -> str:
    """The line without what could name a person: long numbers, e-mail and network addresses, fields, secrets."""
    if len(line) > MAX_CHARACTERS:
        line = line[:MAX_CHARACTERS] + "…"
    line = _SECRET.sub(r"\1…", line)
    line = _FIELD.sub(r"\1…", line)
    line = _TOKEN.sub("<token>", line)
    line = _EMAIL.sub("<e-mail>", line)
    line = _ADDRESS.sub("<address>", line)
    for pattern in (_SOCIAL_CREDIT_CODE, _IDENTITY_NUMBER, _MOBILE, _LANDLINE, _DIGITS):
        line = pattern.sub("<number>", line)
    return line


def scrub_text(text: str) -> str:
    """Several lines without it. The time at the beginning of a line of a log stays."""
    return "\n".join(_scrub_after_stamp(line) for line in text.splitlines())


def _scrub_after_stamp(line: str) -> str:
    stamp = found.group() if (found := _STAMP.match(line)) else ""
    return stamp + scrub(line[len(stamp) :])


def names_somebody(words: str) -> bool:
    """Whether something in it has the form of an identity number, a code, a telephone number or an e-mail address."""
    return any(pattern.search(words) for pattern in _NAMING)


class ScrubbingFormatter(logging.Formatter):
    """Formats a record and scrubs the whole of it, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """One scrubbed line, or several with a traceback."""
        stamp = self.formatTime(record)
        thread = record.threadName
        body = record.getMessage()
        if record.exc_info:
            body = f"{body}\n{self.formatException(record.exc_info)}"
        return f"{stamp} {record.levelname} {record.name} [{thread}] {scrub(body)}"
