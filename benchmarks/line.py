"""An emulated line between two network namespaces: `python -m benchmarks.line --rate 2000 --delay 40 --loss 5`.

Each namespace has a TUN device, 10.78.0.1 in the first, 10.78.0.2 in the second. What is written to one comes out of
the other after a bottleneck with a drop-tail queue, a delay with jitter that keeps the order, and losses in bursts.
Prints the names of the namespaces, runs until its standard input closes, and prints what each way carried. Root only.
"""

import argparse
import contextlib
import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

ADDRESSES = ("10.78.0.1", "10.78.0.2")
MTU_BYTES = 1400
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_MAX_PACKET_BYTES = 2048
_BATCH = 64


@dataclass(frozen=True)
class Shape:
    """What a line does, the same both ways."""

    schedule: tuple[tuple[float, float], ...] = ((0.0, 0.0),)
    """From when (seconds) it carries how much (kbit/s); 0: no limit."""
    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss_percent: float = 0.0
    burst_packets: float = 1.0
    queue_ms: float = 200.0

    @classmethod
    def parse(cls, words: Sequence[str]) -> Self:
        """From the words of a command line, as `--rate 0:2000,8:500 --delay 40 --jitter 30 --loss 10 --burst 3`."""
        parser = argparse.ArgumentParser(prog="line", description=__doc__)
        parser.add_argument("--rate", default="0", help="kbit/s, or T:RATE,T:RATE for a schedule in seconds")
        for name, least in (("delay", 0.0), ("jitter", 0.0), ("loss", 0.0), ("burst", 1.0), ("queue", 200.0)):
            parser.add_argument(f"--{name}", type=float, default=least)
        read = parser.parse_args(list(words))
        steps = [step.split(":") for step in read.rate.split(",")] if ":" in read.rate else [["0", read.rate]]
        schedule = tuple((float(at), float(rate)) for at, rate in steps)
        return cls(schedule, read.delay, read.jitter, read.loss, read.burst, read.queue)


@dataclass
class Way:
    """One direction; knows no clock."""

    shape: Shape
    chance: random.Random
    packets: int = 0
    lost: int = 0
    dropped: int = 0
    bytes_carried: int = 0
    _free_at_s: float = 0.0
    _left_at_s: float = 0.0
    _losing: bool = field(default=False)

    def leaves_at(self, size_bytes: int, now_s: float) -> float | None:
        """When a packet that enters now comes out; None: never."""
        self.packets += 1
        if self._loses():
            self.lost += 1
            return None
        kbps = next((rate for at, rate in reversed(self.shape.schedule) if now_s >= at), 0.0)
        out_s = max(now_s, self._free_at_s)
        if kbps:
            if (out_s - now_s) * 1000 > self.shape.queue_ms:
                self.dropped += 1
                return None
            out_s += size_bytes * 8 / (kbps * 1000)
            self._free_at_s = out_s
        self.bytes_carried += size_bytes
        jitter_ms = self.chance.uniform(-self.shape.jitter_ms, self.shape.jitter_ms)
        self._left_at_s = max(out_s + (self.shape.delay_ms + jitter_ms) / 1000, self._left_at_s)
        return self._left_at_s

    def _loses(self) -> bool:
        """Two states (Gilbert): good ones keep all, bad ones lose all."""
        share = self.shape.loss_percent / 100
        if share <= 0:
            return False
        leaves = 1 / self.shape.burst_packets
        into = share / (1 - share) * leaves
        self._losing = self.chance.random() >= leaves if self._losing else self.chance.random() < into
        return self._losing


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _device(space: str, address: str) -> int:
    """A TUN device in a namespace; its descriptor works from outside."""
    libc = ctypes.CDLL(None, use_errno=True)
    here, there = os.open("/proc/self/ns/net", os.O_RDONLY), os.open(f"/run/netns/{space}", os.O_RDONLY)
    try:
        if libc.setns(there, 0):
            raise OSError(ctypes.get_errno(), "setns")
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", b"tun0", _IFF_TUN | _IFF_NO_PI))
        libc.setns(here, 0)
    finally:
        os.close(here)
        os.close(there)
    _ip("-n", space, "link", "set", "lo", "up")
    _ip("-n", space, "address", "add", f"{address}/24", "dev", "tun0")
    _ip("-n", space, "link", "set", "tun0", "mtu", str(MTU_BYTES), "txqueuelen", "1000", "up")
    _ip("-n", space, "route", "add", "default", "dev", "tun0")  # browsers gather addresses on the default route only
    return device


def _carry(devices: Sequence[int], ways: Sequence[Way]) -> None:
    """Until standard input closes."""
    poll = select.poll()
    for device in (0, *devices):
        poll.register(device, select.POLLIN | select.POLLHUP)
    start_s = time.monotonic()
    under_way: list[tuple[float, int, int, bytes]] = []
    count = 0
    while True:
        now_s = time.monotonic() - start_s
        while under_way and under_way[0][0] <= now_s:
            _, _, device, data = heapq.heappop(under_way)
            with contextlib.suppress(OSError):
                os.write(device, data)
        wait_ms = 20.0 if not under_way else min(20.0, max(0.0, (under_way[0][0] - now_s) * 1000))
        for ready, _ in poll.poll(wait_ms if wait_ms >= 1 else (1 if wait_ms > 0.3 else 0)):
            if ready == 0:
                if not os.read(0, 100):
                    return
                continue
            index = devices.index(ready)
            with contextlib.suppress(BlockingIOError):
                for _ in range(_BATCH):
                    data = os.read(ready, _MAX_PACKET_BYTES)
                    at_s = ways[index].leaves_at(len(data), time.monotonic() - start_s)
                    if at_s is not None:
                        count += 1
                        heapq.heappush(under_way, (at_s, count, devices[1 - index], data))


def main() -> None:
    shape = Shape.parse(sys.argv[1:])
    spaces = [f"vpline{os.getpid()}{end}" for end in "ab"]
    ways = [Way(shape, random.Random(seed)) for seed in (1, 2)]
    try:
        for space in spaces:
            _ip("netns", "add", space)
        devices = [_device(space, address) for space, address in zip(spaces, ADDRESSES, strict=True)]
        print(*spaces, flush=True)
        _carry(devices, ways)
        print(json.dumps([
            {"packets": way.packets, "lost": way.lost, "dropped": way.dropped, "bytes": way.bytes_carried}
            for way in ways
        ]), flush=True)  # fmt: skip
    finally:
        for space in spaces:
            if Path(f"/run/netns/{space}").exists():
                _ip("netns", "del", space)


class Line:
    """A line as a process of its own, for as long as a `with` block lasts."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)
        self.spaces: tuple[str, str] = ("", "")
        self.carried: list[dict[str, int]] = []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.line", *self._words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        first, second = self._process.stdout.readline().split()
        self.spaces = first, second
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        told = self._process.stdout.readline()
        self.carried = json.loads(told) if told else []
        self._process.wait(10)


if __name__ == "__main__":
    main()
