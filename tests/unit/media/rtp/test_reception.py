import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.media.rtp.ntp import compact, ntp_timestamp, unix_seconds
from vidphone.media.rtp.reception import ReceptionStatistics, round_trip_s
from vidphone.media.rtp.rtcp import ReceiverReport, parse, serialize


def receive(statistics: ReceptionStatistics, numbers: list[int], start_s: float = 0.0) -> None:
    for index, number in enumerate(numbers):
        statistics.received(number & 0xFFFF, number * 960 & 0xFFFF_FFFF, start_s + index * 0.02)


@given(st.integers(0, 0xFFFF), st.sets(st.integers(1, 298)), st.data())
def test_loss_is_counted_through_the_wrap_and_through_reordering(
    first: int, lost: set[int], data: st.DataObject
) -> None:
    offsets = [offset for offset in range(300) if offset not in lost]
    at = data.draw(st.integers(1, len(offsets) - 1))
    late = offsets.pop(at)
    offsets.insert(data.draw(st.integers(at, len(offsets))), late)
    statistics = ReceptionStatistics(7, 48_000)
    receive(statistics, [first + offset for offset in offsets])
    block = statistics.report(10.0)
    assert (statistics.packets_expected, statistics.packets_received) == (300, 300 - len(lost))
    assert block.packets_lost == statistics.packets_lost == len(lost)
    assert block.fraction_lost == (len(lost) << 8) // 300
    assert block.highest_sequence == first + 299
    assert parse(serialize([ReceiverReport(1, (block,))])) == [ReceiverReport(1, (block,))]


def test_the_fraction_counts_from_report_to_report() -> None:
    statistics = ReceptionStatistics(7, 48_000)
    receive(statistics, [0, 1, 2, 4])
    assert statistics.report(0).fraction_lost == 51
    receive(statistics, [5, 6, 7, 8])
    assert statistics.report(0).fraction_lost == 0
    assert statistics.report(0).fraction_lost == 0
    receive(statistics, [3, 9])  # one that was counted as lost comes late
    block = statistics.report(0)
    assert (block.fraction_lost, block.packets_lost) == (0, 0)


def test_duplicates_can_make_the_loss_negative() -> None:
    statistics = ReceptionStatistics(7, 48_000)
    receive(statistics, [0, 1, 1, 1])
    assert statistics.report(0).packets_lost == -2


def test_one_stray_packet_changes_nothing_and_two_in_a_row_begin_anew() -> None:
    statistics = ReceptionStatistics(7, 48_000)
    receive(statistics, [0, 1, 3])
    receive(statistics, [20_000, 4])
    assert (statistics.packets_expected, statistics.packets_lost) == (5, 1)
    receive(statistics, [30_000, 30_001, 30_002])
    assert statistics.packets_lost == 1
    assert statistics.report(0).highest_sequence == 30_002


@pytest.mark.parametrize("late_s", [0.0, 0.005, 0.02])
def test_jitter_settles_at_the_mean_deviation(late_s: float) -> None:
    statistics = ReceptionStatistics(7, 48_000)
    for number in range(400):
        statistics.received(number, number * 960, number * 0.02 + (late_s if number % 2 else 0.0))
    assert statistics.jitter_s == pytest.approx(late_s, abs=1e-6)
    assert statistics.report(8.0).jitter == round(late_s * 48_000)


def test_a_picture_spread_by_the_pacer_is_no_jitter() -> None:
    statistics = ReceptionStatistics(7, 90_000)
    for frame in range(100):
        for piece in range(10):
            statistics.received(frame * 10 + piece, frame * 3000, frame / 30 + piece * 0.002)
    assert statistics.jitter_s < 1e-9


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF), st.floats(0, 10)), max_size=40))
def test_hostile_numbers_and_timestamps_leave_a_report_that_can_be_written(
    packets: list[tuple[int, int, float]],
) -> None:
    statistics = ReceptionStatistics(7, 90_000)
    now_s = 0.0
    for number, timestamp, after_s in packets:
        now_s += after_s
        statistics.received(number, timestamp, now_s)
        serialize([ReceiverReport(1, (statistics.report(now_s),))])
    assert statistics.jitter_s < 5


def test_the_round_trip_leaves_out_what_the_other_end_waited() -> None:
    ours_s = 1_760_000_000.25
    statistics = ReceptionStatistics(7, 48_000)
    assert statistics.report(50.0).last_report == 0
    statistics.sender_report(ntp_timestamp(ours_s), 50.0)
    block = statistics.report(50.7)
    assert block.last_report == compact(ntp_timestamp(ours_s))
    back = ntp_timestamp(ours_s + 0.7 + 0.085)
    assert round_trip_s(block.last_report, block.delay_since_last_report, back) == pytest.approx(0.085, abs=4e-5)


def test_a_round_trip_that_cannot_be_true_is_none() -> None:
    now = ntp_timestamp(1_760_000_000.0)
    assert round_trip_s(0, 0, now) is None
    assert round_trip_s(compact(now), 65536, now) is None
    assert round_trip_s(compact(now), 30, now) == 0.0


def test_the_round_trip_is_right_where_the_compact_time_wraps() -> None:
    before, after = (0xFFFF << 32) + 0xFFFF_0000, (0x10000 << 32) + (1 << 31)
    assert round_trip_s(compact(before), 0, after) == pytest.approx(0.5, abs=1e-4)


@given(st.floats(0, 2_085_978_495))
def test_ntp_time_reads_back(unix_s: float) -> None:
    assert unix_seconds(ntp_timestamp(unix_s)) == pytest.approx(unix_s, abs=1e-6)


def test_ntp_counts_from_1900() -> None:
    assert ntp_timestamp(0.5) == 2_208_988_800 << 32 | 1 << 31
