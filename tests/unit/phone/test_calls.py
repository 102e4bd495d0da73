"""What the phone does around calls, over a desk and media that only note what they are asked."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from vidphone.call.charge import Charge
from vidphone.call.view import CallState, CallView, Direction
from vidphone.media.sound.tones import Tone
from vidphone.media.stats import CallStats
from vidphone.phone import commands, events
from vidphone.phone.calls import Calls
from vidphone.phone.lane import Lane
from vidphone.phone.options import PhoneOptions

FILE = Path("call.mkv")


class Media:
    """Notes recordings; `meanwhile` happens while a file is opened."""

    def __init__(self) -> None:
        self.recorded: list[tuple[str, Path | None]] = []
        self.heard: list[object] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.bars = 0

    async def stats(self, call: str) -> CallStats:
        return CallStats(call, None, quality=self.bars)

    async def record(self, call: str, path: Path | None, failed: object = None) -> None:
        self.recorded.append((call, path))
        await asyncio.sleep(0)
        if path is not None:
            self.meanwhile()

    def play(self, tone: object) -> None: ...

    def play_once(self, tone: object) -> None:
        self.heard.append(tone)


class Directory:
    def __init__(self) -> None:
        self.kept: list[tuple[str, int | None]] = []

    def name_of(self, number: str) -> str:
        return ""

    async def add_call(self, view: CallView, quality: int | None) -> None:
        self.kept.append((view.call, quality))


def view(call: str, state: CallState) -> CallView:
    return CallView(call, Direction.OUTGOING, "1002", "", state, video=False)


class Bench:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[events.Event] = []
        self.flagged: list[tuple[str, bool]] = []
        self.media, self.directory = Media(), Directory()
        self.hurried = asyncio.Event()
        signaling, media, directory = (cast("Any", part) for part in (None, self.media, self.directory))
        lane = Lane("directory", self.told.append)
        self.calls = Calls(signaling, self.hurried.set, media, directory, lane, self.told.append, PhoneOptions())
        monkeypatch.setattr(self.calls.desk, "set_recording", lambda call, on: self.flagged.append((call, on)))
        monkeypatch.setattr(self.calls, "_tell_stats", lambda: asyncio.sleep(0))

    async def record(self) -> None:
        self.calls.perform(commands.Record(FILE))
        for _ in range(10):
            await asyncio.sleep(0)


async def test_the_call_that_is_talked_in_is_recorded_not_the_held_one(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.calls.changed(view("held", CallState.HELD))
    bench.calls.changed(view("talking", CallState.ACTIVE))
    await bench.record()
    assert bench.media.recorded == [("talking", FILE)]
    assert bench.flagged == [("talking", True)]


async def test_a_call_that_ends_as_its_recording_begins_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.calls.changed(view("short", CallState.ACTIVE))
    bench.media.meanwhile = lambda: bench.calls.changed(view("short", CallState.ENDED))
    await bench.record()
    assert bench.media.recorded == [("short", FILE), ("short", None)]
    assert not any(isinstance(event, events.Recording) for event in bench.told)


async def test_the_link_hurries_while_a_call_is_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.calls.changed(view("talking", CallState.ACTIVE))
    await asyncio.sleep(0)
    assert not bench.hurried.is_set()
    bench.calls.changed(view("talking", CallState.RECONNECTING))
    await asyncio.wait_for(bench.hurried.wait(), 3)


async def test_the_payer_is_warned_by_a_tone_each_time_and_told_every_charge(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    charges = [
        Charge(6000, 0, 0, remaining_s=remaining_s, final=True, warning=warning, at=0.0)
        for remaining_s, warning in ((60, 60), (45, None), (30, 30), (10, 10))
    ]
    for charge in charges:
        bench.calls.charged("c", charge)
    assert bench.told == [events.Charging("c", charge) for charge in charges]
    assert bench.media.heard == [Tone.CREDIT_WARNING] * 3


async def test_how_good_a_call_was_is_kept_but_for_the_time_on_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    for state, bars in ((CallState.ACTIVE, 5), (CallState.RECONNECTING, 1), (CallState.HELD, 0), (CallState.ACTIVE, 5)):
        bench.calls.changed(view("talked", state))
        bench.media.bars = bars
        await Calls._tell_stats(bench.calls)
    bench.calls.changed(view("talked", CallState.ENDED))
    bench.calls.changed(view("rang", CallState.ENDED))
    for _ in range(10):
        await asyncio.sleep(0)
    assert bench.directory.kept == [("talked", 4), ("rang", None)]
