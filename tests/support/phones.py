"""Headless phones as processes, driven by their JSON lines."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.provider import PASSWORD, Provider

Line = dict[str, Any]
WAIT_S = 30.0


class HeadlessPhone:
    """`vidphone phone --headless`; every line it says is kept in `said`, what it complains of in `complaints`."""

    def __init__(
        self,
        service: str,
        profile: Path,
        *options: str,
        environment: Mapping[str, str] | None = None,
        inside: Sequence[str] = (),
        program: Sequence[str] = (sys.executable, "-m", "vidphone"),
    ) -> None:
        """`inside` is what comes before the command, as `ip netns exec NAME`; `program` another vidphone than this."""
        heeding = ("env", "--default-signal=INT")  # a test run that was started in the background ignores it
        command = [*heeding, *inside, *program, "phone", "--headless", "--service", service]
        command += ["--profile", str(profile), "--language", "en", *options]
        self.said: list[Line] = []
        self.said_at_s: list[float] = []
        self._lines: queue.Queue[tuple[float, Line | None]] = queue.Queue()
        self._complaints = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by `__exit__`
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            encoding="utf-8",
            bufsize=1,
            env={**os.environ, **(environment or {})},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self._lines.put((time.monotonic(), json.loads(text)))
        self._lines.put((time.monotonic(), None))

    @property
    def complaints(self) -> str:
        """Its standard error so far."""
        self._complaints.seek(0)
        return self._complaints.read()

    def do(self, command: str, **more: object) -> None:
        self.write(json.dumps({"do": command, **more}))

    def write(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def wait_for(self, event: str, within_s: float = WAIT_S, **wanted: object) -> Line:
        """The next line of that event (and those fields); what comes before it is kept in `said` only."""
        until_s = time.monotonic() + within_s
        while True:
            left_s = until_s - time.monotonic()
            assert left_s > 0, f"no {event} {wanted} within {within_s} s; heard {self._latest()}"
            try:
                at_s, line = self._lines.get(timeout=left_s)
            except queue.Empty:
                continue
            assert line is not None, f"the phone left before {event}; heard {self._latest()}; {self.complaints}"
            self._keep(at_s, line)
            if line["event"] == event and all(line.get(name) == value for name, value in wanted.items()):
                return line

    def _keep(self, at_s: float, line: Line) -> None:
        self.said.append(line)
        self.said_at_s.append(at_s)

    def _latest(self) -> list[Line]:
        return [line for line in self.said if line["event"] != "stats"][-12:]

    def link_is_up(self) -> None:
        """Wait until the service can be reached, if it cannot be now."""
        links = self.heard("link")
        if not links or links[-1]["state"] != "up":
            self.wait_for("link", state="up")

    def heard(self, event: str, **wanted: object) -> list[Line]:
        """All lines of that event (and those fields) so far; what nobody waited for yet is taken into `said`."""
        with contextlib.suppress(queue.Empty):
            while True:
                at_s, line = self._lines.get_nowait()
                if line is not None:
                    self._keep(at_s, line)
        return [
            line
            for line in self.said
            if line["event"] == event and all(line.get(name) == value for name, value in wanted.items())
        ]

    def has_said(self, event: str, within_s: float = WAIT_S, **wanted: object) -> Line:
        """The latest line of that event, be it said already or still to come."""
        return next(reversed(self.heard(event, **wanted)), None) or self.wait_for(event, within_s, **wanted)

    def when(self, line: Line) -> float:
        """When a line of `said` came, in monotonic seconds."""
        return next(at_s for at_s, one in zip(self.said_at_s, self.said, strict=True) if one is line)

    def sign_in(self, number: str, password: str = PASSWORD) -> Self:
        self.wait_for("ready")
        self.do("sign-in", number=number, password=password)
        self.wait_for("signed-in")
        self.wait_for("link", state="up")
        return self

    def quit(self) -> int:
        if self.process.poll() is None:
            self.do("quit")
        return self.process.wait(20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.process.poll() is None:
                self.quit()
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self._reader.join(5)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._complaints.close()


def connect(caller: HeadlessPhone, callee: HeadlessPhone, number: str, *, video: bool = True) -> str:
    """Call and answer at once; the call's id once both sides are connected."""
    caller.do("dial", number=number, video=video)
    call: str = callee.wait_for("incoming")["call"]
    callee.do("answer", video=video)
    caller.wait_for("connected", call=call)
    callee.wait_for("connected", call=call)
    return call


@contextmanager
def pair(provider: Provider, folder: Path, *options: str) -> Iterator[tuple[HeadlessPhone, HeadlessPhone]]:
    """Phones of 1001 and 1002, signed in, with the same options."""
    with (
        HeadlessPhone(provider.url, folder / "a", *options) as a,
        HeadlessPhone(provider.url, folder / "b", *options) as b,
    ):
        yield a.sign_in("1001"), b.sign_in("1002")
