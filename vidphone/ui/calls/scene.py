"""What a call's window says and offers, worked out from its view. No widget, no clock: time is an argument."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from vidphone.call.view import CallState, CallView, Direction
from vidphone.texts import Language, has_text, text
from vidphone.wire.reasons import EndReason


class Stage(StrEnum):
    """What fills the window. Each but `PICTURE` is a placeholder whose text is `calls.stage.<value>`."""

    PICTURE = "picture"
    CALLING = "calling"
    RINGING = "ringing"
    CONNECTING = "connecting"
    VOICE_ONLY = "voice-only"
    CAMERA_OFF = "camera-off"
    HELD = "held"
    HELD_BY_PEER = "held-by-peer"
    RECONNECTING = "reconnecting"
    ENDED = "ended"


class Control(StrEnum):
    """The controls of a call. The name of each is the text `calls.control.<value>`."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    HOLD = "hold"
    KEYPAD = "keypad"
    RECORD = "record"
    FULL_SCREEN = "full-screen"
    MORE = "more"
    HANG_UP = "hang-up"


class Banner(StrEnum):
    """What stays on the screen for as long as it is so. Its text is `calls.banner.<value>`."""

    PEER_MUTED = "peer-muted"
    PEER_RECORDING = "peer-recording"
    RECORDING = "recording"
    UNSEEN = "unseen"
    """No encoder that works here makes pictures that the other side can show."""


_STAGES = {
    CallState.DIALLING: Stage.CALLING,
    CallState.RINGING: Stage.RINGING,
    CallState.INCOMING: Stage.RINGING,
    CallState.CONNECTING: Stage.CONNECTING,
    CallState.HELD: Stage.HELD,
    CallState.RECONNECTING: Stage.RECONNECTING,
    CallState.ENDED: Stage.ENDED,
}

_ALWAYS = frozenset({Control.MICROPHONE, Control.CAMERA, Control.FULL_SCREEN, Control.MORE, Control.HANG_UP})
_OFFERED = {
    CallState.ACTIVE: frozenset(Control),
    CallState.HELD: _ALWAYS | {Control.HOLD},
    CallState.ENDED: frozenset[Control](),
}

TALKING = frozenset({CallState.ACTIVE, CallState.HELD, CallState.RECONNECTING})
"""States in which both sides have been connected."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a call window shows of a call, but the pictures."""

    title: str
    number: str
    """Empty where the title is the number already."""
    incoming: bool
    stage: Stage
    status: str
    """The call's state in a few words, or how long it has lasted."""
    hint: str
    """What it means and what can be done; empty where nothing needs to be said."""
    offered: frozenset[Control]
    banners: tuple[Banner, ...]
    secure: bool


def scene(view: CallView, now_s: float, language: Language, *, unseen: bool = False) -> Scene:
    """What to show of a call at a moment, in monotonic seconds; `unseen`: the own picture cannot be sent."""
    stage = stage_of(view)
    return Scene(
        title=title(view),
        number=view.peer_number if view.peer_name else "",
        incoming=view.direction is Direction.INCOMING,
        stage=stage,
        status=_status(view, stage, now_s, language),
        hint=_hint(view, stage, language),
        offered=_OFFERED.get(view.state, _ALWAYS),
        banners=_banners(view, unseen=unseen),
        secure=view.comparison_code is not None and view.state in TALKING,
    )


def title(view: CallView) -> str:
    """Whom the call is with: a name where there is one."""
    return view.peer_name or view.peer_number


def stage_of(view: CallView) -> Stage:
    """What fills the window."""
    if stage := _STAGES.get(view.state):
        return stage
    if view.held_by_peer:
        return Stage.HELD_BY_PEER
    if view.peer_camera:
        return Stage.PICTURE
    return Stage.CAMERA_OFF if view.video or view.camera else Stage.VOICE_ONLY


def duration(seconds: float) -> str:
    """A length of time as clocks write it: `0:07`, `12:34`, `1:02:03`."""
    whole = max(0, math.floor(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def next_change_s(view: CallView, now_s: float) -> float | None:
    """How long until a shown number of seconds changes; None while none is shown.

    The clock on the screen is redrawn at the turn of its own second: a free-running timer would jump over one
    now and then.
    """
    since = view.reconnecting_since if view.state is CallState.RECONNECTING else view.connected_at
    if since is None or view.state is CallState.ENDED:
        return None
    return 1.0 - (now_s - since) % 1.0


def current_call(calls: Mapping[str, CallView], previous: str) -> str:
    """The call that the window is about: the one in use, before the one looked at, before the one held longest.

    Calls that still ring on this side are not in the window; they have their own. Empty when there is none.
    """
    shown = [view for view in calls.values() if view.state is not CallState.INCOMING]
    in_use = [view for view in shown if view.state not in {CallState.HELD, CallState.ENDED}]
    alive = [view for view in shown if view.state is not CallState.ENDED]
    for group in (in_use, alive, shown):
        names = [view.call for view in group]
        if previous in names:
            return previous
        if names:
            return names[0]
    return ""


def held_calls(calls: Iterable[CallView], current: str) -> tuple[CallView, ...]:
    """The other calls, which can be swapped in."""
    return tuple(view for view in calls if view.state is CallState.HELD and view.call != current)


def end_sentence(view: CallView, language: Language) -> str:
    """Why the call ended."""
    reason = view.reason or EndReason.FAILED
    if reason is EndReason.HUNG_UP and view.ended_by_peer:
        return text("calls.ended.by-peer", language)
    return text(f"reason.{reason.value}", language)


def end_next_step(view: CallView, language: Language) -> str:
    """What can be done now: a next step where there is one, else how long the call was."""
    key = f"calls.next.{(view.reason or EndReason.FAILED).value}"
    if has_text(key):
        return text(key, language)
    if view.connected_at is not None and view.ended_at is not None:
        return text("calls.ended.lasted", language, duration=duration(view.ended_at - view.connected_at))
    return ""


def _status(view: CallView, stage: Stage, now_s: float, language: Language) -> str:
    if stage is Stage.ENDED:
        return text("calls.stage.ended", language)
    if stage is Stage.RECONNECTING:
        return reconnecting(view, now_s, language)
    if view.state is CallState.ACTIVE and view.connected_at is not None:
        return duration(now_s - view.connected_at)
    return text(f"calls.stage.{stage.value}", language)


def reconnecting(view: CallView, now_s: float, language: Language) -> str:
    """“Reconnecting… n s”."""
    since = now_s if view.reconnecting_since is None else view.reconnecting_since
    return text("calls.stage.reconnecting", language, seconds=max(0, math.floor(now_s - since)))


def _hint(view: CallView, stage: Stage, language: Language) -> str:
    if stage is Stage.ENDED:
        return end_next_step(view, language)
    key = f"calls.hint.{stage.value}"
    return text(key, language) if has_text(key) else ""


def _banners(view: CallView, *, unseen: bool) -> tuple[Banner, ...]:
    if view.state not in TALKING:
        return ()
    there = {
        Banner.RECORDING: view.recording,
        Banner.PEER_RECORDING: view.peer_recording,
        Banner.PEER_MUTED: not view.peer_microphone and view.state is CallState.ACTIVE,
        Banner.UNSEEN: unseen and view.camera,
    }
    return tuple(banner for banner, on in there.items() if on)
