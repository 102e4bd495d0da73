"""Two versions of an agreement side by side, with what was added and taken away marked (clause 15).

Clauses are compared by their numbers, in them words: letters and digits that stand together are one, so is a figure
with its point, a place, and a Chinese character by itself. Highlights count for nothing here: what matters is what it
says.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from vidphone.terms.agreement import Agreement, Clause, Paragraph

_WORD = re.compile(r"\{[a-z0-9_.]+\}|[0-9]+[.,][0-9]+%?|[^\W\u2e80-\u9fff\uf900-\ufaff]+|\s+|.", re.DOTALL)
_BETWEEN = "\n"
"""Between two paragraphs."""


class Change(StrEnum):
    """What became of some words."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Part:
    """Words that have the same fate. A place that is filled per customer stands as its name in braces."""

    text: str
    change: Change


@dataclass(frozen=True, slots=True)
class ClauseComparison:
    """One clause in both versions; None for the title where a version has no such clause."""

    number: int
    old_title: str | None
    new_title: str | None
    parts: tuple[Part, ...]
    """The words of both, in order, paragraphs apart by a line's end."""

    @property
    def changed(self) -> bool:
        """Whether anything in it is another."""
        return self.old_title != self.new_title or any(part.change is not Change.SAME for part in self.parts)


def compare(old: Agreement, new: Agreement) -> tuple[ClauseComparison, ...]:
    """All clauses of both, by number."""
    before = {clause.number: clause for clause in old.clauses}
    after = {clause.number: clause for clause in new.clauses}
    return tuple(_clause(number, before.get(number), after.get(number)) for number in sorted(before.keys() | after))


def _clause(number: int, old: Clause | None, new: Clause | None) -> ClauseComparison:
    parts = tuple(_parts(_words(old), _words(new)))
    return ClauseComparison(number, old.title if old else None, new.title if new else None, parts)


def _words(clause: Clause | None) -> list[str]:
    if clause is None:
        return []
    text = _BETWEEN.join(map(_text, (*clause.paragraphs, *([clause.explanation] if clause.explanation else []))))
    return _WORD.findall(text)


def _text(paragraph: Paragraph) -> str:
    return "".join(span.text if span.field is None else f"{{{span.field}}}" for span in paragraph)


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[Part]:
    """What stayed, went and came. A space alone between two changes belongs to both: phrases are read as phrases."""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    removed = added = ""
    for at, (what, old_from, old_to, new_from, new_to) in enumerate(steps):
        went, came = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        if what != "equal" or (came.isspace() and 0 < at < len(steps) - 1):
            removed, added = removed + went, added + came
            continue
        yield from _changed(removed, added)
        removed = added = ""
        yield Part(came, Change.SAME)
    yield from _changed(removed, added)


def _changed(removed: str, added: str) -> Iterator[Part]:
    if removed:
        yield Part(removed, Change.REMOVED)
    if added:
        yield Part(added, Change.ADDED)
