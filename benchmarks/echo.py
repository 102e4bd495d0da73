"""What the voice's processing takes off and what it leaves: echo, both talking at once, noise, and its CPU.

    python -m benchmarks.echo [SECONDS]

The product's own `VoiceProcessor` gets what a speaker's and a microphone's thread would give it: blocks of 10 ms, one
or three at a time, against blocks of 20 ms on a clock of their own. Between them lies a room made here: a direct sound
and an exponentially dying tail, behind a speaker that overdrives where it is said, and a microphone that hisses at
-65 dBFS. Speech is the demo's own, one language for each side. Echo and near end have the same level, -28 dBFS.

`erle_db` is what is taken off from the second second on, with the near end silent (ITU-T G.168 calls it so);
`worst_s_db` the same of the worst second in which the far end speaks. Bar: 35 dB with everything on.
Each room is measured with both voices at the far end, and so are rooms that nothing was set by (`OTHER_ROOMS`).
`kept_db` is the level of the near end's own sound in what is sent while both talk (from the sixth second on), `snr_db`
how far it stands above what else is sent, both next to the same voice processed alone; PESQ compares the same two.
`off_in_pauses_db` is the echo taken off while the near end pauses for a moment.
`begins_db` is what is left of the first 100 and 200 ms of words said one by one while the far end talks on, next to the
same words processed alone.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import spread, tell
from vidphone.media.plumbing import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from vidphone.media.process.switches import OFF, VoiceProcessing
from vidphone.media.process.voice import VoiceProcessor
from vidphone.media.sound.files import blocks_of
from vidphone.resources import assets_dir

LEVEL_DBFS, HISS_DBFS, FAN_DBFS = -28.0, -65.0, -43.0
CONVERGED_S, BOTH_TALK_S = 2, 6
FULL_SCALE_DB = 90.3
FAR_BLOCK = BLOCK_SAMPLES // 2
WITHOUT_GAIN = VoiceProcessing(gain=False)

Sound = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Room:
    """A way from the speaker to the microphone."""

    name: str
    delay_ms: int
    rt60_s: float
    direct_db: float
    """Level of the direct sound above the tail: 3 dB half a metre away in a living room, less than 0 across it."""
    overdrive: float = 0.0
    """How hard the speaker saturates: 0 not at all, 6 its peaks, 24 most of the sound."""
    drift_ppm: float = 0.0
    """How much faster the microphone's clock runs than the speaker's."""
    at_once: int = 1
    """How many blocks the speaker asks for at a time."""
    seed: int = 5
    """Which tail of this length."""


ROOMS = (
    Room("desk, 10 ms", 10, 0.15, direct_db=6),
    Room("room, 60 ms", 60, 0.4, direct_db=3, at_once=3),
    Room("hall, 120 ms", 120, 0.7, direct_db=3, at_once=3),
    Room("across the room, 120 ms", 120, 0.5, direct_db=-6, at_once=3),
    Room("overdriven, 80 ms", 80, 0.3, direct_db=3, overdrive=6, at_once=3),
    Room("clipping, 80 ms", 80, 0.3, direct_db=3, overdrive=24, at_once=3),
    Room("wireless, 250 ms", 250, 0.3, direct_db=3, at_once=3),
    Room("clocks +100 ppm, 80 ms", 80, 0.3, direct_db=3, drift_ppm=100),
    Room("clocks -100 ppm, 80 ms", 80, 0.3, direct_db=3, drift_ppm=-100, at_once=3),
)
OTHER_ROOMS = (
    Room("small, 25 ms", 25, 0.25, direct_db=4, at_once=3, seed=7),
    Room("office, 90 ms", 90, 0.5, direct_db=0, at_once=3, seed=21),
    Room("far off, 45 ms", 45, 0.6, direct_db=-8, at_once=3, seed=33),
    Room("church, 180 ms", 180, 1.2, direct_db=3, at_once=3, seed=4),
    Room("overdriven, 140 ms", 140, 0.4, direct_db=2, overdrive=12, at_once=3, seed=13),
)
HEADSET = Room("headset", 0, 0, 0)
"""Nothing of what is played comes to the microphone."""


def speech(language: str, seconds: int) -> Sound:
    """The demo's speech at `LEVEL_DBFS`, again and again."""
    spoken = np.concatenate(list(blocks_of(assets_dir() / "speech" / f"{language}.opus"))).astype(float)
    return at_level(np.resize(spoken, seconds * SAMPLE_RATE_HZ), LEVEL_DBFS)


def at_level(sound: Sound, dbfs: float) -> Sound:
    loud: Sound = sound * (10 ** (dbfs / 20) * 32768 / sound.std())
    return loud


def noise(count: int, dbfs: float, *, seed: int, low: bool = False) -> Sound:
    """White noise, or with `low` one that falls above 300 Hz, as a fan's."""
    white = np.random.default_rng(seed).standard_normal(count)
    if low:
        spectrum = np.fft.rfft(white) / np.maximum(1, np.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ) / 300)
        white = np.fft.irfft(spectrum, count)
    return at_level(white, dbfs)


