"""Days, months and ages as the agreement counts them: calendar months, clamped to their ends."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:"
    r"(?P<separator>[-/.])(?P<month>[0-9]{1,2})(?P=separator)(?P<day>[0-9]{1,2})"
    r"|年(?P<han_month>[0-9]{1,2})月(?P<han_day>[0-9]{1,2})日?"
    r"|(?P<plain_month>[0-9]{2})(?P<plain_day>[0-9]{2}))"
)
_MAX_WRITTEN = 32


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both in it; without a last it goes on."""

    first: date
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def days_within(first: date, last: date, spans: Iterable[Span]) -> int:
    """How many days from `first` to `last`, both counted, are in at least one of the spans."""
    inside = sorted((max(first, span.first), min(last, span.last or last)) for span in spans)
    days, after = 0, first
    for begin, end in inside:
        if (new := max(begin, after)) <= end:
            days += (end - new).days + 1
            after = end + timedelta(1)
    return days


def add_months(day: date, months: int) -> date:
    """The same day `months` calendar months on, or the last of that month where it has no such day (Civil Code 202).

    Always counted from the first day: 31 January + 2 months is 31 March, not 28 March.

    Raises:
        ValueError: outside the years 1 to 9999.
    """
    month_index = day.year * 12 + day.month - 1 + months
    year, month = month_index // 12, month_index % 12 + 1
    if not date.min.year <= year <= date.max.year:
        raise ValueError(year)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def add_years(day: date, years: int) -> date:
    """The same day `years` on; 29 February becomes the 28th in a common year.

    Raises:
        ValueError: outside the years 1 to 9999.
    """
    return add_months(day, 12 * years)


def age(birth: date, today: date) -> int:
    """Full years since birth; below zero for a birth to come. Who was born on 29 February is a year older on the 28th
    of a common year (Civil Code 202).
    """
    years = today.year - birth.year
    return years if add_years(birth, years) <= today else years - 1


def parse_date(written: str) -> date | None:
    """A date as people write it, year first: `1990-1-31`, `1990/01/31`, `19900131`, `1990年1月31日`. None if none.

    Day-first and two-digit years are not guessed at.
    """
    if len(written) > _MAX_WRITTEN:
        return None
    found = _WRITTEN_DATE.fullmatch("".join(unicodedata.normalize("NFKC", written).split()))
    if found is None:
        return None
    year, month, day = (
        int(found["year"]),
        int(found["month"] or found["han_month"] or found["plain_month"]),
        int(found["day"] or found["han_day"] or found["plain_day"]),
    )
    try:
        return date(year, month, day)
    except ValueError:
        return None
