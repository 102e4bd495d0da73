"""Calls one after another in one process: do memory and threads stay flat?

    python -m benchmarks.many_calls [CALLS]

Two headless phones call each other, a second of media each; memory (RSS) and threads of both processes are read after
every call. The slope is that of the second half, when caches are warm.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.report import tell
from tests.support.phones import connect, pair
from tests.support.provider import Provider

SOURCES = ("--camera", "test", "--mic", "tone", "--speaker", "none", "--size", "320x180")
MIB = 1 << 20


def slope(values: list[float]) -> float:
    """Growth a call, by least squares."""
    return statistics.linear_regression(range(len(values)), values).slope


def main(calls: int) -> None:
    rss_mib: dict[str, list[float]] = {"caller": [], "callee": []}
    threads: dict[str, list[int]] = {"caller": [], "callee": []}
    with tempfile.TemporaryDirectory() as folder:
        provider = Provider(Path(folder) / "service")
        provider.add_customer("1001")
        provider.add_customer("1002")
        with provider, pair(provider, Path(folder), *SOURCES) as (caller, callee):
            processes = {"caller": psutil.Process(caller.process.pid), "callee": psutil.Process(callee.process.pid)}
            for number in range(calls):
                connect(caller, callee, "1002")
                caller.wait_for("first-frame")
                time.sleep(0.7)
                (caller if number % 2 else callee).do("hang-up")
                caller.wait_for("ended")
                callee.wait_for("ended")
                time.sleep(0.3)
                for name, process in processes.items():
                    rss_mib[name].append(process.memory_info().rss / MIB)
                    threads[name].append(process.num_threads())
                caller.said.clear()
                callee.said.clear()
    half = calls // 2
    tell(
        "many_calls",
        {
            "calls": calls,
            **{
                f"{name} memory MiB": {
                    "after 1": round(values[0], 1),
                    "half way": round(values[half], 1),
                    "at the end": round(values[-1], 1),
                    "KiB a call in the second half": round(slope(values[half:]) * 1024, 1),
                }
                for name, values in rss_mib.items()
            },
            **{
                f"{name} threads": {"after 1": counts[0], "half way": counts[half], "at the end": counts[-1]}
                for name, counts in threads.items()
            },
        },
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
