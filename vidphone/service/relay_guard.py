"""Relay-only mode: who is in no call loses its relay, whatever its program does (clause 9).

coturn looks at the time in a user name when an allocation is made and never again, so credentials that expire end
nothing that runs. Therefore the relays' allocations are looked at every second, and those of devices that are in no
call are cancelled. A device whose call has ended may take `RELEASE_S` to give its own back. One without a call
has `SETUP_S` before its call has to be known to the hub. Whoever had to be cut has neither for `DISTRUST_S`:
allocations made anew are cut as soon as they are seen.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from vidphone.service.loops import repeat

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
RELEASE_S = 2.0
SETUP_S = 10.0
DISTRUST_S = 600.0


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a relay holds for somebody: `holder` is as in its credentials, `age_s` in whole seconds."""

    id: str
    holder: str
    age_s: float


class RelayControl(Protocol):
    """A relay whose allocations can be cancelled."""

    async def allocations(self) -> Sequence[Allocation]:
        """Those there are now.

        Raises:
            OSError: it cannot be asked.
        """

    async def cancel(self, ids: Collection[str]) -> None:
        """End these. Raises as `allocations`."""


class Guard:
    """Which allocations have to go. Pure: `now` in monotonic seconds is an argument, and never falls."""

    def __init__(self) -> None:
        self._last_call: dict[str, float] = {}
        self._distrusted_until: dict[str, float] = {}

    def in_calls(self, holders: Collection[str], now: float) -> None:
        """Those that are in a call now."""
        for holder in holders:
            self._last_call[holder] = now
            self._distrusted_until.pop(holder, None)

    def to_cancel(self, allocations: Sequence[Allocation], now: float) -> tuple[str, ...]:
        """The ids of those that have to go. `in_calls` of the same `now` comes first."""
        going = [one for one in allocations if now > self._allowed_until(one, now)]
        for one in going:
            self._distrusted_until[one.holder] = now + DISTRUST_S
        self._forget(now)
        return tuple(one.id for one in going)

    def _allowed_until(self, one: Allocation, now: float) -> float:
        begun = now - one.age_s
        last_call = self._last_call.get(one.holder)
        if last_call == now:
            return now
        if self._distrusted_until.get(one.holder, now) > now:
            return -1.0
        if last_call is not None and begun <= last_call:
            return last_call + RELEASE_S
        return begun + SETUP_S

    def _forget(self, now: float) -> None:
        """Nothing is known any more of who was in no call for so long."""
        for times, after in (self._last_call, DISTRUST_S), (self._distrusted_until, 0.0):
            for holder in [holder for holder, at in times.items() if at + after < now]:
                del times[holder]


async def guard_relays(controls: Sequence[RelayControl], holders: Callable[[], frozenset[str]]) -> None:
    """Look at every relay each second, for ever. `holders` are those in calls; called on the loop."""
    await asyncio.gather(*(_guard(control, holders) for control in controls))


async def _guard(control: RelayControl, holders: Callable[[], frozenset[str]]) -> None:
    guard, reached = Guard(), True

    async def step() -> bool:
        nonlocal reached
        try:
            allocations = await control.allocations()
            now = time.monotonic()
            guard.in_calls(holders(), now)
            if ids := guard.to_cancel(allocations, now):
                log.info("relay allocations without a call: %d", len(ids))
                await control.cancel(ids)
            reached = True
        except OSError as error:  # it is down, and so are its allocations, or its operator changes something
            if reached:
                log.warning("a relay cannot be asked for its allocations: %s", type(error).__name__)
            reached = False
        return False

    await repeat(step, LOOK_EVERY_S, "a relay's allocations could not be looked through")
