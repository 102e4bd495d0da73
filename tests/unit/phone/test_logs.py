"""The log of the profile."""

import logging
import threading
from pathlib import Path

import pytest

from vidphone.phone.logs import log_into


def test_a_failure_is_logged_scrubbed_whatever_thread_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ValueError("number 13800138000")

    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        log_into(tmp_path)
        try:
            fail()
        except ValueError:
            logging.getLogger("vidphone").exception("it failed")
        thread = threading.Thread(target=fail, name="video encoder")
        thread.start()
        thread.join()
        for handler in root.handlers:
            handler.close()
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    written = (tmp_path / "logs" / "vidphone.log").read_text()
    assert written.count("ValueError: number <number>") == 2
    assert "video encoder" in written
    assert "13800138000" not in written
