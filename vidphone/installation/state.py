"""What an installation remembers of its versions: which have proved themselves, which never may, what is to be told.

Values and pure functions; the file is `state.json`. A build is on trial until it said once that it is healthy. Losing
the file loses no version: each is on trial again, and says again that it is healthy.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from vidphone.installation.manifest import is_build_id

MAX_REPORTS = 50
MAX_BLOCKED = 50
MAX_HEALTHY = 16
MAX_CODE = 64


class Event(StrEnum):
    """What became of a build here; the provider is told of all but `DAMAGED`."""

    STARTED = "started"
    HEALTHY = "healthy"
    CRASHED = "crashed"
    FELL_BACK = "fell-back"
    DAMAGED = "damaged"
    """The pointer, the state or the version itself was broken, and another version was taken."""


@dataclass(frozen=True, slots=True)
class Report:
    """Something to be told, once."""

    id: str
    event: str
    build_id: str
    code: str
    """Why: `hung`, `exit-3`, `signal-11`, `cannot-start`, `self-test`, or what was damaged: `pointer`, `state`,
    `version`."""
    went_back_to: str
    at: float
    """UTC seconds since 1970."""


@dataclass(frozen=True, slots=True)
class State:
    """All that is remembered. Every change makes a new one."""

    previous: str = ""
    """The version to go back to."""
    healthy: tuple[str, ...] = ()
    """Builds that have proved themselves, the latest last."""
    starts: dict[str, int] = field(default_factory=dict)
    """Starts on trial that count, of each build that has not."""
    failing: str = ""
    """The build whose latest start on trial has found itself not working: that start counts, however it ends."""
    blocked: dict[str, str] = field(default_factory=dict)
    """Builds that are never started again, and why."""
    reports: tuple[Report, ...] = ()
    told: int = 0
    """Reports ever made: their ids."""

    def with_report(self, event: Event, build_id: str, at: float, code: str = "", went_back_to: str = "") -> "State":
        """One more thing to tell; the oldest is forgotten where there are too many."""
        report = Report(f"{self.told}", event.value, build_id, code[:MAX_CODE], went_back_to, at)
        return replace(self, told=self.told + 1, reports=(*self.reports, report)[-MAX_REPORTS:])

    def without_reports(self, ids: Iterable[str]) -> "State":
        """These have been told."""
        gone = set(ids)
        return replace(self, reports=tuple(report for report in self.reports if report.id not in gone))

    def starting(self, build_id: str, at: float) -> "State":
        """A start on trial, counted before it happens: one that takes the machine down counts too."""
        count = self.starts.get(build_id, 0) + 1
        state = replace(self, starts={**self.starts, build_id: count}, failing="")
        return state.with_report(Event.STARTED, build_id, at) if count == 1 else state

    def failed(self, build_id: str) -> "State":
        """The start that is on trial has found itself not working."""
        return replace(self, failing=build_id) if build_id in self.starts else self

    def left(self, build_id: str) -> "State":
        """A start that says nothing about the build is not counted."""
        if build_id not in self.starts or build_id == self.failing:
            return self
        return replace(self, starts={**self.starts, build_id: max(0, self.starts[build_id] - 1)})

    def proved(self, build_id: str, at: float) -> "State":
        """The build is healthy: its trial is over, for good. One that was blocked was so for another reason."""
        if build_id in self.healthy:
            return self
        unblocked = self.unblocked(build_id)
        healthy = (*self.healthy, build_id)[-MAX_HEALTHY:]
        starts = {build: count for build, count in self.starts.items() if build != build_id}
        failing = "" if self.failing == build_id else self.failing
        proved = replace(unblocked, healthy=healthy, starts=starts, failing=failing)
        return proved.with_report(Event.HEALTHY, build_id, at)

    def blocking(self, build_id: str, reason: str) -> "State":
        """The build is never started or installed again here."""
        others = {build: why for build, why in self.blocked.items() if build != build_id}
        blocked = dict([*others.items(), (build_id, reason[:MAX_CODE])][-MAX_BLOCKED:])
        return replace(
            self,
            blocked=blocked,
            healthy=tuple(build for build in self.healthy if build != build_id),
            starts={build: count for build, count in self.starts.items() if build != build_id},
        )

    def unblocked(self, build_id: str) -> "State":
        """The build may be tried again."""
        return replace(self, blocked={build: why for build, why in self.blocked.items() if build != build_id})

    def switched(self, before: str | None, after: str) -> "State":
        """What runs next changes; what is gone back to is the last build that has proved itself."""
        if not before or before == after or (before not in self.healthy and self.previous not in {"", after}):
            return self
        return replace(self, previous=before)

    def only(self, kept: Iterable[str]) -> "State":
        """Forget trials of versions that are gone; what is blocked stays so."""
        there = set(kept)
        return replace(
            self,
            healthy=tuple(build for build in self.healthy if build in there),
            starts={build: count for build, count in self.starts.items() if build in there},
        )


def write_state(state: State) -> bytes:
    """The content of `state.json`."""
    return json.dumps({"format": 1, **asdict(state)}, sort_keys=True).encode()


def read_state(content: bytes) -> State | None:
    """What `state.json` says; None: it is damaged."""
    try:
        read = json.loads(content)
        if read["format"] != 1:
            return None
        return State(
            previous=_build_or_none(read["previous"]),
            healthy=tuple(_build(build) for build in read["healthy"]),
            starts={_build(build): _count(count) for build, count in read["starts"].items()},
            failing=_build_or_none(read.get("failing", "")),  # a launcher of an older build leaves it out
            blocked={_build(build): _text(why) for build, why in read["blocked"].items()},
            reports=tuple(_report(report) for report in read["reports"]),
            told=_count(read["told"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _report(read: dict[str, object]) -> Report:
    at = read["at"]
    if not isinstance(at, int | float):
        raise TypeError
    texts = {name: _text(read[name]) for name in ("id", "event", "build_id", "code", "went_back_to")}
    return Report(**texts, at=at)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value


def _build(value: object) -> str:
    if not is_build_id(text := _text(value)):
        raise ValueError
    return text


def _build_or_none(value: object) -> str:
    return _build(value) if value else ""
