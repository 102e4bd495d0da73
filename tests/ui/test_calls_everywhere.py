"""What holds for all windows of calls: names, room for words, nothing left behind."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget

from tests.ui.stage import ACTIVE, CALL, RINGING, Stage, click, swept
from vidphone.call.view import CallState
from vidphone.media.devices import DeviceKind
from vidphone.media.stats import CallStats
from vidphone.phone.commands import (
    Hold,
)
from vidphone.phone.events import (
    DeviceNotice,
    Failure,
    StatsReport,
)
from vidphone.texts import Language, text
from vidphone.ui.calls.incoming import IncomingWindow
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason


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
