"""vCard files: the contacts of other programs come in (2.1, 3.0, 4.0), ours go out (3.0 or 4.0; RFC 2426, RFC 6350).

Read here and not by vobject 0.9.9: its pattern for the head of a line takes exponential time (24 parameters without a
colon: 7 s measured), it cuts a name at an unescaped comma, and its log repeats what it cannot read.
"""

import codecs
import hashlib
import quopri
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vidphone.account.contacts import Contact
from vidphone.account.numbers import digits_of
from vidphone.account.profile import write_whole
from vidphone.wire.errors import ErrorCode, VidphoneError

MAX_FILE_BYTES = 16 * 1024 * 1024
"""Cards with photographs have some 100 kB each; the photographs are skipped."""
MAX_CARDS = 10_000
MAX_VALUE_CHARACTERS = 8_192
MAX_NAME_CHARACTERS = 200
MAX_NOTE_CHARACTERS = 2_000
MAX_NUMBERS = 20
MAX_LINE_BYTES = 75
MAX_HEAD_CHARACTERS = 200

_READ = frozenset({"FN", "N", "ORG", "TEL", "NOTE", "UID", "X-VIDPHONE-FAVOURITE"})
# Possessive throughout, so that no input makes it step back: linear time.
_LINE = re.compile(
    r'(?:[A-Za-z0-9-]++\.)?+(?P<name>[A-Za-z0-9-]++)(?P<parameters>(?:;[^:;"]*+(?:"[^"]*+"[^:;"]*+)*+)*+):(?P<value>.*+)',
    re.DOTALL,
)
_CHARSET = re.compile(r";\s*CHARSET=\"?([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([nN,;:\\])")
_OUR_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Cards:
    """What a file held: the contacts, and how many cards had no usable number or could not be read."""

    contacts: tuple[Contact, ...]
    refused: int


