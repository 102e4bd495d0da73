"""One piece of work at a time, whoever gives up waiting for it."""

import asyncio
import threading
from pathlib import Path

import pytest

from vidphone.account.upgrades.pace import Stop
from vidphone.account.upgrades.upgrades import Upgrades


async def test_no_work_begins_beside_another_that_was_cancelled_more_than_once(tmp_path: Path) -> None:
    upgrades = Upgrades(tmp_path, "http://127.0.0.1:1", b"", None, None, "a" * 32, "linux-x86_64")
    begun, second_begun, end = threading.Event(), threading.Event(), threading.Event()

    def stubborn() -> None:
        begun.set()
        end.wait(10)

    first = asyncio.create_task(upgrades._in_thread(stubborn, Stop()))
    await asyncio.to_thread(begun.wait, 10)
    second = asyncio.create_task(upgrades._in_thread(second_begun.set, Stop()))
    for _ in range(3):
        first.cancel()
        await asyncio.wait({first, second}, timeout=0.02)
    assert not second_begun.is_set()
    assert not first.done()
    end.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second
    assert second_begun.is_set()
