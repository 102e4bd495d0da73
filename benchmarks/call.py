"""One measured call between two peers over an emulated line: prints one JSON object. Root only (namespaces).

    python -m benchmarks.call vidphone chromium --line "--rate 2000 --delay 40 --loss 5" [--seconds 20]

A peer is a name of benchmarks/peers.py, for the sender with `:CODEC` behind it if it must use one.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import clip as clips
from benchmarks import marks, measure
from benchmarks.line import Line, Shape
from benchmarks.peers import COMMANDS, End, introduce
from benchmarks.report import percentile

WARM_S = 3.0
SPARE_S = 60.0
METER_EVERY_S = 0.25
RECOVERED = 0.8
"""Share of the line's rate that counts as back."""
RECOVERY_WINDOW_S = 1.0

SURE_LIKENESS = 0.2
"""A delay found in a piece of eight seconds is chance below this."""

Result = dict[str, Any]
Figures = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Material:
    """What is shown and said."""

    clip: Path
    speech: Path | None

    @classmethod
    def make(cls, folder: Path, look: str = "calm") -> "Material":
        """Make it in a folder, unless it is there."""
        clip, speech = folder / f"{look}.y4m", folder / "speech.raw"
        folder.mkdir(parents=True, exist_ok=True)
        if not clip.exists():  # under another name until it is whole
            clips.write_clip(folder / "unfinished", look).rename(clip)
        if not speech.exists():
            clips.write_speech(folder / "unfinished").rename(speech)
        return cls(clip, speech)


class Meter:
    """Reads what comes out of a line at a process that lives behind it."""

    def __init__(self, pid: int, started_s: float) -> None:
        self._path, self._started_s = Path(f"/proc/{pid}/net/dev"), started_s
        self.readings: list[tuple[float, int]] = []
        """Seconds since the line began, bytes so far."""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="meter", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(METER_EVERY_S):
            try:
                lines = self._path.read_text().splitlines()
            except OSError:
                return
            for line in lines:
                name, _, counts = line.partition(":")
                if name.strip() == "tun0":
                    self.readings.append((time.monotonic() - self._started_s, int(counts.split()[0])))

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def kbps_between(readings: Sequence[tuple[float, int]], from_s: float, to_s: float) -> float | None:
    """Mean rate between two moments; None without two readings there."""
    within = [(at_s, count) for at_s, count in readings if from_s <= at_s <= to_s]
    if len(within) < 2:
        return None
    (first_s, first), (last_s, last) = within[0], within[-1]
    return (last - first) * 8 / 1000 / (last_s - first_s)


def last_rise(shape: Shape) -> tuple[float, float] | None:
    """When the line's rate last went up, and from when on how much it carries (kbit/s)."""
    steps = zip(shape.schedule, shape.schedule[1:], strict=False)
    rises = [after for (_, before), after in steps if after[1] > before > 0]
    return rises[-1] if rises else None


def recovery_s(readings: Sequence[tuple[float, int]], shape: Shape) -> float | None:
    """How long after the line's last rise `RECOVERED` of it arrives again; None without a rise, or if it never does."""
    rise = last_rise(shape)
    for at_s, _ in readings if rise is not None else ():
        if rise is not None and at_s >= rise[0] + RECOVERY_WINDOW_S:
            kbps = kbps_between(readings, at_s - RECOVERY_WINDOW_S, at_s)
            if kbps is not None and kbps >= RECOVERED * rise[1]:
                return at_s - rise[0]
    return None


def found_again_s(estimates: Sequence[tuple[float, float]], began_s: float, shape: Shape) -> float | None:
    """How long after the line's last rise the sender knows of `RECOVERED` of it, by what it says (ms, bit/s)."""
    rise = last_rise(shape)
    if rise is None:
        return None
    told = ((at_ms / 1000 - began_s - rise[0], bps / 1000) for at_ms, bps in estimates)
    return next((after_s for after_s, kbps in told if after_s >= 0 and kbps >= RECOVERED * rise[1]), None)


