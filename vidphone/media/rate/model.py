"""What the parts of rate control say to each other, and to their callers. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PacketReport:
    """What transport-wide feedback says of one packet."""

    number: int
    """Transport-wide sequence number, unwrapped."""
    arrival_s: float | None
    """In the receiver's clock; None: reported as not received."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A short burst at a given rate, whose arrival tells whether the line carries that rate."""

    cluster: int
    rate_bps: float
    min_packets: int
    min_bytes: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of the way to the other side."""

    target_bps: float
    """What may be sent in all, headers included."""
    pacing_bps: float
    """How fast a burst may leave, for the pacer."""
    loss_fraction: float
    """Of packets, over about the last two seconds."""
    loss_burst: float
    """Mean number of packets lost in a row, at least 1."""
    round_trip_s: float
    """Smoothed, queueing included, without the reporting interval."""
    jitter_s: float
    """Mean change of the one-way delay between pictures that no queue of ours explains."""
    queueing_s: float
    """Standing queue on the way there."""
    overusing: bool
    """The line holds more than it drains: produce less at once."""
    capacity_bps: float | None
    """What the line itself was last seen to carry when full; None before that."""
    acknowledged_bps: float | None
    """What arrived over the last half second; None without transport-wide feedback."""
