"""What happens around calls: events, names, tones, statistics, recordings and history."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

from vidphone.call.charge import Charge
from vidphone.call.desk import CallDesk
from vidphone.call.ports import Callback, Signaling, Timer
from vidphone.call.view import CallState, CallView
from vidphone.media.engine import MediaEngine
from vidphone.media.sound.tones import Tone
from vidphone.phone import commands, events
from vidphone.phone.directory import Directory
from vidphone.phone.engine import Emit
from vidphone.phone.events import failure
from vidphone.phone.lane import Lane
from vidphone.phone.options import PhoneOptions
from vidphone.phone.tones import tone_at_end, tone_for, tone_of_charge
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason

log = logging.getLogger(__name__)

STATS_S = 1.0
WITH_MEDIA = frozenset({CallState.ACTIVE, CallState.HELD, CallState.RECONNECTING})


class LoopClock:
    """The time of the engine's loop (`call.ports.Clock`)."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def now(self) -> float:
        """Monotonic seconds."""
        return self._loop.time()

    def call_at(self, when: float, callback: Callback) -> Timer:
        """Call back at `when`."""
        return self._loop.call_at(when, callback)


class Calls:
    """Listens to the desk (`call.ports.DeskListener`) and does what a person asks of calls."""

    def __init__(
        self,
        signaling: Signaling,
        hurry_link: Callback,
        media: MediaEngine,
        directory: Directory,
        directory_lane: Lane,
        emit: Emit,
        options: PhoneOptions,
    ) -> None:
        self.desk = CallDesk(signaling, media, LoopClock(), self)
        self._hurry_link = hurry_link
        self._media = media
        self._directory = directory
        self._directory_lane = directory_lane
        self._emit = emit
        self._options = options
        self._views: dict[str, CallView] = {}
        self._bars: dict[str, list[int]] = {}
        """The signal bars of calls that go on, one a second but on hold."""
        self._tone: Tone | None = None
        self._recorded: str = ""
        self._recording_into = Path()
        self._recordings = 0
        self._lane = Lane("calls", emit)
        self._ticker: asyncio.Task[None] | None = None

    def dial(self, number: str, *, video: bool) -> None:
        """Call a number. Raises as `CallDesk.dial`."""
        self.desk.dial(number, video)

    def peer_of(self, call: str) -> str:
        """The number at the other end of a call; `call` empty: of the one that comes in. Empty where there is none."""
        views = self._views.values()
        return next((view.peer_number for view in views if call in ("", view.call) and _may_answer(view)), "")

    def perform(self, command: commands.Command) -> None:
        """Do what was asked for. Raises as the desk does."""
        match command:
            case commands.Answer():
                self.desk.answer(command.call, command.video, command.active_call)
            case commands.Decline(call=call):
                self.desk.decline(call)
            case commands.HangUp(call=call):
                self.desk.hang_up(call)
            case commands.Mute(on=on):
                self.desk.set_microphone(not on)
            case commands.Camera(on=on):
                self.desk.set_camera(on)
            case commands.Hold():
                self.desk.hold(command.call, command.on)
            case commands.Dtmf():
                self.desk.dtmf(command.call, command.digits)
                self._media.play_dtmf(command.digits)
            case commands.Record(path=path):
                self._lane.add(lambda: self._record(path))
            case commands.RequestStats():
                if not self._with_media():
                    raise VidphoneError(ErrorCode.NO_SUCH_CALL)
                self._lane.add(self._tell_stats)
            case _:
                raise VidphoneError(ErrorCode.NOT_POSSIBLE_NOW, {"detail": type(command).__name__})

    async def end_all(self) -> None:
        """Hang up everything, before the link is closed: signing out, or leaving."""
        await self.desk.close()

    async def close(self) -> None:
        """Stop tones, statistics and recordings."""
        await self.desk.close()
        self._play(None)
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        await self._lane.close()
        await self._stop_recording()

    # --- what the desk tells

    def changed(self, view: CallView) -> None:
        """A call changed."""
        if name := self._directory.name_of(view.peer_number):
            view = replace(view, peer_name=name)
        before = self._views.get(view.call)
        if view.state is CallState.ENDED:
            self._views.pop(view.call, None)
            self._ended(view)
        else:
            self._views[view.call] = view
        self._emit(events.CallChanged(view))
        self._play(tone_for(self._views.values()))
        was_in_media = before is not None and before.state in WITH_MEDIA
        if view.state is CallState.ACTIVE and not was_in_media and self._options.record and not self._recorded:
            self._recordings += 1
            path = recording_path(self._options.record, self._recordings)
            self._lane.add(lambda: self._record(path))
        if self._with_media() and self._ticker is None:
            self._ticker = asyncio.get_running_loop().create_task(self._tick(), name="statistics")

    def dtmf(self, call: str, digits: str) -> None:
        """The other side pressed keys."""
        self._emit(events.DtmfReceived(call, digits))
        self._media.play_dtmf(digits)

    def charged(self, call: str, charge: Charge) -> None:
        """What a call costs this side; a warning is heard here, and only here."""
        self._emit(events.Charging(call, charge))
        if (tone := tone_of_charge(charge)) is not None:
            self._media.play_once(tone)

    def _ended(self, view: CallView) -> None:
        if view.reason is not EndReason.GLARE:  # the call that won goes on, and will be the one entry
            bars = self._bars.pop(view.call, None)
            quality = round(sum(bars) / len(bars)) if bars else None
            self._directory_lane.add(lambda: self._directory.add_call(view, quality))
        if view.call == self._recorded:
            self._lane.add(self._stop_recording)
        if (tone := tone_at_end(view)) is not None:
            self._media.play_once(tone)

    def _play(self, tone: Tone | None) -> None:
        if tone is not self._tone:
            self._tone = tone
            self._media.play(tone)

    def _with_media(self) -> list[CallView]:
        return [view for view in self._views.values() if view.state in WITH_MEDIA]

    # --- statistics and recordings

    async def _tick(self) -> None:
        while self._with_media():
            self._lane.add(self._tell_stats)
            if any(view.state is CallState.RECONNECTING for view in self._views.values()):
                self._hurry_link()  # a new transport needs signaling, whose own pauses grow to 10 s
            await asyncio.sleep(STATS_S)
        self._ticker = None

    async def _tell_stats(self) -> None:
        for view in self._with_media():
            stats = await self._media.stats(view.call)
            self._emit(events.StatsReport(stats))
            if view.call in self._views and view.state is not CallState.HELD:
                self._bars.setdefault(view.call, []).append(stats.quality)

    async def _record(self, path: Path | None) -> None:
        await self._stop_recording()
        if path is None:
            return
        talking = sorted(self._with_media(), key=lambda view: view.state is CallState.HELD)
        if not talking:
            raise VidphoneError(ErrorCode.NO_SUCH_CALL)
        active = talking[0]
        self.desk.set_recording(active.call, True)  # the other side is told before the first frame is kept
        try:
            await self._media.record(active.call, path, failed=self._recording_failed)
        except VidphoneError:
            if active.call in self._views:
                self.desk.set_recording(active.call, False)
            raise
        if active.call not in self._views:  # it ended meanwhile
            await self._media.record(active.call, None)
            return
        self._recorded = active.call
        self._recording_into = path
        self._emit(events.Recording(True, str(path)))

    def _recording_failed(self, error: VidphoneError) -> None:
        self._emit(failure(error))
        self._lane.add(self._stop_recording)

    async def _stop_recording(self) -> None:
        call, self._recorded = self._recorded, ""
        if not call:
            return
        await self._media.record(call, None)
        if call in self._views:
            self.desk.set_recording(call, False)
        self._emit(events.Recording(False, str(self._recording_into)))


def _may_answer(view: CallView) -> bool:
    return view.state is CallState.INCOMING


def recording_path(wanted: Path, number: int) -> Path:
    """The file of the `number`th recording, from 1: `call.mkv`, `call-2.mkv`, …"""
    return wanted if number == 1 else wanted.with_stem(f"{wanted.stem}-{number}")
