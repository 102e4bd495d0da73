"""The windows of calls, driven by events as the engine sends them."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QCursor, QFocusEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.engine import FakeEngine
from tests.fakes.pictures import Projector, colours, person
from vidphone.account.contacts import Contact
from vidphone.account.settings import Settings
from vidphone.call.view import CallState, CallView, CallWaiting, Direction
from vidphone.media.devices import Device, DeviceKind
from vidphone.media.stats import CallStats
from vidphone.phone.commands import (
    Answer,
    Camera,
    Decline,
    Dial,
    Dtmf,
    HangUp,
    Hold,
    Mute,
    Preview,
    Record,
    SelectDevice,
)
from vidphone.phone.events import (
    CallChanged,
    ContactsChanged,
    DeviceNotice,
    DevicesChanged,
    DtmfReceived,
    Event,
    Failure,
    Recording,
    StatsReport,
)
from vidphone.texts import Language, text
from vidphone.ui.bridge import Bridge
from vidphone.ui.calls.call_window import CallWindow
from vidphone.ui.calls.incoming import IncomingWindow
from vidphone.ui.calls.notices import NOTICE_MS
from vidphone.ui.calls.panels import DTMF_KEYS
from vidphone.ui.calls.scene import Control, end_sentence
from vidphone.ui.calls.snapping import Corner
from vidphone.ui.calls.visibility import HIDE_AFTER_S
from vidphone.ui.calls.windows import CallWindows
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import contrast
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason

CALL = CallView(
    "c", Direction.OUTGOING, "1001", "Li Wei", CallState.DIALLING, video=True, camera=True, dialled_at=990.0
)
ACTIVE = replace(CALL, state=CallState.ACTIVE, connected_at=940.0, peer_camera=True, comparison_code="402917")
RINGING = CallView("r", Direction.INCOMING, "1002", "Wang Fang", CallState.INCOMING, video=True)
MICROPHONES = (Device("m", "Built-in", True), Device("h", "Headset", False))


class Stage:
    """The windows, the engine beneath them, and their clock."""

    def __init__(self, qtbot: QtBot, **settings: object) -> None:
        self.qtbot = qtbot
        chosen = Settings(**{"language": Language.ENGLISH, "motion": False, **settings})  # type: ignore[arg-type]
        self.engine, self.theme, self.now_s = FakeEngine(chosen), Theme(chosen), 1000.0
        self.bridge = Bridge(self.engine, chosen)
        self.bridge.start()
        self.windows = CallWindows(self.bridge, self.theme, now_s=lambda: self.now_s)
        self.remote = Projector(self.engine.remote_slot, person(320, 180))

    def tell(self, event: Event) -> None:
        self.engine.tell(event)
        QApplication.processEvents()

    def call(self, view: CallView, **changes: object) -> None:
        self.tell(CallChanged(replace(view, **changes)))  # type: ignore[arg-type]

    def talk(self) -> CallWindow:
        """A call with a picture."""
        self.call(ACTIVE)
        self.remote.show()
        self.qtbot.waitUntil(lambda: self.window.picture.has_picture, timeout=1000)
        return self.window

    @property
    def window(self) -> CallWindow:
        assert self.windows.window is not None
        return self.windows.window

    @property
    def incoming(self) -> IncomingWindow:
        assert self.windows.incoming is not None
        return self.windows.incoming

    @property
    def posted(self) -> list[object]:
        return list(self.engine.posted)


@pytest.fixture
def stages(qtbot: QtBot) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []
    QCursor.setPos(QGuiApplication.primaryScreen().geometry().topRight())  # on no window

    def make(**settings: object) -> Stage:
        made.append(Stage(qtbot, **settings))
        return made[-1]

    yield make
    for stage in made:
        stage.windows.close_all()
    swept()


@pytest.fixture
def stage(stages: Callable[..., Stage]) -> Stage:
    return stages()


def swept() -> int:
    """How many widgets there are once those to be deleted are gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()
    return len(QApplication.allWidgets())


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


