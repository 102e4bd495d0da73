"""How long sound has to wait for the network, learnt from when frames came. Pure.

All is counted in the player's own samples: a frame that is there when the player has been given n samples, and whose
first sample bears timestamp t, has the offset n - t. Playing at offset o (sample t of the sender as sample t + o of the
player) it is in time when its own offset is o at most. Jitter of the network, a player that asks in bursts, the phase
between packets and pulls, and the drift of the two clocks are all in that one number.

The target weighs delay against what comes too late, over a long and a short time, and takes the greater of the two.
"""

from collections import deque
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from vidphone.media.plumbing import SAMPLE_RATE_HZ

_MS = SAMPLE_RATE_HZ // 1000
_LONG, _LONG_MEMORY = 1200, 600.0
"""Frames looked at, and after how many one counts 1/e: 12 s of packets of 20 ms. With half of that, delay on a line
that loses in bursts went up and down between them, and the stretching was heard."""
_LONG_EVERY = 10
_SHORT = 64
_LONG_COST, _SHORT_COST = 22.0 * _MS, 9.0 * _MS
"""What delay one per cent of late frames is worth. A single late frame in the short time weighs 14 ms, so that jitter
counts at once, and one lost packet whose redundant copy came with the next (20 ms) does not."""
_START = 50
_START_EXTRA = 20 * _MS
"""While fewer than `_START` frames are known, the quickest one is given that much at least."""


class DelayTarget:
    """Learns offsets, tells the one to play at."""

    def __init__(self) -> None:
        self._offsets: deque[int] = deque(maxlen=_LONG)
        self._weights = np.exp(-np.arange(_LONG) / _LONG_MEMORY)
        self._even = np.ones(_SHORT)
        self._long = 0
        self._target: int | None = None
        self._count = 0
        self.quickest = 0
        """The smallest offset remembered; meaningless before the first frame."""

    def arrived(self, offset: int) -> None:
        """A frame came that was not there before, in whatever packet."""
        self.quickest = min(self.quickest, offset) if self._offsets else offset
        self._offsets.append(offset)
        self._count += 1
        self._target = None

    @property
    def known(self) -> bool:
        """Whether anything arrived yet."""
        return bool(self._offsets)

    def target(self) -> int:
        """The offset to play at.

        Raises:
            ValueError: nothing arrived yet.
        """
        if self._target is None:
            if self._count <= _START or self._count % _LONG_EVERY == 0:
                latest_first = np.fromiter(reversed(self._offsets), np.int64, len(self._offsets))
                self.quickest = int(latest_first.min())
                self._long = _cheapest(latest_first, self._weights[: latest_first.size], _LONG_COST)
            newest = np.fromiter(islice(reversed(self._offsets), _SHORT), np.int64)
            self._target = max(self._long, _cheapest(newest, self._even[: newest.size], _SHORT_COST))
            if self._count < _START:
                self._target = max(self._target, self.quickest + _START_EXTRA)
        return self._target


def _cheapest(offsets: NDArray[np.int64], weights: NDArray[np.float64], cost: float) -> int:
    """The offset for which delay plus `cost` for each per cent of frames above it is least."""
    order = np.argsort(-offsets, kind="stable")
    falling, weight = offsets[order], weights[order]
    late = np.cumsum(weight) - weight
    costs = falling + cost * 100.0 / weight.sum() * late
    return int(falling[np.argmin(costs)])
