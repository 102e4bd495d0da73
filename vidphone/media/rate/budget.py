"""Who gets how much of what may be sent: speech first, then its protection, then the picture and its own. Pure."""

from dataclasses import dataclass
from math import ceil

from vidphone.media.rate.model import Estimate
from vidphone.media.rate.protection import repair_share

OPUS_BPS = (
    (0.0, 16_000), (120_000.0, 20_000), (180_000.0, 24_000), (300_000.0, 32_000), (400_000.0, 48_000),
    (900_000.0, 64_000),
)  # fmt: skip
"""From which estimate on Opus gets which rate: RFC 7587 section 3.1.1 has 16 to 20 kb/s for wide-band speech and 28 to
40 kb/s for full-band speech; by PESQ (wide-band) 32, 48 and 64 kb/s give 3.5, 3.8 and 3.9 where sound not coded at
all gives 4.0."""
MOST_GENERATIONS = 3
_GENERATIONS = (0.005, 0.03, 0.08)
"""Loss from which one, two, three earlier frames travel along."""
_PROTECTED_FROM_BPS = 2_500_000.0
"""Here a first redundant frame costs next to nothing, and the first loss is covered too."""
_REDUNDANCY_SHARE = 0.2
_RED_BYTES = 4
"""Header of a redundant block (RFC 2198 section 3)."""
_LEAST_VIDEO_BPS = 24_000.0
_PACKET_BYTES = 1100
_MOST_FEC = 0.25
"""Of what is sent for the picture where the line is narrow; where there is room, as much as the loss asks for."""
_LEAST_LOSS = 0.003
_NARROW_BPS, _NARROW_SHARE = 100_000.0, 0.9
"""With so little left every bit is seen: no air."""
_LOSSY = 0.03
"""Loss from which no more than enough is sent: a smaller picture is hit less often, and better repaired."""
APART_FROM_BURST = 1.7
"""Mean length of losses from which repair packets are sent some time after their picture."""
_AT_LEAST_SHARE, _AT_MOST_SHARE = 0.5, 0.72
"""Of what the line has left beside speech: what the picture may always take, and what it may take at most. The rest is
air: a picture that is on the line for half of the interval arrives half an interval sooner, and a line that falls to
a half is not overrun before that is noticed."""
_LEFT = 0.02
"""Chance of losing all copies of a retransmission that is accepted."""
_MOST_COPIES = 3
MOST_AGAIN = 2.0
_COPIES_FROM_BPS = 300_000.0


@dataclass(frozen=True, slots=True)
class FlowShape:
    """What there is to be sent and what the other side understands."""

    audio: bool = True
    video: bool = True
    frame_interval_s: float = 1 / 30
    video_max_bps: float = 4_000_000.0
    """Most the picture can use, net of headers."""
    video_enough_bps: float = 700_000.0
    """From which on more bits are hardly seen: being early is worth more then."""
    audio_frame_s: float = 0.02
    header_bytes: int = 28 + 12 + 16 + 8
    """Per packet: IP, UDP, RTP, extensions and the SRTP tag."""
    red: bool = True
    fec: bool = True
    rtx: bool = True
    playout_s: float | None = None
    """How long the receiver waits for a missing packet, where known."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The parts; together they are within the estimate's target unless speech alone exceeds it."""

    opus_bps: int
    redundancy: int
    """Earlier frames in each audio packet, 0 to 3."""
    audio_bps: float
    """On the wire, redundancy and headers included."""
    video: bool
    """False: too little is left for a picture."""
    video_bps: float
    """For the encoder: without headers, repair packets and retransmissions."""
    video_wire_bps: float
    fec_share: float
    """Repair packets per media packet, 0 to 1."""
    retransmit: bool
    retransmission_copies: int
    retransmission_bps: float
    fec_again: float = 0.0
    """How often the repair packets are sent once more, later: where losses come in bursts, and there is room."""


