"""The JSON lines of the phone without a window."""

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.call.view import CallState, CallView, Direction
from vidphone.phone import commands, events
from vidphone.phone.account_lines import SignUpLine
from vidphone.phone.lines import LineWriter, Quit, command_from
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason

SERVICE = "http://127.0.0.1:1"
CALL = "a" * 32


def parse(**command: object) -> commands.Command | SignUpLine | Quit:
    return command_from(json.dumps(command), SERVICE)


def test_each_command_of_the_protocol_is_understood() -> None:
    assert parse(do="sign-in", number="1001", password="geheim") == commands.SignIn(SERVICE, "1001", "geheim")
    assert parse(do="dial", number="1002", video=False) == commands.Dial("1002", video=False)
    assert parse(do="answer") == commands.Answer(video=True)
    assert parse(do="decline") == commands.Decline()
    assert parse(do="hang-up") == commands.HangUp()
    assert parse(do="mute", on=True) == commands.Mute(on=True)
    assert parse(do="camera", on=False) == commands.Camera(on=False)
    assert parse(do="hold", on=True) == commands.Hold(on=True)
    assert parse(do="dtmf", digits="12#") == commands.Dtmf("12#")
    assert parse(do="stats") == commands.RequestStats()
    assert isinstance(parse(do="quit"), Quit)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", ErrorCode.BAD_COMMAND),
        ("hello", ErrorCode.BAD_COMMAND),
        ("[]", ErrorCode.BAD_COMMAND),
        ('{"do":"fly"}', ErrorCode.BAD_COMMAND),
        ('{"do":"mute"}', ErrorCode.BAD_COMMAND),
        ('{"do":"mute","on":"yes"}', ErrorCode.BAD_COMMAND),
        ('{"do":"quit","now":true}', ErrorCode.BAD_COMMAND),
        ('{"do":"dial"}', ErrorCode.BAD_COMMAND),
        ('{"do":"dial","number":"12"}', ErrorCode.BAD_NUMBER),
        ('{"do":"dial","number":"+1;rm"}', ErrorCode.BAD_NUMBER),
        ("x" * 5000, ErrorCode.TOO_LARGE),
    ],
)
def test_a_line_that_is_no_command_is_refused_with_a_code(line: str, code: ErrorCode) -> None:
    with pytest.raises(VidphoneError) as refused:
        command_from(line, SERVICE)
    assert refused.value.code is code


@pytest.mark.parametrize(
    "line",
    [
        '{"password":"geheim","do":"sign-in"}',
        '{"do":"sign-in","number":"1001","password":"geheim","more":1}',
        '{"do":"sign-in","number":{"password":"geheim"},"password":5}',
        '{"do":"sign-in","number":"1001","password":"geheim"',
    ],
)
def test_no_refusal_repeats_a_password(line: str) -> None:
    with pytest.raises(VidphoneError) as refused:
        command_from(line, SERVICE)
    assert "geheim" not in str(refused.value.about)


@given(st.text(max_size=200))
def test_no_line_does_anything_but_parse_or_be_refused(line: str) -> None:
    with contextlib.suppress(VidphoneError):
        command_from(line, SERVICE)


def outgoing(state: CallState) -> CallView:
    return CallView(CALL, Direction.OUTGOING, "1002", "", state, video=True, dialled_at=10.0)


def names(writer: LineWriter, view: CallView, now_s: float = 10.0) -> list[object]:
    return [line["event"] for line in writer.lines(events.CallChanged(view), now_s)]


def test_a_call_is_told_step_by_step_and_each_step_once() -> None:
    writer = LineWriter(Language.ENGLISH)
    assert names(writer, outgoing(CallState.DIALLING)) == ["dialling"]
    ringing = outgoing(CallState.RINGING)
    assert names(writer, ringing) == ["ringing"]
    assert names(writer, ringing) == []
    active = replace(ringing, state=CallState.ACTIVE, connected_at=10.25)
    (connected,) = writer.lines(events.CallChanged(active), 10.25)
    assert connected == {"event": "connected", "call": CALL, "setup_ms": 250.0}
    seen = replace(active, first_frame_at=10.5)
    (first,) = writer.lines(events.CallChanged(seen), 10.5)
    assert first == {"event": "first-frame", "call": CALL, "ms": 500.0}
    away = replace(seen, state=CallState.RECONNECTING, reconnecting_until=45.0)
    (reconnecting,) = writer.lines(events.CallChanged(away), 15.0)
    assert reconnecting == {"event": "reconnecting", "call": CALL, "seconds_left": 30.0}
    assert names(writer, seen) == ["reconnected"]
    over = replace(seen, state=CallState.ENDED, ended_at=70.25, reason=EndReason.HUNG_UP)
    (ended,) = writer.lines(events.CallChanged(over), 70.25)
    assert ended == {"event": "ended", "call": CALL, "reason": "hung-up", "seconds": 60.0}
    barred = replace(over, connected_at=None, reason=EndReason.AGREEMENT_REQUIRED)
    (told,) = LineWriter(Language.ENGLISH).lines(events.CallChanged(barred), 0.0)[-1:]
    assert (told["event"], told["reason"], told["clause"]) == ("ended", "agreement-required", 17)
    assert told["next_step"]


def test_what_the_peer_does_is_told_when_it_changes() -> None:
    writer = LineWriter(Language.ENGLISH)
    active = replace(outgoing(CallState.ACTIVE), connected_at=10.0)
    writer.lines(events.CallChanged(active), 10.0)
    (line,) = writer.lines(events.CallChanged(replace(active, peer_recording=True)), 11.0)
    assert line["event"] == "peer"
    assert line["recording"] is True


def test_an_error_carries_code_sentence_and_next_step_in_the_chosen_language() -> None:
    failure = events.Failure(ErrorCode.SERVICE_UNREACHABLE, (("service", SERVICE),))
    (english,) = LineWriter(Language.ENGLISH).lines(failure, 0.0)
    (chinese,) = LineWriter(Language.CHINESE).lines(failure, 0.0)
    assert english["code"] == chinese["code"] == "service-unreachable"
    assert SERVICE in str(english["message"])
    assert english["message"] != chinese["message"]
    assert english["next_step"]
    assert english["clause"] == 12
