"""Builds of the program: what channels offer, how it does on phones, who pushed what and why.

What is offered is signed with keys that no server has, by `vidphone release`; here a build can only be held back, and
let go again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from vidphone.service.console.forms import REASON
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.visit import Visit
from vidphone.service.releases.office import ReleaseOffice
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.release_staff import HoldChange
from vidphone.wire.releases import Channel, Manifest


@dataclass(frozen=True, slots=True)
class Offered:
    """What a channel offers on a platform now, and to what share of installations by this hour."""

    manifest: Manifest
    percent: float


def show(visit: Visit) -> Response:
    """The whole page."""
    office = visit.parts.releases.office
    status = office.status()
    return visit.page(
        "releases",
        channel=_channel(visit),
        channels=tuple(Channel),
        offered=_offered(visit),
        builds=_builds(visit),
        deeds=status.deeds,
        waiting=office.proposals().proposals,
    )


def figures(visit: Visit) -> Response:
    """The figures alone, which the page asks for by itself."""
    return visit.page("builds", builds=_builds(visit))


def _builds(visit: Visit) -> tuple[object, ...]:
    channel = _channel(visit)
    found = visit.parts.releases.reports.figures()
    return tuple(one for one in found if channel is None or one.channel is channel)


def _channel(visit: Visit) -> Channel | None:
    written = visit.query("channel", 8)
    if written not in {"", *Channel}:
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "channel"})
    return Channel(written) if written else None


def _offered(visit: Visit) -> tuple[Offered, ...]:
    channel, repository = _channel(visit), visit.parts.releases.repository
    places = sorted({(one.channel, one.platform) for one in _office(visit).offers().offers})
    found = (repository.manifest(f"{where}/{platform}/manifest.json") for where, platform in places)
    return tuple(
        Offered(one, one.rollout.percent_at(visit.at - one.created_at))
        for one in found
        if one is not None and (channel is None or one.channel is channel)
    )


def _office(visit: Visit) -> ReleaseOffice:
    return visit.parts.releases.office


def _build_of(visit: Visit) -> str:
    build = str(visit.path["build"])
    if build not in {one.build_id for one in _office(visit).offers().offers}:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return build


def _path(visit: Visit) -> str:
    return "/releases"


def _hold(visit: Visit, values: Mapping[str, str]) -> Response:
    change = HoldChange(build_id=_build_of(visit), held=True, reason=values["reason"])
    _office(visit).hold(change, visit.staff.name, visit.at)
    return visit.go("/releases", "held")


def _lift(visit: Visit, values: Mapping[str, str]) -> Response:
    change = HoldChange(build_id=_build_of(visit), held=False, reason=values["reason"])
    _office(visit).hold(change, visit.staff.name, visit.at)
    return visit.go("/releases", "hold-lifted")


HOLD = Action("hold", (REASON,), _hold, _path, "danger", check=_build_of)
LIFT = Action("hold-lift", (REASON,), _lift, _path, check=_build_of)
