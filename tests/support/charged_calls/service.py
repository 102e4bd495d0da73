"""The service of a run: a child process, killed (SIGKILL) at a random step on its database, and started again.

It has the real hub shell without its sockets: what connections would bring comes as a line from the parent, what they
would be sent goes back as one, and time is what the parent says. A step is the beginning of a statement, of a commit,
or the moment after one, before anybody is told.
"""

import itertools
import json
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine, event

from tests.support.billing import CONDITIONS
from vidphone.service.bus import LocalBus
from vidphone.service.hub import limits, shell
from vidphone.service.hub.directory import Dial
from vidphone.service.hub.effects import Close, Effect, Pause, Send
from vidphone.service.hub.frames import decode
from vidphone.service.hub.sessions import Identity
from vidphone.service.metrics import Metrics
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database
from vidphone.service.store.gates import StoredGates
from vidphone.service.store.journal import StoredJournal
from vidphone.texts import Language
from vidphone.wire.signaling import Message, Propose

BASE = 1_785_600_000.0
"""When virtual time begins: UTC seconds since 1970."""


class BareHub(shell.HubShell):
    """The hub's shell, pumped by hand."""

    def restart(self, now: float) -> None:
        """As `start`, without tasks."""
        self._hub.restore(self._journal.recover(self._clock(), self._clock() - limits.ENDED_MEMORY_S), now)

    def pump(self, batch: list[shell._Input]) -> list[Effect]:
        """As one round of `_pump`; what was sent."""
        sent: list[Effect] = []
        if dials := [one.dial for one in batch if one.dial]:
            sent += self._begin_calls(dials, batch)
        else:
            self._decide(batch)
        while effects := self._hub.take_effects():
            if any(not isinstance(effect, Send | Close | Pause) for effect in effects):
                self._answer(self._write(effects))
            sent += effects
        return sent

    def frames(self, batch: list[shell._Input]) -> list[tuple[int, str]]:
        """As `pump`; the frames of it with their connections."""
        sent = (one for one in self.pump(batch) if isinstance(one, Send))
        return [(one.connection, one.frame.model_dump_json(exclude_none=True)) for one in sent]

    def input(self, what: dict[str, Any]) -> shell._Input:
        """An input from the parent's words."""
        hub, wire = self._hub, what["wire"]
        if what["kind"] == "opened":
            who = Identity(what["number"], what["device"], what["token"])
            return shell._Input(partial(hub.opened, wire, who, Language.ENGLISH))
        if what["kind"] == "closed":
            return shell._Input(partial(hub.closed, wire))
        incoming = decode(what["data"])
        dial = None
        if isinstance(incoming, Message) and isinstance(body := incoming.body, Propose):
            dial = Dial(what["number"], body.callee, body.call, body.video)
        return shell._Input(partial(hub.received, wire, incoming), dial)

    @property
    def deadline(self) -> float | None:
        """When it wants to be asked again."""
        return self._hub.next_deadline()


class Service:
    """The parent's end of one life of the service."""

    def __init__(self, folder: Path, now: float, last_step: int) -> None:
        """Start it; it dies at its `last_step`-th step, or lives on below 0."""
        here, there = os.pipe(), os.pipe()
        self._child = os.fork()
        if self._child == 0:
            code = 1
            try:
                os.close(here[1])
                os.close(there[0])
                _serve(folder, now, last_step, here[0], there[1])
                code = 0
            finally:
                os._exit(code)
        os.close(here[0])
        os.close(there[1])
        self._ask, self._answer = os.fdopen(here[1], "w"), os.fdopen(there[0])
        self.broke = False

    def ask(self, now: float, inputs: list[dict[str, object]]) -> dict[str, Any] | None:
        """Hand inputs over; what came of them, or None: it is dead, and nobody knows what it did."""
        try:
            self._ask.write(json.dumps({"now": now, "inputs": inputs}) + "\n")
            self._ask.flush()
        except BrokenPipeError:
            return None
        line = self._answer.readline()
        return json.loads(line) if line else None

    def end(self) -> None:
        """Wait for its end, which it is told of unless it is dead."""
        for end in (self._ask, self._answer):
            try:
                end.close()
            except BrokenPipeError:
                continue
        status = os.waitpid(self._child, 0)[1]
        self.broke = os.waitstatus_to_exitcode(status) not in (0, -signal.SIGKILL)


def bare_hub(engine: Engine, monotonic: Callable[[], float], utc: Callable[[], float]) -> BareHub:
    """The hub of a database, as after a start."""
    hub = BareHub(
        StoredCustomers(engine),
        StoredJournal(engine),
        LocalBus(),
        Metrics(),
        lambda: os._exit(1),
        StoredGates(engine, (), CONDITIONS),
        (),
        utc,
    )
    hub.restart(monotonic())
    return hub


def _serve(folder: Path, now: float, last_step: int, asks: int, answers: int) -> None:
    at = SimpleNamespace(now=now)
    vars(shell)["time"] = SimpleNamespace(monotonic=lambda: at.now, time=lambda: BASE + at.now)
    engine = open_database(folder)
    step = _mortal(last_step)
    hub = bare_hub(engine, lambda: at.now, lambda: BASE + at.now)
    with os.fdopen(asks) as lines:
        for line in lines:
            asked = json.loads(line)
            at.now = asked["now"]
            frames = hub.frames([hub.input(one) for one in asked["inputs"]])
            step()
            os.write(answers, (json.dumps({"sent": frames, "deadline": hub.deadline}) + "\n").encode())


def _mortal(last_step: int) -> Callable[[], None]:
    steps: Iterator[int] = itertools.count()

    def step(*_: object) -> None:
        if next(steps) == last_step:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    return step
