"""What a person starts: runs the current version, gives a new one its trial, and goes back when it fails."""

import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from logging.handlers import RotatingFileHandler
from pathlib import Path

from vidphone.installation import locks
from vidphone.installation.child import Child, environment_for
from vidphone.installation.errors import InstallationError
from vidphone.installation.state import Event
from vidphone.installation.tree import Installation

RESTART = 75
"""The exit code by which the program asks for being started anew, as what is current by then."""
NOTHING_TO_START = 69
"""No version can be started (sysexits.h: EX_UNAVAILABLE)."""
MAX_QUICK_RESTARTS = 5
QUICK_S = 10.0
_LOOK_EVERY_S = 0.1
_LOG_BYTES = 65_536

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    code: int
    """The launcher's own exit code, were it to leave now."""
    again: bool
    """Whether something is to be started now."""


class Launcher:
    """Starts versions of one installed tree until one of them ends for good."""

    def __init__(self, installation: Installation, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._installation = installation
        self._arguments = list(arguments)
        self._environment = environment
        self._rules = installation.layout.rules()
        self._window = opens_window(arguments, environment)
        self._unusable: set[str] = set()

    def run(self) -> int:
        """The exit code of the last run."""
        restarts = 0
        while build_id := self._choose():
            begun = time.monotonic()
            outcome = self._run(build_id)
            if not outcome.again:
                return outcome.code
            if outcome.code == RESTART:
                restarts = restarts + 1 if time.monotonic() - begun < QUICK_S else 0
                if restarts >= MAX_QUICK_RESTARTS:
                    return RESTART
        log.critical("no version can be started")
        return NOTHING_TO_START

    def _choose(self) -> str | None:
        with suppress(InstallationError):  # a tree that cannot be written is started all the same
            self._installation.mend()
        build_id = self._installation.current()
        return self._installation.candidate(self._unusable) if build_id in self._unusable else build_id

    def _run(self, build_id: str) -> Outcome:
        layout = self._installation.layout
        in_use = locks.share(layout.manifest(build_id))
        if in_use is None and not layout.is_usable(build_id):  # it is being removed just now
            self._unusable.add(build_id)
            return Outcome(NOTHING_TO_START, again=True)
        trial = self._begin_trial(build_id)
        try:
            child = Child(
                layout.program(build_id),
                self._arguments,
                environment_for(self._environment, layout.root, build_id, counted=trial is not None),
                in_use.descriptor if in_use else -1,
            )
        except OSError as error:
            return self._not_started(build_id, trial, error)
        finally:
            if in_use:
                in_use.release()
        try:
            with child.hearing_signals():
                return self._watch(build_id, child, trial) if trial else self._follow(build_id, child)
        finally:
            if trial:
                trial.lock.release()

    def _begin_trial(self, build_id: str) -> "Trial | None":
        """Count a start that tells something about a build that has not proved itself; None: this one does not."""
        try:
            if not self._window or not self._installation.is_on_trial(build_id):
                return None
            lock = locks.take(self._installation.layout.lock("trial"))
        except InstallationError:  # another start is on trial, or nothing can be written
            return None
        try:
            state = self._installation.change(lambda state: state.starting(build_id, time.time()))
        except InstallationError:
            lock.release()
            return None
        return Trial(lock, state.starts[build_id])

    def _not_started(self, build_id: str, trial: "Trial | None", error: OSError) -> Outcome:
        log.error("%s cannot be started: %s", build_id, error.strerror)
        if trial:
            trial.lock.release()
            return self._failed(build_id, trial, "cannot-start", NOTHING_TO_START)
        self._unusable.add(build_id)
        with suppress(InstallationError):
            self._installation.tell(Event.DAMAGED, build_id, "cannot-start")
        return Outcome(NOTHING_TO_START, again=True)

    def _follow(self, build_id: str, child: Child) -> Outcome:
        code = child.wait()
        assert code is not None  # noqa: S101 - there was no limit of time
        if code not in {0, RESTART} and self._window and not child.asked_to_end:
            log.error("%s ended with %d", build_id, code)
            with suppress(InstallationError):
                self._installation.tell(Event.CRASHED, build_id, told_code(code))
        return Outcome(exit_code(code), again=code == RESTART)

    def _watch(self, build_id: str, child: Child, trial: "Trial") -> Outcome:
        until = time.monotonic() + self._rules.healthy_within_s
        while (code := child.wait(_LOOK_EVERY_S)) is None:
            if build_id in self._installation.state().healthy:
                trial.lock.release()
                return self._follow(build_id, child)
            if time.monotonic() >= until:
                child.stop()
                return self._failed(build_id, trial, "hung", exit_code(-9))
        state = self._installation.state()
        if build_id in state.healthy:
            return Outcome(exit_code(code), again=code == RESTART)
        if build_id == state.failing:
            failed = self._failed(build_id, trial, "self-test", exit_code(code))
            closed = child.asked_to_end or code == 0  # who ends it has not asked for another
            return replace(failed, again=failed.again and not closed)
        if child.asked_to_end:
            with suppress(InstallationError):
                self._installation.left(build_id)
            return Outcome(exit_code(code), again=False)
        if state.starts.get(build_id, 0) < trial.count:  # it left as it was meant to
            return Outcome(exit_code(code), again=code == RESTART)
        if code == RESTART and self._installation.current() != build_id:
            return Outcome(RESTART, again=True)
        return self._failed(build_id, trial, told_code(code), exit_code(code))

    def _failed(self, build_id: str, trial: "Trial", code: str, exit_with: int) -> Outcome:
        """A start on trial failed: once more, unless that was the last; then the version before."""
        log.error("start %d of %s failed: %s", trial.count, build_id, code)
        with suppress(InstallationError):
            if trial.count < self._rules.starts:
                self._installation.tell(Event.CRASHED, build_id, code)
                return Outcome(exit_with, again=exit_with != 0)
            back = self._installation.fall_back(build_id, code)
            log.error("going back from %s to %s", build_id, back)
            return Outcome(exit_with, again=back is not None)
        self._unusable.add(build_id)
        return Outcome(exit_with, again=True)


@dataclass(frozen=True, slots=True)
class Trial:
    """A start on trial: its lock, and the how-manieth that counts."""

    lock: locks.Lock
    count: int


def opens_window(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether a start shows the window, and so tells whether the build is sound; a command's failure tells nothing."""
    has_display = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or environment.get("QT_QPA_PLATFORM")
    if sys.platform == "linux" and not has_display:
        return False
    rest = iter(arguments[1:] if list(arguments[:1]) == ["phone"] else arguments)
    for argument in rest:
        if argument == "--profile":
            next(rest, None)
        elif not argument.startswith(("--profile=", "tel:", "vidphone:")):
            return False
    return True


def exit_code(code: int) -> int:
    """What a shell makes of an exit code or, below zero, a signal's number."""
    return 128 - code if code < 0 else code


def told_code(code: int) -> str:
    """How an ending is named to the provider."""
    return f"signal-{-code}" if code < 0 else f"exit-{code}"


def find_root(program: Path) -> Path | None:
    """The installed tree that a launcher stands in: the nearest folder above it that has versions."""
    return next((folder for folder in program.resolve().parents if (folder / "versions").is_dir()), None)


def main(arguments: Sequence[str] | None = None, root: Path | None = None) -> int:
    """Run the current version with these arguments; its exit code, or `NOTHING_TO_START`."""
    place = root or find_root(Path(sys.executable))
    with _logging_into(place):
        if place is None:
            log.critical("this launcher stands in no installation")
            return NOTHING_TO_START
        return Launcher(Installation(place), sys.argv[1:] if arguments is None else arguments, os.environ).run()


@contextmanager
def _logging_into(root: Path | None) -> Iterator[None]:
    handler: logging.Handler = logging.StreamHandler()
    if root is not None:
        with suppress(OSError):
            handler = RotatingFileHandler(root / "launcher.log", maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
