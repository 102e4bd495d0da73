"""What a demonstration call came to, from the statistics of both sides. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from vidphone.media.stats import CallStats

HEARD_ENERGY = 1e-4
"""Energy (full scale² × seconds) of received sound that only speech or a tone reaches; silence has none."""
SEEN_FRAMES = 10


@dataclass
class Side:
    """One side's figures, filled while the call goes on."""

    real_microphone: bool
    """The other side's microphone is a real one, whose room may be quiet: packets count instead of energy."""
    setup_ms: float | None = None
    first_frame_ms: float | None = None
    reports: list[CallStats] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        """The figures, and whether this side saw and heard the other."""
        if not self.reports:
            return {"ok": False, "saw": False, "heard": False}
        last = self.reports[-1]
        warm = self.reports[2:] or self.reports
        saw = last.video_in.frames_decoded >= SEEN_FRAMES
        heard = last.audio_in.packets_received > 0 and (
            self.real_microphone or last.audio_in.total_audio_energy >= HEARD_ENERGY
        )
        return {
            "ok": saw and heard,
            "saw": saw,
            "heard": heard,
            "setup_ms": self.setup_ms,
            "first_frame_ms": self.first_frame_ms,
            "fps": round(median(report.video_in.frames_per_second for report in warm), 1),
            "size": [last.video_in.frame_width, last.video_in.frame_height],
            "latency_ms": _median_of(warm, "picture_latency_p50_ms"),
            "freezes": last.video_in.freeze_count,
            "frozen_s": round(last.video_in.total_freezes_duration_s, 2),
            "audio_gap_p95_ms": _median_of(warm, "audio_gap_p95_ms"),
            "audio_gaps": last.audio_in.concealment_events,
            "quality": last.quality,
        }


def _median_of(reports: Sequence[CallStats], name: str) -> float | None:
    values = [value for report in reports if (value := getattr(report, name)) is not None]
    return round(median(values), 1) if values else None


def result(caller: Mapping[str, object], callee: Mapping[str, object]) -> dict[str, object]:
    """The one object that `make demo` ends with."""
    return {
        "ok": bool(caller.get("ok")) and bool(callee.get("ok")),
        "setup_ms": caller.get("setup_ms"),
        "a": dict(caller),
        "b": dict(callee),
    }
