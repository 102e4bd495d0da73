"""The engine thread and what crosses it."""

import io
import json
import threading

import pytest

from vidphone.media.slot import PictureSlot
from vidphone.media.stats import CallStats
from vidphone.phone import commands, events
from vidphone.phone.engine import Emit, EngineThread, Mailbox
from vidphone.phone.headless import Headless
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError


class RecordingPhone:
    def __init__(self, emit: Emit, remote: PictureSlot, local: PictureSlot) -> None:
        self.emit = emit
        self.done: list[commands.Command] = []
        self.threads: set[str] = set()
        self.closed = False

    async def start(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.emit(events.Ready())

    def perform(self, command: commands.Command) -> None:
        self.threads.add(threading.current_thread().name)
        self.done.append(command)
        self.emit(events.DtmfReceived("", str(len(self.done))))

    async def close(self) -> None:
        self.closed = True


def run_engine(*posted: commands.Command) -> tuple[RecordingPhone, list[events.Event]]:
    phones: list[RecordingPhone] = []

    def make(emit: Emit, remote: PictureSlot, local: PictureSlot) -> RecordingPhone:
        phones.append(RecordingPhone(emit, remote, local))
        return phones[0]

    engine = EngineThread(make)
    taken: list[events.Event] = []
    ready = threading.Event()
    engine.on_events = ready.set
    for command in posted:
        engine.post(command)
    engine.start()
    while len(taken) < 1 + len(posted) and ready.wait(5):
        ready.clear()
        taken += engine.take_events()
    engine.stop()
    engine.post(commands.SignOut())
    return phones[0], taken


def test_commands_run_on_the_engines_thread_in_the_order_posted_even_before_it_started() -> None:
    wanted: list[commands.Command] = [commands.Mute(on=True), commands.Camera(on=False), commands.Hold(on=True)]
    phone, taken = run_engine(*wanted)
    assert phone.done == wanted
    assert phone.threads == {"engine"}
    assert isinstance(taken[0], events.Ready)
    assert len(taken) == 4


def test_stopping_closes_the_phone_and_ends_the_thread() -> None:
    phone, _ = run_engine()
    assert phone.closed
    assert "engine" not in {thread.name for thread in threading.enumerate()}


def test_an_engine_stopped_before_it_came_up_ends_all_the_same() -> None:
    phones: list[RecordingPhone] = []

    def make(emit: Emit, remote: PictureSlot, local: PictureSlot) -> RecordingPhone:
        phones.append(RecordingPhone(emit, remote, local))
        return phones[0]

    engine = EngineThread(make)
    engine.start()
    engine.stop()
    assert phones[0].closed


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (VidphoneError(ErrorCode.PROFILE_NEWER, {"path": "somewhere"}), ErrorCode.PROFILE_NEWER),
        (RuntimeError("a library is damaged"), ErrorCode.INTERNAL),
    ],
)
def test_a_phone_that_cannot_start_says_why_and_leaves(reason: Exception, code: ErrorCode) -> None:
    def make(emit: Emit, remote: PictureSlot, local: PictureSlot) -> RecordingPhone:
        raise reason

    out = io.StringIO()
    assert Headless(EngineThread(make), "", Language.ENGLISH, out).run(io.StringIO(), seconds=30) == 1
    assert [json.loads(line)["code"] for line in out.getvalue().splitlines()] == [code.value]


def test_only_the_latest_statistics_of_a_call_wait_in_the_box() -> None:
    box = Mailbox()
    assert box.put(events.StatsReport(CallStats("a", 0.1)))
    assert not box.put(events.StatsReport(CallStats("a", 0.2)))
    box.put(events.StatsReport(CallStats("b", 0.3)))
    assert [event.stats.round_trip_time_s for event in box.take() if isinstance(event, events.StatsReport)] == [
        0.2,
        0.3,
    ]
    assert box.take() == []
