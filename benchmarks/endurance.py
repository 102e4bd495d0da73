"""Ten minutes of a call both ways on a lossy line: do memory, threads and queues stay flat? Root only (namespaces).

    python -m benchmarks.endurance [--seconds 600] [--line "--rate 4000 --delay 40 ..."] [--out FOLDER]

Of both phones every ten seconds: resident memory, threads, and the length of every list, dictionary, set and queue that
its session holds, found by going through its objects. Slopes are those after the first fifth, in which caches and
histories fill up. The readings, with pictures shown and time frozen so far, go into the folder as `endurance.json`.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.call import SPARE_S, WARM_S, Material
from benchmarks.growth import BOUNDED, grows, slope
from benchmarks.line import Line
from benchmarks.peers import End, introduce
from benchmarks.report import tell

LOSSY = "--rate 4000 --delay 40 --jitter 30 --loss 10 --burst 3"
EVERY_S = 10.0
WARM_UP = 5
"""The first of so many parts is not judged."""
MAX_MIB_A_MINUTE = 0.5

Readings = list[dict[str, Any]]


def run(seconds: float, words: Sequence[str], material: Material, every_s: float) -> dict[str, tuple[Readings, Any]]:
    """Let two phones call; of each the readings and the figures at the end.

    Raises:
        PeerFailed: One of them did not speak.
    """
    command = (sys.executable, "-m", "benchmarks.both_ways")
    arguments = [f"{seconds:g}", str(material.clip), str(material.speech), f"{every_s:g}"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="endurance-")))
        line = stack.enter_context(Line(words))
        phones = {
            name: stack.enter_context(End(name, [*command, role, *arguments], folder, space=space))
            for name, role, space in zip(("caller", "callee"), ("offer", "answer"), line.spaces, strict=True)
        }
        introduce(phones["caller"], phones["callee"])
        told: dict[str, tuple[Readings, Any]] = {name: ([], None) for name in phones}
        for _ in range(int(seconds / every_s)):
            for name, phone in phones.items():
                told[name][0].append(phone.hear(WARM_S + every_s + SPARE_S))
        return {name: (told[name][0], phone.hear(SPARE_S + every_s)) for name, phone in phones.items()}


def judge(readings: Readings) -> dict[str, Any]:
    """Slopes, and the containers that grow without levelling off."""
    late = readings[len(readings) // WARM_UP :]
    times = [reading["at_s"] for reading in late]
    memory = [reading["rss_mib"] for reading in late]
    threads = [reading["threads"] for reading in late]
    names = sorted({name for reading in late for name in reading["containers"]})
    lengths = {name: [reading["containers"].get(name, 0) for reading in late] for name in names}
    a_minute = slope(times, memory) * 60
    growing = {
        name: [values[0], values[-1]]
        for name, values in lengths.items()
        if BOUNDED not in name and grows(times, values)
    }
    longest = sorted(lengths, key=lambda name: -max(lengths[name]))[:8]
    return {
        "memory MiB": {"first": readings[0]["rss_mib"], "after warming up": memory[0], "last": memory[-1]},
        "MiB a minute": round(a_minute, 3),
        "threads": {"after warming up": threads[0], "most": max(threads), "last": threads[-1]},
        "containers": len(names),
        "containers that grow": growing,
        "longest containers": {name: max(lengths[name]) for name in longest},
        "flat": a_minute <= MAX_MIB_A_MINUTE and threads[-1] <= threads[0] and not growing,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--line", default=LOSSY)
    parser.add_argument("--every", type=float, default=EVERY_S)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "vidphone-bench" / "endurance")
    read = parser.parse_args()
    if os.geteuid() != 0:
        parser.exit(0, "endurance: left out, as only root can make network namespaces\n")
    read.out.mkdir(parents=True, exist_ok=True)
    material = Material.make(read.out.parent / "material")
    told = run(read.seconds, read.line.split(), material, read.every)
    (read.out / "endurance.json").write_text(json.dumps(told), encoding="utf-8")
    for name, (readings, end) in told.items():
        figures = {name: end[name] for name in ("fps", "frozen_ms", "latency_ms", "cores", "codec")}
        tell(f"endurance: {name}", {"seconds": read.seconds, "line": read.line, **judge(readings), **figures})


if __name__ == "__main__":
    main()
