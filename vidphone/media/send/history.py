"""Packets that were sent, kept for as long as the other side may ask for them again (RFC 4588). Pure."""

from collections import OrderedDict
from dataclasses import dataclass

from vidphone.media.rtp.packet import RtpPacket

MAX_AGE_S = 2.0
"""Longer than any picture is waited for."""
MAX_PACKETS = 2048
MIN_AGAIN_S = 0.01
MAX_ASKED = 8
"""Times one packet is sent again; who still misses it then needs a key frame."""


@dataclass(slots=True)
class _Kept:
    packet: RtpPacket
    sent_at_s: float
    again_at_s: float = -1.0
    times: int = 0


class History:
    """The last packets of one SSRC, by sequence number."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def add(self, packet: RtpPacket, now_s: float) -> None:
        """Keep a packet that is being sent; the oldest ones go."""
        self._kept.pop(packet.sequence_number, None)
        self._kept[packet.sequence_number] = _Kept(packet, now_s)
        while len(self._kept) > MAX_PACKETS or next(iter(self._kept.values())).sent_at_s < now_s - MAX_AGE_S:
            self._kept.popitem(last=False)

    def again(self, sequence_number: int, now_s: float, round_trip_s: float) -> RtpPacket | None:
        """The packet, if it is to be sent again now.

        None where it is not known, was sent so often that more is of no use, or was sent again less than about a
        round trip ago, so that the answer to an earlier request may still be under way.
        """
        kept = self._kept.get(sequence_number)
        if kept is None or kept.times >= MAX_ASKED:
            return None
        if kept.times and now_s - kept.again_at_s < max(MIN_AGAIN_S, 0.8 * round_trip_s):
            return None
        kept.again_at_s = now_s
        kept.times += 1
        return kept.packet

    def recent(self, largest_bytes: int) -> RtpPacket | None:
        """The newest packet whose payload is at most that long: what a probe is filled with."""
        for kept in reversed(self._kept.values()):
            if len(kept.packet.payload) <= largest_bytes:
                return kept.packet
        return None

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)
