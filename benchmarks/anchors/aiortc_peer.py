"""One end of a measured call: aiortc as it comes, with its own media control.

python -m benchmarks.anchors.aiortc_peer send SECONDS CLIP.y4m CODEC [SPEECH.raw]
python -m benchmarks.anchors.aiortc_peer recv SECONDS FOLDER
"""

import asyncio
import os
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from numpy.typing import NDArray

from benchmarks import ends, marks
from vidphone.media.timecode import plane

FRAME_RATE_HZ = 30
RATE_HZ = 48_000
CHUNK = 960


class Paced(MediaStreamTrack):
    """Hands out one thing after the other, each when its time has come."""

    period_s = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.started_s: float | None = None
        self._number = 0

    async def _turn(self) -> int:
        if self.started_s is None:
            self.started_s = time.monotonic()
        number, self._number = self._number, self._number + 1
        await asyncio.sleep(max(0.0, self.started_s + number * self.period_s - time.monotonic()))
        return number


class Camera(Paced):
    kind = "video"
    period_s = 1 / FRAME_RATE_HZ

    def __init__(self, pictures: list[marks.Plane]) -> None:
        super().__init__()
        self._pictures = pictures

    async def recv(self) -> av.VideoFrame:
        number = await self._turn()
        picture = self._pictures[number % len(self._pictures)].copy()
        marks.stamp(picture, marks.MADE, int(time.monotonic() * 1000) % marks.MODULO)
        marks.stamp(picture, marks.NUMBER, number)
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = number * 90_000 // FRAME_RATE_HZ, Fraction(1, 90_000)
        return frame


class Microphone(Paced):
    kind = "audio"
    period_s = CHUNK / RATE_HZ

    def __init__(self, samples: NDArray[np.int16]) -> None:
        super().__init__()
        self._samples = samples[: len(samples) // CHUNK * CHUNK]

    async def recv(self) -> av.AudioFrame:
        number = await self._turn()
        at = number * CHUNK % len(self._samples)
        chunk = self._samples[at : at + CHUNK].reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(chunk, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, number * CHUNK, Fraction(1, RATE_HZ)
        return frame


def _description(told: dict[str, Any]) -> RTCSessionDescription:
    return RTCSessionDescription(sdp=told["sdp"], type=told["type"])


async def send(seconds: float, warm_s: float, clip: Path, codec: str, speech: Path | None) -> None:
    pc = RTCPeerConnection()
    sender = pc.addTrack(Camera(list(marks.Clip.open(clip).pictures())))
    if codec != "any":
        names = (f"video/{codec}".lower(), "video/rtx")
        codecs = [each for each in RTCRtpSender.getCapabilities("video").codecs if each.mimeType.lower() in names]
        pc.getTransceivers()[0].setCodecPreferences(codecs)
    microphone = None if speech is None else Microphone(np.fromfile(speech, np.int16))
    if microphone is not None:
        pc.addTrack(microphone)
    await pc.setLocalDescription(await pc.createOffer())
    ends.say({"type": "offer", "sdp": pc.localDescription.sdp})
    await pc.setRemoteDescription(_description(await ends.heard()))
    await asyncio.sleep(warm_s)
    used = await ends.cores_used(seconds)
    out = next(each for each in (await sender.getStats()).values() if each.type == "outbound-rtp")
    started_s = None if microphone is None else microphone.started_s
    ends.say({
        "who": "send", "cpu": used, "kbps": out.bytesSent * 8 / (seconds + warm_s) / 1000,
        "audioStart": None if started_s is None else started_s * 1000,
    })  # fmt: skip


async def _watch(track: MediaStreamTrack, screen: ends.Screen, sound: BinaryIO) -> None:
    try:
        while True:
            frame = await track.recv()
            if isinstance(frame, av.VideoFrame):
                screen.picture(time.monotonic(), plane(frame, 0))
            elif isinstance(frame, av.AudioFrame):
                samples = frame.to_ndarray().astype(np.int16).tobytes()
                channels = len(frame.layout.channels)
                head = marks.SOUND.pack(time.monotonic() * 1000, frame.sample_rate, channels, len(samples))
                sound.write(head + samples)
    except MediaStreamError:
        return


async def receive(seconds: float, warm_s: float, folder: Path) -> None:
    pc = RTCPeerConnection()
    with ends.records(folder) as (screen, sound):
        watching: set[asyncio.Task[None]] = set()
        pc.on("track", lambda track: watching.add(asyncio.ensure_future(_watch(track, screen, sound))))
        await pc.setRemoteDescription(_description(await ends.heard()))
        await pc.setLocalDescription(await pc.createAnswer())
        ends.say({"type": "answer", "sdp": pc.localDescription.sdp})
        await asyncio.sleep(warm_s)
        screen.begin(time.monotonic())
        used = await ends.cores_used(seconds)
        screen.end(time.monotonic())
        ends.say({"who": "recv", "cpu": used, **screen.figures(seconds)})
        for task in watching:
            task.cancel()


async def main() -> None:
    words = ends.Words.parse(sys.argv[1:])
    if words.clip is not None:
        await send(words.seconds, words.warm_s, words.clip, words.codec, words.speech)
    else:
        await receive(words.seconds, words.warm_s, words.folder)
    sys.stdout.flush()
    os._exit(0)  # what is measured is over: no farewell that the other end would wait for


if __name__ == "__main__":
    asyncio.run(main())
