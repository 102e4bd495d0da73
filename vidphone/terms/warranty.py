"""The warranty of a terminal: one year from its installation, by written notice within it (clause 4).

The day of installation is not counted, and the last day is the one of the same date (Civil Code 201, 202): of a
terminal installed on 1 March, a notice of 1 March a year later is in time, one of 2 March is late.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from vidphone.terms.calendar import add_years
from vidphone.terms.figures import Figures

CLAUSE = 4
_YEARS = Figures().warranty_years


class Category(StrEnum):
    """What a claim says that happened to the terminal."""

    MATERIAL = "material"
    WORKMANSHIP = "workmanship"
    SHIPPING = "shipping"
    ACCIDENT = "accident"
    MISUSE = "misuse"
    OPENED = "opened"
    POWER = "power"
    INSTRUCTIONS = "instructions"
    """They were not followed."""
    FOREIGN_EQUIPMENT = "foreign-equipment"


COVERED = frozenset({Category.MATERIAL, Category.WORKMANSHIP, Category.SHIPPING})
"""The others are excluded, whenever they are told of."""


class Remedy(StrEnum):
    """What the provider chooses for a claim that is covered; replaced parts are the provider's."""

    REPAIR = "repair"
    EXCHANGE = "exchange"


class Ground(StrEnum):
    """Why a claim is covered or not."""

    COVERED = "covered"
    OPENED = "opened"
    """The customer opened the case, which ends the warranty."""
    EXCLUDED = "excluded"
    NOT_BEGUN = "not-begun"
    """The notice is of a day before the installation."""
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal as it is registered. It stays the same one to the warranty when it is exchanged."""

    installed_on: date
    opened_on: date | None = None
    """The day on which the customer opened the case, or on which that was found."""
    exchanged_on: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the clause says of a claim."""

    ground: Ground
    last_day: date
    """The last day for a notice."""
    clause: int = CLAUSE

    @property
    def covered(self) -> bool:
        """Whether the provider repairs or exchanges."""
        return self.ground is Ground.COVERED


def last_day(terminal: Terminal, years: int = _YEARS) -> date:
    """The last day on which a notice is in time; neither repair nor exchange moves it.

    Raises:
        ValueError: less than a year.
    """
    if years < 1:
        raise ValueError(years)
    return add_years(terminal.installed_on, years)


def judge(terminal: Terminal, category: Category, noticed_on: date, years: int = _YEARS) -> Ruling:
    """What the clause says of a claim by a notice of that day.

    Where several grounds speak against it, the one is told that no other day and no other category would change: the
    opened case, then the category, then the time.
    """
    last = last_day(terminal, years)
    if category is Category.OPENED or (terminal.opened_on is not None and terminal.opened_on <= noticed_on):
        ground = Ground.OPENED
    elif category not in COVERED:
        ground = Ground.EXCLUDED
    elif noticed_on < terminal.installed_on:
        ground = Ground.NOT_BEGUN
    else:
        ground = Ground.COVERED if noticed_on <= last else Ground.LATE
    return Ruling(ground, last)


def exchanged(terminal: Terminal, on: date) -> Terminal:
    """The terminal after an exchange: another device under the same warranty, whose time goes on.

    Raises:
        ValueError: its case was opened before, so that no exchange was owed, or the day is before its installation.
    """
    if on < terminal.installed_on or (terminal.opened_on is not None and terminal.opened_on <= on):
        raise ValueError(on)
    return replace(terminal, exchanged_on=(*terminal.exchanged_on, on))
