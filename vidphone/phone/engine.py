"""The engine thread: one asyncio loop with signaling, HTTP and media, reached by messages only (docs/adr/0002).

Measured with the window's thread blocked 100 ms in every 250: sharing that thread made audio gaps of 117 ms at
the 95th percentile, a thread of its own 26 to 50 ms.
"""

import asyncio
import gc
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from vidphone.media.slot import PictureSlot
from vidphone.phone.commands import Command
from vidphone.phone.events import Event, Failure, MicrophoneLevel, StatsReport, failure
from vidphone.wire.errors import ErrorCode, VidphoneError

log = logging.getLogger(__name__)

MAX_EVENTS = 10_000
"""A shell that has not looked for so long is dead; the oldest events are dropped."""
SWITCH_INTERVAL_S = 0.001
"""A busy shell hands the interpreter over after this, not after Python's 5 ms: sound comes in blocks of 20 ms."""
STOP_S = 10.0


class RunningPhone(Protocol):
    """What the engine thread drives."""

    async def start(self) -> None:
        """Open everything that is needed at once."""

    def perform(self, command: Command) -> None:
        """Begin to do what a shell asks for."""

    async def close(self) -> None:
        """End calls and free everything."""


Emit = Callable[[Event], None]
MakePhone = Callable[[Emit, PictureSlot, PictureSlot], RunningPhone]


class Mailbox:
    """Events on their way to the shell; of statistics of a call, and of levels, only the latest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[Event] = deque(maxlen=MAX_EVENTS)

    def put(self, event: Event) -> bool:
        """Add an event; True where the box was empty, so that its reader is to be woken."""
        with self._lock:
            empty = not self._events
            last = self._events[-1] if self._events else None
            if _supersedes(event, last):
                self._events[-1] = event
            else:
                self._events.append(event)
            return empty

    def take(self) -> list[Event]:
        """All events, oldest first; the box is empty then."""
        with self._lock:
            events = list(self._events)
            self._events.clear()
            return events


def _supersedes(event: Event, last: Event | None) -> bool:
    """Whether the last one need not be read any more, now that this one is there."""
    if isinstance(event, StatsReport):
        return isinstance(last, StatsReport) and last.stats.call == event.stats.call
    return isinstance(event, MicrophoneLevel) and isinstance(last, MicrophoneLevel)


class EngineThread:
    """Runs a phone on a thread of its own. All methods are for the shell's thread."""

    def __init__(self, make_phone: MakePhone) -> None:
        self.remote_slot = PictureSlot()
        self.local_slot = PictureSlot()
        self.on_events: Callable[[], None] = lambda: None
        self._make_phone = make_phone
        self._mailbox = Mailbox()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._phone: RunningPhone | None = None
        self._early: list[Command] = []
        self._early_lock = threading.Lock()
        self._stopping = False
        self.broken = False
        """Whether what it is made of failed: no fault of the profile, the disk or the network."""
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        """Start the thread; `Ready` says when it takes calls, or a `Failure` why it never will and the thread ends.

        Commands may be posted before that.
        """
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._thread.start()

    @property
    def runs(self) -> bool:
        """Whether the thread was started and has not ended."""
        return self._thread.is_alive()

    def post(self, command: Command) -> None:
        """Hand a command over; after `stop` it is dropped."""
        with self._early_lock:
            if self._loop is None:
                self._early.append(command)
                return
        try:
            self._loop.call_soon_threadsafe(self._perform, command)
        except RuntimeError:
            log.debug("a command came after the engine had stopped")

    def take_events(self) -> list[Event]:
        """The events since the last time. `on_events` is called, on the engine's thread, when there are new ones."""
        return self._mailbox.take()

    def stop(self) -> None:
        """End calls, free devices, and wait for the thread, at most `STOP_S`."""
        with self._early_lock:
            self._stopping = True
            loop, stop = self._loop, self._stop
        if loop is not None and stop is not None:
            try:
                loop.call_soon_threadsafe(stop.set)
            except RuntimeError:
                log.debug("the engine had stopped already")
        if self._thread.ident is not None:
            self._thread.join(STOP_S)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        self._stop = asyncio.Event()
        try:
            gc.disable()  # what loads now is no garbage, and Qt's thread looking at half-made classes has crashed
            try:
                self._phone = self._make_phone(self._emit, self.remote_slot, self.local_slot)
            finally:
                gc.enable()
            await self._phone.start()
        except VidphoneError as error:
            self._emit(failure(error))
            return
        except Exception:
            self.broken = True
            log.exception("the phone did not start")
            self._emit(Failure(ErrorCode.INTERNAL))
            return
        with self._early_lock:
            self._loop = asyncio.get_running_loop()
            early, self._early = self._early, []
            if self._stopping:
                self._stop.set()
        for command in early:
            self._perform(command)
        await self._stop.wait()
        await self._phone.close()

    def _perform(self, command: Command) -> None:
        assert self._phone is not None  # noqa: S101 - posted only after `_main` made it
        self._phone.perform(command)

    def _emit(self, event: Event) -> None:
        if self._mailbox.put(event):
            self.on_events()
