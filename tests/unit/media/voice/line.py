"""Speech of our own making, sent over a line in virtual time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from vidphone.media.rtp.packet import RtpPacket
from vidphone.media.voice.opus import OpusEncoder
from vidphone.media.voice.receiver import AudioReceiver
from vidphone.media.voice.red import RedPacker

OPUS, RED = 111, 63
FIRST_TIMESTAMP = 2**32 - 48_000
"""The counter wraps around after a second."""
LINE_S = 0.04
PHASE_S = 0.0037
DECODER_S = 0.0065
"""Delay of Opus itself at 48 kHz."""


@cache
def speech(seconds: float = 8.0, seed: int = 1) -> Samples:
    """Syllables of a gliding voice, words with pauses between them, a room that is not quite silent."""
    chance = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE_HZ)
    sound = chance.normal(0, 8, count)
    position = SAMPLE_RATE_HZ // 5
    while position < count - SAMPLE_RATE_HZ // 2:
        length = int(chance.uniform(0.12, 0.28) * SAMPLE_RATE_HZ)
        pitch = np.linspace(chance.uniform(100, 190), chance.uniform(100, 190), length)
        phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE_HZ
        formants = chance.uniform((300, 900, 2200), (800, 2000, 3200))
        voice = np.zeros(length)
        for harmonic in range(1, 25):
            gain = sum(np.exp(-(((harmonic * pitch - formant) / 200) ** 2)) for formant in formants)
            voice += (gain + 0.02) * np.sin(harmonic * phase)
        sound[position : position + length] += 5000 * voice * np.sin(np.pi * np.arange(length) / length)
        position += length + int(chance.choice([0.03, 0.05, 0.4]) * SAMPLE_RATE_HZ)
    return np.clip(sound, -32_000, 32_000).astype(np.int16)


@cache
def encoded(bitrate_bps: int = 32_000, *, fec: bool = False, sound_seed: int = 1) -> tuple[bytes, ...]:
    """That speech as packets of 20 ms."""
    sound, encoder = speech(seed=sound_seed), OpusEncoder(bitrate_bps)
    encoder.set_fec(fec)
    encoder.set_loss(0.1 if fec else 0.0)
    return tuple(encoder.encode(sound[at : at + BLOCK_SAMPLES]) for at in range(0, sound.size, BLOCK_SAMPLES))


def packets(payloads: Sequence[bytes], redundancy: int = 0, *, ssrc: int = 1) -> list[RtpPacket]:
    """RTP packets of frames of 20 ms."""
    packer = RedPacker(OPUS)
    made = []
    for number, payload in enumerate(payloads):
        timestamp = (FIRST_TIMESTAMP + number * BLOCK_SAMPLES) % 2**32
        body = packer.pack(payload, timestamp, redundancy) if redundancy else payload
        made.append(RtpPacket(RED if redundancy else OPUS, number & 0xFFFF, timestamp, ssrc, body))
    return made


@dataclass
class Heard:
    """What a call gave."""

    sound: Samples
    """Silence where the receiver gave nothing; sample 0 is that of the first pull."""
    pull: int
    delays_s: list[tuple[float, float]] = field(default_factory=list)
    """By time: from mouth to player, the 20 ms of the block and the line's delay left out."""

    def delay_s(self, after_s: float = 0.0, before_s: float = 1e9) -> float:
        """The median."""
        return float(np.median([delay_s for at_s, delay_s in self.delays_s if after_s <= at_s < before_s]))

    def worst_delay_s(self, after_s: float = 0.0) -> float:
        """The greatest."""
        return max(delay_s for at_s, delay_s in self.delays_s if at_s >= after_s)


def listen(
    receiver: AudioReceiver,
    sent: Sequence[tuple[float, RtpPacket]],
    now: list[float],
    *,
    until_s: float,
    pull: int = 480,
    pulls_at: Callable[[int], float] | None = None,
) -> Heard:
    """Give packets at their times, and pull as a player would. `now` is the receiver's clock."""
    waiting = sorted(sent, key=lambda each: each[0])
    taken, pieces = 0, []
    heard = Heard(np.zeros(0, np.int16), pull)
    number = 0
    while True:
        at_s = pulls_at(number) if pulls_at else PHASE_S + number * pull / SAMPLE_RATE_HZ
        if at_s >= until_s:
            break
        while taken < len(waiting) and waiting[taken][0] <= at_s:
            arrived_s, packet = waiting[taken]
            receiver.packet(packet, arrived_s, red=packet.payload_type == RED)
            taken += 1
        now[0] = at_s
        samples = receiver.take(pull)
        assert samples is None or (samples.size == pull and samples.dtype == np.int16)
        if samples is not None and receiver.playing is not None:
            position = (receiver.playing.rtp_timestamp - FIRST_TIMESTAMP + 2**31) % 2**32 - 2**31
            captured_s = position / SAMPLE_RATE_HZ
            heard.delays_s.append((at_s, at_s - captured_s - LINE_S - 0.02))
        pieces.append(np.zeros(pull, np.int16) if samples is None else samples)
        number += 1
    heard.sound = np.concatenate(pieces)
    return heard


def call(
    arrivals: Callable[[int, float], float | None],
    *,
    payloads: Sequence[bytes] | None = None,
    redundancy: int = 0,
    pull: int = 480,
    pulls_at: Callable[[int], float] | None = None,
) -> tuple[Heard, AudioReceiver]:
    """Speech over a line; `arrivals` says when packet n, sent at s, arrives, or that it is lost."""
    payloads = encoded() if payloads is None else payloads
    now = [0.0]
    receiver = AudioReceiver(clock=lambda: now[0])
    sent = []
    for number, packet in enumerate(packets(payloads, redundancy)):
        arrived_s = arrivals(number, (number + 1) * 0.02)
        if arrived_s is not None:
            sent.append((arrived_s, packet))
    heard = listen(receiver, sent, now, until_s=len(payloads) * 0.02 + LINE_S, pull=pull, pulls_at=pulls_at)
    return heard, receiver


def likeness(heard: Heard) -> float:
    """How alike the spectra of what was heard and what was said at that time are, 1 being the same."""
    said = np.concatenate((np.zeros(SAMPLE_RATE_HZ, np.int16), speech(), np.zeros(SAMPLE_RATE_HZ, np.int16)))
    pieces = []
    pull = heard.pull
    for at_s, delay_s in heard.delays_s:
        begin = round((at_s - delay_s - LINE_S - 0.02 - DECODER_S + 1) * SAMPLE_RATE_HZ)
        pieces.append(said[begin : begin + pull])
    meant = np.concatenate(pieces)
    a, b = _spectra(meant), _spectra(heard.sound[-meant.size :])
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


def _spectra(sound: Samples) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    frames = sound[: sound.size // 1920 * 1920].astype(float).reshape(-1, 1920) * np.hanning(1920)
    return np.sqrt(np.abs(np.fft.rfft(frames))[:, :200])