def divide(estimate: Estimate, shape: FlowShape) -> Budget:
    """Share `estimate.target_bps` among speech, picture and what protects them."""
    opus_bps, redundancy, audio_bps = _audio(estimate, shape) if shape.audio else (0, 0, 0.0)
    left_bps = max(estimate.target_bps - audio_bps, 0.0)
    copies = retransmission_copies(estimate.loss_fraction) if estimate.target_bps > _COPIES_FROM_BPS else 1
    enough_bps = _with_headers(shape.video_enough_bps, shape)
    most_share = _AT_MOST_SHARE if left_bps > _NARROW_BPS else _NARROW_SHARE
    wire_bps = min(most_share * left_bps, enough_bps)
    if estimate.loss_fraction < _LOSSY:
        wire_bps = max(wire_bps, _AT_LEAST_SHARE * left_bps)
    wire_bps = min(wire_bps, _with_headers(shape.video_max_bps, shape))
    fec_share = fec_overhead(estimate, shape, wire_bps) if shape.fec else 0.0
    resent = 0.0
    if shape.rtx:
        unrepaired = 1 - min(fec_share / (2 * estimate.loss_fraction), 0.9) if estimate.loss_fraction > 0 else 1.0
        resent = estimate.loss_fraction * copies * unrepaired
    if wire_bps * (1 + fec_share + resent) > left_bps:
        fec_share = min(fec_share, max(_MOST_FEC, left_bps / wire_bps - 1 - resent)) if wire_bps else 0.0
        wire_bps = min(wire_bps, left_bps / (1 + fec_share + resent))
    again = 0.0
    if fec_share and wire_bps and estimate.loss_burst >= APART_FROM_BURST:
        again = min(max(left_bps / wire_bps - 1 - resent - fec_share, 0.0) / fec_share, MOST_AGAIN)
    net_bps = min(_without_headers(wire_bps, shape), shape.video_max_bps)
    video = shape.video and net_bps >= _LEAST_VIDEO_BPS
    if not video:
        net_bps = wire_bps = fec_share = resent = 0.0
    return Budget(
        opus_bps=opus_bps,
        redundancy=redundancy,
        audio_bps=audio_bps,
        video=video,
        video_bps=net_bps,
        video_wire_bps=wire_bps,
        fec_share=fec_share,
        retransmit=shape.rtx and video,
        retransmission_copies=copies,
        retransmission_bps=wire_bps * resent,
        fec_again=again,
    )


def _audio(estimate: Estimate, shape: FlowShape) -> tuple[int, int, float]:
    target_bps = estimate.target_bps
    opus_bps = next(rate for floor, rate in reversed(OPUS_BPS) if target_bps >= floor)
    frames = 1 / shape.audio_frame_s
    plain_bps = opus_bps + shape.header_bytes * 8 * frames
    redundancy = audio_generations(estimate.loss_fraction, estimate.loss_burst) if shape.red else 0
    if shape.red and target_bps >= _PROTECTED_FROM_BPS:
        redundancy = max(redundancy, 1)
    generation_bps = opus_bps + _RED_BYTES * 8 * frames
    most = _REDUNDANCY_SHARE if shape.video else 1.0
    while redundancy and (
        redundancy * generation_bps > most * target_bps or plain_bps + redundancy * generation_bps > target_bps
    ):
        redundancy -= 1
    extra_bps = redundancy * generation_bps + (8 * frames if redundancy else 0.0)
    return opus_bps, redundancy, plain_bps + extra_bps


def audio_generations(loss: float, burst: float) -> int:
    """How many earlier frames each audio packet should carry, 0 to 3."""
    wanted = sum(loss >= floor for floor in _GENERATIONS)
    if wanted and burst > 1.5:
        wanted += 1
    return min(wanted, MOST_GENERATIONS)


def fec_overhead(estimate: Estimate, shape: FlowShape, wire_bps: float) -> float:
    """Repair packets per media packet, 0 to 1: what makes pictures whole where a retransmission would be late.

    `wire_bps` is what the picture takes, with headers.
    """
    loss = estimate.loss_fraction
    if loss < _LEAST_LOSS:
        return 0.0
    patience_s = shape.playout_s if shape.playout_s is not None else shape.frame_interval_s
    again_s = estimate.round_trip_s + estimate.jitter_s
    late = min(max(again_s / patience_s - 1, 0.0), 1.0) if shape.rtx else 1.0
    packets = max(ceil(wire_bps * shape.frame_interval_s / 8 / _PACKET_BYTES), 1)
    apart = estimate.loss_burst >= APART_FROM_BURST
    return late * repair_share(packets, loss, estimate.loss_burst, apart=apart)


def retransmission_copies(loss: float) -> int:
    """How often a packet asked for is sent again, so that it hardly is lost again: 1 to 3, spread in time."""
    copies, missing = 1, loss
    while missing > _LEFT and copies < _MOST_COPIES:
        copies, missing = copies + 1, missing * loss
    return copies if loss > 0.03 else 1


def _with_headers(net_bps: float, shape: FlowShape) -> float:
    """A rate of the encoder's on the wire."""
    frame_bytes = net_bps * shape.frame_interval_s / 8
    packets = max(ceil(frame_bytes / (_PACKET_BYTES - shape.header_bytes)), 1)
    return (frame_bytes + packets * shape.header_bytes) * 8 / shape.frame_interval_s


def _without_headers(wire_bps: float, shape: FlowShape) -> float:
    """What the encoder gets of a rate on the wire, with one picture each interval in packets as few as can be."""
    frame_bytes = wire_bps * shape.frame_interval_s / 8
    packets = max(ceil(frame_bytes / _PACKET_BYTES), 1)
    return max(frame_bytes - packets * shape.header_bytes, 0.0) * 8 / shape.frame_interval_s
