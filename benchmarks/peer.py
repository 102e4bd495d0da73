"""One end of a measured call, with the product's own pipeline: `peer.py send SECONDS CLIP CODEC [SPEECH]`, `peer.py
recv SECONDS OUTDIR`.

The protocol is that of the anchors (Chromium, libwebrtc, aiortc): an offer and an answer as lines of JSON, pictures
with two rows of cells that tell when they were made and which they are, then one line of JSON with the figures.
Pictures enter where a camera's enter a call (`RtcSession.video`) and are taken where the viewer takes them; sound
enters as a microphone's does and is pulled through the speaker's mixer, 10 ms at a time.
"""

import asyncio
import json
import os
import resource
import struct
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from numpy.typing import NDArray

from vidphone.media.memory import limit_arenas
from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, AudioBlock, Samples, VideoBlock
from vidphone.media.rtc import adapter
from vidphone.media.rtc.session import RtcSession
from vidphone.media.sound.mixer import Mixer
from vidphone.media.timecode import plane
from vidphone.wire.signaling import Candidate

FRAME_RATE_HZ = 30
PULL_SAMPLES = 480
SAMPLE_EVERY_S = 0.5
FROZEN_MS = 150.0
BITS = 32

Luma = NDArray[np.uint8]


def say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


async def heard() -> dict[str, Any]:
    line = await asyncio.to_thread(sys.stdin.readline)
    message: dict[str, Any] = json.loads(line)
    return message


def stamp(luma: Luma, row: int, value: int) -> None:
    """Write 32 bits as a row of square cells, the lowest bit first."""
    cell = luma.shape[1] // 80
    bits = (value >> np.arange(BITS)) & 1
    levels = np.where(bits, 235, 16).astype(np.uint8).repeat(cell)
    luma[row * cell : (row + 1) * cell, : BITS * cell] = levels


def unstamp(luma: Luma, row: int) -> int:
    """Read a row of cells, of a picture of whatever size."""
    cell = luma.shape[1] / 80
    line = luma[int((row + 0.5) * cell)]
    middles = ((np.arange(BITS) + 0.5) * cell).astype(np.intp)
    return int(((line[middles] > 125).astype(np.uint64) << np.arange(BITS, dtype=np.uint64)).sum())


