"""Which tone a person hears."""

import pytest

from vidphone.call.charge import Charge
from vidphone.call.view import CallState, CallView, Direction
from vidphone.media.sound.tones import Tone
from vidphone.phone.tones import tone_at_end, tone_for, tone_of_charge
from vidphone.wire.reasons import EndReason


def call(state: CallState, direction: Direction = Direction.OUTGOING, **more: object) -> CallView:
    return CallView("c", direction, "1002", "", state, video=True, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("views", "tone"),
    [
        ([], None),
        ([call(CallState.DIALLING)], None),
        ([call(CallState.RINGING)], Tone.RINGBACK),
        ([call(CallState.ACTIVE)], None),
        ([call(CallState.INCOMING, Direction.INCOMING)], Tone.RINGTONE),
        ([call(CallState.ACTIVE), call(CallState.INCOMING, Direction.INCOMING)], Tone.CALL_WAITING),
        ([call(CallState.HELD), call(CallState.RINGING)], Tone.RINGBACK),
    ],
)
def test_the_tone_follows_the_calls(views: list[CallView], tone: Tone | None) -> None:
    assert tone_for(views) is tone


def test_a_call_that_never_began_ends_with_the_busy_tone() -> None:
    assert tone_at_end(call(CallState.ENDED, reason=EndReason.BUSY)) is Tone.BUSY
    assert tone_at_end(call(CallState.ENDED, reason=EndReason.CREDIT_LIMIT)) is Tone.BUSY
    assert tone_at_end(call(CallState.ENDED, reason=EndReason.CANCELLED)) is None


def test_the_other_side_leaving_is_heard_and_ones_own_hanging_up_is_not() -> None:
    assert tone_at_end(call(CallState.ENDED, connected_at=1.0, ended_by_peer=True)) is Tone.HANG_UP
    assert tone_at_end(call(CallState.ENDED, connected_at=1.0)) is None


@pytest.mark.parametrize(("warning", "tone"), [(None, None), (60, Tone.CREDIT_WARNING), (10, Tone.CREDIT_WARNING)])
def test_the_payer_hears_a_warning_and_nothing_else_of_the_charge(warning: int | None, tone: Tone | None) -> None:
    charge = Charge(1500, 0, 0, remaining_s=60, final=True, warning=warning, at=0.0)
    assert tone_of_charge(charge) is tone
