"""Forms: what is asked for, and what is wrong with what was answered."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from vidphone.scrub import names_somebody
from vidphone.service.console.visit import Visit
from vidphone.service.days import CHINA
from vidphone.service.office.reasons import MAX_REASON

REFERENCE = r"[A-Za-z0-9-]{1,40}"
FIRST_YEAR, LAST_YEAR = 2000, 2199
_YUAN = re.compile(r"-?[0-9]{1,8}(\.[0-9]{1,2})?")


class Wrong(Exception):
    """What was answered cannot be taken: the field, and the end of the text `console.wrong.<why>`."""

    def __init__(self, field: str, why: str, **places: object) -> None:
        super().__init__(why)
        self.field = field
        self.why = why
        self.places = places


class AllWrong(Exception):
    """Everything that cannot be taken of what was answered, in the form's order, one for a field."""

    def __init__(self, wrongs: Iterable[Wrong]) -> None:
        super().__init__()
        self.wrongs = tuple(wrongs)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. Its label is `console.field.<name>`; `console.hint.<hint>` stands below."""

    name: str
    kind: Literal["line", "text", "choice", "checks", "tick", "day", "moment", "once"] = "line"
    """`once`: a key that is made with the form, so that a form that is sent twice does its work once."""
    most: int = 64
    required: bool = True
    pattern: str = ""
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    """Values with the whole keys of their texts."""
    inputmode: str = "text"
    label: str = ""
    """Instead of the name, for the text of the label."""
    from_address: bool = False
    """A link may say what it begins with."""
    check: Callable[[str, str], object] | None = None
    """What else is looked at: called with the name and what was answered, if anything was; raises `Wrong`."""
    twin: str = ""
    """The field that says the same in the other language: both are answered, or neither is."""


def fen(field: str, yuan: str, *, below: bool = False) -> int:
    """An amount as typed, in fen; `below` allows one below 0.

    Raises:
        Wrong: it is none.
    """
    amount = int(Decimal(yuan) * 100) if _YUAN.fullmatch(yuan) else 0
    if amount == 0 or (amount < 0 and not below):
        raise Wrong(field, "amount")
    return amount


def signed_fen(field: str, yuan: str) -> int:
    """An amount above or below 0. Raises as `fen`."""
    return fen(field, yuan, below=True)


def nobodys_own(field: str, written: str) -> None:
    """A number of the provider's, which goes into the audit chain: nobody's own number may be in it.

    Raises:
        Wrong: it looks like one.
    """
    if names_somebody(written):
        raise Wrong(field, "personal")


REASON = Field("reason", "text", MAX_REASON, hint="reason")
AMOUNT = Field("yuan", most=12, hint="yuan", inputmode="decimal", check=fen)
SIGNED = Field("yuan", most=12, hint="signed-yuan", inputmode="decimal", check=signed_fen)
RECEIPT = Field("receipt", most=40, pattern=REFERENCE, hint="receipt", check=nobodys_own)
FILE_NUMBER = Field("file", most=40, pattern=REFERENCE, hint="file", check=nobodys_own)
ONCE = Field("once", "once", 32, pattern="[0-9a-f]{32}")


def read(
    fields: tuple[Field, ...], visit: Visit, also: Callable[[Visit, Mapping[str, str]], Iterable[Wrong]] | None = None
) -> Mapping[str, str]:
    """What was answered, trimmed; of several ticks, the values joined by commas.

    `also` tells what is wrong beyond single fields, by all that was answered; what is wrong by itself is empty there.

    Raises:
        AllWrong: fields are empty that must not be, too long, or not of their form.
    """
    values: dict[str, str] = {}
    wrongs: dict[str, Wrong] = {}
    for field in fields:
        try:
            values[field.name] = _value(field, visit.form.get(field.name, []))
        except Wrong as wrong:
            values[field.name] = ""
            wrongs[field.name] = wrong
    for field in fields:
        if field.twin and values[field.twin] and not values[field.name]:
            wrongs.setdefault(field.name, Wrong(field.name, "both"))
    for more in () if also is None else also(visit, values):
        wrongs.setdefault(more.field, more)
    if wrongs:
        raise AllWrong(wrongs[field.name] for field in fields if field.name in wrongs)
    return values


def day(field: str, written: str) -> date:
    """A day as browsers send it.

    Raises:
        Wrong: it is none.
    """
    return _time(field, written, "day").date()


def moment(field: str, written: str) -> float:
    """A time of the provider's clock as browsers send it, in UTC seconds since 1970.

    Raises:
        Wrong: it is none.
    """
    return _time(field, written, "moment").timestamp()


def _time(field: str, written: str, why: str) -> datetime:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise Wrong(field, why) from None
    if found.tzinfo is not None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Wrong(field, why)
    return found.replace(tzinfo=CHINA)


def _value(field: Field, answered: list[str]) -> str:
    known = {value for value, _ in field.options}
    if field.kind == "checks":
        chosen = [one for one in answered if one in known]
        if field.required and not chosen:
            raise Wrong(field.name, "choose")
        return ",".join(chosen)
    value = answered[0].replace("\r\n", "\n").strip() if answered else ""
    if field.required and not value:
        raise Wrong(field.name, "empty")
    if field.kind == "choice" and value and value not in known:
        raise Wrong(field.name, "choose")
    if len(value) > field.most:
        raise Wrong(field.name, "long", most=field.most)
    printable = value.replace("\n", " ") if field.kind == "text" else value
    if not printable.isprintable() or (field.pattern and value and not re.fullmatch(field.pattern, value)):
        raise Wrong(field.name, "form")
    if value and field.kind in ("day", "moment"):
        _time(field.name, value, field.kind)
    if value and field.check is not None:
        field.check(field.name, value)
    return value
