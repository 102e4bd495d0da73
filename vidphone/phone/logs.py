"""Where the program writes what it did: a file of the profile, bounded, without personal data."""

import logging
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path

from vidphone.scrub import ScrubbingFormatter

MAX_BYTES = 1_000_000
FILES = 3
QUIET = ("aioice", "aiortc", "httpx", "httpcore", "websockets", "asyncio", "PIL", "keyring")
"""Libraries that write addresses and URLs at their chattier levels."""

log = logging.getLogger(__name__)


def log_into(directory: Path) -> None:
    """Write the log into `directory/logs/vidphone.log`, at most `FILES` files of `MAX_BYTES`.

    What ends a thread is written there too: a program with a window has no standard error that anybody sees.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = directory / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "vidphone.log", maxBytes=MAX_BYTES, backupCount=FILES - 1, encoding="utf-8")
    handler.setFormatter(ScrubbingFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    threading.excepthook = _thread_failed


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None and not isinstance(failure.exc_value, SystemExit):
        name = failure.thread.name if failure.thread else "?"
        log.critical("the thread %s failed", name, exc_info=failure.exc_value)