SHOWN = [state for state in CallState if state not in {CallState.INCOMING, CallState.ENDED}]


@pytest.mark.parametrize("state", SHOWN)
def test_every_state_is_told_and_can_be_hung_up(stage: Stage, state: CallState) -> None:
    stage.call(CALL, state=state, connected_at=940.0, reconnecting_since=988.0)
    window = stage.window
    told = {window.placeholder.status.plain, window.header.status.plain} | {window.header.title.plain}
    assert any(told)
    click(window.controls.buttons[Control.HANG_UP])
    assert stage.posted == [HangUp("c")]


@pytest.mark.parametrize("reason", EndReason)
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
    assert all(chip.isVisible() for chip in window.notices.banners.values())
    window.use(Control.RECORD)
    assert stage.posted[-1] == Record(None)
    stage.tell(Recording(False, "call.mkv"))
    assert "call.mkv" in window.notices.notice.label.plain


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


def test_incoming_window_leaves_the_keyboard_where_it_is(stage: Stage) -> None:
    stage.call(RINGING)
    window = stage.incoming
    assert window.isVisible()
    assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert (window.windowFlags() & Qt.WindowType.WindowType_Mask) == Qt.WindowType.Tool


@pytest.mark.parametrize(
    ("button", "command"),
    [("voice", Answer(False, "r")), ("video", Answer(True, "r")), ("decline", Decline("r"))],
)
def test_incoming_call_has_three_answers(stage: Stage, button: str, command: object) -> None:
    stage.call(RINGING)
    click(getattr(stage.incoming._callers["r"], button))
    assert stage.posted == [Preview(True), command]


def test_own_picture_is_seen_before_answering_and_the_camera_freed_after(stage: Stage) -> None:
    stage.call(RINGING)
    assert stage.engine.local_slot.wanted != (0, 0)
    stage.engine.local_slot.put(colours(64, 36, (0, 0, 255, 255)))
    stage.qtbot.waitUntil(lambda: stage.incoming.picture.has_picture, timeout=1000)
    stage.call(RINGING, state=CallState.CONNECTING, camera=True)
    assert stage.posted == [Preview(True), Preview(False)]
    assert stage.windows.incoming is None
    assert stage.engine.local_slot.wanted != (0, 0)


def test_voice_call_opens_no_camera(stage: Stage) -> None:
    stage.call(RINGING, video=False)
    assert stage.posted == []


def test_answered_elsewhere_is_told_and_then_the_window_goes(stage: Stage) -> None:
    stage.call(RINGING)
    stage.call(RINGING, state=CallState.ENDED, reason=EndReason.ANSWERED_ELSEWHERE)
    window = stage.incoming
    told = text("reason.answered-elsewhere", Language.ENGLISH)
    assert window._callers["r"].what.plain == told
    window._closer.timeout.emit()
    assert stage.windows.incoming is None


def test_several_calls_ring_in_one_window(stage: Stage) -> None:
    stage.call(RINGING)
    stage.call(RINGING, call="s", peer_number="1003", peer_name="")
    both = stage.incoming.ringing
    assert both == ("r", "s")
    stage.call(RINGING, state=CallState.ENDED, reason=EndReason.CANCELLED)
    assert list(stage.incoming.ringing) == ["s"]


def test_contact_name_stands_before_the_number(stage: Stage) -> None:
    stage.tell(ContactsChanged((Contact("1", "Grandmother", ("1002",)),)))
    stage.call(RINGING)
    assert stage.incoming._callers["r"].name.plain == "Grandmother"


@pytest.mark.parametrize(
    ("button", "command"),
    [
        ("hold", Answer(True, "r", CallWaiting.HOLD)),
        ("end", Answer(True, "r", CallWaiting.END)),
        ("decline", Decline("r")),
    ],
)
def test_second_call_is_offered_inside_the_window(stage: Stage, button: str, command: object) -> None:
    window = stage.talk()
    stage.call(RINGING, waiting=True)
    assert stage.windows.incoming is None
    assert window.waiting.isVisible()
    click(getattr(window.waiting, button))
    assert stage.posted == [command]


