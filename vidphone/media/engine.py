"""Everything that sounds and shows: devices, the media of calls, the two pictures, the tones. Lives on the loop.

Devices open when somebody needs them and close when nobody does, so an idle phone holds none. Opening happens in
threads: a call neither waits for a camera nor fails for want of one.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from vidphone.media.capture.camera import list_cameras
from vidphone.media.capture.select import camera_from
from vidphone.media.convert import Shrinker
from vidphone.media.devices import Device, DeviceEars, DeviceKind
from vidphone.media.memory import give_back, limit_arenas
from vidphone.media.network import NetworkWatch
from vidphone.media.on_demand import OnDemand
from vidphone.media.plumbing import Samples, Source
from vidphone.media.process.switches import VoiceProcessing
from vidphone.media.process.voice import VoiceProcessor
from vidphone.media.quality import bars
from vidphone.media.recorder import Recorder
from vidphone.media.rtc import adapter
from vidphone.media.rtc.session import RtcSession, SessionListener
from vidphone.media.slot import PictureSlot
from vidphone.media.sound.devices import DeviceWatcher, list_microphones, list_speakers
from vidphone.media.sound.levels import SoundLevel, VoiceState
from vidphone.media.sound.mixer import Playback, PulledInput
from vidphone.media.sound.select import microphone_from
from vidphone.media.sound.speaker import Speaker
from vidphone.media.sound.tones import Tone, dtmf, samples_of
from vidphone.media.sound.voice_check import VoiceCheck
from vidphone.media.stats import CallStats
from vidphone.media.taps import AudioSpread, AudioTap, PullTap, VideoSpread, VideoTap
from vidphone.media.viewer import Viewer
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import IceServer

NO_DEVICE = "none"
TONE_TAIL_S = 0.3
"""The speaker stays open so long after a short tone: what is in its buffer is to be heard."""
STATS_S = 0.5
"""Asked more often, the last figures are given again: rates over less time say nothing."""


@dataclass(frozen=True, slots=True)
class MediaProfile:
    """What a phone starts with. Devices as `camera_from`, `microphone_from` and `Speaker` take them."""

    camera: str = ""
    microphone: str = ""
    speaker: str = ""
    ringer: str = ""
    width: int = 1280
    height: int = 720
    """Larger pictures of the camera are made smaller."""
    who: str = ""
    """Chooses the looks of the person in the test picture."""
    voice: VoiceProcessing = field(default_factory=VoiceProcessing)


class EngineListener(Protocol):
    """What the engine tells, on the loop."""

    def device_notice(self, kind: DeviceKind, code: ErrorCode | None, name: str) -> None:
        """A device in use failed (`code`), or works (again, or another in its place: `name`)."""

    def trouble(self, code: ErrorCode) -> None:
        """Something works less well from now on; calls go on."""

    def devices_changed(self) -> None:
        """There are other devices now."""

    def network_changed(self) -> None:
        """An address that a call uses is gone."""

    def microphone_level(self, level: SoundLevel) -> None:
        """How loud the microphone is, while it is being tried."""

    def voice_sample(self, state: VoiceState, seconds: float) -> None:
        """Where the sample of one's own voice stands, and how long it is."""


@dataclass(slots=True)
class _Call:
    session: RtcSession
    heard: PulledInput
    sound: PullTap
    picture: VideoTap
    own_sound: AudioTap
    own_picture: VideoTap
    recorder: Recorder | None = None
    before: tuple[float, CallStats] | None = None


