"""How many repair packets a picture needs on a line that loses in bursts. Pure.

The line is taken as Gilbert's two states: a good one that keeps every packet, a bad one that loses every one; its
parameters are the loss measured and the mean length of its runs.
"""

from functools import lru_cache

ACCEPTED = 0.002
"""Chance of a picture that its repair packets do not make whole: each keeps three more waiting for a retransmission."""
MAX_PACKETS = 16
"""A larger picture is reckoned as several."""


def repair_share(packets: int, loss: float, burst: float, *, apart: bool) -> float:
    """Repair packets per media packet so that a picture of `packets` is whole but for `ACCEPTED`; at most 1.

    Args:
        packets: of one picture.
        loss: share of packets lost.
        burst: mean length of a run of losses, in packets.
        apart: the repair packets are sent so much later that another state of the line decides of them.
    """
    if loss <= 0 or packets <= 0:
        return 0.0
    part = min(packets, MAX_PACKETS)
    return _repairs(part, round(min(loss, 0.5), 2) or 0.005, round(max(burst, 1.0), 1), apart) / part


@lru_cache(maxsize=4096)
def _repairs(packets: int, loss: float, burst: float, apart: bool) -> int:
    media = _losses(packets, loss, burst, {(False, 0): 1 - loss, (True, 0): loss})
    for repairs in range(packets + 1):
        if apart:
            begun: dict[tuple[bool, int], float] = {}
            for (_, lost), chance in media.items():
                begun[False, lost] = begun.get((False, lost), 0.0) + chance * (1 - loss)
                begun[True, lost] = begun.get((True, lost), 0.0) + chance * loss
        else:
            begun = media
        after = _losses(repairs, loss, burst, begun)
        untouched = sum(chance for (_, lost), chance in media.items() if lost == 0)
        broken = sum(chance for (_, lost), chance in after.items() if lost > repairs)
        if min(broken, 1 - untouched) <= ACCEPTED:
            return repairs
    return packets


def _losses(
    packets: int, loss: float, burst: float, begun: dict[tuple[bool, int], float]
) -> dict[tuple[bool, int], float]:
    """The distribution of (state of the next packet, packets lost so far) after so many more packets."""
    leaves = min(1 / burst, 1 - loss)  # losses by chance follow one another now and then
    enters = min(loss / (1 - loss) * leaves, 1.0)
    states = dict(begun)
    for _ in range(packets):
        after: dict[tuple[bool, int], float] = {}
        for (bad, lost), chance in states.items():
            total = lost + bad
            into_bad = 1 - leaves if bad else enters
            after[True, total] = after.get((True, total), 0.0) + chance * into_bad
            after[False, total] = after.get((False, total), 0.0) + chance * (1 - into_bad)
        states = after
    return states
