"""What a call costs a minute: by destination, time of the week, voice or video (clauses 2 and 9).

A call has one price: that of the moment at which it is dialled, which is the one that was told. It holds for the whole
call, however late it gets.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from vidphone.terms.money import billed_seconds, charge_fen
from vidphone.terms.orders import Band, Plan, Price, Words

_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Rate:
    """The price of one call, told before it and kept with it."""

    free: bool
    """To customer service or emergency: nothing is charged, and nothing blocks it. A price of 0 is not that."""
    destination: Words | None
    """The provider's name for this class of numbers; None for free numbers."""
    price_e4_yuan: int
    """Of a minute, in 1/10 000 yuan."""
    minimum_s: int
    increment_s: int
    video: bool = False

    def billed_s(self, seconds: int) -> int:
        """What of so many answered seconds (begun ones whole) is charged for: the minimum, then whole increments."""
        return billed_seconds(seconds, self.minimum_s, self.increment_s)

    def charge_fen(self, seconds: int) -> int:
        """The charge of a whole call of so many answered seconds, rounded once (clause 5)."""
        return charge_fen(seconds, self.price_e4_yuan, self.minimum_s, self.increment_s)


def rate(plan: Plan, number: str, video: bool, at_local: datetime, free_numbers: Collection[str]) -> Rate:
    """The price of a call under a plan.

    Args:
        plan: As it stands in the customer's order: a changed price list changes nothing (clause 2).
        number: As dialled, digits only.
        video: With pictures, not voice alone.
        at_local: When it is dialled, in the provider's time zone.
        free_numbers: Customer service and emergency (clause 9), matched whole.

    Raises:
        ValueError: no price of the plan is for this number; `check_catalogue` lets no such plan be offered.
    """
    if number in free_numbers:
        return Rate(free=True, destination=None, price_e4_yuan=0, minimum_s=0, increment_s=1, video=video)
    price = price_for(plan, number)
    rates = next((band for band in price.bands if within(band, at_local)), price)
    return Rate(
        free=False,
        destination=price.destination,
        price_e4_yuan=rates.video_e4_yuan if video else rates.voice_e4_yuan,
        minimum_s=plan.minimum_s,
        increment_s=plan.increment_s,
        video=video,
    )


def price_for(plan: Plan, number: str) -> Price:
    """The price whose prefix is the longest that the number begins with; else the first that has none.

    Raises:
        ValueError: there is neither.
    """
    best: Price | None = None
    longest = -1
    for price in plan.prices:
        for prefix in price.prefixes or ("",):
            if number.startswith(prefix) and len(prefix) > longest:
                best, longest = price, len(prefix)
    if best is None:
        raise ValueError(number)
    return best


def within(band: Band, at_local: datetime) -> bool:
    """Whether a moment belongs to a time of the week; one past midnight belongs to the day on which it began."""
    minute, today = at_local.hour * 60 + at_local.minute, at_local.isoweekday()
    if band.from_minute < band.to_minute:
        return today in band.days and band.from_minute <= minute < band.to_minute
    yesterday = (today - 2) % _DAYS_A_WEEK + 1
    return (today in band.days and minute >= band.from_minute) or (yesterday in band.days and minute < band.to_minute)
