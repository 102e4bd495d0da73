"""The provider's day: clauses count days in its time zone."""

from datetime import UTC, date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""Asia/Shanghai, which has known no summer time since 1991."""


def provider_day(at: float) -> date:
    """The day of a time, UTC seconds since 1970."""
    return datetime.fromtimestamp(at, CHINA).date()


def utc(at: float) -> datetime:
    """The same time as an aware value."""
    return datetime.fromtimestamp(at, UTC)