def load_clip(path: Path) -> list[NDArray[np.uint8]]:
    """The pictures of a Y4M file, 4:2:0, as planes below one another."""
    pictures = []
    with path.open("rb") as file:
        header = file.readline().decode().split()
        width, height = int(header[1][1:]), int(header[2][1:])
        while file.readline():
            data = file.read(width * height * 3 // 2)
            pictures.append(np.frombuffer(data, np.uint8).reshape(height * 3 // 2, width))
    return pictures


class Ends:
    """What the session tells."""

    def candidates(self, generation: int, candidates: tuple[Candidate, ...], last: bool) -> None:
        pass

    def connected(self, _generation: int) -> None:
        pass

    def lost(self) -> None:
        sys.stderr.write("silence on the line\n")

    def recovered(self) -> None:
        sys.stderr.write("heard again\n")

    def failed(self, _generation: int) -> None:
        sys.stderr.write("the transport failed\n")

    def first_frame(self) -> None:
        pass


class Camera:
    """Shows the clip to a session, 30 pictures a second."""

    def __init__(self, session: RtcSession, pictures: list[NDArray[np.uint8]]) -> None:
        self._session, self._pictures = session, pictures
        self.running = True
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        start_s, number = time.monotonic(), 0
        while self.running:
            time.sleep(max(0.0, start_s + number / FRAME_RATE_HZ - time.monotonic()))
            frame = av.VideoFrame.from_ndarray(self._pictures[number % len(self._pictures)], format="yuv420p")
            made_at_s = time.monotonic()
            luma = plane(frame, 0)
            stamp(luma, 0, int(made_at_s * 1000) & 0xFFFFFFFF)
            stamp(luma, 1, number)
            self._session.video(VideoBlock(frame, made_at_s))
            number += 1


class Microphone:
    """Speaks a recording to a session.

    A block is handed over when its second half begins, as a source of 10 ms chunks would complete it.
    """

    def __init__(self, session: RtcSession, samples: Samples) -> None:
        self._session, self._samples = session, samples
        self.running = True
        self.started_at_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="microphone", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        start_s, number = time.monotonic(), 0
        self.started_at_s = start_s
        while self.running:
            made_at_s = start_s + number * BLOCK_S
            time.sleep(max(0.0, made_at_s + BLOCK_S / 2 - time.monotonic()))
            first = (number * BLOCK_SAMPLES) % (len(self._samples) - BLOCK_SAMPLES)
            self._session.audio(AudioBlock(self._samples[first : first + BLOCK_SAMPLES], made_at_s))
            number += 1


class Screen:
    """Takes pictures where the viewer would, and reads what they tell."""

    def __init__(self, frames: BinaryIO) -> None:
        self._frames = frames
        self.on = False
        self.latencies_ms: list[float] = []
        self.gaps_ms: list[float] = []
        self.sizes: Counter[str] = Counter()
        self.last_ms = 0.0
        self._next_sample_s = 0.0

    def video(self, block: VideoBlock) -> None:
        now_s = time.monotonic()
        if not self.on:
            return
        luma = plane(block.frame, 0)
        self.latencies_ms.append((int(now_s * 1000) - unstamp(luma, 0)) & 0xFFFFFFFF)
        self.gaps_ms.append(now_s * 1000 - self.last_ms)
        self.last_ms = now_s * 1000
        height, width = luma.shape
        self.sizes[f"{width}x{height}"] += 1
        if now_s >= self._next_sample_s:
            self._next_sample_s = now_s + SAMPLE_EVERY_S
            self._frames.write(struct.pack("<III", width, height, unstamp(luma, 1)))
            self._frames.write(luma.tobytes())


class Player:
    """Pulls sound as a sound card does, through the mixer."""

    def __init__(self, mixer: Mixer, sound: BinaryIO) -> None:
        self._mixer, self._sound = mixer, sound
        self.running = True
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        start_s, number = time.monotonic(), 0
        while self.running:
            time.sleep(max(0.0, start_s + number * PULL_SAMPLES / 48_000 - time.monotonic()))
            samples = self._mixer.mix(PULL_SAMPLES)
            at_ms = time.monotonic() * 1000
            self._sound.write(struct.pack("<dIII", at_ms, 48_000, 1, samples.nbytes) + samples.tobytes())
            number += 1

    def stop(self) -> None:
        self.running = False
        self._thread.join(2)


async def cores_used(seconds: float) -> float:
    before, then_s = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    await asyncio.sleep(seconds)
    after = resource.getrusage(resource.RUSAGE_SELF)
    used_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used_s / (time.monotonic() - then_s)


class _Nobody:
    def video(self, block: VideoBlock) -> None:
        pass


async def send(seconds: float, warm_s: float, clip: Path, codec: str, speech: Path | None) -> None:
    pictures = load_clip(clip)
    ends = Ends()
    session = RtcSession(
        "measured", ends, servers=(), viewer=_Nobody(), send_video=True, changed=lambda _: None,
        **({} if codec == "any" else {"codecs": (codec.upper(),)}),
    )  # fmt: skip
    await session.create_offer(0)
    say({"type": "offer", "sdp": await session.complete_description(0)})
    await session.accept_answer(0, (await heard())["sdp"])
    camera = Camera(session, pictures)
    microphone = None if speech is None else Microphone(session, np.fromfile(speech, np.int16))
    await asyncio.sleep(warm_s)
    used = await cores_used(seconds)
    stats = await session.stats()
    camera.running = False
    started_s = microphone.started_at_s if microphone is not None else None
    out = stats.video_out
    say({
        "who": "send", "cpu": used, "kbps": out.bytes_sent * 8 / (seconds + warm_s) / 1000,
        "audioStart": started_s * 1000 if started_s is not None else None,
        "codec": out.codec, "width": out.frame_width, "keyframes": out.key_frames_encoded,
        "encoder": out.encoder_implementation, "target": out.target_bitrate_bps,
        "rtx": out.retransmitted_packets_sent, "fec": out.fec_packets_sent, "packets": out.packets_sent,
        "nacks": out.nack_count, "plis": out.pli_count, "available": stats.available_outgoing_bitrate_bps,
        "rtt": stats.round_trip_time_s, "loss": out.remote_fraction_lost,
            "encode_ms": out.total_encode_time_s / max(out.frames_encoded, 1) * 1000,
    })  # fmt: skip


async def recv(seconds: float, warm_s: float, folder: Path) -> None:
    ends = Ends()
    with (folder / "frames.bin").open("wb") as frames, (folder / "audio.bin").open("wb") as sound:
        screen, mixer = Screen(frames), Mixer()
        session = RtcSession("measured", ends, servers=(), viewer=screen, send_video=False, changed=lambda _: None)
        session.set_sending(microphone=False, camera=False, hold=False)
        heard_input = mixer.pull("measured", session)
        await session.accept_offer(0, (await heard())["sdp"])
        say({"type": "answer", "sdp": await session.complete_description(0)})
        player = Player(mixer, sound)
        await asyncio.sleep(warm_s)
        screen.on, screen.last_ms = True, time.monotonic() * 1000
        used = await cores_used(seconds)
        screen.on = False
        screen.gaps_ms.append(time.monotonic() * 1000 - screen.last_ms)
        player.stop()
        heard_input.close()
        stats = await session.stats()
        latencies = screen.latencies_ms
        p50, p95, worst = np.percentile(latencies, [50, 95, 100]).tolist() if latencies else (None, None, None)
        say({
            "who": "recv", "cpu": used, "fps": len(latencies) / seconds,
            "latency_ms": {"p50": p50, "p95": p95, "max": worst},
            "frozen_ms": sum(gap for gap in screen.gaps_ms if gap > FROZEN_MS), "sizes": dict(screen.sizes),
            "codec": stats.video_in.codec, "sync_ms": None if stats.sync_error_s is None else stats.sync_error_s * 1000,
            "keyframes": stats.video_in.key_frames_decoded, "nacks": stats.video_in.nack_count,
            "plis": stats.video_in.pli_count, "dropped": stats.video_in.frames_dropped,
            "decode_ms": stats.video_in.total_decode_time_s / max(stats.video_in.frames_decoded, 1) * 1000,
            "buffer_ms": stats.video_in.jitter_buffer_delay_s
            / max(stats.video_in.jitter_buffer_emitted_count, 1)
            * 1000,
            "rtx": stats.video_in.retransmitted_packets_received, "fec": stats.video_in.fec_packets_received,
            "concealed_ms": stats.audio_in.concealed_samples / 48, "stretched_ms": (
                stats.audio_in.inserted_samples_for_deceleration + stats.audio_in.removed_samples_for_acceleration
            ) / 48,
        })  # fmt: skip


async def main() -> None:
    role, seconds, first, *rest = sys.argv[1:]
    warm_s = float(os.environ.get("WARM", "3"))
    limit_arenas()
    adapter.check()
    if role == "send":
        codec = rest[0] if rest else "any"
        speech = Path(rest[1]) if len(rest) > 1 and rest[1] else None
        await send(float(seconds), warm_s, Path(first), codec, speech)
    else:
        await recv(float(seconds), warm_s, Path(first))
    sys.stdout.flush()
    os._exit(0)  # what is measured is over: no farewell that the other end would wait for


if __name__ == "__main__":
    asyncio.run(main())
