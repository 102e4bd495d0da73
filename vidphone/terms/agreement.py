"""The document that both sides sign: its form, its clauses, what is highlighted, the places to be filled (clause 0).

The form is text in UTF-8, made to be written by hand:

    # Title
    ## 5 Title of clause 5
    A paragraph, which **highlights** what limits or costs, and names {provider.name}.
    Wrapped lines join; an empty line parts paragraphs.
    > What the highlights of the clause mean, in plain words, for whoever asks (Civil Code, article 496).

Clauses are numbered from 0, the parties. A backslash takes the meaning from `*`, `{`, `}`, `>`, `#` and itself.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from itertools import chain

from vidphone.terms.figures import Figures

LAST_CLAUSE = 18
MAX_CHARACTERS = 200_000
FIELDS = frozenset(
    {
        *(f"provider.{name}" for name in ("name", "website", "address", "telephone", "support_number")),
        *("provider.arbitration_commission", "provider.signing_place"),
        *(f"customer.{name}" for name in ("name", "identity_kind", "identity_number", "birth_date", "address")),
        *(f"customer.{name}" for name in ("postcode", "employer", "telephone", "number")),
        *("order.number", "order.sha256", "signing.date"),
        *(f"figure.{figure.name}" for figure in fields(Figures)),
    }
)
"""Every place that a document may have."""

_CLAUSE = re.compile(r"## +([0-9]{1,3}) +(\S.*)")
_INLINE = re.compile(
    r"\\(?P<escaped>.)|(?P<mark>\*\*)|\{(?P<field>[a-z_]+\.[a-z0-9_]+)\}|(?P<stray>[*{}\\])|(?P<text>[^*{}\\]+)"
)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


class FormatCode(StrEnum):
    """What can be wrong with the form of a document."""

    NO_TITLE = "no-title"
    BAD_HEADING = "bad-heading"
    CLAUSE_ORDER = "clause-order"
    EMPTY_CLAUSE = "empty-clause"
    STRAY_TEXT = "stray-text"
    STRAY_CHARACTER = "stray-character"
    OPEN_HIGHLIGHT = "open-highlight"
    UNKNOWN_FIELD = "unknown-field"
    UNSEEN_CHARACTER = "unseen-character"
    TOO_LONG = "too-long"


class FormatFault(ValueError):
    """A document is not in form: which line, counted from 1, what, and what it is about."""

    def __init__(self, line: int, code: FormatCode, about: str = "") -> None:
        super().__init__(f"line {line}: {code.value} {about}".rstrip())
        self.line, self.code, self.about = line, code, about


class FieldFault(ValueError):
    """A place of a document cannot be filled; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class MissingField(FieldFault):
    """There is nothing to fill a place with."""


class UnfitField(FieldFault):
    """What would fill a place holds characters that are not seen, which could hide or reorder words."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one kind. Of a place, `field` is its name, and `text` is empty until it is filled."""

    text: str
    highlight: bool = False
    field: str | None = None


