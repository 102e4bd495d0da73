"""The last calls in figures, for a report: how they went, not with whom."""

import time
from collections import deque
from dataclasses import dataclass

from vidphone.call.view import CallState, CallView
from vidphone.media.stats import CallStats
from vidphone.phone import events

CALLS = 5


@dataclass(frozen=True, slots=True)
class CallNote:
    """A call that is over, and its last figures, if it had any."""

    view: CallView
    stats: CallStats | None
    ended_at_s: float
    """Monotonic."""


class CallNotes:
    """Reads the events of calls, and keeps the last `CALLS` of them."""

    def __init__(self) -> None:
        self._notes: deque[CallNote] = deque(maxlen=CALLS)
        self._going_on: dict[str, CallStats | None] = {}

    @property
    def notes(self) -> tuple[CallNote, ...]:
        """Oldest first."""
        return tuple(self._notes)

    @property
    def busy(self) -> bool:
        """Whether there is any call, be it one that only rings."""
        return bool(self._going_on)

    def take(self, event: events.Event) -> None:
        """Take note of an event."""
        match event:
            case events.CallChanged(view=view) if view.state is CallState.ENDED:
                self._notes.append(CallNote(view, self._going_on.pop(view.call, None), time.monotonic()))
            case events.CallChanged(view=view):
                self._going_on.setdefault(view.call, None)
            case events.StatsReport(stats=stats) if stats.call in self._going_on:
                self._going_on[stats.call] = stats
            case _:
                pass
