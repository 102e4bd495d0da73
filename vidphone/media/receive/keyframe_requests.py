"""When a key frame is asked for. Pure."""

from vidphone.media.receive.nack import INITIAL_ROUND_TRIP_S

MIN_START_S = 0.1
START_ROUND_TRIPS = 1.5
"""The first frame of a stream is a key frame by itself: ask only if neither it nor its repair comes."""
MIN_STALL_S = 0.6
MAX_STALL_S = 1.0
STALL_ROUND_TRIPS = 6
"""So long a gap may wait for repair: three requests lost on the way, in either direction, still leave time."""
MIN_INTERVAL_S = 0.3
INTERVAL_ROUND_TRIPS = 2
MAX_DOUBLINGS = 4
"""A sender that sends nothing at all is asked ever less often, at most 16 times so."""


class KeyframeRequests:
    """Asks once, and again while none comes."""

    def __init__(self) -> None:
        self._round_trip_s = INITIAL_ROUND_TRIP_S
        self._asked_at_s: float | None = None
        self._unheard = 0

    def set_round_trip(self, round_trip_s: float) -> None:
        """The line's round trip, as RTCP measures it."""
        self._round_trip_s = round_trip_s

    @property
    def start_patience_s(self) -> float:
        """How long the key frame that begins a stream is waited for."""
        return max(MIN_START_S, START_ROUND_TRIPS * self._round_trip_s)

    @property
    def stall_patience_s(self) -> float:
        """How long a frame may wait for a missing packet before a key frame is the better way on."""
        return min(max(STALL_ROUND_TRIPS * self._round_trip_s, MIN_STALL_S), MAX_STALL_S)

    @property
    def interval_s(self) -> float:
        """The least time from a request to the next, while anything arrives."""
        return max(MIN_INTERVAL_S, INTERVAL_ROUND_TRIPS * self._round_trip_s)

    def due_at_s(self, since_s: float, patience_s: float, progress_s: float | None, last_packet_s: float) -> float:
        """When the next request is due.

        Args:
            since_s: since when frames cannot be decoded.
            patience_s: how long that may last.
            progress_s: when the last packet of an arriving key frame came, if one is arriving: it is waited for.
            last_packet_s: when anything came.
        """
        due_s = since_s + patience_s
        if progress_s is not None:
            due_s = max(due_s, progress_s + self.stall_patience_s)
        if self._asked_at_s is not None:
            heard = last_packet_s > self._asked_at_s
            due_s = max(due_s, self._asked_at_s + self.interval_s * (1 if heard else 1 << self._unheard))
        return due_s

    def asked(self, last_packet_s: float, now_s: float) -> None:
        """A request was sent."""
        heard = self._asked_at_s is None or last_packet_s > self._asked_at_s
        self._unheard = 0 if heard else min(self._unheard + 1, MAX_DOUBLINGS)
        self._asked_at_s = now_s

    def satisfied(self) -> None:
        """Frames are decodable again."""
        self._unheard = 0
