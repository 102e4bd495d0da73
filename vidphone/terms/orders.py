"""The price list, and what a customer orders of it (clause 2). Money is integer fen.

A price per minute may be finer than a fen: it is an integer number of 1/10 000 yuan.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Words:
    """A name or a sentence of the provider's in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Price:
    """What one minute to a class of destinations costs, with voice alone and with video."""

    destination: Words
    voice_e4_yuan: int
    video_e4_yuan: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be chosen: a monthly rent and prices a minute."""

    id: str
    name: Words
    about: Words
    monthly_rent_fen: int
    prices: tuple[Price, ...]
    minimum_s: int = 0
    """A call is charged for at least so long."""
    increment_s: int = 1
    """Begun increments are charged whole."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A device that the provider hands out, for a price once (clause 4 warrants it)."""

    id: str
    name: Words
    about: Words
    price_fen: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The provider's price list. `version` is its own; a changed list has another."""

    version: str
    plans: tuple[Plan, ...]
    terminals: tuple[Terminal, ...]
    credit_limits_fen: tuple[int, ...]
    """The limits a customer chooses from (clause 9), rising."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered: an annex of the agreement, listed in it by number and hash (clause 2)."""

    number: str
    ordered_on: date
    catalogue_version: str
    customer_number: str
    plan: Plan
    terminal: Terminal | None
    credit_limit_fen: int
