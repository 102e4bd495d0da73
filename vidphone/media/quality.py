"""The signal bars: how good a call is, from two reports of its figures. Pure.

Loss, delay and jitter weigh as in the E-model (ITU-T G.107): with concealment 1 % loss is hardly heard, 5 % is
annoying; conversation suffers above 150 ms one way (G.114). A picture that stands still counts as a disturbance.
"""

from vidphone.media.stats import CallStats

NOTHING, BEST = 0, 5
_LOSS_STEPS = (0.01, 0.03, 0.06, 0.12)
"""Share of packets lost above which a bar goes."""
_ROUND_TRIP_STEPS_S = (0.25, 0.4, 0.6, 1.0)
_GAP_STEPS_MS = (45.0, 70.0, 110.0, 200.0)
_FREEZE_STEPS = (0.02, 0.08, 0.2, 0.4)
"""Share of time in which the picture stood still."""


def bars(before: CallStats | None, now: CallStats, elapsed_s: float) -> int:
    """0 (nothing arrives) to 5, for the time between two reports that are `elapsed_s` apart."""
    before = before or CallStats(now.call, None)
    received = _step(before, now, "packets_received")
    if received <= 0:
        return NOTHING
    lost = max(_step(before, now, "packets_lost"), 0)
    frozen_s = now.video_in.total_freezes_duration_s - before.video_in.total_freezes_duration_s
    return min(
        _left(lost / (lost + received), _LOSS_STEPS),
        _left(now.round_trip_time_s or 0.0, _ROUND_TRIP_STEPS_S),
        _left(now.audio_gap_p95_ms or 0.0, _GAP_STEPS_MS),
        _left(max(frozen_s, 0.0) / max(elapsed_s, 0.001), _FREEZE_STEPS),
    )


def _step(before: CallStats, now: CallStats, name: str) -> int:
    def total(stats: CallStats) -> int:
        return int(getattr(stats.audio_in, name) + getattr(stats.video_in, name))

    step = total(now) - total(before)
    return step if step >= 0 else total(now)  # a new transport counts from zero


def _left(value: float, steps: tuple[float, ...]) -> int:
    return BEST - sum(value > step for step in steps)
