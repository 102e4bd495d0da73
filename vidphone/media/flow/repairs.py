"""Sent packets in groups, and the repair packets over each group: how many, and when."""

import asyncio
from collections.abc import Callable, Sequence

from vidphone.media.fec.flexfec import RepairEncoder

MAX_GROUP = 40
"""Packets under one set of repair packets; a mask reaches over 48."""
APART_S = 0.015
"""Repair packets so long after their picture meet another state of a line that loses in bursts; half an interval."""
AGAIN_APART_S = (0.035, 0.06)
"""So long after their picture repair packets are sent once more, and twice: a burst of losses is counted in packets,
and few packets last long. A retransmission takes longer still."""


class Repairs:
    """Of one outgoing stream. On the loop."""

    def __init__(self, encoder: RepairEncoder, send: Callable[[Sequence[bytes], int], None]) -> None:
        """`send` is given the payloads of repair packets, and the RTP timestamp of the picture they follow."""
        self._encoder = encoder
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._group: list[bytes] = []
        self._due = 0.0
        self._share = 0.0
        self._again = 0.0
        self._apart = False

    @property
    def wanted(self) -> bool:
        """Whether repair packets are sent now."""
        return self._share > 0

    def budget(self, share: float, again: float, *, apart: bool) -> None:
        """Repair packets for each packet; how often they are sent once more; whether some time after their picture."""
        self._share, self._again, self._apart = share, again, apart

    def add(self, packet: bytes) -> None:
        """A packet that is sent while they are wanted, the values of its changing extensions nought."""
        self._group.append(packet)

    def after(self, packets: int, timestamp: int) -> None:
        """Send repair packets after a picture of so many packets, or after a few where one repairs them all."""
        if not self.wanted:
            self._group.clear()
            self._due = 0.0
            return
        self._due += packets * self._share
        count = min(int(self._due + 0.5), len(self._group))
        if count < 1 and len(self._group) < MAX_GROUP:
            return
        count = max(count, 1)
        self._due = min(max(self._due - count, -1.0), 1.0)
        for group in self._encoder.blocks(self._group, MAX_GROUP):
            share = max(1, round(count * len(group) / len(self._group)))
            repairs = self._encoder.protect(group, share)
            if self._apart:
                self._loop.call_later(APART_S, self._send, repairs, timestamp)
                for times, apart_s in enumerate(AGAIN_APART_S):
                    if again := repairs[: max(round(len(repairs) * (self._again - times)), 0)]:
                        self._loop.call_later(apart_s, self._send, again, timestamp)
            else:
                self._send(repairs, timestamp)
        self._group.clear()
