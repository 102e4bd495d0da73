"""The entries of the audit chain as people read them: what was done in words, to whom, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vidphone.service.audit.log import Entry
from vidphone.service.console.visit import Visit
from vidphone.terms.money import format_fen
from vidphone.texts import has_text, text

HASHES = frozenset({"reason", "reason_sha256", "disclosure", "document"})
"""Of no use to a reader: the chain binds them, and the reason itself is shown."""
_PLACES = ("console.audit.kind.{}", "console.did.{}")
_OF_OTHERS = {"case-": "case.action.{}", "terminal-": "warranty.event.{}"}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as it is shown. `at`: UTC seconds since 1970."""

    id: int
    at: float
    who: str
    kind: str
    """Its code, for those who look for it in the chain."""
    what: str
    subject: str
    whom: str
    number: str
    """Of the customer whom it is about, where it is one who is there."""
    reason: str
    details: tuple[tuple[str, str], ...]


def lines(visit: Visit, entries: Sequence[Entry]) -> list[Line]:
    """Entries in words; whoever they name is asked for at once."""
    numbers = visit.console.lists.numbers(_ids("account", entries))
    members = {str(one.id): one.name for one in visit.console.register.list()}
    reasons = visit.console.reasons.said([one.details["reason"] for one in entries if "reason" in one.details])
    return [_line(visit, one, numbers, members, reasons) for one in entries]


def kind_in_words(visit: Visit, kind: str) -> str:
    """What was done; its code where there is no word for it."""
    for place in _PLACES:
        if has_text(place.format(kind)):
            return text(place.format(kind), visit.language)
    for beginning, place in _OF_OTHERS.items():
        own = place.format(kind.removeprefix(beginning))
        if kind.startswith(beginning) and has_text(own):
            return visit.words(f"audit.{beginning}did", what=text(own, visit.language))
    return kind


def _ids(of: str, entries: Sequence[Entry]) -> set[int]:
    found = (one.subject.partition(":") for one in entries)
    return {int(known) for kind, _, known in found if kind == of and known.isdigit()}


def _line(
    visit: Visit, one: Entry, numbers: Mapping[int, str], members: Mapping[str, str], reasons: Mapping[str, str]
) -> Line:
    kind, _, known = one.subject.partition(":")
    number = numbers.get(int(known), "") if kind == "account" and known.isdigit() else ""
    name = number or (members.get(known, known) if kind == "staff" else known)
    of = f"console.audit.subject.{kind}"
    whom = text(of, visit.language, name=name[:16]) if has_text(of) else one.subject
    details = tuple(
        (_word(visit, "console.audit.detail.{}", key), _value(visit, key, value))
        for key, value in one.details.items()
        if key not in HASHES
    )
    reason = reasons.get(one.details.get("reason", ""), "")
    what = kind_in_words(visit, one.kind)
    return Line(one.id, one.at, _word(visit, "console.audit.who.{}", one.actor), one.kind, what, one.subject, whom,
                number, reason, details)  # fmt: skip


def _word(visit: Visit, place: str, code: str) -> str:
    key = place.format(code)
    return text(key, visit.language) if has_text(key) else code


def _value(visit: Visit, key: str, value: str) -> str:
    if key == "fen" and value.lstrip("-").isdigit():
        return format_fen(int(value))
    if key in ("fields", "roles"):
        place = "console.data.{}" if key == "fields" else "console.role.{}"
        return ", ".join(_word(visit, place, one) for one in value.split(","))
    return _word(visit, "console.audit.value.{}", value)
