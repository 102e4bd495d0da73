from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.phone.doctor.findings import Level
from vidphone.phone.doctor.rates import Who, findings_of, network_test
from vidphone.phone.network_lines import fields_of
from vidphone.phone.network_test.result import (
    NEEDS,
    SCORES,
    Expected,
    NetworkResult,
    Reach,
    Trips,
    Way,
    Why,
    expected,
    rate_score,
    trip_scores,
)
from vidphone.phone.network_test.words import as_text, figure_lines, verdict_lines
from vidphone.texts import Language
from vidphone.wire.cases import MAX_FINDINGS

GOOD = NetworkResult(
    0.0, Reach.YES, Reach.NOT_OFFERED, Reach.NOT_OFFERED, Way.RELAY, Trips(150, 0, 30.0, 2.0), 2e7, 5e6, False
)


def trips(lost: int = 0, round_trip_ms: float = 30.0, jitter_ms: float = 2.0) -> NetworkResult:
    return replace(GOOD, trips=Trips(100, lost, round_trip_ms, jitter_ms))


@pytest.mark.parametrize(
    ("result", "quality", "why"),
    [
        (GOOD, Expected.GOOD_VIDEO, ()),
        (replace(GOOD, trips=None, way=Way.NONE), Expected.GOOD_VIDEO, ()),
        (replace(GOOD, up_bps=1_500_000), Expected.GOOD_VIDEO, ()),
        (replace(GOOD, up_bps=1_499_999), Expected.SMALL_VIDEO, (Why.UP,)),
        (replace(GOOD, down_bps=299_999), Expected.VOICE_ONLY, (Why.DOWN,)),
        (replace(GOOD, down_bps=47_999, up_bps=200_000), Expected.NOTHING, (Why.DOWN,)),
        (trips(lost=3), Expected.GOOD_VIDEO, ()),
        (trips(lost=4), Expected.SMALL_VIDEO, (Why.LOSS,)),
        (trips(lost=11), Expected.VOICE_ONLY, (Why.LOSS,)),
        (trips(lost=26), Expected.NOTHING, (Why.LOSS,)),
        (trips(round_trip_ms=401), Expected.SMALL_VIDEO, (Why.DELAY,)),
        (trips(round_trip_ms=701, jitter_ms=101), Expected.VOICE_ONLY, (Why.DELAY, Why.JITTER)),
        (trips(jitter_ms=41), Expected.SMALL_VIDEO, (Why.JITTER,)),
        (replace(GOOD, udp=Reach.NO, tcp=Reach.YES, way=Way.STREAM), Expected.SMALL_VIDEO, (Why.STREAM,)),
        (replace(GOOD, udp=Reach.NO), Expected.NOTHING, (Why.UNREACHABLE,)),
        (replace(GOOD, udp=Reach.REFUSED, tcp=Reach.NO), Expected.NOTHING, (Why.UNREACHABLE,)),
        (replace(GOOD, udp=Reach.NOT_OFFERED), Expected.GOOD_VIDEO, ()),
        (replace(GOOD, udp=Reach.NOT_OFFERED, relay_only=True), Expected.NOTHING, (Why.UNREACHABLE,)),
    ],
)
def test_what_to_expect(result: NetworkResult, quality: Expected, why: tuple[Why, ...]) -> None:
    assert expected(result) == (quality, why)


def test_trips_are_figured_from_times() -> None:
    trips = Trips.of((0.010, None, 0.030, 0.020))
    assert (trips.sent, trips.lost) == (4, 1)
    assert trips.round_trip_ms == pytest.approx(20.0)
    assert trips.jitter_ms == pytest.approx(15.0)
    assert Trips.of((None, None)) == Trips(2, 2, None, None)
    assert Trips.of(()).loss == 0.0


