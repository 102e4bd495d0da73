"""What the Python ends of a measured call share: the words of the protocol, processor time, and the viewer's notes."""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

from benchmarks import marks
from benchmarks.report import percentile

FROZEN_MS = 150.0
SAMPLE_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Words:
    """`send SECONDS CLIP CODEC [SPEECH]` or `recv SECONDS FOLDER`."""

    seconds: float
    warm_s: float
    clip: Path | None
    """None: this is the receiver."""
    codec: str
    speech: Path | None
    folder: Path

    @classmethod
    def parse(cls, words: Sequence[str]) -> Self:
        parser = argparse.ArgumentParser(description="One end of a measured call (benchmarks/README.md)")
        roles = parser.add_subparsers(dest="role", required=True)
        sender, receiver = roles.add_parser("send"), roles.add_parser("recv")
        for role in (sender, receiver):
            role.add_argument("seconds", type=float)
        sender.add_argument("clip", type=Path)
        sender.add_argument("codec", nargs="?", default="any")
        sender.add_argument("speech", nargs="?", type=Path)
        receiver.add_argument("folder", type=Path)
        read = parser.parse_args(list(words))
        warm_s = float(os.environ.get("WARM", "3"))
        if read.role == "send":
            return cls(read.seconds, warm_s, read.clip, read.codec, read.speech, Path())
        return cls(read.seconds, warm_s, None, "any", None, read.folder)


def say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


async def heard() -> dict[str, Any]:
    line = await asyncio.to_thread(sys.stdin.readline)
    message: dict[str, Any] = json.loads(line)
    return message


async def cores_used(seconds: float) -> float:
    """Processor time of this process over the next seconds, in cores."""
    before, then_s = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    await asyncio.sleep(seconds)
    after = resource.getrusage(resource.RUSAGE_SELF)
    used_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used_s / (time.monotonic() - then_s)


class Screen:
    """What a viewer saw."""

    def __init__(self, frames: BinaryIO, shown: BinaryIO) -> None:
        self._frames, self._shown = frames, shown
        self._on = False
        self._count = 0
        self._ages_ms: list[int] = []
        self._gaps_ms: list[float] = []
        self._sizes: Counter[str] = Counter()
        self._last_ms = 0.0
        self._next_sample_s = 0.0

    def begin(self, now_s: float) -> None:
        self._on, self._last_ms = True, now_s * 1000

    def end(self, now_s: float) -> None:
        self._on = False
        self._gaps_ms.append(now_s * 1000 - self._last_ms)

    def picture(self, now_s: float, luma: marks.Plane) -> None:
        now_ms = now_s * 1000
        made, number = marks.unstamp(luma, marks.MADE), marks.unstamp(luma, marks.NUMBER)
        self._shown.write(marks.SHOWN.pack(now_ms, made, number))
        if not self._on:
            return
        self._count += 1
        if (age_ms := marks.age_ms(now_ms, made)) is not None:
            self._ages_ms.append(age_ms)
        self._gaps_ms.append(now_ms - self._last_ms)
        self._last_ms = now_ms
        height, width = luma.shape
        self._sizes[f"{width}x{height}"] += 1
        if now_s >= self._next_sample_s:
            self._next_sample_s = now_s + SAMPLE_EVERY_S
            self._frames.write(marks.FRAME.pack(width, height, number))
            self._frames.write(luma.tobytes())

    def figures(self, seconds: float) -> dict[str, Any]:
        ages = self._ages_ms
        parts = {"p50": 0.5, "p95": 0.95, "max": 1.0}
        return {
            "fps": self._count / seconds,
            "latency_ms": {name: percentile(ages, part) if ages else None for name, part in parts.items()},
            "frozen_ms": sum(gap for gap in self._gaps_ms if gap > FROZEN_MS),
            "sizes": dict(self._sizes),
        }


@contextmanager
def records(folder: Path) -> Iterator[tuple[Screen, BinaryIO]]:
    """The files that a receiver fills: a screen, and where sound goes."""
    with (
        (folder / "frames.bin").open("wb") as frames,
        (folder / "shown.bin").open("wb") as shown,
        (folder / "audio.bin").open("wb") as sound,
    ):
        yield Screen(frames, shown), sound
