"""Which packets to ask for again, and when. Pure.

Generic NACK (RFC 4585 section 6.2.1) with a timer for each packet: the first request as soon as the line's own
reordering (and repair by FEC) lets one think it lost, another after the time in which answers were seen to come, a
bounded number of times. A number is listed only when its own time has come, so that a narrow line carries no request
twice. Answers keep the order of the requests, so one that is overtaken was lost: RFC 8985 tells losses like that.
"""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

INITIAL_ROUND_TRIP_S = 0.1
MAX_MISSING = 512
"""A second and more of video at common rates: beyond it a key frame is the cheaper repair."""
PRESUMED_BEFORE = 3
"""So many packets may be lost before the first that came; a sender passes over numbers it never sent."""
MAX_ATTEMPTS = 10
MAX_AGE_S = 1.5
"""A packet that is missing for longer is no longer asked for."""
MIN_REPEAT_S = 0.02
MAX_REPEAT_S = 0.5
REPEAT_MARGIN_S = 0.005
MAX_ALLOWANCE_S = 0.02
"""Waiting longer for packets that come by themselves costs more delay than superfluous answers cost rate."""
REMEMBERED_OUTCOMES = 64
MIN_REORDERED = 4
REORDERED_SHARE = 1 / 3
"""Below this share of gaps that close by themselves the first request goes out at once."""
REORDERED_QUANTILE = 0.95
REMEMBERED_ROUND_TRIPS = 16
ANSWER_FRACTION = 0.7
"""What comes within this part of the least round trip after a request is no answer to it: they are smoothed figures."""
ANSWER_DEVIATIONS = 3
ECHO_S = 0.012
"""Where requests or answers keep being lost, a request is sent twice, so far apart that one burst seldom takes both. A
sender answers once: it passes over what it sent again less than a round trip ago, as libwebrtc does."""
ECHO_FROM = 0.02
"""The share of first requests in vain from which on that is worth it."""
FAILURE_SMOOTHING = 1 / 32
COALESCE_S = 0.001
"""Requests that are due so soon go into this message; also what a timer may fire early."""


@dataclass(slots=True)
class _Missing:
    noticed_s: float
    due_s: float
    echo_s: float = math.inf
    presumed: bool = False
    asked_s: list[float] = field(default_factory=list)


