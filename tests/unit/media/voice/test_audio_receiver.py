"""A receiver over lines of many kinds: how late, how whole, how bounded."""

import random
import threading
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.thorough import all_or
from tests.unit.media.voice.line import (
    FIRST_TIMESTAMP,
    LINE_S,
    OPUS,
    PHASE_S,
    RED,
    call,
    encoded,
    likeness,
    listen,
    packets,
    speech,
)
from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from vidphone.media.rtp.packet import RtpPacket
from vidphone.media.voice.opus import OpusEncoder
from vidphone.media.voice.receiver import MAX_WAITING_PACKETS, AudioReceiver

Arrivals = Callable[[int, float], float | None]


def jittery(jitter_s: float, *, loss: float = 0.0, burst: float = 1.0, seed: int = 1) -> Arrivals:
    """A line with even jitter in order, and loss in bursts of that mean length."""
    chance, latest, lost = random.Random(seed), [0.0], [False]

    def arrives(_: int, sent_s: float) -> float | None:
        if loss:
            lost[0] = chance.random() > 1 / burst if lost[0] else chance.random() < loss / (1 - loss) / burst
        latest[0] = max(latest[0], sent_s + LINE_S + chance.uniform(-jitter_s, jitter_s))
        return None if lost[0] else latest[0]

    return arrives


@pytest.mark.parametrize("phase_ms", [0.2, 3.0, 6.0, 9.7])
def test_a_quiet_line_costs_no_more_than_a_pull(phase_ms: float) -> None:
    heard, receiver = call(jittery(0.0002), pulls_at=lambda number: phase_ms / 1000 + number * 0.01)
    assert heard.delay_s(after_s=3) <= 0.0115
    assert receiver.delay_s <= 0.0115
    assert receiver.counters.concealed_samples == 0
    assert likeness(heard) > 0.97


def test_two_milliseconds_of_jitter_are_met_without_a_gap() -> None:
    heard, receiver = call(jittery(0.002))
    assert heard.delay_s(after_s=3) <= 0.016
    assert receiver.counters.concealed_samples < 0.01 * heard.sound.size


@pytest.mark.parametrize("pull", [480, 960, 512])
def test_jitter_is_waited_for_and_no_longer(pull: int) -> None:
    heard, receiver = call(jittery(0.03), pull=pull)
    assert heard.worst_delay_s(after_s=2) <= 0.03 + 0.02 + pull / SAMPLE_RATE_HZ
    assert receiver.counters.concealed_samples < 0.02 * heard.sound.size
    assert likeness(heard) > 0.95


