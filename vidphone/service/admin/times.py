"""Times as staff write them, and what time it is for a data folder."""

from datetime import datetime
from pathlib import Path

from vidphone.service.admin.said import Refused, refused
from vidphone.service.clock import BadClock, open_clock
from vidphone.service.days import CHINA
from vidphone.texts import system_language, text


def time_of(written: str) -> float:
    """UTC seconds since 1970; without an offset from UTC it is the provider's time. Raises `Refused`."""
    try:
        said = datetime.fromisoformat(written)
    except ValueError:
        raise refused("announce.bad-time", time=written) from None
    return (said if said.tzinfo else said.replace(tzinfo=CHINA)).timestamp()


def now_of(data: Path) -> float:
    """UTC seconds since 1970, by the folder's clock. Raises `Refused`."""
    try:
        return open_clock(data).now()
    except BadClock as error:
        raise Refused(text(f"clock.{error.reason}", system_language(), **error.places)) from error
