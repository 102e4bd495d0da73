"""Two ways of making inputs, each run in a process of its own: atheris, led by coverage, and ours, led by chance.

Both report into a file, while they run: libFuzzer does not come back.
"""

import gc
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import psutil

from tests.fuzz.mutate import broken
from tests.fuzz.target import Target

HANG_S = 5.0
"""Of CPU time: a busy machine is no fault."""
STUCK_S = 600
"""Of time: what waits for ever takes no CPU."""
REPORTS = 20


class Watched:
    """A target's `run` that keeps account: how many, the slowest, and what the process holds.

    An input that takes `HANG_S` raises `TimeoutError`, where the system has a timer for that.
    """

    def __init__(self, target: Target, runs: int, report: Path) -> None:
        self._target = target
        self._every = max(1, runs // REPORTS)
        self._path = report
        self._process = psutil.Process()
        self._count = 0
        self._slowest_s = 0.0
        self._slowest = b""
        self._first: dict[str, float] = {}
        self._timed = hasattr(signal, "ITIMER_PROF")
        if self._timed:
            signal.signal(signal.SIGPROF, _hung)

    def run(self, data: bytes) -> None:
        """One input."""
        if self._timed:
            signal.setitimer(signal.ITIMER_PROF, HANG_S)
        began_s = time.thread_time()
        self._target.run(data)
        took_s = time.thread_time() - began_s
        if took_s > self._slowest_s and self._count > self._every:  # what is loaded at first is no hang
            self._slowest_s, self._slowest = took_s, data
        self._count += 1
        if self._count % self._every == 0:
            self.report()

    def report(self) -> None:
        """Write what is known so far."""
        if self._timed:
            signal.setitimer(signal.ITIMER_PROF, 0)
        gc.collect()
        now = {"rss_mib": round(self._process.memory_info().rss / 2**20, 1), "objects": sys.getallocatedblocks()}
        self._first = self._first or now
        told = {
            "runs": self._count,
            "slowest_ms": round(self._slowest_s * 1000, 1),
            "slowest": self._slowest.hex()[:4000],
            "first": self._first,
            "last": now,
        }
        self._path.write_text(json.dumps(told), encoding="utf-8")


def by_chance(target: Target, runs: int, seed: int, report: Path) -> None:
    """Our own mutations, `runs` of them."""
    watched = Watched(target, runs, report)
    for data in broken(target.seeds(), runs, seed, text=target.text, max_bytes=target.max_bytes):
        try:
            watched.run(data)
        except Exception:
            sys.stderr.write(f"{target.name} fails on {data.hex()}\n")
            raise
    watched.report()


def _hung(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError("a hang")


def by_coverage(load: Callable[[], Target], runs: int, seed: int, report: Path, folder: Path) -> None:
    """Atheris: never returns. `load` imports the target, so that its modules can be instrumented on the way."""
    import atheris  # noqa: PLC0415 - an extra of its own

    with atheris.instrument_imports(include=["vidphone.media"], enable_loader_override=False):
        target = load()
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for number, data in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(data)
    watched = Watched(target, runs, report)
    options = [
        f"-runs={runs}",
        f"-seed={seed}",
        f"-timeout={STUCK_S}",
        f"-max_len={target.max_bytes}",
        "-rss_limit_mb=1024",
        f"-artifact_prefix={folder}{os.sep}",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], watched.run)
    atheris.Fuzz()
