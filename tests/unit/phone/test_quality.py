"""How a call went, summed up from its statistics and told at its end."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.account.cases_client import CasesClient
from vidphone.call.view import CallState, CallView, Direction
from vidphone.media.stats import CallStats, InboundStats, OutboundStats
from vidphone.phone import events
from vidphone.phone.quality import CallQualities, Course
from vidphone.wire.cases import QualityReport
from vidphone.wire.errors import ErrorCode, VidphoneError

CALL = "c" * 32


def figures(received: int = 50, lost: int = 0, quality: int = 5, **more: float) -> CallStats:
    sound = InboundStats(
        packets_received=received,
        packets_lost=lost,
        jitter_s=0.01,
        total_samples_received=received * 960,
        concealed_samples=int(more.get("concealed", 0)),
        codec="audio/opus",
    )
    picture = InboundStats(frames_decoded=received, freeze_count=int(more.get("freezes", 0)), codec="AV1")
    out = OutboundStats(bytes_sent=received * 100)
    return CallStats(CALL, 0.05, audio_in=sound, audio_out=out, video_in=picture, quality=quality)


def test_counters_add_up_over_a_change_of_transport() -> None:
    course = Course()
    for at, stats in enumerate(
        (figures(0, quality=0), figures(50), figures(100, 10, 3), figures(30, 5), figures(60, 5))
    ):
        course.add(stats, float(at))
    report = course.report()
    assert report is not None
    assert (report.seconds, report.video, report.audio_codec, report.video_codec) == (4.0, True, "opus", "AV1")
    assert report.lost_percent == round(100 * 15 / 175, 2)
    assert (report.bars_mean, report.bars_least) == (4.5, 3)
    assert (report.round_trip_ms, report.jitter_ms, report.sent_bytes) == (50.0, 10.0, 16_000)


def test_without_media_there_is_nothing_to_tell() -> None:
    assert Course().report() is None


counts = st.integers(0, 10**12)


@given(
    st.lists(
        st.builds(figures, received=counts, lost=st.integers(-(10**9), 10**12), quality=st.integers(0, 5)),
        min_size=2,
        max_size=6,
    )
)
def test_whatever_is_counted_the_report_is_one_that_the_service_takes(seen: list[CallStats]) -> None:
    course = Course()
    for at, stats in enumerate(seen):
        course.add(replace(stats, round_trip_time_s=at * 1e5 if at else None), float(at))
    report = course.report()
    assert report is not None
    assert QualityReport.model_validate_json(report.model_dump_json()) == report


class Service(CasesClient):
    """Takes reports; the first ones with these refusals."""

    def __init__(self, *refusals: ErrorCode) -> None:
        self.refusals = list(refusals)
        self.told: list[tuple[str, QualityReport]] = []

    async def send_quality(self, call: str, report: QualityReport) -> None:
        if self.refusals:
            raise VidphoneError(self.refusals.pop(0))
        self.told.append((call, report))

    async def close(self) -> None:
        pass


def view(state: CallState) -> events.CallChanged:
    return events.CallChanged(replace(_VIEW, state=state))


_VIEW = CallView(CALL, Direction.OUTGOING, "1002", "", CallState.ACTIVE, video=True)


@pytest.mark.parametrize("refusals", [(), (ErrorCode.SERVICE_UNREACHABLE,)])
async def test_a_call_that_ends_is_told_once(refusals: tuple[ErrorCode, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidphone.phone.quality.PAUSES_S", (0.0, 0.0))
    service = Service(*refusals)
    qualities = CallQualities(lambda: ("https://here", "1001", "token"), lambda _service, _token: service)
    qualities.take(view(CallState.ACTIVE))
    for received in (0, 50):
        qualities.take(events.StatsReport(figures(received)))
        await asyncio.sleep(0.06)
    qualities.take(view(CallState.RECONNECTING))
    for _ in range(2):
        qualities.take(view(CallState.ENDED))
    qualities.take(events.StatsReport(figures(99)))  # came late
    await qualities.close()
    assert [(call, report.reconnects) for call, report in service.told] == [(CALL, 1)]


async def test_a_call_without_answer_is_not_told() -> None:
    service = Service()
    qualities = CallQualities(lambda: ("https://here", "1001", "token"), lambda _service, _token: service)
    qualities.take(view(CallState.RINGING))
    qualities.take(view(CallState.ENDED))
    await qualities.close()
    assert service.told == []