def test_held_call_can_be_swapped_in_and_survives_the_other(stage: Stage) -> None:
    stage.talk()
    stage.call(RINGING, state=CallState.ACTIVE)
    stage.call(ACTIVE, state=CallState.HELD)
    window = stage.window
    assert window.view is not None
    assert window.view.call == "r"
    (line,) = window.notices._held
    line.swap_wanted.emit("c")
    assert stage.posted == [Hold(False, "c")]
    stage.call(RINGING, state=CallState.ENDED, reason=EndReason.HUNG_UP)
    assert window.view.call == "c"
    assert window.notices.notice.isVisible()
    assert not window.notices._held


def test_second_call_rings_outside_while_the_call_is_small(stage: Stage) -> None:
    window = stage.talk()
    window.leave_wanted.emit()
    stage.call(RINGING, waiting=True)
    assert stage.incoming.isVisible()
    assert Preview(True) not in stage.posted


def test_many_calls_leave_no_widget_behind(stage: Stage) -> None:
    def one(number: int) -> None:
        name = str(number)
        stage.call(RINGING, call=name)
        stage.call(RINGING, call=name, state=CallState.ACTIVE, connected_at=1000.0)
        stage.call(RINGING, call=name, state=CallState.ENDED, reason=EndReason.HUNG_UP)
        stage.window.finished.emit()

    one(0)
    before = swept()
    for number in range(1, 12):
        one(number)
    assert swept() == before
    assert not stage.windows.call_in_progress()


def everything_shown(stage: Stage) -> list[QWidget]:
    """The windows with as much in them as they ever show."""
    stage.call(ACTIVE, recording=True, peer_recording=True, peer_microphone=False)
    stage.tell(DeviceNotice(DeviceKind.CAMERA, ErrorCode.CAMERA_LOST, ""))
    stage.call(replace(ACTIVE, call="h", peer_name="Maximilian Featherstonehaugh", state=CallState.HELD))
    stage.call(RINGING, waiting=True)
    window = stage.window
    window.open_panel(window.stats)
    stage.tell(StatsReport(CallStats("c", 0.031, quality=4)))
    incoming = IncomingWindow(window._context)
    stage.qtbot.addWidget(incoming)
    incoming.show_calls((RINGING,), preview=True)
    incoming.appear()
    QApplication.processEvents()
    return [window, incoming]


@pytest.mark.parametrize("language", Language)
def test_every_control_has_a_name_that_follows_the_language(stage: Stage, language: Language) -> None:
    windows = everything_shown(stage)
    stage.theme.words.use(language)
    QApplication.processEvents()
    chinese = language is Language.CHINESE
    for window in windows:
        for control in window.findChildren(QAbstractButton):
            name = control.accessibleName() or control.text()
            assert name, control
            digit = name.endswith(tuple("0123456789"))
            assert any("\u4e00" <= character <= "\u9fff" for character in name) is chinese or digit, name


def shown_texts(windows: list[QWidget]) -> Iterator[QLabel | QPushButton]:
    for window in windows:
        parts: list[QLabel | QPushButton] = [*window.findChildren(QLabel), *window.findChildren(QPushButton)]
        yield from (part for part in parts if part.isVisible() and part.text())


