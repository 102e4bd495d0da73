"""The log of the profile."""

import logging
import threading
from pathlib import Path

import pytest

from vidphone.phone.logs import log_into, scrub


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("dialled 13800138000", "13800138000"),
        ("candidate at 192.168.1.7 port 5", "192.168.1.7"),
        ("Authorization: Bearer abc.def", "abc.def"),
        ("password=hunter2 given", "hunter2"),
        ("{'password': 'hunter2', 'do': 1}", "hunter2"),
        ('{"token":"abc.def"}', "abc.def"),
        ("no way to 2001:db8::17 port 5", "2001:db8::17"),
        ("no way to [fe80::1%eth0]:5", "fe80::1"),
    ],
)
def test_personal_data_and_secrets_are_scrubbed(line: str, secret: str) -> None:
    assert secret not in scrub(line)


@pytest.mark.parametrize("line", ["no ICE servers: service-busy", "GET /v1/me: status 404", "std::vector", "at 12:30"])
def test_plain_words_stay(line: str) -> None:
    assert scrub(line) == line


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