_trips = st.builds(
    Trips.of,
    st.lists(st.none() | st.floats(0, 5), max_size=20).map(tuple),
)
_rates = st.none() | st.floats(0, 1e10)
_reach = st.sampled_from(Reach)
_results = st.builds(
    NetworkResult, st.just(0.0), _reach, _reach, _reach, st.sampled_from(Way), st.none() | _trips, _rates, _rates,
    st.booleans(),
)  # fmt: skip


@given(_results, st.sampled_from(Language))
def test_every_result_has_words_that_a_case_takes(result: NetworkResult, language: Language) -> None:
    words = as_text(result, language)
    assert 0 < len(words) <= MAX_FINDINGS
    assert fields_of(result, language)["message"] == words


@given(_results)
def test_a_worse_network_is_expected_to_be_no_better(result: NetworkResult) -> None:
    order = list(Expected)
    worse = replace(result, up_bps=(result.up_bps or 1e7) / 4)
    better = replace(result, up_bps=result.up_bps or 1e7)
    assert order.index(expected(worse)[0]) >= order.index(expected(better)[0])


NONE = Reach.NOT_OFFERED
NO_SERVERS = replace(GOOD, udp=NONE, tcp=NONE, tls=NONE, trips=None, way=Way.NONE)


def test_a_provider_without_servers_is_named() -> None:
    assert any("names neither" in line for line in figure_lines(NO_SERVERS, Language.ENGLISH))


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (2e7, "enough for good video"),
        (4e5, "enough for video with a smaller picture"),
        (1e5, "enough for voice without video"),
        (1e3, "hardly enough for calls"),
    ],
)
def test_rates_alone_promise_no_good_calls(rate: float, said: str) -> None:
    result = replace(NO_SERVERS, down_bps=rate, up_bps=rate)
    verdict = verdict_lines(result, Language.ENGLISH)[0]
    assert said in verdict
    assert "Delay and loss were not measured" in verdict
    finding = next(each for each in findings_of(result) if each.key.startswith("network.rates."))
    assert finding.sentence(Language.ENGLISH) == verdict
    assert finding.level is not Level.OK


def test_what_is_known_not_to_work_is_not_called_unmeasured() -> None:
    nowhere = replace(GOOD, udp=Reach.NO, trips=None, way=Way.NONE)
    assert verdict_lines(nowhere, Language.ENGLISH)[0] == "Calls will hardly work in this network."
    by_relay = replace(NO_SERVERS, relay_only=True)
    assert verdict_lines(by_relay, Language.ENGLISH)[0] == "Calls will hardly work in this network."


def test_the_picture_agrees_with_the_table() -> None:
    for quality, score in SCORES.items():
        needs = NEEDS[quality]
        assert rate_score(needs.bps) == pytest.approx(score)
        marks = trip_scores(Trips(100, round(needs.loss * 100), needs.round_trip_ms, needs.jitter_ms))
        assert marks == {why: pytest.approx(score) for why in (Why.DELAY, Why.JITTER, Why.LOSS)}
    assert (rate_score(0), rate_score(1e12)) == (0.0, 1.0)
    assert trip_scores(Trips(10, 10, None, None)) == {Why.LOSS: 0.0}
    assert trip_scores(Trips(10, 0, 0.0, None)) == {Why.DELAY: 1.0, Why.LOSS: 1.0}


def test_the_doctor_says_the_same_line_by_line() -> None:
    findings = findings_of(GOOD)
    assert all(finding.level is Level.OK for finding in findings)
    assert [each.sentence(Language.ENGLISH) for each in findings[:-1]] == figure_lines(GOOD, Language.ENGLISH)
    assert findings[-1].sentence(Language.ENGLISH) == "Expect good video."
    bad = findings_of(replace(GOOD, udp=Reach.NO))
    assert (bad[-2].key, bad[-2].level) == ("network.expected.nothing", Level.FAIL)


async def test_the_doctor_tests_nothing_where_nobody_is_signed_in() -> None:
    (finding,) = await network_test(Who("https://phone.example", ""))
    assert (finding.key, finding.level) == ("doctor.not-signed-in", Level.WARN)
