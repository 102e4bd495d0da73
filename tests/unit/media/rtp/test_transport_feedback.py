from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vidphone.media.rtp.rtcp import TransportFeedback, parse, serialize
from vidphone.media.rtp.transport_feedback import FeedbackBuilder, FeedbackReader, feedback_interval_s

HALF_TICK_S = 0.00013
WRAP_S = (1 << 24) * 0.064
"""Where the 24-bit reference time wraps."""


def over_the_wire(feedbacks: Iterable[TransportFeedback], limit_bytes: int = 1200) -> list[TransportFeedback]:
    arrived: list[TransportFeedback] = []
    for feedback in feedbacks:
        data = serialize([feedback])
        assert len(data) <= limit_bytes
        (read,) = parse(data)
        assert isinstance(read, TransportFeedback)
        arrived.append(read)
    return arrived


def of(builder: FeedbackBuilder) -> list[list[tuple[int, bool]]]:
    return [[(number, at_s is not None) for number, at_s in f.packets] for f in over_the_wire(builder.build())]


@given(
    first=st.sampled_from([0, 1, 65_500, 200_000]),
    begin_s=st.sampled_from([0.0, 12.34, WRAP_S - 0.3]),
    packets=st.lists(
        st.tuples(
            st.booleans(),  # lost
            st.sampled_from([0.0, 0.0, 0.0, 0.004, 0.03, 0.2]),  # held up on the way
            st.sampled_from([0.0, 0.0003, 0.01, 0.1]),  # after the one before
            st.booleans(),  # a message is built
        ),
        min_size=1,
        max_size=120,
    ),
    limit_bytes=st.sampled_from([40, 1200]),
)
def test_the_sender_learns_of_every_packet_once_and_when_it_arrived(
    first: int, begin_s: float, packets: list[tuple[bool, float, float, bool]], limit_bytes: int
) -> None:
    now_s = begin_s
    events: list[tuple[float, int | None]] = []
    for number, (lost, held_s, after_s, build) in enumerate(packets, first):
        now_s += after_s
        if not lost:
            events.append((now_s + held_s, number))
        if build:
            events.append((now_s, None))
    events.sort(key=lambda event: event[0])
    builder, reader = FeedbackBuilder(1, 2, limit_bytes), FeedbackReader()
    highest_sent = first + len(packets) - 1
    arrived = {number: at_s for at_s, number in events if number is not None}
    told: list[tuple[int, float | None]] = []
    for at_s, arrival in [*events, (now_s + 1, None)]:
        if arrival is not None:
            builder.received(arrival & 0xFFFF, at_s)
        else:
            for feedback in over_the_wire(builder.build(), limit_bytes):
                told += reader.read(feedback, highest_sent)

    learnt = {number: at_s for number, at_s in told if at_s is not None}
    assert learnt.keys() == arrived.keys()
    assert len([at_s for _, at_s in told if at_s is not None]) == len(arrived)
    turns = {round((learnt[number] - at_s) / WRAP_S) for number, at_s in arrived.items()}
    assert len(turns) <= 1  # which turn of the reference time the first message falls in is nobody's to know
    for number, at_s in arrived.items():
        assert abs(learnt[number] - at_s - sum(turns) * WRAP_S) <= HALF_TICK_S
    missing = [number for number, at_s in told if at_s is None]
    assert len(set(missing)) == len(missing)
    if arrived:
        begun = next(number for at_s, number in events if number is not None)
        assert set(missing) >= {n for n in range(begun, max(arrived)) if n not in arrived}
    assert reader.feedbacks_lost == 0


def test_nothing_new_makes_no_message() -> None:
    builder = FeedbackBuilder(1, 2)
    assert builder.build() == []
    builder.received(5, 1.0)
    assert of(builder) == [[(5, True)]]
    builder.received(5, 1.1)  # a duplicate
    assert builder.build() == []


def test_a_gap_is_told_once_and_a_packet_that_fills_it_in_a_message_of_its_own() -> None:
    builder = FeedbackBuilder(1, 2)
    for number in (65534, 65535, 2):
        builder.received(number, 1.0)
    assert of(builder) == [[(65534, True), (65535, True), (0, False), (1, False), (2, True)]]
    builder.received(0, 1.06)
    builder.received(6, 1.07)
    assert of(builder) == [[(0, True)], [(3, False), (4, False), (5, False), (6, True)]]
    builder.received(5, 1.1)
    assert of(builder) == [[(5, True)]]