class NackGenerator:
    """The packets missing from one stream. Numbers are sequence numbers unwrapped to growing integers."""

    def __init__(self) -> None:
        self._round_trip_s = INITIAL_ROUND_TRIP_S
        self._round_trips_s: deque[float] = deque(maxlen=REMEMBERED_ROUND_TRIPS)
        self._fastest_answer_s: float | None = None
        self._missing: dict[int, _Missing] = {}
        self._given_up: set[int] = set()
        self._newest: int | None = None
        self._next_at_s = math.inf
        self._outcomes: deque[float | None] = deque(maxlen=REMEMBERED_OUTCOMES)
        self._answer_s: float | None = None
        self._answer_deviation_s = 0.0
        self._failures = 0.0
        self.allowance_s = 0.0
        """How long a gap may close by itself before it is asked for: learned, seconds."""

    @property
    def missing_count(self) -> int:
        """Packets that are being asked for."""
        return len(self._missing)

    @property
    def next_at_s(self) -> float | None:
        """When `due` has something to say next; None while nothing is missing. May be early, never late."""
        return None if self._next_at_s == math.inf else self._next_at_s

    @property
    def repeat_s(self) -> float:
        """Time from a request to the next for the same packet."""
        round_trip_s = self._round_trip_s
        if self._answer_s is None:
            wait_s = 1.25 * round_trip_s + REPEAT_MARGIN_S
        else:
            wait_s = (
                min(self._answer_s + ANSWER_DEVIATIONS * self._answer_deviation_s, 2 * round_trip_s + 0.2)
                + REPEAT_MARGIN_S
            )
        return min(max(wait_s, MIN_REPEAT_S), MAX_REPEAT_S)

    def set_round_trip(self, round_trip_s: float) -> None:
        """The line's round trip, as RTCP measures it."""
        self._round_trip_s = max(round_trip_s, 0.001)
        self._round_trips_s.append(self._round_trip_s)
        self._fastest_answer_s = ANSWER_FRACTION * min(self._round_trips_s)

    def received(self, number: int, now_s: float) -> bool:
        """Note a packet, original or repaired.

        Returns:
            Whether it had been missing.
        """
        if self._newest is None:
            self._newest = number
            return False
        if number > self._newest:
            self._note_gap(range(self._newest + 1, number), now_s)
            self._newest = number
            return False
        entry = self._missing.pop(number, None)
        if entry is None:
            was_given_up = number in self._given_up
            self._given_up.discard(number)
            return was_given_up
        self._learn(number, entry, now_s)
        return True

    def presume_lost(self, number: int, now_s: float) -> None:
        """Ask for the packet behind the newest, though none behind it has come to show that it was lost."""
        if self._newest is not None and number == self._newest + 1:
            self._newest = number
            self._missing[number] = _Missing(now_s, now_s, presumed=True)
            self._next_at_s = now_s

    def presume_lost_before(self, first: int, now_s: float) -> None:
        """Ask for packets before the first one that came, which is not the first of a frame."""
        for number in range(first - PRESUMED_BEFORE, first):
            self._missing[number] = _Missing(now_s, now_s + self.allowance_s, presumed=True)
        self._next_at_s = now_s + self.allowance_s

    def due(self, now_s: float) -> list[int]:
        """The numbers to ask for now, ascending."""
        if now_s + COALESCE_S < self._next_at_s:
            return []
        asked: list[int] = []
        over: list[int] = []
        repeat_s = self.repeat_s
        echo_s = now_s + ECHO_S if self._failures > ECHO_FROM and repeat_s > 2 * ECHO_S else math.inf
        next_at_s = math.inf
        for number, entry in self._missing.items():
            if entry.due_s <= now_s + COALESCE_S:
                if len(entry.asked_s) >= MAX_ATTEMPTS or now_s - entry.noticed_s > MAX_AGE_S:
                    over.append(number)
                    continue
                entry.asked_s.append(now_s)
                entry.due_s = now_s + repeat_s
                entry.echo_s = echo_s
                asked.append(number)
            elif entry.echo_s <= now_s + COALESCE_S:
                entry.echo_s = math.inf
                asked.append(number)
            next_at_s = min(next_at_s, entry.due_s, entry.echo_s)
        self._next_at_s = next_at_s
        self._give_up(over)
        return asked

    def gave_up(self, number: int) -> bool:
        """Whether this packet was asked for in vain."""
        return number in self._given_up

    def forget_before(self, number: int) -> None:
        """Nothing below this number is of use any more: its frames are delivered or abandoned."""
        while self._missing and (first := next(iter(self._missing))) < number:
            del self._missing[first]
        if self._given_up:
            self._given_up = {given for given in self._given_up if given >= number}
        if not self._missing:
            self._next_at_s = math.inf

    def clear(self) -> None:
        """Another stream begins; what was learned of the line stays."""
        self._missing.clear()
        self._given_up.clear()
        self._newest = None
        self._next_at_s = math.inf

    def _note_gap(self, gap: range, now_s: float) -> None:
        if not gap:
            return
        if len(gap) > MAX_MISSING:  # a hole that large is not worth repairing
            self._give_up([*self._missing, gap.start])
            return
        due_s = now_s + self.allowance_s
        for number in gap:
            self._missing[number] = _Missing(now_s, due_s)
        self._next_at_s = min(self._next_at_s, due_s)
        if len(self._missing) > MAX_MISSING:
            self._give_up(list(self._missing)[: len(self._missing) - MAX_MISSING])

    def _give_up(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._missing.pop(number, None)
            self._given_up.add(number)
            self._outcomes.append(None)
        if len(self._given_up) > MAX_MISSING:
            self._given_up = set(sorted(self._given_up)[-MAX_MISSING:])

    def _learn(self, number: int, entry: _Missing, now_s: float) -> None:
        fastest_s = self._fastest_answer_s
        if fastest_s is None:  # an answer cannot be told from what came by itself
            return
        answer_to = [at_s for at_s in entry.asked_s if now_s - at_s >= fastest_s]
        if answer_to:
            self._learn_answer(now_s - answer_to[-1])
            self._ask_again_before(answer_to[0], number, now_s)
            self._failures += ((len(answer_to) > 1) - self._failures) * FAILURE_SMOOTHING
            self._outcomes.append(None)
        elif not entry.presumed:
            self._outcomes.append(now_s - entry.noticed_s)
        alone_s = sorted(waited_s for waited_s in self._outcomes if waited_s is not None)
        if len(alone_s) >= max(MIN_REORDERED, REORDERED_SHARE * len(self._outcomes)):
            self.allowance_s = min(alone_s[int(REORDERED_QUANTILE * (len(alone_s) - 1))], MAX_ALLOWANCE_S)
        else:
            self.allowance_s = 0.0

    def _ask_again_before(self, asked_s: float, number: int, now_s: float) -> None:
        """An answer has come: what was asked for earlier, or before it in the same message, was lost on its way too."""
        due_s = now_s + self.allowance_s
        for other, entry in self._missing.items():
            if entry.asked_s and (entry.asked_s[-1], other) < (asked_s, number) and due_s < entry.due_s:
                entry.due_s = due_s
                self._next_at_s = min(self._next_at_s, due_s)

    def _learn_answer(self, took_s: float) -> None:
        """Smoothed as RFC 6298 section 2 smooths round trips."""
        if self._answer_s is None:
            self._answer_s, self._answer_deviation_s = took_s, took_s / 8
        else:
            self._answer_deviation_s += (abs(took_s - self._answer_s) - self._answer_deviation_s) / 4
            self._answer_s += (took_s - self._answer_s) / 8
