"""Calls that come in, alone and beside another one."""

import pytest
from PySide6.QtCore import Qt

from tests.fakes.pictures import colours
from tests.ui.stage import ACTIVE, RINGING, Stage, click
from vidphone.account.contacts import Contact
from vidphone.call.view import CallState, CallWaiting
from vidphone.phone.commands import (
    Answer,
    Decline,
    Hold,
    Preview,
)
from vidphone.phone.events import (
    ContactsChanged,
)
from vidphone.texts import Language, text
from vidphone.wire.reasons import EndReason


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
