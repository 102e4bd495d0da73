"""The scenes of the network test, for `screens.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from vidphone.phone.events import Request, RequestFailed
from vidphone.phone.network_events import NetworkTested, NetworkTestStep, Step
from vidphone.phone.network_test.result import NetworkResult, Reach, Trips, Way
from vidphone.ui.main.network.dialog import NetworkDialog
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode

if TYPE_CHECKING:
    from screens import Desk

Shot = tuple[str, QWidget]
GOOD = NetworkResult(
    0.0, Reach.YES, Reach.YES, Reach.NOT_OFFERED, Way.RELAY, Trips(150, 1, 38.0, 2.4), 48_000_000, 9_400_000, True
)
NONE = Reach.NOT_OFFERED
RESULTS = {
    "good": GOOD,
    "small": replace(GOOD, trips=Trips(150, 9, 460.0, 22.0), up_bps=720_000),
    "nothing": replace(
        GOOD, udp=Reach.NO, tcp=Reach.REFUSED, tls=Reach.NO, way=Way.NONE, trips=None, down_bps=210_000, up_bps=39_000
    ),
    "no-servers": replace(GOOD, udp=NONE, tcp=NONE, way=Way.NONE, trips=None, relay_only=False),
}


def network_shots(desk: Desk) -> Iterator[Shot]:
    """The test: asked for, going on, refused, and its results."""
    desk.move_in()
    window = desk.desktop.window
    window.open_page(Page.SETTINGS)
    window.settings.network.click()
    desk.settle()
    dialog = next(each for each in window.findChildren(QDialog) if isinstance(each, NetworkDialog))
    yield "network", dialog
    dialog.card.begin.click()
    desk.engine.tell(NetworkTestStep(Step.DELAY))
    desk.settle()
    yield "network-testing", dialog
    desk.engine.tell(RequestFailed(Request.NETWORK_TEST, ErrorCode.TOO_MANY_ATTEMPTS, (("seconds", 900),)))
    desk.settle()
    yield "network-refused", dialog
    for name, result in RESULTS.items():
        desk.engine.tell(NetworkTested(result))
        desk.settle()
        yield f"network-{name}", dialog
    dialog.reject()


SERIES = (network_shots,)