def test_a_player_that_asks_in_bursts_is_served() -> None:
    heard, receiver = call(jittery(0.001), pulls_at=lambda number: PHASE_S + number // 4 * 0.04)
    assert receiver.counters.concealed_samples < 0.01 * heard.sound.size
    assert likeness(heard) > 0.9


def test_redundancy_of_one_makes_five_per_cent_of_loss_unheard() -> None:
    heard, receiver = call(jittery(0.001, loss=0.05), redundancy=1)
    assert receiver.counters.fec_packets_received > 10
    assert receiver.counters.concealed_samples < 0.01 * heard.sound.size
    assert heard.delay_s(after_s=2) <= 0.035, "as long as the copy takes, and no longer"
    assert likeness(heard) > 0.95


def test_bursts_and_jitter_are_met_by_three_copies() -> None:
    heard, receiver = call(jittery(0.03, loss=0.1, burst=3), redundancy=3)
    plain, bare = call(jittery(0.03, loss=0.1, burst=3))
    assert receiver.counters.concealed_samples < 0.5 * bare.counters.concealed_samples
    assert likeness(heard) > likeness(plain)
    assert heard.worst_delay_s() <= 0.18


def test_in_band_redundancy_is_used_where_there_is_no_other() -> None:
    heard, receiver = call(jittery(0.001, loss=0.08), payloads=encoded(32_000, fec=True))
    _, bare = call(jittery(0.001, loss=0.08))
    assert receiver.counters.fec_packets_received > 10
    assert receiver.counters.concealed_samples < 0.3 * bare.counters.concealed_samples
    assert likeness(heard) > 0.9


def test_a_single_lost_packet_raises_no_delay() -> None:
    _, quiet = call(jittery(0.0002))
    heard, receiver = call(lambda n, s: None if n == 200 else s + LINE_S)
    assert receiver.counters.concealed_samples == pytest.approx(BLOCK_SAMPLES, abs=480)
    assert receiver.delay_s == pytest.approx(quiet.delay_s, abs=0.003)
    assert heard.worst_delay_s(after_s=5) < 0.015


def test_packets_out_of_order_are_put_in_order() -> None:
    chance = random.Random(3)
    heard, receiver = call(lambda _, sent_s: sent_s + LINE_S + chance.uniform(0, 0.05))
    assert receiver.counters.concealed_samples < 0.01 * heard.sound.size
    assert likeness(heard) > 0.93


def test_a_stall_is_played_late_and_caught_up_with() -> None:
    heard, receiver = call(lambda _, s: max(s, 3.2 if 3 <= s < 3.2 else 0) + LINE_S)
    assert receiver.counters.packets_discarded == 0, "nothing that was said is left out"
    assert heard.worst_delay_s() <= 0.23
    assert heard.delay_s(after_s=5) <= 0.015
    assert receiver.counters.removed_samples_for_acceleration > 0


def test_an_outage_of_seconds_is_jumped_over() -> None:
    heard, receiver = call(lambda _, s: max(s, 5.0 if 3 <= s < 5 else 0) + LINE_S)
    assert receiver.counters.packets_discarded > 30
    assert heard.worst_delay_s(after_s=5.2) <= 0.6
    assert heard.delay_s(after_s=7) <= 0.05


def test_a_player_that_stood_still_goes_on_with_what_is_said_now() -> None:
    heard, _ = call(jittery(0.001), pulls_at=lambda n: PHASE_S + n * 0.01 + (3.0 if n >= 200 else 0.0))
    assert heard.worst_delay_s(after_s=5.1) <= 0.05


def test_without_a_player_nothing_piles_up() -> None:
    now = [0.0]
    receiver = AudioReceiver(clock=lambda: now[0])
    for number, packet in enumerate(packets(encoded()[:50] * 100)):
        receiver.packet(packet, number * 0.02)
    now[0] = 100.0
    assert receiver.counters.packets_discarded == 5000 - MAX_WAITING_PACKETS
    listen(receiver, [], now, until_s=100.04, pulls_at=lambda n: 100.0 + n * 0.01)
    assert receiver.delay_s < 0.05, "what nobody asked for in time is over"


def test_after_a_pause_without_packets_speech_comes_at_once() -> None:
    heard, receiver = call(lambda n, s: None if 100 <= n < 220 else s + LINE_S)
    assert heard.delay_s(after_s=5) <= 0.015
    assert receiver.counters.concealment_events <= 2
    assert receiver.counters.silent_concealed_samples > SAMPLE_RATE_HZ
    assert likeness(heard) > 0.6


def test_when_nothing_comes_for_long_there_is_nothing_to_play_until_it_comes_again() -> None:
    now = [0.0]
    receiver = AudioReceiver(clock=lambda: now[0])
    sent = [(n * 0.02, packet) for n, packet in enumerate(packets(encoded())) if n < 50 or n >= 380]
    heard = listen(receiver, sent, now, until_s=8.0)
    at = heard.sound.reshape(-1, 480)
    assert not at[610:750].any()
    assert np.abs(at[764:]).max() > 0
    assert receiver.playing is not None


def test_a_sender_that_starts_anew_is_heard_at_once() -> None:
    now = [0.0]
    receiver = AudioReceiver(clock=lambda: now[0])
    sent = [(n * 0.02, packet) for n, packet in enumerate(packets(encoded()[:150]))]
    sent += [(3 + n * 0.02, packet) for n, packet in enumerate(packets(encoded()[:100], ssrc=2))]
    later = [
        RtpPacket(OPUS, n, 77_000_000 + n * BLOCK_SAMPLES, 2, payload) for n, payload in enumerate(encoded()[:100])
    ]
    sent += [(5 + n * 0.02, packet) for n, packet in enumerate(later)]
    listen(receiver, sent, now, until_s=7.0)
    assert receiver.counters.frames_decoded >= 345
    assert receiver.counters.concealed_samples < 0.2 * SAMPLE_RATE_HZ
    assert receiver.delay_s < 0.035


@pytest.mark.parametrize("length_samples", [120, 240, 480, 1920, 2880])
def test_frames_of_other_lengths_are_played(length_samples: int) -> None:
    sound = speech()
    encoder = OpusEncoder()
    frames = []
    for at in range(0, 4 * SAMPLE_RATE_HZ, max(length_samples, BLOCK_SAMPLES)):
        if length_samples > BLOCK_SAMPLES:
            blocks = range(at, at + length_samples, BLOCK_SAMPLES)
            frames.append(_joined([encoder.encode(sound[each : each + BLOCK_SAMPLES]) for each in blocks]))
        else:
            frames += [_short(length_samples)] * (BLOCK_SAMPLES // length_samples)
    now = [0.0]
    receiver = AudioReceiver(clock=lambda: now[0])
    sent = [
        ((n + 1) * length_samples / SAMPLE_RATE_HZ, RtpPacket(OPUS, n, FIRST_TIMESTAMP - n * 0, 1, frame))
        for n, frame in enumerate(frames)
    ]
    for n, (_, packet) in enumerate(sent):
        packet.timestamp = (FIRST_TIMESTAMP + n * length_samples) % 2**32
    listen(receiver, sent, now, until_s=3.9)
    assert receiver.counters.concealed_samples == 0
    assert receiver.counters.frames_decoded > 0.9 * 3.9 * SAMPLE_RATE_HZ / length_samples
    assert receiver.delay_s < 0.035


def _joined(payloads: list[bytes]) -> bytes:
    """Frames of equal configuration in one packet: code 3, variable lengths (RFC 6716 section 3.2.5)."""
    lengths = [len(each) - 1 for each in payloads[:-1]]
    coded = b"".join(bytes([n]) if n < 252 else bytes([252 + (n & 3), (n - 252 - (n & 3)) // 4]) for n in lengths)
    if len({each[0] for each in payloads}) != 1 or any(each[0] & 3 for each in payloads):
        return payloads[0]
    return bytes([payloads[0][0] | 3, 0x80 | len(payloads)]) + coded + b"".join(each[1:] for each in payloads)


def _short(length_samples: int) -> bytes:
    """CELT fullband mono of 2.5, 5 or 10 ms, with nothing in it."""
    return bytes([(28 + (120, 240, 480).index(length_samples)) << 3, 0xFF, 0xFE])


def test_a_minimum_delay_is_kept_and_given_back() -> None:
    now = [0.0]
    receiver = AudioReceiver(clock=lambda: now[0])
    sent = [(n * 0.02 + 0.02 + LINE_S, packet) for n, packet in enumerate(packets(encoded()))]

    def pulls_at(number: int) -> float:
        receiver.set_minimum_delay(0.1 if 100 <= number < 450 else 0.0)
        return PHASE_S + number * 0.01

    heard = listen(receiver, sent, now, until_s=8.0, pulls_at=pulls_at)
    assert 0.095 <= heard.delay_s(3.5, 4.5) <= 0.115
    assert heard.delay_s(after_s=7) <= 0.03
    assert receiver.counters.concealed_samples == 0


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["packet", "skip", "far", "pull", "pull", "sleep", "damaged", "red", "minimum"]),
            st.integers(0, 200),
        ),
        max_size=120,
    )
)
def test_whatever_comes_in_whatever_order_the_player_gets_what_it_asks_for(events: list[tuple[str, int]]) -> None:
    now, number = [0.0], 0
    receiver = AudioReceiver(clock=lambda: now[0])
    whole, redundant = packets(encoded()), packets(encoded(), 3)
    for event, value in events:
        number += 1
        match event:
            case "packet":
                receiver.packet(whole[number], now[0])
            case "skip":
                number += value
                number %= 300
            case "far":
                receiver.packet(RtpPacket(OPUS, number, value * 20_000_001 % 2**32, 1, encoded()[value]), now[0])
            case "pull":
                samples = receiver.take(480 + value % 3)
                assert samples is None or samples.shape == (480 + value % 3,)
                now[0] += 0.01
            case "sleep":
                now[0] += value / 50
            case "damaged":
                receiver.packet(RtpPacket(RED, number, value * 960, 1, encoded()[value][value % 9 :]), now[0], red=True)
                receiver.packet(RtpPacket(OPUS, number, value * 960, 1, encoded()[value][value % 9 :]), now[0])
            case "red":
                receiver.packet(redundant[number], now[0], red=True)
            case "minimum":
                receiver.set_minimum_delay(value / 100)
    assert receiver.counters.concealed_samples <= receiver.counters.total_samples_received + SAMPLE_RATE_HZ


def test_it_may_be_fed_and_pulled_from_two_threads() -> None:
    receiver = AudioReceiver()
    ended = threading.Event()

    def pull() -> None:
        while not ended.is_set():
            receiver.take(480)

    player = threading.Thread(target=pull)
    player.start()
    for number, packet in enumerate(packets(encoded(), 2)):
        receiver.packet(packet, number * 0.02, red=True)
    ended.set()
    player.join()
    assert receiver.counters.packets_received == len(encoded())


def test_time_between_pulls_of_received_sound_is_told_once() -> None:
    _, receiver = call(lambda _, s: s + LINE_S)
    assert receiver.take_gap_p95_ms() == pytest.approx(10, abs=0.5)
    assert receiver.take_gap_p95_ms() is None


def _hours(drift_ppm: float, minutes: float) -> tuple[list[float], AudioReceiver]:
    """Delay, minute by minute, with a sender whose clock runs off."""
    now = [0.0]
    receiver = AudioReceiver(clock=lambda: now[0])
    payloads = encoded()
    chance = random.Random(5)
    delays: list[float] = []
    number = pulls = 0
    while now[0] < minutes * 60:
        now[0] = pulls * 0.02 + PHASE_S
        pulls += 1
        while (number + 1) * 0.02 * (1 + drift_ppm * 1e-6) <= now[0]:
            arrived_s = (number + 1) * 0.02 * (1 + drift_ppm * 1e-6) + chance.uniform(0, 0.0005)
            timestamp = number * BLOCK_SAMPLES % 2**32
            receiver.packet(RtpPacket(OPUS, number & 0xFFFF, timestamp, 1, payloads[number % 400]), arrived_s)
            number += 1
        receiver.take(960)
        if pulls % 3000 == 0:
            delays.append(receiver.delay_s)
    return delays, receiver


@pytest.mark.slow
@pytest.mark.parametrize("drift_ppm", [-200.0, 200.0])
def test_clocks_that_run_apart_neither_pile_up_delay_nor_run_dry(drift_ppm: float) -> None:
    delays, receiver = _hours(drift_ppm, minutes=all_or(6, 15))
    assert max(delays) < 0.035
    assert receiver.counters.concealed_samples < 0.001 * receiver.counters.total_samples_received
