"""Call set-ups through the real hub, with and without metering, its SQLite journal and ledger on the disk.

    python -m benchmarks.call_setup [CALLS] [PAIRS]

Two measurements, each of both kinds in turn, in one run. *One at a time*: from the caller's proposal on a real socket
to the callee's answer, in a real service; the difference of the medians is what the credit check adds (the bar is
10 ms). *At once*: the hub's shell without sockets, as many proposals in a batch as wait; set-ups a second of this
process, and a core-second of it (the bar is 1,000). A set-up is proposed, rung, answered, and its quota reserved; the
end of each call, which charges it, comes on top.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from benchmarks.report import spread, tell
from tests.integration.service_bench import CONFIG, Client, acceptance, new_id, proposal
from tests.support.charged_calls.service import BareHub, bare_hub
from tests.support.metered import add_metered, plan
from tests.support.provider import PASSWORD, Provider
from vidphone.service.days import provider_day
from vidphone.service.passwords import hash_password
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database
from vidphone.wire.reasons import EndReason
from vidphone.wire.reliable import ReliableLink, Verdict
from vidphone.wire.signaling import (
    FRAME,
    PROTOCOL_VERSION,
    Accept,
    Ack,
    CallMessage,
    End,
    Hello,
    Message,
    Propose,
    Ringing,
)

LIMIT_FEN = 100_000_000
CALLER, UNMETERED, CALLEE = "20000000", "30000000", "40000000"
WARM = 5
"""Calls before those that count."""


def customers(engine: Engine, pairs: int) -> None:
    """Callers with a plan, callers on paper without one, and those whom they call."""
    now = time.time()
    numbers = [str(int(CALLER) + each) for each in range(pairs)]
    add_metered(engine, numbers, plan(), LIMIT_FEN, provider_day(now), now, PASSWORD)
    hashed, stored = hash_password(PASSWORD), StoredCustomers(engine)
    for first in (UNMETERED, CALLEE):
        for each in range(pairs):
            stored.add(str(int(first) + each), "", hashed, now, paper="TEST")


async def one_at_a_time(folder: Path, calls: int) -> dict[str, list[float]]:
    """From proposal to answer, in milliseconds."""
    provider = Provider(folder)
    engine = open_database(folder)
    customers(engine, 1)
    engine.dispose()
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    taken: dict[str, list[float]] = {"unmetered": [], "metered": []}
    with provider:
        async with (
            Client(provider.url, CALLER) as metered,
            Client(provider.url, UNMETERED) as unmetered,
            Client(provider.url, CALLEE) as callee,
        ):
            for each in range(WARM + calls):
                for kind, caller in (("unmetered", unmetered), ("metered", metered)):
                    begun_s = time.perf_counter()
                    call = await rung(caller, callee)
                    if each >= WARM:
                        taken[kind].append((time.perf_counter() - begun_s) * 1000)
                    await caller.say(End(call=call, reason=EndReason.HUNG_UP))
                    while not isinstance(await callee.hear(), End):
                        continue
    return taken


async def rung(caller: Client, callee: Client) -> str:
    """A call that the callee's phone has heard of and taken; its id."""
    offer = proposal(callee.number)
    await caller.say(offer)
    while not isinstance(await callee.hear(), Propose):
        continue
    await callee.say(acceptance(offer.call))
    while not isinstance(await caller.hear(), Accept):
        continue
    return offer.call