def echo_in(room: Room, far: Sound) -> Sound:
    """What the microphone hears of the speaker, on the microphone's clock."""
    if room is HEADSET:
        return np.zeros_like(far)
    played = far
    if room.overdrive:
        played = np.tanh(far * room.overdrive / 32768)
    taps = round(room.rt60_s * SAMPLE_RATE_HZ)
    tail = np.random.default_rng(room.seed).standard_normal(taps) * 10 ** (-3 * np.arange(taps) / taps)
    tail[:96] = 0
    tail[48] = np.sqrt(tail @ tail) * 10 ** (room.direct_db / 20)
    size = 1 << (far.size + taps).bit_length()
    heard = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(tail, size), size)
    delay = room.delay_ms * SAMPLE_RATE_HZ // 1000 - 48
    heard = np.concatenate((np.zeros(delay), heard))[: far.size]
    if room.drift_ppm:
        heard = np.interp(np.arange(far.size) / (1 + room.drift_ppm * 1e-6), np.arange(far.size), heard)
    return at_level(heard, LEVEL_DBFS)


def as_samples(sound: Sound) -> Samples:
    clipped: Samples = np.clip(np.round(sound), -32768, 32767).astype(np.int16)
    return clipped


def said(switches: VoiceProcessing, near: Sound, far: Sound, room: Room, spent_us: list[float] | None = None) -> Sound:
    """What is sent, as the two threads would drive the processor."""
    processor = VoiceProcessor(switches)
    mouth, ear = as_samples(near), as_samples(far)
    sent, played = [], 0
    for start in range(0, mouth.size - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
        now = (start + BLOCK_SAMPLES) / (1 + room.drift_ppm * 1e-6)  # on the speaker's clock
        began_s = time.perf_counter()
        while played < now:
            for _ in range(room.at_once):
                processor.far(ear[played : played + FAR_BLOCK])
                played += FAR_BLOCK
        sent.append(processor.near(mouth[start : start + BLOCK_SAMPLES]))
        if spent_us is not None:
            spent_us.append((time.perf_counter() - began_s) / 2 * 1e6)
    return np.concatenate(sent).astype(float)


def power_db(sound: Sound) -> float:
    return float(10 * np.log10(np.mean(sound**2) + 1e-3))


def taken_off(room: Room, far: Sound, switches: VoiceProcessing) -> dict[str, float]:
    near = echo_in(room, far) + noise(far.size, HISS_DBFS, seed=9)
    sent = said(switches, near, far, room)
    after = CONVERGED_S * SAMPLE_RATE_HZ
    seconds = [slice(at, at + SAMPLE_RATE_HZ) for at in range(after, sent.size - SAMPLE_RATE_HZ + 1, SAMPLE_RATE_HZ)]
    loud = power_db(near) - 15
    each = [power_db(near[one]) - power_db(sent[one]) for one in seconds if power_db(near[one]) > loud]
    whole = power_db(near[after : sent.size]) - power_db(sent[after:])
    return {"erle_db": round(whole, 1), "worst_s_db": round(min(each), 1)}


def share_of(wanted: Sound, sent: Sound) -> tuple[float, float]:
    """How loud `wanted` is in `sent` next to itself, and how far it stands above the rest, in dB."""
    part = float(wanted @ sent / (wanted @ wanted))
    rest = sent - part * wanted
    return 20 * float(np.log10(abs(part) + 1e-6)), power_db(part * wanted) - power_db(rest)


def both_talk(room: Room, far: Sound, voice: Sound, from_s: int = BOTH_TALK_S) -> dict[str, float]:
    begins = BOTH_TALK_S * SAMPLE_RATE_HZ
    mouth = np.concatenate((np.zeros(begins), voice))[: far.size]
    hiss = noise(far.size, HISS_DBFS, seed=9)
    alone = said(WITHOUT_GAIN, mouth + hiss, np.zeros_like(far), HEADSET)
    mixed = mouth + hiss + echo_in(room, far)
    sent = said(WITHOUT_GAIN, mixed, far, room)
    since = from_s * SAMPLE_RATE_HZ
    kept, above = share_of(alone[since:], sent[since:])
    _, before = share_of(mouth[since:], mixed[since:])
    row = {
        "kept_db": round(kept, 1),
        "snr_db": round(above, 1),
        "unprocessed_snr_db": round(before, 1),
        "off_in_pauses_db": round(off_in_pauses(mouth, mixed, sent, since), 1),
    }
    if (pesq := pesq_of()) is not None:
        row["pesq"] = pesq(alone[since:], sent[since:])
        row["unprocessed_pesq"] = pesq(mouth[since:], mixed[since:])
    return row


def words_begin(room: Room, far: Sound, voice: Sound) -> dict[str, float]:
    every, long = 5 * SAMPLE_RATE_HZ // 2, SAMPLE_RATE_HZ
    mouth, begins = np.zeros_like(far), []
    for at in range(2 * every, far.size - long, every):
        said_at = at - every + int(np.argmax(np.abs(voice[at - every :]) > np.abs(voice).max() / 10))
        mouth[at : at + long] = voice[said_at : said_at + long]
        begins.append(at)
    hiss = noise(far.size, HISS_DBFS, seed=9)
    alone = said(WITHOUT_GAIN, mouth + hiss, np.zeros_like(far), HEADSET)
    sent = said(WITHOUT_GAIN, mouth + hiss + echo_in(room, far), far, room)
    row = {}
    for span_ms in (100, 200):
        spans = [slice(at, at + span_ms * SAMPLE_RATE_HZ // 1000) for at in begins]
        kept, _ = share_of(*(np.concatenate([sound[one] for one in spans]) for sound in (alone, sent)))
        row[f"begins_db, {span_ms} ms"] = round(kept, 1)
    return row


def off_in_pauses(mouth: Sound, mixed: Sound, sent: Sound, begins: int) -> float:
    """What is taken off the echo while the near end, talking on the whole, makes a pause of 100 ms or more."""
    span = SAMPLE_RATE_HZ // 10
    quiet = [
        slice(at, at + span)
        for at in range(begins + span, sent.size - span, span)
        if power_db(mouth[at - span : at + span]) < FULL_SCALE_DB + LEVEL_DBFS - 30
    ]
    if not quiet:
        return float("nan")
    before, after = (np.concatenate([sound[one] for one in quiet]) for sound in (mixed, sent))
    return power_db(before) - power_db(after)


def pesq_of() -> Callable[[Sound, Sound], float] | None:
    """Wide-band PESQ (ITU-T P.862.2) where `pesq` and `soxr` are installed."""
    try:
        import soxr
        from pesq import pesq
    except ImportError:
        return None

    def measure(reference: Sound, sent: Sound) -> float:
        size = min(reference.size, sent.size)
        wide = [as_samples(soxr.resample(one[:size], SAMPLE_RATE_HZ, 16_000)) for one in (reference, sent)]
        return round(float(pesq(16_000, *wide, "wb")), 2)

    return measure


def noise_taken_off(voice: Sound) -> dict[str, float]:
    begins = 3 * SAMPLE_RATE_HZ
    fan = noise(voice.size, FAN_DBFS, seed=11, low=True)
    mouth = np.concatenate((np.zeros(begins), voice))[: voice.size]
    sent = said(VoiceProcessing(echo=False, gain=False), mouth + fan, mouth, HEADSET)
    pause = slice(2 * SAMPLE_RATE_HZ, begins)
    row = {"taken_off_db": round(power_db(fan[pause]) - power_db(sent[pause]), 1)}
    if (pesq := pesq_of()) is not None:
        row["pesq"] = pesq(mouth[begins:], sent[begins:])
        row["unprocessed_pesq"] = pesq(mouth[begins:], (mouth + fan)[begins:])
    return row


def level_evened(voice: Sound) -> dict[str, float]:
    """The level sent after 10 s, of voices of several levels."""
    rows = {}
    for dbfs in (-18, -28, -38, -48):
        quiet = at_level(voice, dbfs) + noise(voice.size, -80, seed=3)
        sent = said(VoiceProcessing(), quiet, np.zeros_like(quiet), HEADSET)
        rows[f"{dbfs} dBFS in"] = round(power_db(sent[-4 * SAMPLE_RATE_HZ :]) - FULL_SCALE_DB, 1)
    return rows


def cost(far: Sound) -> dict[str, object]:
    near = echo_in(ROOMS[1], far)
    rows: dict[str, object] = {}
    for name, switches in (
        ("all", VoiceProcessing()),
        ("echo", VoiceProcessing(noise=False, gain=False)),
        ("noise", VoiceProcessing(echo=False, gain=False)),
        ("gain", VoiceProcessing(echo=False, noise=False)),
        ("none", OFF),
    ):
        spent_us: list[float] = []
        said(switches, near, far, ROOMS[1], spent_us)
        rows[name] = spread(spent_us)
    return rows


def main(seconds: int) -> None:
    far, voice = speech("en", seconds), speech("zh", seconds)
    rows: dict[str, object] = {}
    for room in ROOMS:
        rows[f"echo: {room.name}"] = taken_off(room, far, VoiceProcessing())
        rows[f"echo alone: {room.name}"] = taken_off(room, far, VoiceProcessing(noise=False, gain=False))
        rows[f"both talk: {room.name}"] = both_talk(room, far, voice)
        rows[f"words begin: {room.name}"] = words_begin(room, far, voice)
    for room in ROOMS + OTHER_ROOMS:
        rows[f"echo of the other voice: {room.name}"] = taken_off(room, voice, VoiceProcessing())
    for room in OTHER_ROOMS:
        rows[f"echo, not set by: {room.name}"] = taken_off(room, far, VoiceProcessing())
    rows["both talk: headset"] = both_talk(HEADSET, far, voice)
    longer, more = speech("en", 2 * seconds), speech("zh", 2 * seconds)
    rows["both talk: headset, later"] = both_talk(HEADSET, longer, more, from_s=seconds)
    rows["noise of a fan"] = noise_taken_off(voice)
    rows["level sent, dBFS"] = level_evened(voice)
    for name, figures in cost(far).items():
        rows[f"CPU µs per 10 ms: {name}"] = figures
    tell("echo", rows)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 16)
