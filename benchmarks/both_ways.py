"""One phone of a call that goes both ways, for measuring what it costs and whether it grows.

    python -m benchmarks.both_ways offer|answer SECONDS CLIP SPEECH EVERY_S

Speaks the words of benchmarks/README.md: offer, answer. Then, every EVERY_S seconds, an object with `at_s`, `rss_mib`,
`threads` and `containers` (lengths of all that the session and its mixer hold); at the end one with the processor time
of every thread, by name, and what was seen. The pipeline is the product's own, fed as in benchmarks/peer.py.
"""

import asyncio
import io
import os
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks import ends, peer
from benchmarks.growth import containers
from benchmarks.marks import Clip
from vidphone.media.memory import limit_arenas
from vidphone.media.plumbing import VideoBlock
from vidphone.media.rtc import adapter
from vidphone.media.rtc.session import RtcSession
from vidphone.media.sound.mixer import Mixer
from vidphone.media.timecode import plane

MIB = 1 << 20
OUTSIDE = ("camera", "player", "microphone")
"""Threads of the measurement itself; they stand for devices."""


class Viewer:
    """Looks at pictures, and keeps none."""

    def __init__(self) -> None:
        self.screen = ends.Screen(_Nowhere(), _Nowhere())

    def video(self, block: VideoBlock) -> None:
        self.screen.picture(time.monotonic(), plane(block.frame, 0))


class _Nowhere(io.BytesIO):
    def write(self, data: Any, /) -> int:
        return len(data)


def thread_times() -> defaultdict[str, float]:
    """Processor seconds so far of this process's threads, by name; threads that no Python code made are `native`."""
    names = {thread.native_id: thread.name for thread in threading.enumerate()}
    used: defaultdict[str, float] = defaultdict(float)
    for each in psutil.Process().threads():
        used[names.get(each.id, "native").rstrip("0123456789-_ ")] += each.user_time + each.system_time
    return used


async def _take_figures(session: RtcSession) -> None:
    """Once a second, as the engine does."""
    while True:
        await session.stats()
        await asyncio.sleep(1)


async def _watch(session: RtcSession, mixer: Mixer, screen: ends.Screen, seconds: float, every_s: float) -> None:
    process, start_s = psutil.Process(), time.monotonic()
    for number in range(1, int(seconds / every_s) + 1):
        await asyncio.sleep(start_s + number * every_s - time.monotonic())
        stats = await session.stats()
        seen = screen.figures(every_s * number)
        ends.say({
            "shown": round(seen["fps"] * every_s * number), "frozen_ms": round(seen["frozen_ms"]),
            "available_kbps": stats.available_outgoing_bitrate_bps // 1000,
            "fec_sent": stats.video_out.fec_packets_sent, "nacks": stats.video_in.nack_count,
            "target_kbps": stats.video_out.target_bitrate_bps // 1000,
            "at_s": round(time.monotonic() - start_s, 1), "rss_mib": round(process.memory_info().rss / MIB, 2),
            "threads": process.num_threads(), "containers": containers({"session": session, "mixer": mixer}),
        })  # fmt: skip


async def main(role: str, seconds: float, clip: Path, speech: Path, every_s: float) -> None:
    warm_s = float(os.environ.get("WARM", "3"))
    limit_arenas()
    adapter.check()
    viewer, mixer = Viewer(), Mixer()
    session = RtcSession("measured", peer.Ends(), servers=(), viewer=viewer, send_video=True, changed=lambda _: None)
    mixer.pull("measured", session)
    if role == "offer":
        await session.create_offer(0)
        ends.say({"type": "offer", "sdp": await session.complete_description(0)})
        await session.accept_answer(0, (await ends.heard())["sdp"])
    else:
        await session.accept_offer(0, (await ends.heard())["sdp"])
        ends.say({"type": "answer", "sdp": await session.complete_description(0)})
    camera = peer.Camera(session, list(Clip.open(clip).pictures()))
    peer.Microphone(session, np.fromfile(speech, np.int16))
    player = peer.Player(mixer, _Nowhere())
    taking = asyncio.create_task(_take_figures(session))
    await asyncio.sleep(warm_s)
    viewer.screen.begin(time.monotonic())
    before, then_s = thread_times(), time.monotonic()
    await _watch(session, mixer, viewer.screen, seconds, every_s)
    await asyncio.sleep(max(0.0, then_s + seconds - time.monotonic()))
    passed_s, after = time.monotonic() - then_s, thread_times()
    viewer.screen.end(time.monotonic())
    taking.cancel()
    stats = await session.stats()
    used = {name: (used_s - before[name]) / passed_s for name, used_s in after.items()}
    ends.say({
        "cores": sum(used.values()), "of_devices": sum(used.get(name, 0.0) for name in OUTSIDE),
        "by_thread": {name: round(cores, 3) for name, cores in sorted(used.items(), key=lambda item: -item[1])},
        **viewer.screen.figures(seconds),
        "codec": stats.video_out.codec, "sent": f"{stats.video_out.frame_width}x{stats.video_out.frame_height}",
        "fps_sent": stats.video_out.frames_per_second,
        "kbps": stats.video_out.bytes_sent * 8 / 1000 / (seconds + warm_s),
    })  # fmt: skip
    camera.running = False
    player.stop()
    sys.stdout.flush()
    os._exit(0)  # what is measured is over: no farewell that the other end would wait for


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), float(sys.argv[5])))
