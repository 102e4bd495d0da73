"""One run of the program as a child of the launcher."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from vidphone.installation.tree import BUILD_VARIABLE, ROOT_VARIABLE, TRIAL_VARIABLE

END_WAIT_S = 5.0
"""A program that is told to end has so long."""
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LIBPATH")


def environment_for(given: Mapping[str, str], root: Path, build_id: str, *, counted: bool = False) -> dict[str, str]:
    """What the program finds in its environment: nothing that a frozen launcher (PyInstaller) needed for itself.

    `counted`: this start is on trial. That of a program which started this launcher says nothing here.
    """
    environment = {name: value for name, value in given.items() if not name.startswith(("_PYI_", "_MEIPASS"))}
    if getattr(sys, "frozen", False):
        for name in _LIBRARY_PATHS:
            before = environment.pop(f"{name}_ORIG", None)
            environment.pop(name, None)
            if before is not None:
                environment[name] = before
    environment.pop(TRIAL_VARIABLE, None)
    trial = {TRIAL_VARIABLE: "1"} if counted else {}
    return {**environment, ROOT_VARIABLE: str(root), BUILD_VARIABLE: build_id, **trial}


class Child:
    """The running program. Signals to end reach it; its exit code is that of the launcher."""

    def __init__(self, program: Path, arguments: Sequence[str], environment: Mapping[str, str], in_use: int) -> None:
        """`in_use`: a lock's descriptor, which the child keeps too: it may outlive a launcher that is killed.

        Raises:
            OSError: the program cannot be started.
        """
        kept = (in_use,) if in_use >= 0 and os.name == "posix" else ()
        self._process = subprocess.Popen([program, *arguments], env=dict(environment), pass_fds=kept)
        self.asked_to_end = False

    def wait(self, seconds: float | None = None) -> int | None:
        """The exit code, below zero for a signal's number; None: it still runs after so many seconds."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """End it, whether it listens or not."""
        self._process.terminate()
        if self.wait(END_WAIT_S) is None:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def hearing_signals(self) -> Iterator[None]:
        """Hand signals to end on to the program, for the time of a block."""
        names = ("SIGINT", "SIGTERM", "SIGHUP")
        numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = {number: signal.signal(number, self._hand_on) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hand_on(self, number: int, _frame: FrameType | None) -> None:
        self.asked_to_end = True
        if number != signal.SIGINT or not _terminal_told_all():
            with suppress(OSError):
                self._process.send_signal(number)


def _terminal_told_all() -> bool:
    """Whether Ctrl-C in a terminal has reached the child as well."""
    if os.name != "posix":
        return True
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError, AttributeError):
        return False
