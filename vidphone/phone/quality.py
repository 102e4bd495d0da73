"""How calls went at this end: summed up from the statistics of each second, told to the service at a call's end.

It is what a dispute is judged by later (clause 6): figures, nothing of what was said or shown.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vidphone.call.view import CallState, CallView
from vidphone.media.stats import CallStats
from vidphone.phone import events
from vidphone.wire.errors import ErrorCode, VidphoneError

if TYPE_CHECKING:  # loaded at the first call's end: a start needs neither
    from vidphone.account.cases_client import CasesClient
    from vidphone.wire.cases import QualityReport

log = logging.getLogger(__name__)

MAX_BYTES = 1_000_000_000_000
"""More than that are not told."""
PAUSES_S = (2.0, 15.0, 60.0, 300.0)
"""Before it is told again, where the service could not be asked."""
CLOSING_S = 2.0
"""How long a phone that closes waits for what is being told."""
_PASSING = frozenset({ErrorCode.SERVICE_UNREACHABLE, ErrorCode.SERVICE_BUSY, ErrorCode.INTERNAL})
_NO_NAME = re.compile(r"[^A-Za-z0-9.+-]")

MakeClient = Callable[[str, str], "CasesClient"]
Who = Callable[[], tuple[str, str, str] | None]
"""Service, number and token of the sign-in there is."""


@dataclass(slots=True)
class Mean:
    """A mean and the most of it."""

    total: float = 0.0
    count: int = 0
    most: float = 0.0

    def add(self, value: float) -> None:
        """One more."""
        self.total += value
        self.count += 1
        self.most = max(self.most, value)

    @property
    def value(self) -> float:
        """0 where there is none."""
        return self.total / self.count if self.count else 0.0


class Course:
    """One call so far. Counters of a transport begin anew with each: what is added up are their steps."""

    def __init__(self) -> None:
        self.reconnects = 0
        self._before: CallStats | None = None
        self._sums: dict[str, float] = {}
        self._bars: list[int] = []
        self._round_trip, self._jitter = Mean(), Mean()
        self._seconds = 0.0
        self._at = 0.0
        self._video = False

    def add(self, stats: CallStats, at: float) -> None:
        """The statistics of a second; `at` in monotonic seconds."""
        before = self._before
        if before is not None:
            self._seconds += max(0.0, at - self._at)
        now, was = _counters(stats), _counters(before) if before else {}
        if now["received"] < was.get("received", 0.0):
            was = {}  # a new transport
        for name, value in now.items():
            self._sums[name] = self._sums.get(name, 0.0) + value - was.get(name, 0.0)
        if self._sums["received"] > 0:  # until something has arrived, the call is only beginning
            self._bars.append(stats.quality)
            self._jitter.add(stats.audio_in.jitter_s * 1000)
            if stats.round_trip_time_s is not None:
                self._round_trip.add(stats.round_trip_time_s * 1000)
        self._video = self._video or stats.video_in.frames_decoded > 0 or stats.video_out.frames_encoded > 0
        self._before, self._at = stats, at

    def report(self) -> "QualityReport | None":
        """What to tell; None where there were no media."""
        from vidphone.wire.cases import QualityReport  # noqa: PLC0415 - as above

        last = self._before
        if last is None or self._seconds <= 0:
            return None
        sums, bars = self._sums, self._bars or [0]
        round_trip = self._round_trip
        return QualityReport(
            seconds=round(self._seconds, 1),
            video=self._video,
            bars_mean=round(sum(bars) / len(bars), 2),
            bars_least=min(bars),
            round_trip_ms=_most(round_trip.value) if round_trip.count else None,
            round_trip_most_ms=_most(round_trip.most) if round_trip.count else None,
            lost_percent=_percent(sums["lost"], sums["lost"] + sums["received"]),
            jitter_ms=_most(self._jitter.value),
            concealed_percent=_percent(sums["concealed"], sums["samples"]),
            freezes=max(0, int(sums["freezes"])),
            frozen_s=round(max(0.0, sums["frozen"]), 2),
            reconnects=self.reconnects,
            received_bytes=_bytes(sums["bytes-in"]),
            sent_bytes=_bytes(sums["bytes-out"]),
            audio_codec=_codec(last.audio_in.codec),
            video_codec=_codec(last.video_in.codec),
        )


class CallQualities:
    """Watches the phone's events, and tells the service. On the engine's loop."""

    def __init__(self, who: Who, make_client: MakeClient | None = None) -> None:
        self._who = who
        self._make_client = make_client or _client
        self._courses: dict[str, Course] = {}
        self._views: dict[str, CallState] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def take(self, event: events.Event) -> None:
        """An event of the phone."""
        if isinstance(event, events.StatsReport):
            if self._views.get(event.stats.call) not in (None, CallState.HELD):
                course = self._courses.setdefault(event.stats.call, Course())
                course.add(event.stats, asyncio.get_running_loop().time())
        elif isinstance(event, events.CallChanged):
            self._changed(event.view)

    async def close(self) -> None:
        """What is being told has a moment; the rest is given up."""
        if self._telling:
            await asyncio.wait(self._telling, timeout=CLOSING_S)
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)

    def _changed(self, view: CallView) -> None:
        before = self._views.get(view.call)
        if view.state is not CallState.ENDED:
            self._views[view.call] = view.state
            if view.state is CallState.RECONNECTING and before is not CallState.RECONNECTING:
                self._courses.setdefault(view.call, Course()).reconnects += 1
            return
        self._views.pop(view.call, None)
        course = self._courses.pop(view.call, None)
        report, who = course.report() if course else None, self._who()
        if report is not None and who is not None:
            task = asyncio.get_running_loop().create_task(self._tell(who, view.call, report), name="call quality")
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, who: tuple[str, str, str], call: str, report: "QualityReport") -> None:
        service, _, token = who
        try:
            client = await asyncio.to_thread(self._make_client, service, token)
        except VidphoneError:
            return
        try:
            for pause_s in (*PAUSES_S, None):
                try:
                    await client.send_quality(call, report)
                except VidphoneError as error:
                    log.info("how a call went could not be told: %s", error.code.value)
                    if error.code not in _PASSING or pause_s is None:
                        return
                    await asyncio.sleep(pause_s)
                else:
                    return
        finally:
            await client.close()


def _client(service: str, token: str) -> "CasesClient":
    from vidphone.account.cases_client import CasesClient  # noqa: PLC0415 - as above

    return CasesClient(service, token)


def _counters(stats: CallStats) -> dict[str, float]:
    sound, picture = stats.audio_in, stats.video_in
    return {
        "received": sound.packets_received + picture.packets_received,
        "lost": sound.packets_lost + picture.packets_lost,
        "bytes-in": sound.bytes_received + picture.bytes_received,
        "bytes-out": stats.audio_out.bytes_sent + stats.video_out.bytes_sent,
        "concealed": sound.concealed_samples,
        "samples": sound.total_samples_received,
        "freezes": picture.freeze_count,
        "frozen": picture.total_freezes_duration_s,
    }


def _percent(part: float, whole: float) -> float:
    return round(min(100.0, max(0.0, 100 * part / whole)), 2) if whole > 0 else 0.0


def _most(milliseconds: float) -> float:
    return round(min(max(milliseconds, 0.0), 600_000.0), 1)


def _bytes(count: float) -> int:
    return min(max(0, int(count)), MAX_BYTES)


def _codec(name: str) -> str:
    return _NO_NAME.sub("", name.rpartition("/")[2])[:16]
