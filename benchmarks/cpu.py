"""What a call both ways costs one phone: 720p and 1080p at 30 pictures a second, two processes over the loopback.

    python -m benchmarks.cpu [--seconds 20] [--sizes 1280x720,1920x1080]

Processor time of a whole phone, in cores: encoding, decoding, transport, sound. What stands for camera, microphone and
sound card is in it, and told apart. Bars: 0.9 cores at 720p30, 1.6 at 1080p30. A phone that lowers its picture because
the machine is busy costs less: a bar is met only where nine pictures of ten arrive in full size, at 28 a second.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.call import SPARE_S, WARM_S
from benchmarks.clip import write_clip, write_speech
from benchmarks.peers import End, introduce
from benchmarks.report import tell

BARS = {"1280x720": 0.9, "1920x1080": 1.6}
WHOLE, LEAST_FPS = 0.9, 28.0
FRAMES = 60


def measure(size: str, seconds: float, folder: Path) -> dict[str, Any]:
    """Two phones call each other; what each cost.

    Raises:
        PeerFailed: One of them did not speak.
    """
    width, height = map(int, size.split("x"))
    clip = write_clip(folder / f"{size}.y4m", width=width, height=height, frames=FRAMES)
    speech = write_speech(folder / "speech.raw")
    command = (sys.executable, "-m", "benchmarks.both_ways")
    words = [f"{seconds:g}", str(clip), str(speech), f"{seconds + 1:g}"]
    with (
        End("caller", [*command, "offer", *words], folder) as caller,
        End("callee", [*command, "answer", *words], folder) as callee,
    ):
        introduce(caller, callee)
        told = [caller.hear(WARM_S + seconds + SPARE_S), callee.hear(SPARE_S)]
    clip.unlink()
    cores = max(each["cores"] for each in told)
    whole = [each["sizes"].get(size, 0) / max(1, sum(each["sizes"].values())) for each in told]
    held = min(whole) >= WHOLE and min(each["fps"] for each in told) >= LEAST_FPS
    return {
        "cores, the dearer phone": round(cores, 2),
        **({"met": cores <= BARS[size] and held} if size in BARS else {}),
        "cores": [round(each["cores"], 2) for each in told],
        "of them for camera and sound card": [round(each["of_devices"], 2) for each in told],
        "share in full size": [round(each, 2) for each in whole],
        "frames/s shown": [round(each["fps"], 1) for each in told],
        "sizes shown": [each["sizes"] for each in told],
        "codec": [each["codec"] for each in told],
        "kbit/s": [round(each["kbps"]) for each in told],
        "latency ms": [each["latency_ms"] for each in told],
        "cores by thread": told[0]["by_thread"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--sizes", default=",".join(BARS))
    read = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cpu-") as folder:
        for size in read.sizes.split(","):
            tell(f"cpu: {size}, both ways", measure(size, read.seconds, Path(folder)))


if __name__ == "__main__":
    main()