class MediaEngine:
    """Makes the media of calls (`call.ports.MediaFactory`, structurally) and runs the devices they share."""

    def __init__(
        self, profile: MediaProfile, remote: PictureSlot, local: PictureSlot, listener: EngineListener
    ) -> None:
        """To be called on the loop.

        Raises:
            MediaLibraryMismatch: aiortc is not of the version that this program knows.
        """
        adapter.check()
        limit_arenas()
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._servers: tuple[IceServer, ...] = ()
        self._relay_only = False
        self._calls: dict[str, _Call] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._shown: RtcSession | None = None
        self._preview = False
        self._remote, self._local = Viewer(remote), Viewer(local)
        self._remote_slot = remote
        remote.watch(self._looks_changed)
        self._pictures, self._sounds = VideoSpread(), AudioSpread()
        self._pictures.add(self._local)
        ears = {kind: DeviceEars(kind, self._loop, listener.device_notice) for kind in DeviceKind}
        shrinker = Shrinker(self._pictures, profile.width, profile.height)
        self._voice = VoiceProcessor(profile.voice, self._voice_unprocessed)
        self._speakers = {
            DeviceKind.SPEAKER: Speaker(profile.speaker, ears[DeviceKind.SPEAKER], heard=self._voice.far),
            DeviceKind.RINGER: Speaker(profile.ringer, ears[DeviceKind.RINGER], DeviceKind.RINGER),
        }
        self._devices = {
            DeviceKind.CAMERA: OnDemand(
                profile.camera,
                lambda spec: camera_from(spec, shrinker, ears[DeviceKind.CAMERA], who=profile.who),
                ears[DeviceKind.CAMERA].failed,
                self._local.clear,
            ),
            DeviceKind.MICROPHONE: OnDemand(
                profile.microphone,
                lambda spec: microphone_from(spec, self._sounds, ears[DeviceKind.MICROPHONE], self._voice),
                ears[DeviceKind.MICROPHONE].failed,
            ),
            DeviceKind.SPEAKER: OnDemand(
                profile.speaker, self._player(DeviceKind.SPEAKER), ears[DeviceKind.SPEAKER].failed
            ),
            DeviceKind.RINGER: OnDemand(
                profile.ringer, self._player(DeviceKind.RINGER), ears[DeviceKind.RINGER].failed
            ),
        }
        speaker = self._speakers[DeviceKind.SPEAKER]
        self._voice_check = VoiceCheck(self._sounds, speaker.play, listener, self._reconsider)
        self._tone: tuple[DeviceKind, Playback] | None = None
        self._busy_until_s = {DeviceKind.SPEAKER: 0.0, DeviceKind.RINGER: 0.0}
        self._network = NetworkWatch(self._addresses_in_use, listener.network_changed)
        self._watcher = DeviceWatcher(self._devices_changed)
        self._watching = OnDemand("", lambda _: self._watcher, lambda _: None)

    # Calls.

    def open(self, call: str, listener: SessionListener, *, send_video: bool) -> RtcSession:
        """The media of a new call; it needs the devices, so a trial of them ends."""
        self._voice_check.stop()
        picture = VideoTap(self._remote)
        session = RtcSession(
            call, listener, servers=self._servers, viewer=picture, send_video=send_video,
            changed=self._session_changed, trouble=self._listener.trouble, relay_only=self._relay_only,
        )  # fmt: skip
        sound = PullTap(session)
        heard = self._speakers[DeviceKind.SPEAKER].pull(call, sound)
        entry = self._calls[call] = _Call(
            session, heard, sound, picture,
            AudioTap(session, lambda: session.sending_microphone), VideoTap(session, lambda: session.sending_camera),
        )  # fmt: skip
        self._pictures.add(entry.own_picture)
        self._sounds.add(entry.own_sound)
        self._reconsider()
        return session

    def set_ice_servers(self, servers: tuple[IceServer, ...], *, relay_only: bool = False) -> None:
        """What calls opened from now on gather candidates with, and whether they go by relays only."""
        self._servers, self._relay_only = servers, relay_only

    async def stats(self, call: str) -> CallStats:
        """A call in figures; all zero for one that is not there."""
        entry = self._calls.get(call)
        if entry is None:
            return CallStats(call, None)
        if entry.before is not None and time.monotonic() - entry.before[0] < STATS_S:
            return entry.before[1]
        stats = await entry.session.stats()
        if entry.session is self._shown:
            seen = self._remote.report()
            stats = replace(
                stats,
                picture_latency_p50_ms=seen.latency_p50_ms,
                video_in=replace(
                    stats.video_in,
                    frames_per_second=seen.frames_per_second,
                    frame_width=seen.width,
                    frame_height=seen.height,
                    freeze_count=seen.freezes,
                    total_freezes_duration_s=seen.freezes_s,
                ),
            )
        now_s = time.monotonic()
        then_s, before = entry.before or (now_s, None)
        stats = replace(stats, quality=bars(before, stats, now_s - then_s))
        entry.before = (now_s, stats)
        return stats

    async def record(
        self, call: str, path: Path | None, failed: Callable[[VidphoneError], None] = lambda _: None
    ) -> None:
        """Record a call, what is seen, heard, shown and said, into a file; None ends it, and the file is whole then.

        Args:
            call: the call.
            path: a new file; one of that name is replaced.
            failed: called on the loop when a recording stops by itself, as the disk is full.

        Raises:
            VidphoneError: `NO_SUCH_CALL`; `RECORDING_FAILED` where the file cannot be written.
        """
        entry = self._calls.get(call)
        if entry is not None:
            await self._stop_recording(entry)
        if path is None:
            return
        if entry is None:
            raise VidphoneError(ErrorCode.NO_SUCH_CALL)

        def stopped(error: VidphoneError) -> None:
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(failed, error)

        recorder = await asyncio.to_thread(Recorder, path, stopped)
        if entry.session.closed:  # it ended meanwhile, and nobody would close the file
            await asyncio.to_thread(recorder.close)
            raise VidphoneError(ErrorCode.NO_SUCH_CALL)
        entry.recorder = recorder
        self._tell_shown()
        entry.picture.also, entry.sound.also = recorder.seen, recorder.heard
        entry.own_picture.also, entry.own_sound.also = recorder.own_picture, recorder.own_voice

    # Devices.

    def preview(self, on: bool) -> None:
        """Show the own picture without a call, or no longer."""
        self._preview = on
        self._reconsider()

    async def select(self, kind: DeviceKind, device: str) -> None:
        """Use another device from now on, in calls too."""
        self._devices[kind].select(device)

    def process_voice(self, switches: VoiceProcessing) -> None:
        """What is done to the microphone's sound from now on, in calls too."""
        self._voice.set(switches)

    async def devices(self) -> dict[DeviceKind, tuple[Device, ...]]:
        """What devices there are. Takes some milliseconds, in threads."""
        cameras, microphones, speakers = await asyncio.gather(
            asyncio.to_thread(list_cameras), asyncio.to_thread(list_microphones), asyncio.to_thread(list_speakers)
        )
        return {
            DeviceKind.CAMERA: cameras,
            DeviceKind.MICROPHONE: microphones,
            DeviceKind.SPEAKER: speakers,
            DeviceKind.RINGER: speakers,
        }

    def selected(self) -> dict[DeviceKind, str]:
        """The chosen devices; empty for the system's default."""
        return {kind: device.spec for kind, device in self._devices.items()}

    # Tones.

    def play(self, tone: Tone | None) -> None:
        """Play a tone until the next `play`; None stops it. The ringtone goes to the ringer, others to the speaker."""
        if self._tone is not None:
            self._tone[1].stop()
            self._tone = None
        if tone is not None:
            kind = DeviceKind.RINGER if tone is Tone.RINGTONE else DeviceKind.SPEAKER
            if self._devices[kind].spec != NO_DEVICE:
                self._tone = (kind, self._speakers[kind].play_tone(tone))
        self._reconsider()

    def play_once(self, tone: Tone) -> None:
        """Play one round of a tone on the speaker."""
        self._play_samples(DeviceKind.SPEAKER, samples_of(tone))

    def play_dtmf(self, digits: str) -> None:
        """Let the keys be heard here."""
        self._play_samples(DeviceKind.SPEAKER, dtmf(digits))

    def test_sound(self, kind: DeviceKind) -> None:
        """Play the test sound on the speaker or the ringer."""
        if kind in self._speakers:
            self._play_samples(kind, samples_of(Tone.TEST))

    def voice_check(self, *, begin: bool) -> VoiceCheck:
        """For trying the microphone and one's own voice, between calls.

        Raises:
            VidphoneError: `IN_A_CALL`, where something is to `begin`.
        """
        if begin and self._calls:
            raise VidphoneError(ErrorCode.IN_A_CALL)
        return self._voice_check

    async def close(self) -> None:
        """Close sessions, recordings, devices and threads."""
        self._remote_slot.watch(None)
        self.play(None)
        self._voice_check.stop()
        self._busy_until_s = dict.fromkeys(self._busy_until_s, 0.0)
        self._preview = False
        for entry in list(self._calls.values()):
            await entry.session.close()
            await self._forget(entry)
        await asyncio.gather(*self._ending)
        self._network.want(False)
        await asyncio.gather(*(device.close() for device in self._devices.values()), self._watching.close())
        await asyncio.to_thread(self._close_threads)

    # Inside.

    def _close_threads(self) -> None:
        self._remote.stop()
        self._local.stop()

    def _player(self, kind: DeviceKind) -> Callable[[str], Source]:
        def make(spec: str) -> Source:
            speaker = self._speakers[kind]
            speaker.select(spec)
            return speaker.discarder() if spec == NO_DEVICE else speaker

        return make

    def _play_samples(self, kind: DeviceKind, samples: Samples) -> None:
        if self._devices[kind].spec == NO_DEVICE:
            return
        self._speakers[kind].play(samples)
        length_s = samples.size / 48_000 + TONE_TAIL_S
        self._busy_until_s[kind] = max(self._busy_until_s[kind], self._loop.time() + length_s)
        self._loop.call_later(length_s + 0.05, self._reconsider)
        self._reconsider()

    def _session_changed(self, session: RtcSession) -> None:
        if session.closed:
            entry = self._calls.get(session.call)
            if entry is not None and entry.session is session:
                task = self._loop.create_task(self._forget(entry))
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)
        self._reconsider()

    def _reconsider(self) -> None:
        """Open what is needed, close what is not, show what is to be shown."""
        live = [entry.session for entry in self._calls.values() if not entry.session.closed]
        now_s = self._loop.time()
        sounding = {kind for kind, until_s in self._busy_until_s.items() if until_s > now_s}
        if self._tone is not None:
            sounding.add(self._tone[0])
        check = self._voice_check
        if check.plays:
            sounding.add(DeviceKind.SPEAKER)
        self._devices[DeviceKind.CAMERA].want(self._preview or any(session.sending_camera for session in live))
        self._devices[DeviceKind.MICROPHONE].want(bool(live) or check.hears)
        self._devices[DeviceKind.SPEAKER].want(bool(live) or DeviceKind.SPEAKER in sounding)
        self._devices[DeviceKind.RINGER].want(DeviceKind.RINGER in sounding)
        self._network.want(bool(live))
        self._watching.want(bool(live) or self._preview or check.hears)
        shown = next((session for session in reversed(live) if session.playing), None)
        if shown is not self._shown:
            self._shown = shown
            self._remote.clear()
            self._remote.reset()
        self._tell_shown()

    def _looks_changed(self) -> None:
        """On the thread of the screen."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._tell_shown)

    def _tell_shown(self) -> None:
        """A recording wants the whole picture, whoever looks; a call that is not shown none."""
        for entry in self._calls.values():
            if entry.recorder is not None or self._remote_slot.shown is None:
                entry.session.set_shown(None)
            else:
                entry.session.set_shown(self._remote_slot.shown if entry.session is self._shown else (0, 0))

    async def _forget(self, entry: _Call) -> None:
        self._calls.pop(entry.session.call, None)
        entry.heard.close()
        await self._stop_recording(entry)
        self._pictures.remove(entry.own_picture)
        self._sounds.remove(entry.own_sound)
        if not self._calls:
            await asyncio.to_thread(give_back)

    async def _stop_recording(self, entry: _Call) -> None:
        for tap in (entry.picture, entry.sound, entry.own_picture, entry.own_sound):
            tap.also = None
        recorder, entry.recorder = entry.recorder, None
        self._tell_shown()
        if recorder is not None:
            await asyncio.to_thread(recorder.close)

    def _addresses_in_use(self) -> list[str]:
        sessions = [entry.session for entry in self._calls.values()]
        return [address for session in sessions if (address := session.local_address) is not None]

    def _voice_unprocessed(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._listener.trouble, ErrorCode.VOICE_UNPROCESSED)

    def _devices_changed(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._listener.devices_changed)
