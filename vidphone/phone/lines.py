"""The JSON lines that drive a phone without a window: commands in, events out. Pure.

`vidphone phone --help` tells the form to a person; `docs/headless.md` in full.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from vidphone.call.view import CallState, CallView, Direction
from vidphone.phone import (
    account_lines,
    case_lines,
    commands,
    events,
    money_lines,
    network_lines,
    notice_lines,
    upkeep_lines,
)
from vidphone.phone.account_lines import Line, SignUpLine, error_line
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import BARRED
from vidphone.wire.signaling import Number

MAX_LINE_CHARACTERS = 4096


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _SignIn(_Model):
    do: Literal["sign-in"]
    number: Number
    password: Annotated[SecretStr, Field(min_length=1, max_length=256)]


class _Dial(_Model):
    do: Literal["dial"]
    number: Number
    video: bool = True


class _Answer(_Model):
    do: Literal["answer"]
    video: bool = True


class _Switch(_Model):
    do: Literal["mute", "camera", "hold"]
    on: bool

    def command(self) -> commands.Command:
        """The command of that name."""
        match self.do:
            case "mute":
                return commands.Mute(self.on)
            case "camera":
                return commands.Camera(self.on)
            case "hold":
                return commands.Hold(self.on)


class _Dtmf(_Model):
    do: Literal["dtmf"]
    digits: Annotated[str, Field(pattern=r"^[0-9*#A-D]{1,32}$")]


class _Record(_Model):
    do: Literal["record"]
    path: Annotated[str, Field(min_length=1, max_length=1024)] | None


class _Plain(_Model):
    do: Literal["decline", "hang-up", "sign-out", "stats", "devices", "quit"]


_Parsed = (
    _SignIn
    | _Dial
    | _Answer
    | _Switch
    | _Dtmf
    | _Record
    | _Plain
    | SignUpLine
    | account_lines.Plain
    | money_lines.Plain
    | case_lines.Plain
    | upkeep_lines.Plain
    | network_lines.Plain
    | notice_lines.Plain
)
_COMMAND: TypeAdapter[_Parsed] = TypeAdapter(Annotated[_Parsed, Field(discriminator="do")])


class Quit:
    """The wish to leave."""


def command_from(line: str, service: str) -> commands.Command | SignUpLine | Quit:
    """The command of a line; a whole sign-up takes several (`sign_up_driver.py`).

    Raises:
        VidphoneError: `BAD_COMMAND`, the line is none; `BAD_NUMBER`, its number cannot be dialled.
    """
    if len(line) > MAX_LINE_CHARACTERS:
        raise VidphoneError(ErrorCode.TOO_LARGE, {"limit": MAX_LINE_CHARACTERS})
    try:
        parsed = _COMMAND.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"] if part != _named(first["loc"]))
        if where == "number" and isinstance(first["input"], str):  # of a missing one, it is the whole line
            raise VidphoneError(ErrorCode.BAD_NUMBER, {"number": first["input"][:32]}) from None
        raise VidphoneError(
            ErrorCode.BAD_COMMAND, {"detail": f"{where}: {first['msg']}" if where else first["msg"]}
        ) from None
    match parsed:
        case _SignIn():
            return commands.SignIn(service, parsed.number, parsed.password.get_secret_value())
        case _Dial():
            return commands.Dial(parsed.number, parsed.video)
        case _Answer():
            return commands.Answer(parsed.video)
        case _Switch():
            return parsed.command()
        case _Dtmf():
            return commands.Dtmf(parsed.digits)
        case _Record():
            return commands.Record(Path(parsed.path) if parsed.path is not None else None)
        case _Plain(do="decline"):
            return commands.Decline()
        case _Plain(do="hang-up"):
            return commands.HangUp()
        case _Plain(do="sign-out"):
            return commands.SignOut()
        case _Plain(do="stats"):
            return commands.RequestStats()
        case _Plain(do="devices"):
            return commands.ListDevices()
        case _Plain():
            return Quit()
        case SignUpLine():
            return parsed
        case _:
            return parsed.command(service)


def _named(location: tuple[int | str, ...]) -> object:
    # pydantic puts the command's name first where it could be told
    return location[0] if len(location) > 1 else None


def _round(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)


@dataclass
class LineWriter:
    """Turns events into lines. Keeps the last view of each call, since lines tell what is new about it."""

    language: Language
    _views: dict[str, CallView] = field(default_factory=dict)

    def lines(self, event: events.Event, now_s: float) -> list[Line]:
        """The lines of an event, none for what only a window needs."""
        match event:
            case events.Ready():
                return [{"event": "ready"}]
            case events.SignedIn():
                return [{"event": "signed-in", "number": event.number, "name": event.name}]
            case events.SignedOut(code=None):
                return [{"event": "signed-out"}]
            case events.SignedOut(code=code):
                assert code is not None  # noqa: S101 - the case above took None
                return [error_line(code, self.language, dict(event.about)), {"event": "signed-out"}]
            case events.LinkChanged():
                return [{"event": "link", "state": event.state.value}]
            case events.Noticed(topics=topics):
                return [{"event": "noticed", "topics": sorted(topics)}]
            case events.CallChanged():
                return self._call_lines(event.view, now_s)
            case events.DtmfReceived():
                return [{"event": "dtmf", "call": event.call, "digits": event.digits}]
            case events.DeviceNotice():
                line: Line = {"event": "device", "kind": event.kind.value, "name": event.name}
                return [
                    line
                    if event.code is None
                    else {**line, **error_line(event.code, self.language, {"path": event.name}), "event": "device"}
                ]
            case events.DevicesChanged():
                return [
                    {
                        "event": "devices",
                        **{kind.value: [device.name for device in devices] for kind, devices in event.devices.items()},
                    }
                ]
            case events.StatsReport():
                return [stats_line(event)]
            case events.Recording():
                return [{"event": "recording", "on": event.on, "path": event.path}]
            case events.Failure():
                return [error_line(event.code, self.language, dict(event.about))]
            case _:
                rooms = (account_lines, money_lines, case_lines, upkeep_lines, network_lines, notice_lines)
                return [line for room in rooms for line in room.lines_of(event, self.language)]

    def _call_lines(self, view: CallView, now_s: float) -> list[Line]:
        before = self._views.get(view.call)
        self._views[view.call] = view
        lines: list[Line] = []
        call: Line = {"call": view.call}
        dialled_s = view.dialled_at if view.dialled_at is not None else now_s
        state_before = before.state if before else None
        if state_before is None and view.direction is Direction.OUTGOING:
            lines.append({"event": "dialling", **call, "number": view.peer_number})
        if view.state is CallState.RINGING and state_before is not CallState.RINGING:
            lines.append({"event": "ringing", **call})
        if view.state is CallState.INCOMING and state_before is None:
            lines.append(
                {"event": "incoming", **call, "from": view.peer_number, "name": view.peer_name, "video": view.video}
            )
        if view.connected_at is not None and (before is None or before.connected_at is None):
            lines.append({"event": "connected", **call, "setup_ms": _round((view.connected_at - dialled_s) * 1000)})
        if view.first_frame_at is not None and (before is None or before.first_frame_at is None):
            lines.append({"event": "first-frame", **call, "ms": _round((view.first_frame_at - dialled_s) * 1000)})
        if view.comparison_code and (before is None or before.comparison_code != view.comparison_code):
            lines.append({"event": "comparison-code", **call, "code": view.comparison_code})
        lines += _reconnecting_lines(before, view, now_s)
        lines += _peer_lines(before, view)
        if view.state is CallState.ENDED:
            self._views.pop(view.call, None)
            lines.append(_ended_line(view, self.language))
        return lines


def _reconnecting_lines(before: CallView | None, view: CallView, now_s: float) -> list[Line]:
    was = before is not None and before.state is CallState.RECONNECTING
    is_now = view.state is CallState.RECONNECTING
    if is_now and not was:
        left = (view.reconnecting_until or now_s) - now_s
        return [{"event": "reconnecting", "call": view.call, "seconds_left": _round(left)}]
    if was and view.state in (CallState.ACTIVE, CallState.HELD):
        return [{"event": "reconnected", "call": view.call}]
    return []


def _peer_lines(before: CallView | None, view: CallView) -> list[Line]:
    def told(v: CallView) -> tuple[bool, bool, bool, bool]:
        return v.held_by_peer, v.peer_microphone, v.peer_camera, v.peer_recording

    if before is None or told(before) == told(view) or view.state is CallState.ENDED:
        return []
    names = ("hold", "microphone", "camera", "recording")
    return [{"event": "peer", "call": view.call, **dict(zip(names, told(view), strict=True))}]


def _ended_line(view: CallView, language: Language) -> Line:
    talked_s = (view.ended_at or 0.0) - view.connected_at if view.connected_at is not None else 0.0
    reason = view.reason.value if view.reason else ""
    line: Line = {"event": "ended", "call": view.call, "reason": reason, "seconds": _round(max(0.0, talked_s))}
    return {**error_line(ErrorCode(reason), language, {}), **line} if view.reason in BARRED else line


def stats_line(event: events.StatsReport) -> Line:
    """A call's figures, as the demo and the benchmarks read them."""
    stats = event.stats
    seen, heard = stats.video_in, stats.audio_in
    return {
        "event": "stats",
        "call": stats.call,
        "quality": stats.quality,
        "rtt_ms": _round(stats.round_trip_time_s * 1000 if stats.round_trip_time_s is not None else None),
        "fps": _round(seen.frames_per_second),
        "size": [seen.frame_width, seen.frame_height],
        "frames": seen.frames_decoded,
        "codec": seen.codec,
        "latency_ms": _round(stats.picture_latency_p50_ms),
        "freezes": seen.freeze_count,
        "frozen_s": _round(seen.total_freezes_duration_s, 2),
        "audio_gap_p95_ms": _round(stats.audio_gap_p95_ms),
        "audio_energy": _round(heard.total_audio_energy, 6),
        "audio_packets": heard.packets_received,
        "lost": seen.packets_lost + heard.packets_lost,
        "sent_fps": _round(stats.video_out.frames_per_second),
        "sent_bytes": stats.video_out.bytes_sent + stats.audio_out.bytes_sent,
        "received_bytes": seen.bytes_received + heard.bytes_received,
        "candidate": stats.local_candidate_type,
    }