def measure_call(
    sender: str, receiver: str, words: Sequence[str], material: Material, *, seconds: float, warm_s: float = WARM_S
) -> Result:
    """Let two peers call, and measure.

    Raises:
        PeerFailed: One of them did not speak.
    """
    name, _, codec = sender.partition(":")
    env = {"WARM": f"{warm_s:g}"}
    with tempfile.TemporaryDirectory(prefix="call-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        shown = ["send", f"{seconds:g}", str(material.clip), codec or "any"]
        shown += [str(material.speech)] if material.speech else []
        watches = ["recv", f"{seconds:g}", str(folder)]
        with Line(words) as line:
            began_s = time.monotonic()
            first, second = line.spaces
            with (
                End("sender", [*COMMANDS[name], *shown], folder, space=first, env=env) as sends,
                End("receiver", [*COMMANDS[receiver], *watches], folder, space=second, env=env) as receives,
            ):
                introduce(sends, receives)
                answered_ms = time.monotonic() * 1000
                meter = Meter(receives.process.pid, began_s)
                sent, received = sends.hear(warm_s + seconds + SPARE_S), receives.hear(SPARE_S)
                meter.stop()
                sends.done()
                receives.done()
        return {
            "line": " ".join(words), "sender": sender, "receiver": receiver, "seconds": seconds,
            "clip": material.clip.stem, "send": sent, "recv": received,
            "psnr": measure.picture_quality(folder / "frames.bin", marks.Clip.open(material.clip)),
            **_speech(folder, material.speech, sent, answered_ms + warm_s * 1000, seconds * 1000),
            "recovery_s": recovery_s(meter.readings, Shape.parse(words)),
            "found_again_s": found_again_s(sent.pop("estimates", []), began_s, Shape.parse(words)),
            "kbps": [[round(at_s, 2), count] for at_s, count in meter.readings],
            "carried": line.carried,
        }  # fmt: skip


def _speech(folder: Path, speech: Path | None, sent: Mapping[str, Any], from_ms: float, for_ms: float) -> Result:
    heard = measure.play(measure.read_sound(folder / "audio.bin"))
    if speech is None or heard is None or sent.get("audioStart") is None:
        return {"speech": [], "sync_ms": []}
    spoken = measure.Spoken.read(speech, clips.SPEECH_RATE_HZ, sent["audioStart"])
    shown = measure.read_shown(folder / "shown.bin")
    to_ms = from_ms + for_ms
    sync_ms = measure.lip_sync_ms(shown, heard, spoken, from_ms, to_ms)
    return {
        "speech": measure.speech_quality(heard, spoken, from_ms, to_ms),
        "sync_ms": [round(value, 1) for value in sync_ms],
    }


def figures(result: Result) -> Figures:
    """One number for everything that is compared; None for what there was nothing of."""
    sent, received, quality = result["send"], result["recv"], result["psnr"] or {}
    latency = received["latency_ms"] or {}
    pieces, sync_ms = result["speech"], [abs(value) for value in result["sync_ms"]]
    delays_ms = [each["delay_ms"] for each in pieces if each["likeness"] >= SURE_LIKENESS]
    return {
        **{name: latency.get(name) for name in ("p50", "p95", "max")},
        "fps": received["fps"],
        "frozen_s": received["frozen_ms"] / 1000,
        "psnr": quality.get("mean"),
        "psnr_p10": quality.get("p10"),
        "pesq": statistics.fmean(each["pesq"] for each in pieces) if pieces else None,
        "pesq_least": min(each["pesq"] for each in pieces) if pieces else None,
        "speech_delay": statistics.median(delays_ms) if delays_ms else None,
        "sync_p95": percentile(sync_ms, 0.95) if sync_ms else None,
        "cpu": sent["cpu"] + received["cpu"],
        "kbps": sent["kbps"],
        "recovery_s": result["recovery_s"],
        "found_again_s": result["found_again_s"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sender")
    parser.add_argument("receiver", choices=COMMANDS)
    parser.add_argument("--line", default="--delay 20")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--warm", type=float, default=WARM_S)
    parser.add_argument("--clip", default="calm", choices=clips.LOOKS)
    parser.add_argument("--material", type=Path, default=Path(tempfile.gettempdir()) / "vidphone-bench")
    read = parser.parse_args()
    material = Material.make(read.material, read.clip)
    result = measure_call(
        read.sender, read.receiver, read.line.split(), material, seconds=read.seconds, warm_s=read.warm
    )
    print(json.dumps({**result, "figures": figures(result)}))


if __name__ == "__main__":
    main()
