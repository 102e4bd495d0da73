"""Interruptions of the service: which earn a credit of the service fee, and which excuse late fees (clauses 12 to 14).

Outages may overlap or follow on each other without a gap: the customer had no service without a break, so they count as
one interruption. Of one that is long enough, all its time is credited but that of force majeure (clause 14), which is
part of the break all the same.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction

from vidphone.terms.bills import Period
from vidphone.terms.calendar import Span
from vidphone.terms.figures import Figures
from vidphone.terms.money import round_half_up

_HOURS = Figures().outage_hours
_MICROSECOND = timedelta(microseconds=1)
Time = tuple[datetime, datetime]
"""From the first moment to the one after the last."""


@dataclass(frozen=True, slots=True)
class Outage:
    """Times are aware. One that has not ended goes on."""

    began: datetime
    ended: datetime | None = None
    force_majeure: bool = False


@dataclass(frozen=True, slots=True)
class Interruption:
    """A time without a break in which there was no service."""

    began: datetime
    ended: datetime
    majeure: tuple[Time, ...] = ()
    """The parts of it that were by force majeure, in order and apart from each other."""

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.ended - self.began

    def counts(self, hours: int = _HOURS) -> bool:
        """Whether it was long enough for a credit: exactly so many hours are (clause 13)."""
        return self.length >= timedelta(hours=hours)

    def credited(self, hours: int = _HOURS) -> tuple[Time, ...]:
        """The parts that earn a credit: none of a shorter one, and none that was by force majeure."""
        return tuple(_gaps((self.began, self.ended), self.majeure)) if self.counts(hours) else ()


def interruptions(outages: Iterable[Outage], until: datetime) -> tuple[Interruption, ...]:
    """The interruptions that outages make together, in order, as known at `until`: what goes on ends there."""
    known = tuple(outages)
    majeure = _union(_times((one for one in known if one.force_majeure), until))
    return tuple(
        Interruption(began, ended, tuple(part for part in majeure if began <= part[0] < ended))
        for began, ended in _union(_times(known, until))
    )


def credit_fen(
    interruption: Interruption,
    rent: Callable[[date], int],
    zone: tzinfo,
    hours: int = _HOURS,
) -> int:
    """The credit for an interruption, in fen, rounded once: the rent of the time that it took away.

    Args:
        interruption: One that is over.
        rent: The monthly rent in fen that holds on a day; 0 where none runs on it (`bills.rent_days`).
        zone: The provider's.
        hours: From how many on (`Figures.outage_hours`).
    """
    credit = Fraction(0)
    for day, lost in _days(interruption.credited(hours), zone):
        whole = _midnight(day + timedelta(1), zone) - _midnight(day, zone)
        credit += Fraction(rent(day), Period.of(day).days) * Fraction(lost // _MICROSECOND, whole // _MICROSECOND)
    return round_half_up(credit.numerator, credit.denominator)


def excused_days(outages: Iterable[Outage], until: datetime, zone: tzinfo) -> tuple[Span, ...]:
    """The days on which force majeure was at any time: no late fee runs on them (`late_fee.late_fee_fen`)."""
    spans: list[Span] = []
    for day, _ in _days(_union(_times((one for one in outages if one.force_majeure), until)), zone):
        last = spans[-1].last if spans else None
        if last is not None and day <= last + timedelta(1):
            spans[-1] = Span(spans[-1].first, day)
        else:
            spans.append(Span(day, day))
    return tuple(spans)


def _times(outages: Iterable[Outage], until: datetime) -> Iterator[Time]:
    """In UTC, where hours are hours even on days of another length."""
    for one in outages:
        began, ended = one.began.astimezone(UTC), min(one.ended or until, until).astimezone(UTC)
        if began < ended:
            yield began, ended


def _union(times: Iterable[Time]) -> list[Time]:
    """Times that overlap or touch become one."""
    joined: list[Time] = []
    for began, ended in sorted(times):
        if joined and began <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], ended)
        else:
            joined.append((began, ended))
    return joined


def _gaps(whole: Time, taken: Iterable[Time]) -> Iterator[Time]:
    """What is left of a time without parts of it, which are in order and apart."""
    begin, end = whole
    for first, after in taken:
        if begin < first:
            yield begin, first
        begin = after
    if begin < end:
        yield begin, end


def _days(times: Iterable[Time], zone: tzinfo) -> Iterator[tuple[date, timedelta]]:
    """The days that times touch, in order, with how much of each; a day that two of them touch comes twice."""
    for began, ended in times:
        day = began.astimezone(zone).date()
        while (midnight := _midnight(day, zone)) < ended:
            following = _midnight(day + timedelta(1), zone)
            yield day, min(ended, following) - max(began, midnight)
            day += timedelta(1)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
