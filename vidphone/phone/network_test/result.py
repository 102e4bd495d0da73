"""What a network test found, and what quality to expect of it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import fmean, median


class Reach(StrEnum):
    """Whether the provider's relay is reached over a transport."""

    YES = "yes"
    NO = "no"
    REFUSED = "refused"
    """It answers, and does not relay."""
    NOT_OFFERED = "not-offered"
    """The provider names no server for it."""


class Way(StrEnum):
    """What delay and loss were measured with."""

    RELAY = "relay"
    """Datagrams through the relay and back, as in a call."""
    STREAM = "stream"
    """Through the relay over TCP or TLS: nothing is lost, it comes late instead."""
    STUN = "stun"
    """Datagrams to the STUN server and back."""
    NONE = "none"


class Expected(StrEnum):
    """What calls will be like, best first."""

    GOOD_VIDEO = "good-video"
    SMALL_VIDEO = "small-video"
    VOICE_ONLY = "voice-only"
    NOTHING = "nothing"


class Why(StrEnum):
    """What keeps calls from being better."""

    UNREACHABLE = "unreachable"
    STREAM = "stream"
    """No datagrams get through: a lost packet holds up all behind it."""
    LOSS = "loss"
    DELAY = "delay"
    JITTER = "jitter"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Trips:
    """Probes there and back."""

    sent: int
    lost: int
    round_trip_ms: float | None
    """Half of those that came back were faster. None, none came."""
    jitter_ms: float | None
    """How much one differs from the next, on average (RFC 3550 section 6.4.1 smooths the same)."""

    @property
    def loss(self) -> float:
        """The share of probes that did not come back."""
        return self.lost / self.sent if self.sent else 0.0

    @classmethod
    def of(cls, times_s: tuple[float | None, ...]) -> "Trips":
        """From the times of probes in the order sent; None for those that were lost."""
        came = [each for each in times_s if each is not None]
        steps = [abs(two - one) for one, two in pairwise(came)]
        return cls(
            len(times_s),
            len(times_s) - len(came),
            median(came) * 1000 if came else None,
            fmean(steps) * 1000 if steps else None,
        )


@dataclass(frozen=True, slots=True)
class NetworkResult:
    """What was found. `at` is UTC seconds since 1970; rates in bits a second, None where they were not measured."""

    at: float
    udp: Reach
    tcp: Reach
    tls: Reach
    way: Way
    trips: Trips | None
    down_bps: float | None
    up_bps: float | None
    relay_only: bool
    """All media goes by the provider's relays: where none is reached there are no calls."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a quality needs at the least, or at the most."""

    bps: float
    """Each way."""
    loss: float
    round_trip_ms: float
    jitter_ms: float


NEEDS: dict[Expected, Needs] = {
    Expected.GOOD_VIDEO: Needs(1_500_000, 0.03, 400, 40),
    Expected.SMALL_VIDEO: Needs(300_000, 0.10, 700, 100),
    Expected.VOICE_ONLY: Needs(48_000, 0.25, 1500, 300),
}
"""A picture of 1280x720 takes some 1.5 Mb/s, one of 640x360 some 300 kb/s with its sound, sound alone 48 kb/s with its
headers. Conversation suffers above 400 ms there and back (ITU-T G.114); repair copes with the losses."""


def expected(result: NetworkResult) -> tuple[Expected, tuple[Why, ...]]:
    """What calls will be like, and what keeps them from being better: what fails the next better quality."""
    if _unreachable(result):
        return Expected.NOTHING, (Why.UNREACHABLE,)
    limits: tuple[Why, ...] = ()
    for quality, needs in NEEDS.items():
        failing = _failing(result, needs)
        if quality is Expected.GOOD_VIDEO and result.way is Way.STREAM:
            failing = (Why.STREAM, *failing)
        if not failing:
            return quality, limits
        limits = failing
    return Expected.NOTHING, limits


def rates_only(result: NetworkResult) -> bool:
    """Whether calls may get through, and nothing is known of them but the rates: `expected` is then at the best."""
    return (result.trips is None or result.trips.round_trip_ms is None) and not _unreachable(result)


SCORES = {Expected.VOICE_ONLY: 0.25, Expected.SMALL_VIDEO: 0.5, Expected.GOOD_VIDEO: 0.75}
"""Where on a scale from 0 to 1 each quality begins."""


def rate_score(bps: float) -> float:
    """A rate on the scale of qualities, 0 (nothing) to 1 (four times what good video needs)."""
    points = [(NEEDS[quality].bps, score) for quality, score in SCORES.items()]
    return _between(bps, [(0.0, 0.0), *points, (4 * points[-1][0], 1.0)])


def trip_scores(trips: Trips) -> dict[Why, float]:
    """Delay, jitter and loss on the same scale, as far as they are known; 1 is none of it."""
    names = {Why.DELAY: "round_trip_ms", Why.JITTER: "jitter_ms", Why.LOSS: "loss"}
    scores = {}
    for why, name in names.items():
        value = getattr(trips, name)
        if value is not None:
            points = [(float(getattr(NEEDS[quality], name)), score) for quality, score in SCORES.items()]
            worst = 2 * points[0][0]
            scores[why] = _between(value, [(0.0, 1.0), *reversed(points), (worst, 0.0)])
    return scores


def _between(value: float, points: list[tuple[float, float]]) -> float:
    """Along straight lines from point to point; as the last beyond it."""
    for (left, low), (right, high) in pairwise(points):
        if value <= right:
            return low + (high - low) * (max(value, left) - left) / (right - left)
    return points[-1][1]


def _unreachable(result: NetworkResult) -> bool:
    """Whether no call gets through: servers are named, or needed, and none of them is reached."""
    reaches = (result.udp, result.tcp, result.tls)
    asked = [reach for reach in reaches if reach is not Reach.NOT_OFFERED]
    if not asked:
        return result.relay_only
    return Reach.YES not in asked


def _failing(result: NetworkResult, needs: Needs) -> tuple[Why, ...]:
    trips = result.trips
    failing = []
    if trips is not None:
        if trips.loss > needs.loss:
            failing.append(Why.LOSS)
        if trips.round_trip_ms is not None and trips.round_trip_ms > needs.round_trip_ms:
            failing.append(Why.DELAY)
        if trips.jitter_ms is not None and trips.jitter_ms > needs.jitter_ms:
            failing.append(Why.JITTER)
    if result.up_bps is not None and result.up_bps < needs.bps:
        failing.append(Why.UP)
    if result.down_bps is not None and result.down_bps < needs.bps:
        failing.append(Why.DOWN)
    return tuple(failing)
