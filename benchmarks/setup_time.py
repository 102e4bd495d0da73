"""Dial to first remote picture on the loopback: two headless phones, a real service, calls one after another.

    python -m benchmarks.setup_time [CALLS]

The callee answers the moment it rings, so the figure is the program's own: signaling, ICE, DTLS, the first keyframe.
The bar is 600 ms at the median of 20.
"""

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import spread, tell
from tests.support.phones import pair
from tests.support.provider import Provider

SOURCES = ("--camera", "test", "--mic", "tone", "--speaker", "none")


def main(calls: int) -> None:
    connected_ms, first_frame_ms = [], []
    with tempfile.TemporaryDirectory() as folder:
        provider = Provider(Path(folder) / "service")
        provider.add_customer("1001")
        provider.add_customer("1002")
        with provider, pair(provider, Path(folder), *SOURCES) as (caller, callee):
            for _ in range(calls):
                caller.do("dial", number="1002")
                callee.wait_for("incoming")
                callee.do("answer")
                connected_ms.append(caller.wait_for("connected")["setup_ms"])
                first_frame_ms.append(caller.wait_for("first-frame")["ms"])
                time.sleep(0.5)
                caller.do("hang-up")
                caller.wait_for("ended")
                callee.wait_for("ended")
    tell("setup_time", {"connected_ms": spread(connected_ms), "first_frame_ms": spread(first_frame_ms)})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
