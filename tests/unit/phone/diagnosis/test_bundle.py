"""The text of a report: what support needs of the machine, and nobody in it."""

from dataclasses import replace

from vidphone.call.view import CallState, CallView, Direction
from vidphone.media.devices import Device, DeviceKind
from vidphone.media.stats import CallStats, InboundStats
from vidphone.phone.diagnosis.bundle import Findings, bundle
from vidphone.phone.diagnosis.calls import CallNotes
from vidphone.phone.diagnosis.known import NAME, NUMBER, Known
from vidphone.phone.events import CallChanged, StatsReport
from vidphone.wire.reasons import EndReason
from vidphone.wire.reports import MAX_TEXT

PEER, OWN = "1002", "10086123"
PLANTED = (
    "张雪梅",
    "Li Wei",
    "1002",
    "10086123",
    "440305199003070019",
    "13812345678",
    "小明",
    "somebody",
    "深南大道 7 号",
)
KNOWN = Known.of(("张雪梅", "Li Wei"), (PEER, OWN), "/home/somebody", ("somebody",))
CALL = CallView("c" * 32, Direction.OUTGOING, PEER, "Li Wei", CallState.ACTIVE, video=True, connected_at=10.0)
LOG = """\
2026-11-23 11:37:47,123 INFO vidphone.phone [engine] call with 1002 (Li Wei)
2026-11-23 11:37:48,001 ERROR vidphone.media [camera] /home/somebody/.cache: 13812345678
Traceback (most recent call last):
  File "/home/somebody/vidphone/media/x.py", line 10, in go
ValueError: address='深南大道 7 号' identity_number=440305199003070019 张雪梅"""


def notes() -> CallNotes:
    told = CallNotes()
    told.take(CallChanged(CALL))
    stats = CallStats(CALL.call, 0.0123, video_in=InboundStats(bytes_received=12_345_678, packets_lost=7, codec="VP9"))
    told.take(StatsReport(stats))
    told.take(CallChanged(replace(CALL, state=CallState.ENDED, ended_at=72.5, reason=EndReason.MEDIA_FAILED)))
    return told


def findings() -> Findings:
    devices = {
        DeviceKind.MICROPHONE: (Device("m", "小明的 AirPods", True), Device("h", "Wei's Headset", False)),
        DeviceKind.CAMERA: (),
    }
    return Findings(
        {"version": "0.2.0", "build": "0.2.0+20261123.4-1a2b3c4d"},
        words="张雪梅 calls 1002, number 13812345678, and hears nothing",
        devices=devices,
        selected={DeviceKind.MICROPHONE: "h"},
        calls=notes().notes,
        log=LOG,
        now_s=1e9,
    )


def test_a_call_goes_on_until_it_ended() -> None:
    told = CallNotes()
    told.take(CallChanged(replace(CALL, state=CallState.INCOMING)))
    assert told.busy
    assert not notes().busy


def test_nobody_is_in_a_report() -> None:
    text = bundle(findings(), KNOWN)
    assert [planted for planted in PLANTED if planted in text] == []


def test_what_support_needs_is_in_a_report() -> None:
    text = bundle(findings(), KNOWN)
    for wanted in (
        "build: 0.2.0+20261123.4-1a2b3c4d",
        f"{NAME} calls {NUMBER}, number {NUMBER}, and hears nothing",
        "microphone: AirPods (default)",
        "microphone: Headset (in use)",
        "camera: none",
        "after 62.5 s: media-failed",
        "bytes_received 12,345,678",
        "packets_lost 7",
        "round_trip_time_s: = 0.0123",
        "2026-11-23 11:37:47,123 INFO vidphone.phone [engine] call with",
        'File "~/vidphone/media/x.py", line 10, in go',
    ):
        assert wanted in text, wanted


def test_of_a_long_log_the_end_is_told() -> None:
    log = "\n".join(f"line {index % 1000} of much" for index in range(20_000)) + "\nthe last line"
    text = bundle(replace(findings(), log=log), KNOWN)
    assert len(text) <= MAX_TEXT
    assert text.endswith("the last line")
