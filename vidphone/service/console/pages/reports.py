"""Problems and crashes that phones reported, by build and channel. They name nobody."""

import re

from starlette.responses import Response

from vidphone.service.console.pages.places import ASKED, page, place_of
from vidphone.service.console.visit import Visit
from vidphone.service.reports.stored import NoSuchReport
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reports import ReportKind

_ID = re.compile(r"[0-9a-f]{32}")
MAX_BUILD = 80


def listed(visit: Visit) -> Response:
    """How many each build in a channel has; or, where they are named, these, newest first."""
    build, channel, kind = visit.query("build", MAX_BUILD), visit.query("channel", 16), visit.query("kind", 16)
    if kind not in {"", *ReportKind}:
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "kind"})
    if not build:
        return visit.page("reports", rows=visit.parts.reports.counted())
    after = place_of(visit)
    rows, further = page(visit.parts.reports.list(build, channel, ReportKind(kind) if kind else None, after, ASKED))
    return visit.page(
        "reports-of",
        rows=rows,
        build=build,
        channel=channel,
        kind=kind,
        kinds=tuple(ReportKind),
        further=further,
        first=after is None,
    )


def one(visit: Visit) -> Response:
    """One report, letter for letter as its sender was shown it."""
    known = str(visit.path["report"])
    if not _ID.fullmatch(known):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    try:
        report = visit.parts.reports.read(known)
    except NoSuchReport:
        raise VidphoneError(ErrorCode.NOT_FOUND) from None
    return visit.page("report", known=known, report=report)
