"""Keeps encoders from taking the machine."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

_HIGHEST = 99


@contextlib.contextmanager
def unchanged_priority() -> Iterator[None]:
    """What begins within has the caller's priority, and so has the caller afterwards.

    Where the user is root, SVT-AV1 4.1 gives whoever begins an encoder the highest real-time priority (SCHED_FIFO 99);
    its threads, and every thread and program that the caller starts later, inherit it. Two cores' worth of pictures
    would then silence the sound of the whole machine.
    """
    if not hasattr(os, "sched_getscheduler") or os.geteuid() != 0:
        yield
        return
    policy, parameter = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameter)
        for thread in _threads():
            with contextlib.suppress(OSError):  # it has ended meanwhile
                if _is_highest(thread):
                    os.sched_setscheduler(thread, policy, parameter)


def _threads() -> list[int]:
    try:
        return [int(entry.name) for entry in Path("/proc/self/task").iterdir()]
    except OSError:
        return []


def _is_highest(thread: int) -> bool:
    return (os.sched_getscheduler(thread), os.sched_getparam(thread).sched_priority) == (os.SCHED_FIFO, _HIGHEST)
