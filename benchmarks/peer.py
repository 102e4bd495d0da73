"""One end of a measured call, with the product's own pipeline: `peer.py send SECONDS CLIP CODEC [SPEECH]`, `peer.py
recv SECONDS OUTDIR`.

The protocol is that of the anchors (Chromium, libwebrtc, aiortc): an offer and an answer as lines of JSON, pictures
with two rows of cells that tell when they were made and which they are, then one line of JSON with the figures.
Pictures enter where a camera's enter a call (`RtcSession.video`) and are taken where the viewer takes them; sound
enters as a microphone's does and is pulled through the speaker's mixer, 10 ms at a time.
"""

import asyncio
import os
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from numpy.typing import NDArray

from benchmarks import ends, marks
from vidphone.media.codec.choose import PREFERENCE
from vidphone.media.memory import limit_arenas
from vidphone.media.plumbing import BLOCK_S, BLOCK_SAMPLES, AudioBlock, Samples, VideoBlock
from vidphone.media.rtc import adapter
from vidphone.media.rtc.session import RtcSession
from vidphone.media.sound.mixer import Mixer
from vidphone.media.timecode import plane
from vidphone.wire.signaling import Candidate

FRAME_RATE_HZ = 30
PULL_SAMPLES = 480
LATE_S = 0.04
"""What a sound card's queue holds."""


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
            marks.stamp(luma, marks.MADE, int(made_at_s * 1000) % marks.MODULO)
            marks.stamp(luma, marks.NUMBER, number)
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


class Viewer:
    """Takes pictures where the viewer would, and notes what they tell."""

    def __init__(self, screen: ends.Screen) -> None:
        self._screen = screen

    def video(self, block: VideoBlock) -> None:
        self._screen.picture(time.monotonic(), plane(block.frame, 0))


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
            late_s = time.monotonic() - start_s - number * PULL_SAMPLES / 48_000
            if late_s > LATE_S:  # a card that was not fed goes on from now, it does not hurry after
                start_s += late_s
            time.sleep(max(0.0, -late_s))
            samples = self._mixer.mix(PULL_SAMPLES)
            at_ms = time.monotonic() * 1000
            self._sound.write(marks.SOUND.pack(at_ms, 48_000, 1, samples.nbytes) + samples.tobytes())
            number += 1

    def stop(self) -> None:
        self.running = False
        self._thread.join(2)


class _Nobody:
    def video(self, block: VideoBlock) -> None:
        pass


async def note_estimates(session: RtcSession, estimates: list[tuple[float, float]]) -> None:
    """Asks for the figures once a second, as the engine does."""
    while True:
        stats = await session.stats()
        estimates.append((time.monotonic() * 1000, stats.available_outgoing_bitrate_bps))
        await asyncio.sleep(1)


async def send(seconds: float, warm_s: float, clip: Path, codec: str, speech: Path | None) -> None:
    pictures = list(marks.Clip.open(clip).pictures())
    session = RtcSession(
        "measured", Ends(), servers=(), viewer=_Nobody(), send_video=True, changed=lambda _: None,
        codecs=PREFERENCE if codec == "any" else (codec.upper(),),
    )  # fmt: skip
    await session.create_offer(0)
    offer = await session.complete_description(0)
    ends.say({"type": "offer", "sdp": offer.replace("a=sendrecv", "a=sendonly")})  # one way, as the anchors call
    await session.accept_answer(0, (await ends.heard())["sdp"])
    camera = Camera(session, pictures)
    microphone = None if speech is None else Microphone(session, np.fromfile(speech, np.int16))
    estimates: list[tuple[float, float]] = []
    asking = asyncio.create_task(note_estimates(session, estimates))
    await asyncio.sleep(warm_s)
    used = await ends.cores_used(seconds)
    asking.cancel()
    stats = await session.stats()
    camera.running = False
    started_s = microphone.started_at_s if microphone is not None else None
    out = stats.video_out
    ends.say({
        "who": "send", "cpu": used, "kbps": out.bytes_sent * 8 / (seconds + warm_s) / 1000,
        "audioStart": started_s * 1000 if started_s is not None else None,
        "estimates": estimates, "codec": out.codec, "width": out.frame_width, "keyframes": out.key_frames_encoded,
        "encoder": out.encoder_implementation, "target": out.target_bitrate_bps,
        "rtx": out.retransmitted_packets_sent, "fec": out.fec_packets_sent, "packets": out.packets_sent,
        "nacks": out.nack_count, "plis": out.pli_count, "available": stats.available_outgoing_bitrate_bps,
        "rtt": stats.round_trip_time_s, "loss": out.remote_fraction_lost,
        "encode_ms": out.total_encode_time_s / max(out.frames_encoded, 1) * 1000,
    })  # fmt: skip


async def recv(seconds: float, warm_s: float, folder: Path) -> None:
    with ends.records(folder) as (screen, sound):
        mixer = Mixer()
        session = RtcSession(
            "measured", Ends(), servers=(), viewer=Viewer(screen), send_video=False, changed=lambda _: None
        )
        session.set_sending(microphone=False, camera=False, hold=False)
        heard_input = mixer.pull("measured", session)
        await session.accept_offer(0, (await ends.heard())["sdp"])
        ends.say({"type": "answer", "sdp": await session.complete_description(0)})
        player = Player(mixer, sound)
        await asyncio.sleep(warm_s)
        screen.begin(time.monotonic())
        used = await ends.cores_used(seconds)
        screen.end(time.monotonic())
        player.stop()
        heard_input.close()
        stats = await session.stats()
        ends.say({
            "who": "recv", "cpu": used, **screen.figures(seconds),
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
    words = ends.Words.parse(sys.argv[1:])
    limit_arenas()
    adapter.check()
    if words.clip is not None:
        await send(words.seconds, words.warm_s, words.clip, words.codec, words.speech)
    else:
        await recv(words.seconds, words.warm_s, words.folder)
    sys.stdout.flush()
    os._exit(0)  # what is measured is over: no farewell that the other end would wait for


if __name__ == "__main__":
    asyncio.run(main())
