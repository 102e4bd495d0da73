"""Do calls share a line? Rates of those on it over the last 30 of 45 seconds. Root only (namespaces).

    python -m benchmarks.sharing [--seconds 45] [--clip rough] [--out FOLDER]

First two vidphone calls and a download (the system's TCP, CUBIC) on 4 Mbit/s: each must get a third of its fair share.
Then a vidphone and a Chromium call on 3 Mbit/s: neither may fall below 35 % of the line. Rates are counted where the
line ends, IP headers included, on the sockets of the peers. Plots go into the folder.
"""

import argparse
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from benchmarks import drawing
from benchmarks.call import SPARE_S, Material
from benchmarks.line import ADDRESSES, Line
from benchmarks.peers import COMMANDS, End
from benchmarks.report import tell
from benchmarks.traffic import PORT, SLOT_S

LAST_S = 30.0
TRAFFIC = (COMMANDS["vidphone"][0], "-m", "benchmarks.traffic")
_UDP_PORT = re.compile(r"^a=candidate:\S+ 1 udp \d+ \S+ (\d+) typ host", re.IGNORECASE | re.MULTILINE)

Curve = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Mix:
    """Who shares a line."""

    name: str
    kbps: int
    calls: tuple[str, ...]
    tcp: bool
    least: float
    """Share of the line that each must get."""


MIXES = (
    Mix("two calls and a download", 4000, ("vidphone", "vidphone"), True, 1 / 9),
    Mix("vidphone and chromium", 3000, ("vidphone", "chromium"), False, 0.35),
)


def ports_of(sdp: str) -> set[str]:
    """The sockets that a description offers, named as the counter names flows."""
    return {f"udp:{port}" for port in _UDP_PORT.findall(sdp)}


def kbps_over(slots: Sequence[tuple[float, int]], from_s: float, to_s: float) -> float:
    """Mean rate between two moments."""
    return sum(size for at_s, size in slots if from_s <= at_s < to_s) * 8 / 1000 / (to_s - from_s)


def curve(slots: Sequence[tuple[float, int]], start_s: float) -> Curve:
    """Rates of half seconds, smoothed over three."""
    rates = {round((at_s - start_s) / SLOT_S): size * 8 / 1000 / SLOT_S for at_s, size in slots}
    return [
        (slot * SLOT_S, sum(rates.get(slot + near, 0.0) for near in (-1, 0, 1)) / 3)
        for slot in range(max(rates, default=0))
    ]


def share(mix: Mix, material: Material, seconds: float, out: Path) -> dict[str, Any]:
    """Let them share, and count.

    Raises:
        PeerFailed: One of them did not speak.
    """
    ports: dict[str, set[str]] = {}
    with tempfile.TemporaryDirectory(prefix="sharing-", ignore_cleanup_errors=True) as made, ExitStack() as stack:
        line = stack.enter_context(Line(["--rate", str(mix.kbps), "--delay", "40"]))

        def end(name: str, words: Sequence[str], side: int) -> End:
            made_end = End(name.replace(" ", "-"), words, Path(made), space=line.spaces[side], env={"WARM": "0"})
            return stack.enter_context(made_end)

        counter = end("counter", [*TRAFFIC, "count"], 1)
        counter.hear(SPARE_S)
        for number, peer in enumerate(mix.calls):
            name = f"{peer} {number + 1}" if mix.calls.count(peer) > 1 else peer
            words = ["send", f"{seconds + SPARE_S:g}", str(material.clip), "any", str(material.speech)]
            sender = end(f"{name} sender", [*COMMANDS[peer], *words], 0)
            watches = ["recv", f"{seconds + SPARE_S:g}", tempfile.mkdtemp(dir=made)]
            receiver = end(f"{name} receiver", [*COMMANDS[peer], *watches], 1)
            receiver.say(sender.hear(SPARE_S))
            answer = receiver.hear(SPARE_S)
            ports[name] = ports_of(answer["sdp"])
            sender.say(answer)
        if mix.tcp:
            end("sink", [*TRAFFIC, "sink"], 1).hear(SPARE_S)
            end("source", [*TRAFFIC, "source", ADDRESSES[1]], 0).hear(SPARE_S)
            ports["tcp"] = {f"tcp:{PORT}"}
        began_s = monotonic()
        sleep(seconds)
        ended_s = monotonic()
        counter.close_input()
        flows: Mapping[str, list[tuple[float, int]]] = counter.hear(SPARE_S)["flows"]
    told: dict[str, Any] = {"line kbit/s": mix.kbps, "fair share kbit/s": round(mix.kbps / len(ports))}
    curves = {}
    for name, own in ports.items():
        slots = [slot for flow, slots in flows.items() if flow in own for slot in slots]
        kbps = kbps_over(slots, max(began_s, ended_s - LAST_S), ended_s)
        curves[name] = curve(slots, began_s)
        told[name] = {
            "kbit/s": round(kbps), "of its fair share": round(kbps * len(ports) / mix.kbps, 2),
            "of the line": round(kbps / mix.kbps, 2), "met": kbps >= mix.least * mix.kbps,
        }  # fmt: skip
    drawing.draw_rates(curves, mix.kbps / len(ports), out / f"{mix.name.replace(' ', '-')}.png")
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=45)
    parser.add_argument("--clip", choices=("calm", "rough"), default="calm")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "vidphone-bench" / "sharing")
    read = parser.parse_args()
    if os.geteuid() != 0:
        parser.exit(0, "sharing: left out, as only root can make network namespaces\n")
    read.out.mkdir(parents=True, exist_ok=True)
    material = Material.make(read.out.parent / "material", read.clip)
    for mix in MIXES:
        tell(f"sharing: {mix.name}", share(mix, material, read.seconds, read.out))


if __name__ == "__main__":
    main()
