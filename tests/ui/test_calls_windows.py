"""The call window, driven by events as the engine sends them."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.fakes.pictures import Projector
from tests.ui.stage import ACTIVE, CALL, MICROPHONES, Stage, click
from vidphone.call.view import CallState
from vidphone.media.devices import DeviceKind
from vidphone.media.stats import CallStats
from vidphone.phone.commands import (
    Camera,
    Dial,
    Dtmf,
    HangUp,
    Hold,
    Mute,
    Record,
    SelectDevice,
)
from vidphone.phone.events import (
    DeviceNotice,
    DevicesChanged,
    DtmfReceived,
    Event,
    Failure,
    Recording,
    SignedOut,
    StatsReport,
)
from vidphone.texts import Language
from vidphone.ui.calls.notices import NOTICE_MS
from vidphone.ui.calls.panels import DTMF_KEYS
from vidphone.ui.calls.scene import Banner, Control, end_sentence
from vidphone.ui.calls.snapping import Corner
from vidphone.ui.calls.visibility import HIDE_AFTER_S
from vidphone.ui.design.tokens import contrast
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import BARRED, EndReason

SHOWN = [state for state in CallState if state not in {CallState.INCOMING, CallState.ENDED}]


@pytest.mark.parametrize("state", SHOWN)
def test_every_state_is_told_and_can_be_hung_up(stage: Stage, state: CallState) -> None:
    stage.call(CALL, state=state, connected_at=940.0, reconnecting_since=988.0)
    window = stage.window
    told = {window.placeholder.status.plain, window.header.status.plain} | {window.header.title.plain}
    assert any(told)
    click(window.controls.buttons[Control.HANG_UP])
    assert stage.posted == [HangUp("c")]


@pytest.mark.parametrize("reason", [reason for reason in EndReason if reason not in BARRED])
def test_every_end_says_why_and_offers_to_call_again(stage: Stage, reason: EndReason) -> None:
    stage.call(CALL)
    stage.call(CALL, state=CallState.ENDED, reason=reason, ended_at=1000.0, connected_at=940.0)
    placeholder = stage.window.placeholder
    view = stage.window.view
    assert view is not None
    assert placeholder.status.plain == end_sentence(view, Language.ENGLISH)
    assert placeholder.hint.plain
    click(placeholder.again)
    assert stage.posted == [Dial("1001", True)]
    assert stage.windows.window is None


def test_ended_call_closes_by_itself_unless_the_person_is_there(stage: Stage) -> None:
    stage.call(CALL)
    stage.call(CALL, state=CallState.ENDED, reason=EndReason.HUNG_UP)
    window = stage.window
    assert window._closer.isActive()
    window.placeholder.close_button.setFocus()
    window._closer.timeout.emit()
    assert stage.windows.window is window
    window.setFocus()
    window._closer.timeout.emit()
    assert stage.windows.window is None


def test_the_window_of_an_ended_call_goes_with_the_customer_who_signs_out(stage: Stage) -> None:
    stage.call(ACTIVE)
    stage.call(ACTIVE, state=CallState.ENDED, reason=EndReason.HUNG_UP)
    assert stage.window.isVisible()
    stage.tell(SignedOut(None))
    assert stage.windows.window is None


def test_reconnecting_counts_and_dims_the_last_picture(stage: Stage) -> None:
    window = stage.talk()
    stage.call(ACTIVE, state=CallState.RECONNECTING, reconnecting_since=1000.0)
    stage.now_s += 12.3
    window._clock.timeout.emit()
    assert window.placeholder.status.plain == "Reconnecting… 12 s"
    assert window.picture.has_picture
    assert window.placeholder.isVisible()


@pytest.mark.parametrize(
    "changes", [{"peer_camera": False}, {"held_by_peer": True}, {"state": CallState.HELD}, {"state": CallState.ENDED}]
)
def test_last_picture_is_not_left_standing_when_the_other_side_stops_it(
    stage: Stage, changes: dict[str, object]
) -> None:
    window = stage.talk()
    stage.call(ACTIVE, **changes)
    assert not window.picture.has_picture
    assert window.placeholder.isVisible()
    assert stage.engine.remote_slot.wanted == (0, 0)


def test_duration_is_that_of_the_talk(stage: Stage) -> None:
    window = stage.talk()
    assert window.header.status.plain == "1:00"
    stage.now_s += 65
    window._clock.timeout.emit()
    assert window.header.status.plain == "2:05"
    assert window._clock.remainingTime() <= 1001


def test_controls_fade_and_come_back_with_the_pointer(stage: Stage) -> None:
    window = stage.talk()
    window.fading.stir()
    stage.now_s += HIDE_AFTER_S + 0.1
    window.fading.review()
    assert not window.controls.isVisible()
    assert not window.header.isVisible()
    QTest.mouseMove(window, window.rect().center())
    QTest.mouseMove(window, window.rect().center() + QPoint(5, 5))
    QApplication.processEvents()
    assert window.controls.isVisible()


@pytest.mark.parametrize("keeper", ["hover", "menu", "keyboard", "panel", "no picture"])
def test_controls_stay_while_they_are_needed(stage: Stage, keeper: str) -> None:
    window = stage.talk()
    button = window.controls.buttons[Control.MICROPHONE]
    match keeper:
        case "hover":
            QApplication.sendEvent(window.controls, QEvent(QEvent.Type.Enter))
        case "menu":
            window.controls.more_menu.aboutToShow.emit()
        case "keyboard":
            QApplication.sendEvent(button, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
        case "panel":
            window.open_panel(window.keypad)
        case _:
            stage.call(ACTIVE, peer_camera=False)
    stage.now_s += 100
    window.fading.review()
    assert window.controls.isVisible()


def test_fade_takes_its_time_and_then_costs_nothing(stages: Callable[..., Stage]) -> None:
    stage = stages(motion=True)
    window = stage.talk()
    stage.now_s += 100
    window.fading.review()
    assert window.controls.graphicsEffect() is not None
    stage.qtbot.waitUntil(lambda: not window.controls.isVisible(), timeout=1000)
    assert not window.controls.graphicsEffect()


def test_header_can_be_read_on_a_white_picture(stage: Stage) -> None:
    stage.remote = Projector(stage.engine.remote_slot, np.full((180, 320, 4), 255, np.uint8))
    window = stage.talk()
    shot = window.grab().toImage()
    for part, ink in ((window.header.number, stage.theme.stage.muted), (window.header.title, stage.theme.stage.text)):
        foot = part.mapTo(window, part.rect().bottomLeft())
        ground = QColor(shot.pixel(foot.x() - 2, foot.y())).name()
        assert contrast(ink, ground) >= 4.5, (ink, ground)


def test_controls_ask_the_engine_for_what_they_say(stage: Stage) -> None:
    window = stage.talk()
    for control in (Control.MICROPHONE, Control.CAMERA, Control.HOLD):
        click(window.controls.buttons[control])
    assert stage.posted == [Mute(True), Camera(False), Hold(True, "c")]
    stage.call(ACTIVE, microphone=False, camera=False, state=CallState.HELD)
    assert window.controls.buttons[Control.MICROPHONE].accessibleName() == "Unmute microphone"
    stage.engine.posted.clear()
    for control in (Control.MICROPHONE, Control.CAMERA, Control.HOLD):
        click(window.controls.buttons[control])
    assert stage.posted == [Mute(False), Camera(True), Hold(False, "c")]


def test_keys_work_even_when_the_controls_have_faded(stage: Stage) -> None:
    window = stage.talk()
    window.activateWindow()
    stage.qtbot.waitActive(window)
    stage.now_s += 100
    window.fading.review()
    for key in (Qt.Key.Key_M, Qt.Key.Key_V, Qt.Key.Key_H):
        QTest.keyClick(window, key)
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert stage.posted == [Mute(True), Camera(False), Hold(True, "c"), HangUp("c")]
    QTest.keyClick(window, Qt.Key.Key_F)
    assert window.isFullScreen()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()


def test_keypad_takes_pointer_and_keys(stage: Stage) -> None:
    window = stage.talk()
    window.activateWindow()
    stage.qtbot.waitActive(window)
    QTest.keyClick(window, Qt.Key.Key_D)
    QTest.keyClick(window, Qt.Key.Key_5)
    click(window.keypad._keys["#"])
    assert stage.posted == [Dtmf("5", "c"), Dtmf("#", "c")]
    assert window.keypad.display.plain == "5#"
    assert set(window.keypad._keys) == set(DTMF_KEYS)


def test_recording_is_asked_for_and_told(stage: Stage) -> None:
    window = stage.talk()
    window.use(Control.RECORD)
    (asked,) = stage.posted
    assert isinstance(asked, Record)
    assert asked.path is not None
    stage.call(ACTIVE, recording=True, peer_recording=True, peer_microphone=False)
    recorded = set(Banner) - {Banner.UNSEEN}
    assert {banner for banner, chip in window.notices.banners.items() if chip.isVisible()} == recorded
    window.use(Control.RECORD)
    assert stage.posted[-1] == Record(None)
    stage.tell(Recording(False, "call.mkv"))
    assert "call.mkv" in window.notices.notice.label.plain


def test_that_the_other_side_cannot_see_one_stays_to_be_read_in_that_call(stage: Stage) -> None:
    window = stage.talk()
    stage.call(ACTIVE, camera=True)
    stage.tell(Failure(ErrorCode.PICTURE_NOT_SENT))
    assert "no video encoder" in window.notices.notice.label.plain
    window.notices.notice.timer.timeout.emit()
    chip = window.notices.banners[Banner.UNSEEN]
    assert chip.isVisible()
    assert "cannot see you" in chip.label.plain
    stage.call(ACTIVE, camera=False)
    assert not chip.isVisible()
    stage.call(ACTIVE, state=CallState.HELD, camera=True)
    assert chip.isVisible()
    stage.call(ACTIVE, call="another", camera=True)
    assert window.view is not None
    assert (window.view.call, chip.isVisible()) == ("another", False)


def test_device_that_comes_is_told_for_four_seconds(stage: Stage) -> None:
    window = stage.talk()
    stage.tell(DeviceNotice(DeviceKind.MICROPHONE, None, "Headset"))
    assert window.notices.notice.label.plain == "Switched to Headset"
    assert window.notices.notice.timer.interval() == NOTICE_MS == 4000
    window.notices.notice.timer.timeout.emit()
    assert not window.notices.notice.isVisible()


@pytest.mark.parametrize(
    "event",
    [
        DeviceNotice(DeviceKind.CAMERA, ErrorCode.CAMERA_LOST, ""),
        DeviceNotice(DeviceKind.SPEAKER, ErrorCode.SPEAKER_LOST, "Built-in"),
        Failure(ErrorCode.CAMERA_BUSY),
        DtmfReceived("c", "42"),
    ],
)
def test_what_happens_in_a_call_is_told(stage: Stage, event: Event) -> None:
    window = stage.talk()
    stage.tell(event)
    assert window.notices.notice.isVisible()
    assert window.notices.notice.label.plain


def test_devices_can_be_chosen_in_the_call(stage: Stage) -> None:
    stage.tell(DevicesChanged({DeviceKind.MICROPHONE: MICROPHONES}, {DeviceKind.MICROPHONE: "h"}))
    menu = stage.talk().controls.menus[Control.MICROPHONE]
    menu.fill()
    offered = {action.text(): action for action in menu.actions() if action.isCheckable()}
    assert [name for name, action in offered.items() if action.isChecked()] == ["Headset"]
    offered["Built-in"].trigger()
    assert stage.posted == [SelectDevice(DeviceKind.MICROPHONE, "m")]


def test_code_and_figures_open_from_the_header(stage: Stage) -> None:
    window = stage.talk()
    stage.tell(StatsReport(CallStats("c", 0.031, quality=4)))
    click(window.header.security)
    assert window.code.isVisible()
    assert window.code.digits.plain == "402 917"
    click(window.header.bars)
    assert window.stats.isVisible()
    assert not window.code.isVisible()
    assert window.header.bars.quality == 4


def test_own_picture_goes_to_corners_by_key_and_pointer(stage: Stage) -> None:
    window = stage.talk()
    own = window.own
    QTest.keyClick(own, Qt.Key.Key_Up)
    assert own.corner is Corner.TOP_RIGHT
    QTest.mousePress(own, Qt.MouseButton.LeftButton, pos=own.rect().center())
    QTest.mouseMove(own, own.mapFrom(window, window.rect().bottomLeft()))
    QTest.mouseRelease(own, Qt.MouseButton.LeftButton)
    assert window.rect().contains(own.geometry())
    width = own.width()
    QTest.keyClick(own, Qt.Key.Key_Return)
    assert own.width() > width
    window.toggle_own()
    assert not own.isVisible()
    assert stage.engine.local_slot.wanted == (0, 0)


def test_leaving_the_window_keeps_the_picture_in_sight(stage: Stage) -> None:
    window = stage.talk()
    window.leave_wanted.emit()
    small = stage.windows.small
    assert small is not None
    assert small.isVisible()
    assert not window.isVisible()
    assert small.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert stage.engine.remote_slot.wanted == (small.width(), small.height())
    click(small.back)
    assert stage.windows.small is None
    assert window.isVisible()
    assert stage.engine.remote_slot.wanted[0] >= window.width()


def test_minimised_window_leaves_the_small_picture(stage: Stage) -> None:
    stage.talk().showMinimized()
    assert stage.windows.small is not None
    click(stage.windows.small.hang_up)
    assert stage.posted == [HangUp("c")]


def test_closing_during_a_call_asks(stage: Stage) -> None:
    window = stage.talk()
    assert not window.close()
    assert window.leave_card.isVisible()
    click(window.leave_card.stay)
    assert not window.leave_card.isVisible()
    assert stage.posted == []
    window.close()
    click(window.leave_card.keep)
    assert stage.windows.small is not None
    assert stage.windows.call_in_progress()
