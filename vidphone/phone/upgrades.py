"""Upgrades as this phone goes about them: looking, fetching, installing; and never in a call (clause 8).

It loads nothing of the update framework: what asks the repository is made by `make` when first it is needed.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from random import Random

from vidphone import __version__
from vidphone.account.upgrades.choice import delayed_until
from vidphone.account.upgrades.pace import Pace
from vidphone.installation.errors import InstallationError, Reason
from vidphone.installation.tree import Installation
from vidphone.phone import upgrade_rules as rules
from vidphone.phone.engine import Emit
from vidphone.phone.events import RestartWanted, UpgradeStage, UpgradeState
from vidphone.phone.upgrade_memory import Memory
from vidphone.phone.upgrade_ports import Found, Progress, Upgrader
from vidphone.phone.upgrade_reports import Failures, tell_what_was_seen
from vidphone.wire.errors import ErrorCode, VidphoneError

log = logging.getLogger(__name__)

QUIET = frozenset({ErrorCode.SERVICE_UNREACHABLE, ErrorCode.SERVICE_BUSY, ErrorCode.SERVICE_NOT_SECURE})
"""Failures of a look that nobody asked for and that the next one mends."""
TOLD_STEP = 0.02
"""Of a download; the progress is told in such steps."""
_CODES = {Reason.NO_SPACE: ErrorCode.DISK_FULL}


class Upgrades:
    """One look after another, from `start` to `close`, on the engine's loop."""

    def __init__(
        self,
        emit: Emit,
        installation: Installation | None,
        make: Callable[[], Upgrader],
        number: Callable[[], str | None],
        always_called: Callable[[], Awaitable[tuple[str, ...]]],
        restartable: Callable[[], bool],
        memory: Memory,
        remember: Callable[[Memory], None],
        chance: Random,
        how: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Made on the loop.

        Args:
            emit: Tells the shell.
            installation: The tree of versions that this program is part of; None: it does not upgrade itself, and is
                only told what there is.
            make: Makes what asks the repository; blocking.
            number: Who is signed in.
            always_called: Asks the service for the numbers that nothing blocks: customer service and emergency (clause
                9); none where nobody is signed in.
            restartable: Whether a restart unasked leaves everything as it was.
            memory: What is known from earlier.
            remember: Keeps that; blocking for some milliseconds.
            chance: For the times of looks.
            how: How a program was installed that does not upgrade itself.
            clock: UTC seconds since 1970.
        """
        self._emit = emit
        self._installation = installation
        self._make = make
        self._number = number
        self._always_called = always_called
        self._restartable = restartable
        self._memory = memory
        self._remember = remember
        self._chance = chance
        self._how = how
        self._clock = clock
        self._failures = Failures(lambda: self._memory, self._keep, clock)
        self._upgrader: Upgrader | None = None
        self._pace = Pace(rules.BACKGROUND_BYTES_PER_S)
        self._look_now = asyncio.Event()
        self._asked = False
        self._busy = False
        self._in_hand: Found | None = None
        self._ready_at: float | None = None
        self._install_asked = False
        self._replaced = False
        self._state = UpgradeState(UpgradeStage.NONE, minimum=memory.minimum or "")
        self._tasks: set[asyncio.Task[None]] = set()
        self._saves: set[asyncio.Task[None]] = set()
        self._one_save = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        self._timer: asyncio.Task[None] | None = None

    # --- what the phone tells

    def start(self) -> None:
        """Begin to look."""
        self._looking = asyncio.get_running_loop().create_task(self._look_again_and_again(), name="upgrades")
        if self._memory.minimum:
            self._tell(self._idle_stage())

    def hinted(self) -> None:
        """There may be something new."""
        self._later(rules.hint_pause_s(self._chance), self._look_now.set)

    def calls_changed(self, *, busy: bool) -> None:
        """Whether there is any call."""
        if busy == self._busy:
            return
        self._busy = busy
        self._set_pace()
        if not busy and self._ready_at is not None:
            self._later(rules.SETTLED_S, self._install_if_due)

    # --- what a person asks for

    def check(self) -> None:
        """Look now, and tell what was found in any case."""
        self._asked = True
        self._look_now.set()

    def delay(self, hours: float) -> None:
        """Put off what is ready. Raises `NOT_POSSIBLE_NOW` where nothing is, or calls need it."""
        found = self._in_hand
        if found is None or self._ready_at is None or found.must:
            raise VidphoneError(ErrorCode.NOT_POSSIBLE_NOW, {"detail": "ui.upgrade.no-delay"})
        until = delayed_until(self._memory.found_at, self._clock(), hours, must=False)
        self._keep(self._memory.model_copy(update={"delayed_until": until}))
        self._install_asked = False
        self._plan()

    def install_now(self) -> None:
        """Install what is ready now, or when no call goes on. Raises `NOT_POSSIBLE_NOW` where nothing is."""
        if self._in_hand is None or self._installation is None:
            raise VidphoneError(ErrorCode.NOT_POSSIBLE_NOW, {"detail": "ui.upgrade.nothing"})
        self._install_asked = True
        self._set_pace()
        if self._ready_at is not None:
            self._install_if_due()

    def refusal(self, number: str) -> VidphoneError | None:
        """Why this version may not call that number or be called by it; customer service and emergency always may."""
        minimum = self._memory.minimum
        if minimum is None or number in self._memory.always_called:
            return None
        return VidphoneError(ErrorCode.UPGRADE_NEEDED, {"minimum": minimum, "version": __version__})

    async def close(self) -> None:
        """The phone ends: what is ready is what the next start runs, unless it was put off."""
        looking, self._looking = self._looking, None
        tasks = [*self._tasks, *([looking] if looking else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._saves, return_exceptions=True)
        put_off = self._memory.delayed_until is not None and self._memory.delayed_until > self._clock()
        if self._in_hand is not None and self._ready_at is not None and not put_off and not self._replaced:
            try:
                await self._switch(self._in_hand)
            except InstallationError as error:
                log.warning("the new version could not be put in place: %s", error)
                self._failures.note(self._in_hand, error)
                await asyncio.gather(*self._saves, return_exceptions=True)

    # --- looking and fetching

    async def _look_again_and_again(self) -> None:
        pause_s = rules.first_pause_s(self._chance)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._look_now.wait()
            self._look_now.clear()
            asked, self._asked = self._asked, False
            pause_s = rules.pause_s(self._chance)
            try:
                await self._look(asked=asked)
            except VidphoneError as error:
                log.info("no upgrade: %s", error.code)
                if error.code in QUIET and self._is_fetching():
                    pause_s = rules.again_pause_s(self._chance)
                if asked or (error.code not in QUIET and self._ready_at is None):
                    self._tell(UpgradeStage.FAILED, error=error, again=asked)
            except InstallationError as error:
                log.warning("no upgrade: %s", error)
                if asked or self._ready_at is None:
                    self._tell(UpgradeStage.FAILED, error=_told(error), again=asked)
            except Exception:
                log.exception("no upgrade")

    async def _look(self, *, asked: bool) -> None:
        if self._upgrader is None:
            self._upgrader = await asyncio.to_thread(self._make)
        self._upgrader.account_number = self._number()
        if self._installation is not None:
            await tell_what_was_seen(self._installation, self._upgrader)
        await self._failures.tell(self._upgrader)
        found = await self._upgrader.check()
        await self._learn(self._upgrader.below_minimum)
        if found is None or self._installation is None:
            self._in_hand, self._ready_at = found, None
            self._install_asked = False
            self._tell(self._idle_stage(), again=asked)
            return
        self._keep(self._memory.found(found.build_id, self._clock()))
        was_ready = (
            self._in_hand is not None and self._in_hand.build_id == found.build_id and self._ready_at is not None
        )
        self._in_hand = found
        if not was_ready:
            self._ready_at = None
            self._tell(UpgradeStage.FOUND)
            try:
                if not await self._fetch(found, self._upgrader):
                    return
            except (VidphoneError, InstallationError) as error:
                self._not_installed(found, error)
                raise
            self._ready_at = self._clock()
        self._plan(again=asked)
        self._install_if_due()

    def _is_fetching(self) -> bool:
        """Whether there is something to fetch, of which some may have come."""
        return self._in_hand is not None and self._ready_at is None and self._installation is not None

    def _idle_stage(self) -> UpgradeStage:
        if self._installation is None:
            return UpgradeStage.NOT_SELF_UPDATING
        return UpgradeStage.BELOW_MINIMUM if self._memory.minimum else UpgradeStage.NONE

    async def _fetch(self, found: Found, upgrader: Upgrader) -> bool:
        """Whether it is there whole; not so where there was something new to look at meanwhile."""
        self._set_pace()
        fetching = asyncio.ensure_future(upgrader.download(found, self._progressed, self._pace))
        looked_for = asyncio.ensure_future(self._look_now.wait())
        try:
            await asyncio.wait({fetching, looked_for}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                return False
            await fetching
            return True
        finally:
            for task in (fetching, looked_for):
                task.cancel()
            await asyncio.gather(fetching, looked_for, return_exceptions=True)

    def _progressed(self, progress: Progress) -> None:
        fraction = min(1.0, progress.done / progress.total) if progress.total else 1.0
        told = self._state.fraction if self._state.stage is UpgradeStage.DOWNLOADING else None
        if told is None or fraction >= told + TOLD_STEP:
            self._tell(UpgradeStage.DOWNLOADING, fraction=fraction)

    def _set_pace(self) -> None:
        if self._busy:
            self._pace.set(rules.IN_A_CALL_BYTES_PER_S)
        else:
            self._pace.set(None if self._install_asked else rules.BACKGROUND_BYTES_PER_S)

    async def _learn(self, minimum: str | None) -> None:
        numbers = self._memory.always_called
        if minimum == self._memory.minimum and (minimum is None or numbers):
            return
        if minimum is not None:
            with suppress(VidphoneError):
                numbers = await self._always_called() or numbers
        self._keep(self._memory.model_copy(update={"minimum": minimum, "always_called": numbers}))

    # --- installing

    def _plan(self, *, again: bool = False) -> None:
        """Tell when what is ready is installed by itself, and wait for that time."""
        due_at = self._due_at()
        self._tell(UpgradeStage.READY, again=again)
        if self._timer is not None:
            self._timer.cancel()
        if due_at is not None:  # at most an hour at once: a machine sleeps, a clock is set
            left_s = min(3600.0, max(0.0, due_at - self._clock()))
            self._timer = self._later(left_s, self._due_or_later)

    def _due_at(self) -> float | None:
        found = self._in_hand
        if found is None or self._ready_at is None or not self._restartable():
            return None
        memory = self._memory
        return rules.due_at(memory.found_at, self._ready_at, memory.delayed_until, needed=found.must)

    def _due_or_later(self) -> None:
        self._timer = None
        self._install_if_due()
        if self._ready_at is not None and self._state.stage is UpgradeStage.READY and not self._replaced:
            self._plan()

    def _install_if_due(self) -> None:
        if self._in_hand is None or self._ready_at is None:
            return
        due_at = self._due_at()
        if not (self._install_asked or self._replaced or (due_at is not None and self._clock() >= due_at)):
            return
        if self._busy:
            self._tell(UpgradeStage.WAITING_FOR_CALL)
        else:
            self._spawn(self._install(self._in_hand))

    async def _install(self, found: Found) -> None:
        if not self._replaced:
            try:
                await self._switch(found)
            except InstallationError as error:
                log.warning("the new version could not be put in place: %s", error)
                self._not_installed(found, error)
                self._install_asked = False
                self._ready_at = None
                self._tell(UpgradeStage.FAILED, error=_told(error), again=True)
                return
            self._replaced = True
        if self._busy:  # a call came in that moment
            self._tell(UpgradeStage.WAITING_FOR_CALL)
        else:
            self._emit(RestartWanted())

    def _not_installed(self, found: Found, error: VidphoneError | InstallationError) -> None:
        self._failures.note(found, error)
        if self._upgrader is not None:
            self._spawn(self._failures.tell(self._upgrader))

    async def _switch(self, found: Found) -> None:
        if self._installation is not None:
            await asyncio.to_thread(self._installation.switch, found.build_id)

    # --- parts

    def _keep(self, memory: Memory) -> None:
        if memory != self._memory:
            self._memory = memory
            saving = asyncio.get_running_loop().create_task(self._save(), name="upgrades remembered")
            self._saves.add(saving)
            saving.add_done_callback(self._saves.discard)

    async def _save(self) -> None:
        """One after the other, so that what was known last is what stays."""
        async with self._one_save:
            await asyncio.to_thread(self._remember, self._memory)

    def _tell(
        self,
        stage: UpgradeStage,
        *,
        fraction: float | None = None,
        error: VidphoneError | None = None,
        again: bool = False,
    ) -> None:
        found = self._in_hand
        ready = stage in (UpgradeStage.READY, UpgradeStage.WAITING_FOR_CALL)
        state = UpgradeState(
            stage,
            version=found.version if found else "",
            notes=found.notes if found else None,
            fraction=fraction,
            code=error.code if error else None,
            about=tuple((error.about or {}).items()) if error else (),
            until=self._due_at() if ready else None,
            latest=rules.latest(self._memory.found_at) if ready and found and not found.must else None,
            minimum=self._memory.minimum or "",
            how=self._how,
        )
        if again or state != self._state:
            self._state = state
            self._emit(state)

    def _later(self, seconds: float, do: Callable[[], None]) -> asyncio.Task[None]:
        async def wait() -> None:
            await asyncio.sleep(seconds)
            do()

        return self._spawn(wait())

    def _spawn(self, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name="upgrade")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _told(error: InstallationError) -> VidphoneError:
    return VidphoneError(_CODES.get(error.reason, ErrorCode.UPGRADE_FAILED))
