"""An agreement as it is published: figures put into its text, both languages alike, and never changed afterwards.

A changed text is a new version (clause 15); an acceptance is bound to a version and to the hash of its words.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from hashlib import sha256

from vidphone.terms.agreement import LAST_CLAUSE, Agreement, MissingField, fit
from vidphone.terms.figures import Figures

REQUIRED = frozenset(
    {
        *("provider.name", "provider.website", "provider.arbitration_commission", "provider.signing_place"),
        *("customer.name", "customer.identity_kind", "customer.identity_number", "customer.address"),
        *("customer.number", "order.number", "order.sha256", "signing.date"),
    }
)
"""The places that a document cannot do without: the parties, the orders, where and when it is signed."""
REQUIRED_FIGURES = frozenset(f"figure.{figure.name}" for figure in fields(Figures)) - {"figure.retention_years"}
"""The program reckons with these, so the text says them from the same source, never by hand."""

_PLACE = re.compile(r"\\.|\{([a-z_]+\.[a-z0-9_]+)\}", re.DOTALL)
_MEANT = re.compile(r"[\\*{}#>]")


class DocumentCode(StrEnum):
    """What a document can lack though its form is right."""

    CLAUSE_ABSENT = "clause-absent"
    PLACE_ABSENT = "place-absent"
    PLACES_DIFFER = "places-differ"
    HIGHLIGHTS_DIFFER = "highlights-differ"
    NOT_EXPLAINED = "not-explained"


@dataclass(frozen=True, slots=True)
class DocumentFault:
    """One lack: of which clause or place."""

    code: DocumentCode
    about: str


def substitute(source: str, values: Mapping[str, str], *, plain: bool = False) -> str:
    """The text of a document with the places of `values` written out; other places stay as they are.

    `plain` is for a notice, which knows no highlights: nothing is escaped.

    Raises:
        MissingField: a value is blank.
        UnfitField: a value holds characters that are not seen.
    """

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name is None or name not in values:
            return found[0]
        value = fit(name, values[name].strip())
        if not value:
            raise MissingField(name)
        return value if plain else _MEANT.sub(r"\\\g<0>", value)

    return _PLACE.sub(put, source)


def places(text: str) -> frozenset[str]:
    """The names of the places in the text of a notice, known or not."""
    return frozenset(found[1] for found in _PLACE.finditer(text) if found[1] is not None)


def check(chinese: Agreement, english: Agreement) -> tuple[DocumentFault, ...]:
    """What keeps two texts, as written, from being published as one agreement."""
    shorter, longer = sorted((len(chinese.clauses), len(english.clauses)))
    faults = [
        DocumentFault(DocumentCode.CLAUSE_ABSENT, str(number))
        for number in range(shorter, max(longer, LAST_CLAUSE + 1))
    ]
    wanted = REQUIRED | REQUIRED_FIGURES
    for name in sorted(wanted - (chinese.fields & english.fields)):
        faults.append(DocumentFault(DocumentCode.PLACE_ABSENT, name))
    for name in sorted((chinese.fields ^ english.fields) - wanted):
        faults.append(DocumentFault(DocumentCode.PLACES_DIFFER, name))
    for one, other in zip(chinese.clauses, english.clauses, strict=False):
        if one.highlights != other.highlights:
            faults.append(DocumentFault(DocumentCode.HIGHLIGHTS_DIFFER, str(one.number)))
        elif one.highlights and not (one.explanation and other.explanation):
            faults.append(DocumentFault(DocumentCode.NOT_EXPLAINED, str(one.number)))
    return tuple(faults)


def text_sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal: of a document's source, or of a notice as it was shown."""
    return sha256(text.encode()).hexdigest()


def altered(remembered: Mapping[str, str], version: str, fingerprint: str) -> bool:
    """Whether that version was published before with other words: `remembered` has the fingerprint of each."""
    return remembered.get(version, fingerprint) != fingerprint