class _Device:
    """A device without a socket."""

    def __init__(self, wire: int, number: str) -> None:
        self.wire, self.number, self.device = wire, number, new_id()
        self.link = ReliableLink()
        self.call = ""

    def frame(self, data: str) -> dict[str, Any]:
        return {"kind": "frame", "wire": self.wire, "number": self.number, "data": data}

    def say(self, body: CallMessage) -> dict[str, Any]:
        return self.frame(self.link.send(body).model_dump_json())

    def greet(self) -> list[dict[str, Any]]:
        opened = {"kind": "opened", "wire": self.wire, "number": self.number, "device": self.device, "token": self.wire}
        hello = Hello(version=PROTOCOL_VERSION, device=self.device)
        return [opened, self.frame(hello.model_dump_json())]

    def hear(self, data: str) -> list[dict[str, Any]]:
        frame = FRAME.validate_json(data)
        if isinstance(frame, Ack):
            self.link.acknowledge(frame.ack)
        if isinstance(frame, Message) and self.link.receive(frame) is Verdict.DELIVER:
            if isinstance(body := frame.body, Propose):
                self.call = body.call
                return [self.say(Ringing(call=body.call)), self.say(acceptance(body.call))]
            return [self.frame(Ack(ack=self.link.received).model_dump_json())]
        return []


def at_once(folder: Path, calls: int, pairs: int) -> dict[str, dict[str, float]]:
    """Set-ups a second through hub, journal and ledger; the devices' own work is not counted."""
    engine = open_database(folder)
    customers(engine, pairs)
    hub = bare_hub(engine, time.monotonic, time.time)
    first = {"unmetered": UNMETERED, "metered": CALLER}
    wires = iter(range(1, 1_000_000))
    devices = {
        kind: [_Device(next(wires), str(int(number) + each)) for each in range(pairs)]
        for kind, number in (first | {"callee": CALLEE}).items()
    }
    by_wire = {device.wire: device for each in devices.values() for device in each}
    figures: dict[str, dict[str, float]] = {kind: {"calls": 0, "s": 0.0, "cpu_s": 0.0, "end_s": 0.0} for kind in first}
    _round(hub, by_wire, [one for device in by_wire.values() for one in device.greet()])
    for each in range(1 + calls // pairs):
        for kind in first:
            callers, callees = devices[kind], devices["callee"]
            inputs = [caller.say(proposal(callee.number)) for caller, callee in zip(callers, callees, strict=True)]
            took_s, cpu_s = _round(hub, by_wire, inputs)
            ends = [callee.say(End(call=callee.call, reason=EndReason.HUNG_UP)) for callee in callees]
            end_s, _ = _round(hub, by_wire, ends)
            if each:
                for name, figure in (("calls", pairs), ("s", took_s), ("cpu_s", cpu_s), ("end_s", end_s)):
                    figures[kind][name] += figure
    engine.dispose()
    return figures


def _round(hub: BareHub, by_wire: dict[int, _Device], inputs: list[dict[str, Any]]) -> tuple[float, float]:
    """Let the hub take these, and what the devices say to what it sends; its time, and its CPU time."""
    took_s = cpu_s = 0.0
    while inputs:
        begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
        sent = hub.frames([hub.input(one) for one in inputs])
        took_s, cpu_s = took_s + time.perf_counter() - begun_s, cpu_s + time.process_time() - begun_cpu_s
        inputs = [said for wire, data in sent for said in by_wire[wire].hear(data)]
    return took_s, cpu_s


def main(calls: int, pairs: int) -> None:
    """Measure and tell."""
    with tempfile.TemporaryDirectory() as folder:
        taken = asyncio.run(one_at_a_time(Path(folder) / "sockets", calls))
        figures = at_once(Path(folder) / "bare", 10 * calls, pairs)
    rows: dict[str, object] = {f"one at a time, ms, {kind}": spread(each) for kind, each in taken.items()}
    medians = {kind: spread(each)["p50"] for kind, each in taken.items()}
    rows["credit check adds, ms at the median"] = round(medians["metered"] - medians["unmetered"], 1)
    for kind, each in figures.items():
        rows[f"set-ups a second, {pairs} at once, {kind}"] = round(each["calls"] / each["s"])
        rows[f"set-ups a core-second, {kind}"] = round(each["calls"] / each["cpu_s"])
        rows[f"set-ups with their ends a second, {kind}"] = round(each["calls"] / (each["s"] + each["end_s"]))
    tell("call_setup", rows)


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:3]]
    main(*(words + [200, 64][len(words) :]))