def read_file(path: Path) -> Cards:
    """The contacts of a vCard file.

    Raises:
        VidphoneError: `BAD_FILE`, it cannot be opened, is larger than `MAX_FILE_BYTES`, or holds no card.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(path)}) from error
    cards = read(content) if len(content) <= MAX_FILE_BYTES else None
    if cards is None:
        raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(path)})
    return cards


def read(content: bytes) -> Cards | None:
    """The contacts in the bytes of a vCard file; None where there is no card in them."""
    contacts: dict[str, Contact] = {}
    refused = count = 0
    for lines in _cards(_text(content)):
        count += 1
        contact = _contact(lines) if count <= MAX_CARDS else None
        if contact is None:
            refused += 1
        else:
            contacts[contact.id] = contact
    return Cards(tuple(contacts.values()), refused) if count else None


def write_file(path: Path, contacts: Iterable[Contact], version: str = "3.0") -> None:
    """Write contacts as a vCard file, replacing the one that is there.

    Raises:
        VidphoneError: `BAD_FILE`, it cannot be written.
    """
    try:
        write_whole(path, write(contacts, version))
    except OSError as error:
        raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(path)}) from error


def write(contacts: Iterable[Contact], version: str = "3.0") -> str:
    """Contacts as vCards of version 3.0, which everything reads, or 4.0."""
    return "".join(_folded(line) for contact in contacts for line in _lines(contact, version))


def _lines(contact: Contact, version: str) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield f"VERSION:{version}"
    yield f"UID:{_escaped(contact.id)}"
    yield f"FN:{_escaped(contact.name)}"
    yield f"N:;{_escaped(contact.name)};;;"  # one field: which part is the family's is not ours to guess
    for number in contact.numbers:
        yield f"TEL:{number}"
    if contact.note:
        yield f"NOTE:{_escaped(contact.note)}"
    if contact.favourite:
        yield "X-VIDPHONE-FAVOURITE:1"
    yield "END:VCARD"


def _escaped(value: str) -> str:
    """RFC 6350, 3.4."""
    return re.sub(r"([\\\\,;])", r"\\\1", value).replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """RFC 6350, 3.2: at most 75 bytes a line, never within a character."""
    folded, width = [], 0
    for character in line:
        size = len(character.encode("utf-8", "replace"))
        if width + size > MAX_LINE_BYTES:
            folded.append("\r\n ")
            width = 1
        folded.append(character)
        width += size
    return "".join([*folded, "\r\n"])


def _text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:  # older Chinese programs write the system's own encoding
        return content.decode("gb18030", errors="replace")


def _cards(text: str) -> Iterator[list[str]]:
    """The physical lines of each card; one that is never closed, or holds another, ends where the next begins."""
    card: list[str] | None = None
    for line in re.split(r"\r\n|\r|\n", text):
        mark = line.strip().upper() if len(line) < 64 else ""
        if mark == "BEGIN:VCARD":
            if card is not None:
                yield card
            card = []
        elif mark == "END:VCARD":
            if card is not None:
                yield card
            card = None
        elif card is not None:
            card.append(line)
    if card is not None:
        yield card


def _contact(lines: list[str]) -> Contact | None:
    values: dict[str, list[str]] = {}
    for name, value in _properties(lines):
        values.setdefault(name, []).append(value)

    def first(name: str) -> str:
        return next(iter(values.get(name, ())), "")

    numbers = [number for written in values.get("TEL", ()) if (number := digits_of(written)) is not None]
    if not numbers:
        return None
    numbers = list(dict.fromkeys(numbers))[:MAX_NUMBERS]
    name = _clean(first("FN")) or _clean(_spoken(first("N"))) or _clean(first("ORG").replace(";", " ")) or numbers[0]
    uid = first("UID")
    if not _OUR_ID.fullmatch(uid):  # the same card read twice is the same contact
        origin = f"uid\n{uid}" if uid else "\n".join([name, *numbers])
        uid = hashlib.sha256(origin.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return Contact(
        id=uid,
        name=name[:MAX_NAME_CHARACTERS],
        numbers=tuple(numbers),
        favourite=first("X-VIDPHONE-FAVOURITE") == "1",
        note=_clean(first("NOTE"), keep="\n")[:MAX_NOTE_CHARACTERS],
    )


def _properties(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Name and decoded value of the properties that matter here."""
    for logical in _unfolded(lines):
        match = _LINE.fullmatch(logical)
        if match is not None and match["name"].upper() in _READ and len(match["value"]) <= MAX_VALUE_CHARACTERS:
            yield match["name"].upper(), _decoded(match["parameters"], match["value"])


def _unfolded(lines: list[str]) -> Iterator[str]:
    """Logical lines: a blank begins a continuation; in 2.1 quoted-printable, a last `=` announces one."""
    parts: list[str] = []
    soft_break = False
    for line in lines:
        if parts and soft_break:
            parts[-1] = parts[-1].removesuffix("=")
            parts.append(line)
        elif parts and line[:1] in (" ", "\t"):
            parts.append(line[1:])
        else:
            if parts:
                yield "".join(parts)
            parts = [line]
        soft_break = line.endswith("=") and "QUOTED-PRINTABLE" in parts[0][:MAX_HEAD_CHARACTERS].upper()
    if parts:
        yield "".join(parts)


def _decoded(parameters: str, value: str) -> str:
    if "QUOTED-PRINTABLE" in parameters.upper():
        named = _CHARSET.search(parameters)
        raw = quopri.decodestring(value.encode("utf-8", "surrogatepass"))
        try:
            value = raw.decode(named[1] if named else "utf-8", errors="replace")
        except LookupError:  # no such character set
            value = raw.decode("utf-8", errors="replace")
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _spoken(structured: str) -> str:
    """A name from `family;given;…`: 张三, but Jane Doe."""
    family, _, rest = structured.partition(";")
    given = rest.partition(";")[0]
    return f"{family}{given}" if (family + given).isalpha() and not (family + given).isascii() else f"{given} {family}"


def _clean(value: str, keep: str = "") -> str:
    """Visible text on one line; what a terminal or a layout would act upon becomes a blank."""
    keep += "\u200c\u200d"  # joiners: parts of emoji and of several scripts
    plain = (
        character if character in keep or unicodedata.category(character)[0] != "C" else " " for character in value
    )
    return "".join(plain).strip()
