"""The first page: what the service carries now, and what waits for somebody."""

from dataclasses import dataclass

from starlette.responses import Response

from vidphone.service.console.load import Sample, set_ups_per_minute
from vidphone.service.console.visit import Visit
from vidphone.service.days import provider_day

WIDTH, HEIGHT = 600, 96
"""Of the line of calls, in units of its picture."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What the page says of the load."""

    phones: int
    calls: int
    ringing: int
    set_ups: str
    line: str
    most: int


def show(visit: Visit) -> Response:
    """The whole page."""
    tasks = visit.console.lists.tasks(provider_day(visit.now))
    return visit.page("overview", load=_carried(visit), tasks=tasks)


def load(visit: Visit) -> Response:
    """The load alone, which the page asks for by itself."""
    return visit.page("load", load=_carried(visit))


def points(samples: tuple[Sample, ...]) -> tuple[str, int]:
    """Calls over time as points of a line from left to right, and the most of them. Pure."""
    if len(samples) < 2:
        return "", 0
    first, span = samples[0].at, samples[-1].at - samples[0].at or 1.0
    most = max(sample.calls for sample in samples)
    top = max(most, 1)
    places = (
        f"{(sample.at - first) / span * WIDTH:.1f},{HEIGHT - sample.calls / top * (HEIGHT - 4) - 2:.1f}"
        for sample in samples
    )
    return " ".join(places), most


def _carried(visit: Visit) -> Carried:
    meter = visit.console.load
    samples = meter.samples()
    line, most = points(samples)
    phones, calls = (samples[-1].phones, samples[-1].calls) if samples else (0, 0)
    return Carried(phones, calls, meter.ringing(), f"{set_ups_per_minute(samples):.0f}", line, most)
