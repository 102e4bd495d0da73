from dataclasses import replace

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from tests.ui.conftest import House
from vidphone.phone.events import Request, RequestFailed
from vidphone.phone.network_commands import TestNetwork
from vidphone.phone.network_events import NetworkTested, NetworkTestStep, Step
from vidphone.phone.network_test.result import NetworkResult, Reach, Trips, Way
from vidphone.ui.design.status import Standing
from vidphone.ui.main.network.dialog import NetworkDialog
from vidphone.ui.main.service.asking import CaseDialog
from vidphone.wire.errors import ErrorCode

RESULT = NetworkResult(
    0.0, Reach.YES, Reach.NO, Reach.NOT_OFFERED, Way.RELAY, Trips(100, 5, 30.0, 2.0), 2e7, 4_000_000, True
)


def opened(house: House) -> NetworkDialog:
    house.window.settings.network.click()
    return next(each for each in house.window.findChildren(QDialog) if isinstance(each, NetworkDialog))


def test_a_test_is_followed_to_its_result_which_goes_into_a_case(house: House) -> None:
    dialog = opened(house)
    card = dialog.card
    card.begin.click()
    card.start()  # while one runs, no other
    assert house.engine.posted_of(TestNetwork) == [TestNetwork()]
    dialog.happened(NetworkTestStep(Step.UP))
    assert card.status.plain == "Measuring the upload…"
    assert not card.begin.isEnabled()
    dialog.happened(NetworkTested(RESULT))
    assert card.verdict.plain == "Expect video with a smaller picture."
    assert card.values["loss"].plain == "5.0 %"
    assert card.gauges["up"].accessibleName() == "Upload: 4.0 Mb/s"
    assert card.reaches[1].plain == "TCP: your provider's relay is not reached."
    card.copy.click()
    assert QGuiApplication.clipboard().text() == card.findings
    assert card.status.plain == "The result is copied."
    findings = card.findings
    dialog.case.click()
    case = house.window.service.dialog
    assert isinstance(case, CaseDialog)
    assert findings.splitlines()[0] == "Expect video with a smaller picture."
    case.reject()


def test_rates_alone_are_not_called_good_video(house: House) -> None:
    card = opened(house).card
    none = Reach.NOT_OFFERED
    only = replace(RESULT, udp=none, tcp=none, tls=none, way=Way.NONE, trips=None, up_bps=2e7, relay_only=False)
    card.happened(NetworkTested(only))
    assert card.verdict.plain.startswith("The rates are enough for good video. Delay and loss were not measured")
    assert card.verdict.standing is Standing.PLAIN
    assert card.findings.startswith(card.verdict.plain)


def test_what_fails_is_said_with_its_next_step_and_can_be_tried_again(house: House) -> None:
    dialog = opened(house)
    dialog.card.begin.click()
    dialog.happened(RequestFailed(Request.NETWORK_TEST, ErrorCode.IN_A_CALL))
    assert dialog.card.status.plain == "You are in a call already. End or hold it first."
    assert dialog.card.begin.isEnabled()
    assert not dialog.card.copy.isVisible()
    dialog.reject()
