"""The engine with synthetic devices; calls over loopback where a call is needed."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from tests.fakes.media_ends import until
from vidphone.media.devices import DeviceKind
from vidphone.media.engine import MediaEngine, MediaProfile
from vidphone.media.network import NetworkWatch
from vidphone.media.on_demand import OnDemand
from vidphone.media.rtc.session import RtcSession
from vidphone.media.slot import PictureSlot
from vidphone.media.sound.levels import SoundLevel, VoiceState
from vidphone.media.sound.tones import Tone
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.signaling import Candidate

PROFILE = MediaProfile(camera="test", microphone="tone", speaker="none", ringer="none", width=320, height=180)
CALL = "c" * 32


class Desk:
    """An engine, and all that it and its calls tell."""

    def __init__(self, profile: MediaProfile = PROFILE) -> None:
        self.notices: list[tuple[DeviceKind, ErrorCode | None, str]] = []
        self.told: list[str] = []
        self.levels: list[SoundLevel] = []
        self.samples: list[tuple[VoiceState, float]] = []
        self.other: RtcSession | None = None
        self.remote, self.local = PictureSlot(), PictureSlot()
        for slot in (self.remote, self.local):
            slot.want(160, 90)
        self.engine = MediaEngine(profile, self.remote, self.local, self)
        self._tasks: set[asyncio.Task[None]] = set()

    def device_notice(self, kind: DeviceKind, code: ErrorCode | None, name: str) -> None:
        self.notices.append((kind, code, name))

    def trouble(self, code: ErrorCode) -> None:
        self.told.append(code.value)

    def devices_changed(self) -> None:
        self.told.append("devices")

    def network_changed(self) -> None:
        self.told.append("network")

    def microphone_level(self, level: SoundLevel) -> None:
        self.levels.append(level)

    def voice_sample(self, state: VoiceState, seconds: float) -> None:
        self.samples.append((state, seconds))

    def candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        assert self.other is not None
        task = asyncio.get_running_loop().create_task(self.other.add_candidates(generation, candidates, last))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def connected(self, generation: int) -> None:
        self.told.append("connected")

    def lost(self) -> None:
        self.told.append("lost")

    def recovered(self) -> None:
        self.told.append("recovered")

    def failed(self, generation: int) -> None:
        self.told.append("failed")

    def first_frame(self) -> None:
        self.told.append("first frame")

    def wanted(self) -> set[DeviceKind]:
        return {kind for kind, device in self.engine._devices.items() if device.wanted}


@asynccontextmanager
async def desks(a: MediaProfile = PROFILE, b: MediaProfile = PROFILE) -> AsyncIterator[tuple[Desk, Desk]]:
    both = Desk(a), Desk(b)
    try:
        yield both
    finally:
        for desk in both:
            await desk.engine.close()


async def connect(a: Desk, b: Desk, call: str = CALL) -> tuple[RtcSession, RtcSession]:
    caller = a.engine.open(call, a, send_video=True)
    callee = b.engine.open(call, b, send_video=True)
    a.other, b.other = callee, caller
    answer = await callee.accept_offer(0, await caller.create_offer(0))
    await caller.accept_answer(0, answer)
    return caller, callee


async def test_an_idle_engine_opens_no_device_and_runs_no_work() -> None:
    async with desks() as (a, _):
        assert a.wanted() == set()
        assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()


async def test_a_call_shows_the_other_side_and_frees_the_devices_after() -> None:
    async with desks() as (a, b):
        caller, callee = await connect(a, b)
        await until(lambda: a.remote.put_count > 5 and b.remote.put_count > 5 and a.local.put_count > 5)
        assert a.told == ["connected", "first frame"]
        stats = await a.engine.stats(CALL)
        assert await a.engine.stats(CALL) is stats
        assert (stats.video_in.frame_width, stats.video_in.frame_height) == (320, 180)
        assert stats.picture_latency_p50_ms is not None
        assert a.wanted() == {DeviceKind.CAMERA, DeviceKind.MICROPHONE, DeviceKind.SPEAKER}
        await asyncio.gather(caller.close(), callee.close())
        assert a.wanted() == set()
        await until(lambda: a.engine._devices[DeviceKind.CAMERA]._task is None)
        a.remote.take()
        a.local.take()
        shown = a.remote.put_count
        await asyncio.sleep(0.1)
        assert a.remote.put_count == shown
        assert a.local.take() is None


async def test_the_other_side_is_told_what_the_window_shows(tmp_path: Path) -> None:
    async with desks() as (a, _):
        calls = [a.engine.open(CALL, a, send_video=True)]

        def shown() -> list[tuple[int, int] | None]:
            return [session.shown for session in calls]

        a.remote.want(640, 360)
        await asyncio.sleep(0)
        assert shown() == [(640, 360)]
        calls.append(a.engine.open("d" * 32, a, send_video=True))
        assert shown() == [(0, 0), (640, 360)]
        await a.engine.record(CALL, tmp_path / "call.mkv")
        assert shown() == [None, (640, 360)]
        await a.engine.record(CALL, None)
        calls[1].set_sending(microphone=True, camera=True, hold=True)
        assert shown() == [(640, 360), (0, 0)]


async def test_where_no_window_ever_was_the_whole_picture_is_wanted() -> None:
    async with desks() as (a, _):
        engine = MediaEngine(PROFILE, PictureSlot(), PictureSlot(), a)
        assert engine.open(CALL, a, send_video=True).shown is None
        await engine.close()


async def test_nothing_is_left_after_close() -> None:
    before = threading.active_count()
    async with desks() as (a, b):
        await connect(a, b)
        await until(lambda: a.remote.put_count > 2)
    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()
    left = [thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]
    assert len(left) <= before, left


async def test_the_camera_closes_while_it_is_off_in_the_call() -> None:
    async with desks() as (a, b):
        caller, _ = await connect(a, b)
        await until(lambda: b.remote.put_count > 2)
        caller.set_sending(microphone=True, camera=False, hold=False)
        assert DeviceKind.CAMERA not in a.wanted()
        await asyncio.sleep(0.3)
        b.remote.take()
        shown = b.remote.put_count
        await asyncio.sleep(0.2)
        assert b.remote.put_count == shown
        caller.set_sending(microphone=True, camera=True, hold=False)
        await until(lambda: b.remote.put_count > shown + 3)


async def test_on_hold_the_remote_picture_is_empty() -> None:
    async with desks() as (a, b):
        caller, _ = await connect(a, b)
        await until(lambda: a.remote.put_count > 2)
        caller.set_sending(microphone=True, camera=True, hold=True)
        await asyncio.sleep(0.1)
        assert a.remote.take() is None


async def test_preview_shows_the_own_picture_and_ends() -> None:
    async with desks() as (a, _):
        a.engine.preview(True)
        await until(lambda: a.local.put_count > 2)
        a.engine.preview(False)
        await until(lambda: a.engine._devices[DeviceKind.CAMERA]._task is None)
        await asyncio.sleep(0.05)
        assert a.local.take() is None


async def test_a_call_goes_on_without_the_camera_that_was_named(tmp_path: Path) -> None:
    broken = tmp_path / "nothing.mp4"
    async with desks(MediaProfile(camera=str(broken), microphone="tone", speaker="none")) as (a, b):
        await connect(a, b)
        await until(lambda: "connected" in a.told and bool(a.notices))
        assert a.notices == [(DeviceKind.CAMERA, ErrorCode.BAD_FILE, str(broken))]
        assert "failed" not in a.told + b.told


async def test_another_device_in_the_call_takes_over() -> None:
    async with desks(MediaProfile(camera="none", microphone="none", speaker="none", width=320, height=180)) as (a, b):
        await connect(a, b)
        await until(lambda: "connected" in b.told)
        assert b.remote.take() is None
        await a.engine.select(DeviceKind.CAMERA, "test")
        assert a.engine.selected()[DeviceKind.CAMERA] == "test"
        await until(lambda: b.remote.put_count > 3)


async def test_a_recording_asked_for_as_the_call_ends_is_closed_with_it(tmp_path: Path) -> None:
    async with desks() as (a, _):
        session = a.engine.open(CALL, a, send_video=False)
        begun = asyncio.create_task(a.engine.record(CALL, tmp_path / "call.mkv"))
        await asyncio.sleep(0)
        await session.close()
        with pytest.raises(VidphoneError, match=ErrorCode.NO_SUCH_CALL):
            await begun
        assert "recorder" not in {thread.name for thread in threading.enumerate()}


async def test_a_recording_holds_both_sides_but_nothing_muted(tmp_path: Path) -> None:
    path = tmp_path / "call.mkv"
    async with desks() as (a, b):
        caller, _ = await connect(a, b)
        await until(lambda: a.remote.put_count > 2)
        caller.set_sending(microphone=False, camera=True, hold=False)
        await a.engine.record(CALL, path)
        await asyncio.sleep(0.8)
        await a.engine.record(CALL, None)
        with pytest.raises(VidphoneError) as refusal:
            await a.engine.record("nobody", path)
        assert refusal.value.code is ErrorCode.NO_SUCH_CALL
    with av.open(str(path)) as file:
        frames: dict[int, list[av.VideoFrame | av.AudioFrame]] = {index: [] for index in range(4)}
        for packet in file.demux():
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame | av.AudioFrame):
                    frames[packet.stream_index].append(frame)
    kinds = [isinstance(frames[index][-1], av.VideoFrame) for index in range(4)]
    assert kinds == [True, False, True, False]
    seen, heard, own_picture, own_voice = (frames[index] for index in range(4))
    assert len(seen) > 10 < len(own_picture)
    assert max(loudness(frame) for frame in heard) > 0.01
    assert max(loudness(frame) for frame in own_voice) < 0.001


async def test_tones_open_their_device_and_close_it_after() -> None:
    async with desks(MediaProfile(camera="none", microphone="none")) as (a, _):
        a.engine.play(Tone.RINGTONE)
        assert a.wanted() == {DeviceKind.RINGER}
        a.engine.play(Tone.RINGBACK)
        assert a.wanted() == {DeviceKind.SPEAKER}
        a.engine.play(None)
        assert a.wanted() == set()
        a.engine.play_dtmf("1")
        assert a.wanted() == {DeviceKind.SPEAKER}
        await until(lambda: not a.wanted())


async def test_an_unused_address_is_no_news_but_a_used_one_that_goes_and_what_comes_instead_are() -> None:
    there, told = ["10.0.0.1", "10.0.0.2"], 0

    def changed() -> None:
        nonlocal told
        told += 1

    watch = NetworkWatch(lambda: ["10.0.0.1", "127.0.0.1"], changed, lambda: there)
    await watch.look()
    there.remove("10.0.0.2")
    await watch.look()
    assert told == 0
    there.clear()
    await watch.look()
    await watch.look()
    assert told == 1
    there.append("10.0.0.3")
    await watch.look()
    await watch.look()
    assert told == 2  # another network to repair the call by
    there.append("10.0.0.1")
    await watch.look()
    assert told == 3
    there.append("10.0.0.4")
    await watch.look()
    assert told == 3


def loudness(frame: av.VideoFrame | av.AudioFrame) -> float:
    return float(np.abs(frame.to_ndarray()).max())


class Slow:
    """A source that takes its time and may not be open twice."""

    open_now: set[str] = set()  # noqa: RUF012 - shared by design

    def __init__(self, spec: str) -> None:
        self.spec = spec

    def start(self) -> None:
        threading.Event().wait(0.01)
        if self.spec == "bad":
            raise VidphoneError(ErrorCode.BAD_FILE)
        assert not self.open_now
        self.open_now.add(self.spec)

    def stop(self) -> None:
        threading.Event().wait(0.01)
        self.open_now.discard(self.spec)


@pytest.mark.parametrize(
    ("wishes", "left"),
    [
        ([True], {"a"}),
        ([True, False], set()),
        ([True, "b"], {"b"}),
        (["b", True, "a", False, True], {"a"}),
        ([True, "bad"], set()),
        ([True, "bad", "b"], {"b"}),
    ],
)
async def test_the_last_wish_comes_true(wishes: list[bool | str], left: set[str]) -> None:
    Slow.open_now.clear()
    failures: list[VidphoneError] = []
    device = OnDemand("a", Slow, failures.append)
    for number, wish in enumerate(wishes):
        if isinstance(wish, bool):
            device.want(wish)
        else:
            device.select(wish)
        if number % 2:
            await asyncio.sleep(0.005)
    await until(lambda: device._task is None)
    assert Slow.open_now == left
    await device.close()
    assert Slow.open_now == set()
