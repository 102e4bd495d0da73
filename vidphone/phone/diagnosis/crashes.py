"""What a crash leaves behind, found at the next start: stacks of what ended the program, or a part of it.

Failures that Python knows of are written as scrubbed log entries; those that it does not, a segmentation fault for
one, by `faulthandler`, whose stacks hold names of files and functions only.
"""

import faulthandler
import hashlib
import logging
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TextIO

from vidphone.scrub import ScrubbingFormatter

log = logging.getLogger(__name__)

NOW, LAST = "crash.txt", "crash-last.txt"
MAX_BYTES = 65_536
_FRAME = re.compile(r"File \"(?:[^\"]*[/\\])?([^\"/\\]+)\", line \d+,? in ([\w<>.]+)")
_FAILURE = re.compile(r"(?m)^(?:Fatal Python error: .*|[\w.]+(?:Error|Exception|Interrupt)\b)")


class CrashNotebook:
    """Writes down what happens to this run, from `open` to `close`; a run that had no crash leaves nothing."""

    def __init__(self, directory: Path) -> None:
        self._folder = directory / "logs"
        self._file: TextIO | None = None
        self._handler: _FirstFew | None = None
        self._excepthook: Callable[..., object] = sys.excepthook

    def open(self) -> None:
        """Set aside what the last run left, and write down what comes. `log_into` has made the folder."""
        path = self._folder / NOW
        try:
            if path.exists() and path.stat().st_size:
                path.replace(self._folder / LAST)
            self._file = path.open("w", encoding="utf-8", errors="replace")
        except OSError as error:
            log.warning("crashes cannot be written down: %s", error.strerror)
            return
        faulthandler.enable(self._file, all_threads=True)
        self._handler = _FirstFew(self._file)
        self._handler.setFormatter(ScrubbingFormatter())
        logging.getLogger().addHandler(self._handler)
        self._excepthook, sys.excepthook = sys.excepthook, _failed

    def close(self) -> None:
        """The run ends as it was meant to."""
        if self._file is None or self._handler is None:
            return
        sys.excepthook = self._excepthook
        logging.getLogger().removeHandler(self._handler)
        faulthandler.disable()
        self._file.close()
        self._file = self._handler = None
        path = self._folder / NOW
        with suppress(OSError):  # somebody cleared the folder
            if path.stat().st_size == 0:
                path.unlink()


class _FirstFew(logging.StreamHandler[TextIO]):
    """Writes entries that end something, until there is enough."""

    def __init__(self, file: TextIO) -> None:
        super().__init__(file)
        self.setLevel(logging.CRITICAL)

    def emit(self, record: logging.LogRecord) -> None:
        """Write an entry with a stack."""
        if record.exc_info and self.stream.tell() < MAX_BYTES:
            super().emit(record)


def _failed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        log.critical("a failure that nobody expected", exc_info=(kind, error, trace))


def last_crash(directory: Path) -> str:
    """What the last run left; empty where it left nothing."""
    try:
        with (directory / "logs" / LAST).open("rb") as file:
            return file.read(MAX_BYTES).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def forget_crash(directory: Path) -> None:
    """It was told of, or is not to be."""
    (directory / "logs" / LAST).unlink(missing_ok=True)


def fingerprint(crash: str) -> str:
    """The same for crashes with the same failure at the same functions, whatever the lines and the machine."""
    failures = [found.partition(":")[0] if "Fatal" not in found else found for found in _FAILURE.findall(crash)]
    frames = [f"{file}:{function}" for file, function in _FRAME.findall(crash)]
    return hashlib.sha256("\n".join([*failures[:1], *frames[:40]]).encode()).hexdigest()[:16]