def test_late_packets_close_together_share_a_message_where_nothing_is_missing_between() -> None:
    builder = FeedbackBuilder(1, 2)
    for number in (0, 2, 3, 5, 6, 8, 11):
        builder.received(number, 1.0)
    builder.build()
    for number in (4, 1, 9):
        builder.received(number, 1.06)
    assert of(builder) == [[(1, True), (2, True), (3, True), (4, True)], [(9, True)]]


def test_a_pause_too_long_for_one_message_makes_two() -> None:
    builder = FeedbackBuilder(1, 2)
    builder.received(0, 100.0)
    builder.received(1, 120.0)
    built = builder.build()
    assert [feedback.packets[0][0] for feedback in built] == [0, 1]
    assert [feedback.feedback_count for feedback in built] == [0, 1]


def test_many_packets_are_split_over_messages_of_bounded_size() -> None:
    builder, reader = FeedbackBuilder(1, 2), FeedbackReader()
    for number in range(5000):
        if number % 5:
            builder.received(number, number * 0.0002 + (0.3 if number % 7 == 0 else 0.0))
    told = [pair for feedback in over_the_wire(builder.build()) for pair in reader.read(feedback, 4999)]
    assert [number for number, _ in told] == list(range(1, 5000))
    assert [number for number, at_s in told if at_s is None] == list(range(5, 5000, 5))


def test_a_jump_of_the_numbers_costs_a_bounded_message_and_leaves_the_rest_right() -> None:
    builder = FeedbackBuilder(1, 2)
    builder.received(0, 1.0)
    builder.received(30_000, 1.1)
    builder.received(30_002, 1.2)
    (feedback,) = over_the_wire(builder.build())
    assert len(feedback.packets) < 1 << 14
    assert [number for number, at_s in feedback.packets if at_s is not None] == [30_000, 30_002]


@settings(max_examples=20)
@given(st.lists(st.integers(0, 0xFFFF), max_size=60), st.integers(1, 400))
def test_numbers_without_any_order_cost_no_more_than_the_window(jumps: list[int], stride: int) -> None:
    builder = FeedbackBuilder(1, 2)
    for at, number in enumerate([*jumps, *(n * stride & 0xFFFF for n in range(500)), *jumps]):
        builder.received(number, at * 0.01)
    assert sum(len(feedback.packets) for feedback in over_the_wire(builder.build())) < 1 << 15


def test_the_reader_counts_as_the_sender_does_far_beyond_16_bits() -> None:
    reader = FeedbackReader()
    feedback = TransportFeedback(1, 2, 65_535, 0, 10, ((65_535, 0.0), (0, None), (1, 0.01)))
    told = reader.read(feedback, (7 << 16) + 5)
    assert told == [((7 << 16) - 1, 0.64), (7 << 16, None), ((7 << 16) + 1, 0.65)]


def test_an_outage_of_feedback_over_more_than_half_the_numbers_does_not_mislead_the_reader() -> None:
    reader = FeedbackReader()
    reader.read(TransportFeedback(1, 2, 0, 0, 10, ((0, 0.0),)), 0)
    (told,) = reader.read(TransportFeedback(1, 2, 40_000, 1, 900, ((40_000, 0.0),)), 40_010)
    assert told[0] == 40_000


@pytest.mark.parametrize("number", [20, 65_535, 40_000])
def test_numbers_never_sent_or_long_forgotten_are_left_out(number: int) -> None:
    reader = FeedbackReader()
    assert reader.read(TransportFeedback(1, 2, number, 0, 10, ((number, 0.0),)), 19) == []


def test_a_missing_packet_that_arrives_after_all_is_told_again_but_never_lost_after_it_arrived() -> None:
    reader = FeedbackReader()

    def read(at_s: float | None, count: int) -> list[tuple[int, float | None]]:
        return reader.read(TransportFeedback(1, 2, 3, count, 0, ((3, at_s),)), 9)

    assert read(None, 0) == [(3, None)]
    assert read(None, 1) == []
    assert read(0.05, 2) == [(3, 0.05)]
    assert read(0.05, 3) == read(None, 4) == []


def test_messages_that_were_lost_are_counted_through_the_wrap_and_through_reordering() -> None:
    reader = FeedbackReader()
    for count in (250, 252, 251, 255, 1, 2):
        reader.read(TransportFeedback(1, 2, 0, count, 0, ((0, 0.0),)), 0)
    assert reader.feedbacks_lost == 3


def test_feedback_takes_a_twentieth_of_the_rate_within_bounds() -> None:
    assert feedback_interval_s(0) == feedback_interval_s(10_000) == 0.25
    assert feedback_interval_s(100_000) == pytest.approx(0.1088)
    assert feedback_interval_s(20_000_000) == 0.03