@pytest.mark.parametrize("panel", ["stats", "code", "keypad", "shortcuts", "leave_card"])
@pytest.mark.parametrize("language", Language)
def test_nothing_is_clipped_at_the_largest_text(stages: Callable[..., Stage], language: Language, panel: str) -> None:
    stage = stages(language=language, text_scale=1.5)
    windows = everything_shown(stage)
    window = stage.window
    if panel == "leave_card":
        window.close()
    else:
        window.open_panel(getattr(window, panel))
    for _ in range(3):
        QApplication.processEvents()
    for part in shown_texts(windows):
        needed = part.heightForWidth(part.width()) if part.hasHeightForWidth() else part.sizeHint().height()
        assert part.height() >= needed, (part.text(), part.height(), needed)
        if not (isinstance(part, QLabel) and part.wordWrap()):
            assert part.width() >= part.minimumSizeHint().width(), part.text()
        top = part.window()
        assert top.rect().contains(part.rect().translated(part.mapTo(top, part.rect().topLeft()))), part.text()


def test_all_that_a_machine_lacks_is_told_at_once(stage: Stage) -> None:
    window = stage.talk()
    for kind, code in (
        (DeviceKind.CAMERA, ErrorCode.NO_CAMERA),
        (DeviceKind.MICROPHONE, ErrorCode.NO_MICROPHONE),
        (DeviceKind.SPEAKER, ErrorCode.NO_SPEAKER),
        (DeviceKind.SPEAKER, ErrorCode.NO_SPEAKER),
    ):
        stage.tell(DeviceNotice(kind, code, ""))
    told = [chip.label.plain for chip in window.notices._passing if chip.isVisible()]
    assert [sentence.split(".")[0] for sentence in told] == [
        text(f"error.{kind}", Language.ENGLISH).rstrip(".") for kind in ("no-camera", "no-microphone", "no-speaker")
    ]


def test_camera_that_is_not_there_leaves_no_empty_frame(stage: Stage) -> None:
    stage.call(RINGING)
    stage.tell(DeviceNotice(DeviceKind.CAMERA, ErrorCode.NO_CAMERA, ""))
    assert not stage.incoming.picture.isVisible()
    assert stage.incoming.caption.plain.startswith(text("error.no-camera", Language.ENGLISH))
    stage.call(RINGING, state=CallState.ACTIVE, camera=True, connected_at=990.0)
    assert not stage.window.own.isVisible()
    stage.tell(DeviceNotice(DeviceKind.CAMERA, None, "USB 2.0 Camera"))
    assert stage.window.own.isVisible()


def test_picture_that_does_not_come_is_not_promised_for_ever(stage: Stage) -> None:
    stage.call(ACTIVE)
    assert stage.window.placeholder.status.plain == text("calls.stage.picture-coming", Language.ENGLISH)
    stage.now_s += 5.1
    stage.window._clock.timeout.emit()
    assert stage.window.placeholder.status.plain == text("calls.stage.no-picture", Language.ENGLISH)


def test_held_call_says_where_to_resume_it(stage: Stage) -> None:
    stage.call(ACTIVE, state=CallState.HELD)
    click(stage.window.placeholder.resume)
    assert stage.posted == [Hold(False, "c")]


@pytest.mark.parametrize(("video", "shape"), [(True, 16 / 9), (False, 10 / 7)])
def test_window_opens_in_the_shape_of_what_there_will_be_to_see(stage: Stage, video: bool, shape: float) -> None:
    stage.call(CALL, video=video, camera=video)
    room = stage.window.screen().availableSize()
    size = stage.window.size()
    assert size.width() <= room.width()
    assert size.width() / size.height() == pytest.approx(shape, rel=0.02) or size == stage.window.minimumSizeHint()


def test_failure_with_an_unfilled_place_is_told_all_the_same(stage: Stage) -> None:
    window = stage.talk()
    stage.tell(Failure(ErrorCode.TOO_MANY_ATTEMPTS))
    assert "…" in window.notices.notice.label.plain


def test_name_is_whole_where_there_is_room(stage: Stage) -> None:
    stage.call(ACTIVE, peer_name="Ada Lovelace of London")
    stage.remote.show()
    stage.qtbot.waitUntil(lambda: stage.window.picture.has_picture, timeout=1000)
    QApplication.processEvents()
    title = stage.window.header.title
    assert title.width() >= title.sizeHint().width()
