"""A changed agreement: within one month of its publication the customer may object, else it is accepted (clause 15).

The day of publication is not counted, and the last day is the one of the same date in the month after, or the last of
that month (Civil Code 201, 202): of what is published on 31 January, 28 February is the last day to object.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from vidphone.terms.calendar import add_months
from vidphone.terms.figures import Figures

CLAUSE = 15
_MONTHS = Figures().objection_months


class Answer(StrEnum):
    """What a customer says to a changed agreement."""

    PENDING = "pending"
    OBJECTED = "objected"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Stand:
    """How a customer stands to a changed agreement on a day."""

    answer: Answer
    until: date
    """The last day to object."""
    since: date | None
    """From when on the answer holds; None while it is pending."""


def last_day_to_object(published_on: date, months: int = _MONTHS) -> date:
    """The last day on which an objection is in time.

    Raises:
        ValueError: less than a month.
    """
    if months < 1:
        raise ValueError(months)
    return add_months(published_on, months)


def may_object(published_on: date, today: date, months: int = _MONTHS) -> bool:
    """Whether an objection of today is in time; none is before the publication."""
    return published_on <= today <= last_day_to_object(published_on, months)


def stand(published_on: date, today: date, objected_on: date | None = None, months: int = _MONTHS) -> Stand:
    """How a customer stands who objected on that day, or has not.

    An objection that was not in time is none.
    """
    until = last_day_to_object(published_on, months)
    if objected_on is not None and may_object(published_on, objected_on, months):
        return Stand(Answer.OBJECTED, until, objected_on)
    if today > until:
        return Stand(Answer.ACCEPTED, until, until + timedelta(1))
    return Stand(Answer.PENDING, until, None)