Paragraph = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. `explanation` tells in plain words what its highlights mean; it is no part of what is agreed."""

    number: int
    title: str
    paragraphs: tuple[Paragraph, ...]
    explanation: Paragraph = ()

    @property
    def highlights(self) -> int:
        """How many passages are highlighted."""
        return sum(
            span.highlight and not (at and paragraph[at - 1].highlight)
            for paragraph in self.paragraphs
            for at, span in enumerate(paragraph)
        )


@dataclass(frozen=True, slots=True)
class Agreement:
    """A document, filled or not. `fields` are the names of its places."""

    title: str
    clauses: tuple[Clause, ...]
    fields: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        places = frozenset(span.field for span in self._spans() if span.field is not None)
        object.__setattr__(self, "fields", places)

    @property
    def unfilled(self) -> frozenset[str]:
        """The names of the places that are still blank."""
        return frozenset(span.field for span in self._spans() if span.field is not None and not span.text)

    def clause(self, number: int) -> Clause:
        """The clause of that number.

        Raises:
            KeyError: there is none.
        """
        for clause in self.clauses:
            if clause.number == number:
                return clause
        raise KeyError(number)

    def _spans(self) -> Iterator[Span]:
        return chain.from_iterable(
            paragraph for clause in self.clauses for paragraph in (*clause.paragraphs, clause.explanation)
        )


def parse(source: str) -> Agreement:
    """The document of a text in the form above.

    Raises:
        FormatFault: it is not in that form.
    """
    if len(source) > MAX_CHARACTERS:
        raise FormatFault(1, FormatCode.TOO_LONG, str(MAX_CHARACTERS))
    title = ""
    clauses: list[Clause] = []
    for line, block in _blocks(source):
        if block.startswith("##"):
            clauses.append(_heading(line, block, clauses))
        elif block.startswith("#"):
            if title or not block.startswith("# ") or clauses:
                raise FormatFault(line, FormatCode.BAD_HEADING, block)
            title = block[1:].strip()
        elif not title or not clauses:
            raise FormatFault(line, FormatCode.STRAY_TEXT if title else FormatCode.NO_TITLE, block[:40])
        else:
            clauses[-1] = _grown(clauses[-1], line, block)
    if not title:
        raise FormatFault(1, FormatCode.NO_TITLE)
    for clause in clauses:
        if not clause.paragraphs:
            raise FormatFault(source.count("\n") + 1, FormatCode.EMPTY_CLAUSE, str(clause.number))
    if not clauses:
        raise FormatFault(source.count("\n") + 1, FormatCode.EMPTY_CLAUSE, "0")
    return Agreement(title, tuple(clauses))


def fill(agreement: Agreement, values: Mapping[str, str]) -> Agreement:
    """The document with every place filled, as it is signed. `values` may hold more than it names.

    Raises:
        MissingField: a value is missing or blank; nothing unfilled is ever signed.
        UnfitField: a value holds characters that are not seen.
    """
    filled = fill_known(agreement, values)
    if filled.unfilled:
        raise MissingField(min(filled.unfilled))
    return filled


def fill_known(agreement: Agreement, values: Mapping[str, str]) -> Agreement:
    """The document with those places filled that there are values for, to be read before all of them are known.

    Raises:
        UnfitField: a value holds characters that are not seen.
    """

    def put(span: Span) -> Span:
        if span.field is None or not (value := values.get(span.field, "").strip()):
            return span
        return replace(span, text=fit(span.field, value))

    return _mapped(agreement, put)


def fit(name: str, value: str) -> str:
    """The value itself, where all of it can be seen.

    Raises:
        UnfitField: it holds control characters, marks that turn the direction of writing, or private ones.
    """
    if not _seen(value):
        raise UnfitField(name)
    return value


def _blocks(source: str) -> list[tuple[int, str]]:
    """The headings and paragraphs, each on one line, with the number of its first line."""
    blocks: list[tuple[int, str]] = []
    going_on = False
    for number, raw in enumerate(source.replace("\r\n", "\n").removeprefix("\ufeff").split("\n"), start=1):
        line = raw.strip()
        if not _seen(line.replace("\t", " ")):
            raise FormatFault(number, FormatCode.UNSEEN_CHARACTER, line[:40])
        heading, explaining = line.startswith("#"), line.startswith(">")
        if going_on and line and not heading and explaining == blocks[-1][1].startswith(">"):
            first, before = blocks[-1]
            blocks[-1] = (first, _joined(before, line.removeprefix(">").strip() if explaining else line))
        elif line:
            blocks.append((number, line))
        going_on = bool(line) and not heading
    return blocks


def _joined(before: str, after: str) -> str:
    """Two lines of a paragraph; no space where one of the letters that meet is Chinese."""
    meeting = before.rstrip("*")[-1:] + after.lstrip("*")[:1]
    wide = any(unicodedata.east_asian_width(character) in "WF" for character in meeting)
    return f"{before}{'' if wide or not after else ' '}{after}"


def _heading(line: int, block: str, before: list[Clause]) -> Clause:
    found = _CLAUSE.fullmatch(block)
    if found is None:
        raise FormatFault(line, FormatCode.BAD_HEADING, block)
    if int(found[1]) != len(before):
        raise FormatFault(line, FormatCode.CLAUSE_ORDER, found[1])
    return Clause(int(found[1]), found[2], ())


def _grown(clause: Clause, line: int, block: str) -> Clause:
    if block.startswith(">"):
        if clause.explanation:
            raise FormatFault(line, FormatCode.STRAY_TEXT, block[:40])
        return replace(clause, explanation=_inline(line, block[1:].strip()))
    return replace(clause, paragraphs=(*clause.paragraphs, _inline(line, block)))


def _inline(line: int, words: str) -> Paragraph:
    """The spans of one paragraph.

    Raises:
        FormatFault: a highlight is not closed, a place is unknown, or a special character stands alone.
    """
    spans: list[Span] = []
    highlight = False
    for part in _INLINE.finditer(words):
        if part["mark"]:
            highlight = not highlight
        elif part["stray"]:
            raise FormatFault(line, FormatCode.STRAY_CHARACTER, part["stray"])
        elif name := part["field"]:
            if name not in FIELDS:
                raise FormatFault(line, FormatCode.UNKNOWN_FIELD, name)
            spans.append(Span("", highlight, name))
        else:
            text = part["escaped"] or part["text"]
            last = spans[-1] if spans else None
            if last is not None and last.field is None and last.highlight == highlight:
                spans[-1] = replace(last, text=last.text + text)
            else:
                spans.append(Span(text, highlight))
    if highlight:
        raise FormatFault(line, FormatCode.OPEN_HIGHLIGHT, words[:40])
    return tuple(spans)


def _mapped(agreement: Agreement, change: Callable[[Span], Span]) -> Agreement:
    clauses = (
        replace(
            clause,
            paragraphs=tuple(tuple(change(span) for span in paragraph) for paragraph in clause.paragraphs),
            explanation=tuple(change(span) for span in clause.explanation),
        )
        for clause in agreement.clauses
    )
    return Agreement(agreement.title, tuple(clauses))


def _seen(text: str) -> bool:
    return not any(unicodedata.category(character) in _UNSEEN for character in text)
