"""The price list, and what a customer orders of it (clause 2). Money is integer fen.

A price per minute may be finer than a fen: it is an integer number of 1/10 000 yuan.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from vidphone.terms.faults import Fault, FaultCode


@dataclass(frozen=True, slots=True)
class Words:
    """A name or a sentence of the provider's in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Band:
    """A time of the day, on some days of the week, that has prices of its own."""

    days: tuple[int, ...]
    """On which it begins: 1 is Monday, 7 is Sunday."""
    from_minute: int
    """Of the day, 0 to 1439, in the provider's time zone."""
    to_minute: int
    """The first minute that no longer belongs to it, 1 to 1440; not above `from_minute`, it is one of the day after."""
    voice_e4_yuan: int
    video_e4_yuan: int


@dataclass(frozen=True, slots=True)
class Price:
    """What one minute to a class of destinations costs, with voice alone and with video."""

    destination: Words
    voice_e4_yuan: int
    video_e4_yuan: int
    prefixes: tuple[str, ...] = ()
    """What the numbers of this class begin with; none: it is the price of all numbers that no other price has."""
    bands: tuple[Band, ...] = ()
    """Times with other prices; they do not overlap."""


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


def order_number(ordered_on: date, sequence: int) -> str:
    """The number of the `sequence`-th order of a day, counted from 1: `20260801-000042`.

    Raises:
        ValueError: a sequence outside 1 to 999 999.
    """
    if not 1 <= sequence <= 999_999:
        raise ValueError(sequence)
    return f"{ordered_on.isoformat().replace('-', '')}-{sequence:06d}"


def plain(value: Catalogue | Order) -> dict[str, Any]:
    """The content as nested dictionaries. Prices name prefixes and times only where they have some.

    So orders and price lists from before there were any keep their hashes.
    """
    return asdict(value, dict_factory=_without_absent)


def _without_absent(items: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: held for name, held in items if held or name not in {"prefixes", "bands"}}


def canonical(order: Order) -> bytes:
    """The order as bytes that are the same on every machine: JSON in UTF-8, keys sorted, no spaces, ISO 8601 dates.

    The agreement binds these bytes by their hash (clause 2), so what was ordered cannot be changed after it is signed.
    """
    values = plain(order) | {"ordered_on": order.ordered_on.isoformat()}
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def order_sha256(order: Order) -> str:
    """SHA-256 of the canonical form, in lower-case hexadecimal digits."""
    return sha256(canonical(order)).hexdigest()


def check_choice(catalogue: Catalogue, plan: str, terminal: str | None, credit_limit_fen: int) -> tuple[Fault, ...]:
    """What of a choice is not on offer: a plan or a device by id, a credit limit (clause 9)."""
    offered = {
        "plan": plan in {each.id for each in catalogue.plans},
        "terminal": terminal is None or terminal in {each.id for each in catalogue.terminals},
        "credit_limit_fen": credit_limit_fen in catalogue.credit_limits_fen,
    }
    return tuple(Fault(field, FaultCode.NOT_OFFERED) for field, is_offered in offered.items() if not is_offered)


def make_order(
    catalogue: Catalogue,
    plan: str,
    terminal: str | None,
    credit_limit_fen: int,
    *,
    number: str,
    ordered_on: date,
    customer_number: str,
) -> Order:
    """The order of a choice, with the plan and the device as the catalogue has them today.

    Raises:
        ValueError: something of it is not on offer (`check_choice`).
    """
    if faults := check_choice(catalogue, plan, terminal, credit_limit_fen):
        raise ValueError(faults)
    return Order(
        number=number,
        ordered_on=ordered_on,
        catalogue_version=catalogue.version,
        customer_number=customer_number,
        plan=next(each for each in catalogue.plans if each.id == plan),
        terminal=next((each for each in catalogue.terminals if each.id == terminal), None),
        credit_limit_fen=credit_limit_fen,
    )
