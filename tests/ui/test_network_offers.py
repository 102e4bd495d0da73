"""What fails because of the network leads to its test."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from tests.fakes.people import calls
from tests.ui.conftest import House
from tests.ui.stage import ACTIVE, CALL, Stage, click
from vidphone.call.view import CallState
from vidphone.media.stats import CallStats
from vidphone.phone.events import CallChanged, Event, Failure, LinkChanged, LinkState, StatsReport
from vidphone.ui.main.network.dialog import NetworkDialog
from vidphone.ui.main.window import Page
from vidphone.ui.network_fault import LEAST_REPORTS
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason


def dialogs(house: House) -> list[NetworkDialog]:
    return [each for each in house.window.findChildren(NetworkDialog) if each.isVisible()]


def tell(house: House, event: Event) -> None:
    house.engine.tell(event)
    house.settle()


def talked(stage: Stage, bars: int) -> None:
    stage.call(ACTIVE)
    for second in range(LEAST_REPORTS):
        stage.tell(StatsReport(replace(CallStats("c", float(second)), quality=bars)))
    stage.call(ACTIVE, state=CallState.ENDED, reason=EndReason.HUNG_UP, ended_at=1000.0)


@pytest.mark.parametrize("reason", [EndReason.CONNECTION_LOST, EndReason.MEDIA_FAILED])
def test_a_call_that_the_network_ended_leads_to_the_test(house: House, reason: EndReason) -> None:
    tell(house, CallChanged(CALL))
    tell(house, CallChanged(replace(CALL, state=CallState.ENDED, reason=reason)))
    window = house.desktop.calls.window
    assert window is not None
    click(window.placeholder.test)
    assert house.desktop.calls.window is None
    assert len(dialogs(house)) == 1


@pytest.mark.parametrize("reason", [EndReason.BUSY, EndReason.DECLINED, EndReason.NO_ANSWER, EndReason.HUNG_UP])
def test_a_call_that_people_ended_does_not(stage: Stage, reason: EndReason) -> None:
    stage.call(CALL)
    stage.call(CALL, state=CallState.ENDED, reason=reason)
    assert stage.window.placeholder.again.isVisible()
    assert not stage.window.placeholder.test.isVisible()


@pytest.mark.parametrize(("bars", "poor"), [(2, True), (4, False)])
def test_a_poor_call_says_so_and_leads_to_the_test(stage: Stage, bars: int, poor: bool) -> None:
    talked(stage, bars)
    placeholder = stage.window.placeholder
    assert placeholder.test.isVisible() is poor
    assert placeholder.hint.plain == "You talked for 1:00" + " · The connection was poor" * poor


def test_the_line_across_the_window_leads_to_one_test_at_a_time(house: House) -> None:
    banner = house.window.banner
    tell(house, LinkChanged(LinkState.CONNECTING))
    assert banner.isVisible()
    assert not banner.button.isVisible()
    tell(house, LinkChanged(LinkState.DOWN))
    click(banner.button)
    house.window.test_network()
    assert len(dialogs(house)) == 1


def test_what_could_not_be_asked_of_the_service_leads_to_the_test(house: House) -> None:
    tell(house, Failure(ErrorCode.SERVICE_UNREACHABLE, (("service", "https://phone.example.cn"),)))
    assert house.window.toasts.button.text() == "Test the network"
    click(house.window.toasts.button)
    assert len(dialogs(house)) == 1


def test_the_history_leads_to_the_test_from_calls_that_the_network_spoilt(house: House) -> None:
    first, *others = calls()
    house.engine.history = [
        replace(first, missed=False, reason=EndReason.HUNG_UP, talked_s=90.0, quality=1),
        *others,
    ]
    house.engine.tell_history()
    house.settle()
    house.window.open_page(Page.HISTORY)
    history = house.window.history
    history.list.setCurrentIndex(history.list.model().index(0, 0))
    assert "The connection was poor" in history.card.about.plain
    history.test.setFocus(Qt.FocusReason.TabFocusReason)
    click(history.test)
    assert len(dialogs(house)) == 1
    history.list.setCurrentIndex(history.list.model().index(1, 0))
    assert not history.test.isVisible()
