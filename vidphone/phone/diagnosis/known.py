"""Names and numbers that this phone knows of, and a text without them. Pure.

An address book has thousands of names and a log hundreds of thousands of characters, and a regular expression keeps
all other threads waiting until it is done. So names that do not occur are sorted out first, and a line is searched
only if it may hold one of the rest: one expression of all names took a minute for a thousand of them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

NAME, NUMBER = "<name>", "<number>"
_LETTERS = re.compile("[a-z]+")
_DIGITS = re.compile(r"\d+")
_AS_LETTERS = str.maketrans({"İ": "i", "ı": "i", "ſ": "s", "\N{KELVIN SIGN}": "k"})
"""What an expression that ignores case takes for a letter from a to z."""


@dataclass(frozen=True, slots=True)
class Known:
    """What must not be told, whatever it looks like."""

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    """Digits only."""
    paths: tuple[tuple[str, str], ...] = ()
    """Folders whose names tell who uses the machine, and what stands in their place."""

    @classmethod
    def of(cls, names: Iterable[str], numbers: Iterable[str], home: str, words: Iterable[str] = ()) -> "Known":
        """From names of people, numbers, the person's folder, and the names of account and machine."""
        parts = {part for name in names for part in (name, *name.split()) if _tells(part)}
        parts.update(word for word in words if len(word) >= 3)
        digits = {"".join(_DIGITS.findall(number)) for number in numbers} - {""}
        return cls(frozenset(parts), frozenset(digits), ((home, "~"),) if len(home) > 1 else ())

    def leave_out(self, text: str) -> str:
        """The text without them."""
        for path, place in self.paths:
            text = text.replace(path, place)
        return _DIGITS.sub(self._number, self._without_names(text))

    def _number(self, found: re.Match[str]) -> str:
        return NUMBER if found.group() in self.numbers else found.group()

    def _without_names(self, text: str) -> str:
        folded = _folded(text)
        occurring = set(_LETTERS.findall(folded))
        words = {name: runs for name in self.names if name.isascii() and (runs := _LETTERS.findall(_folded(name)))}
        present = {name: runs[0] for name, runs in words.items() if occurring.issuperset(runs)}
        loose = {name: _folded(name) for name in self.names if name not in words and _folded(name) in folded}
        if not present and not loose:
            return text
        begins = set(present.values())
        longest_first = sorted([*present, *loose], key=len, reverse=True)
        pattern = re.compile("|".join(map(_whole_word, longest_first)), re.IGNORECASE)

        def may_hold_one(line: str) -> bool:
            line = _folded(line)
            return not begins.isdisjoint(_LETTERS.findall(line)) or any(name in line for name in loose.values())

        return "\n".join(pattern.sub(NAME, line) if may_hold_one(line) else line for line in text.split("\n"))


def _folded(text: str) -> str:
    return text.translate(_AS_LETTERS).lower()


def _tells(part: str) -> bool:
    """Whether a part of a name is one by itself: a Chinese one of two signs, any other of three letters."""
    return len(part) >= (3 if part.isascii() else 2)


def _whole_word(name: str) -> str:
    word = re.escape(name)
    return rf"(?<![A-Za-z]){word}(?![A-Za-z])" if name.isascii() else word
