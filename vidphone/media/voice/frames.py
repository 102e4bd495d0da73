"""Encoded frames that wait to be decoded, by their time. Pure.

Timestamps are those of RTP, unwrapped to integers that go on growing.
"""

from collections import OrderedDict
from dataclasses import dataclass

MAX_FRAMES = 120
_MAX_KNOWN = 256


@dataclass(frozen=True, slots=True)
class WaitingFrame:
    """One frame, `length` samples at 48 kHz long from `timestamp` on."""

    timestamp: int
    length: int
    payload: bytes
    arrived_s: float
    redundant: bool = False
    """It came again in a later packet."""
    recovery: bool = False
    """The payload is that of the frame after it, which holds this one in its in-band redundancy."""


class FrameBuffer:
    """At most `MAX_FRAMES`; the oldest make room."""

    def __init__(self) -> None:
        self._frames: dict[int, WaitingFrame] = {}
        self._known: OrderedDict[int, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, frame: WaitingFrame) -> bool:
        """Keep a frame; True where its time had not been there in any form. A whole one replaces a recovery."""
        present = self._frames.get(frame.timestamp)
        first = frame.timestamp not in self._known
        if not first and (frame.recovery or present is None or not present.recovery):
            return False
        self._frames[frame.timestamp] = frame
        self._known[frame.timestamp] = None
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
        if len(self._frames) > MAX_FRAMES:
            del self._frames[min(self._frames)]
        return first

    def first(self) -> WaitingFrame | None:
        """The earliest."""
        return self._frames[min(self._frames)] if self._frames else None

    def pop(self, timestamp: int) -> WaitingFrame | None:
        """Take the frame of a time out."""
        return self._frames.pop(timestamp, None)

    def drop_before(self, timestamp: int) -> int:
        """Forget what ends at or before a time; how many whole frames that were."""
        gone = [each for each in self._frames.values() if each.timestamp + each.length <= timestamp]
        for each in gone:
            del self._frames[each.timestamp]
        return sum(not each.recovery for each in gone)

    def clear(self) -> None:
        """Forget everything."""
        self._frames.clear()
        self._known.clear()
