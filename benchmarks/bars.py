"""The lines that calls are measured on, and what vidphone must reach on each; knows figures only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

Figures = Mapping[str, float | None]
Kind = Literal["times", "plus", "plain"]

HIGHER_IS_BETTER = frozenset({"fps", "psnr", "psnr_p10", "pesq", "pesq_least"})
COMPARED = ("p50", "p95", "fps", "frozen_s", "psnr", "pesq", "speech_delay")
"""What a mixed call must not be worse in than both pure ones."""
MIXED_SLACK = {
    "p50": 10.0, "p95": 20.0, "fps": 0.5, "frozen_s": 0.2, "psnr": 0.5, "pesq": 0.2, "speech_delay": 20.0,
}  # fmt: skip
"""How far apart two runs of the same call lie."""
LABELS = {
    "p50": "latency p50, ms", "p95": "latency p95, ms", "max": "latency max, ms", "fps": "frames/s",
    "frozen_s": "frozen, s", "psnr": "PSNR-Y, dB", "psnr_p10": "PSNR-Y of the worst tenth, dB", "pesq": "PESQ",
    "pesq_least": "PESQ of the worst 8 s", "speech_delay": "speech delay, ms", "sync_p95": "lip-sync p95, ms",
    "cpu": "CPU of both sides, cores", "kbps": "sent, kbit/s",
    "recovery_s": "80 % of the line arrives again, s",
    "found_again_s": "80 % of the line is known again, s",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure that must be reached."""

    figure: str
    limit: float
    kind: Kind = "plain"
    """`times`: of the anchor's figure; `plus`: above the anchor's; `plain`: by itself."""
    anchor: str = "chromium"

    @property
    def at_least(self) -> bool:
        """Whether more is better."""
        return self.figure in HIGHER_IS_BETTER

    @property
    def words(self) -> str:
        """As in `≤ 0.8× chromium`."""
        sign = "≥" if self.at_least else "≤"
        match self.kind:
            case "times":
                return f"{sign} {self.limit:g}× {self.anchor}"
            case "plus":
                return f"{sign} {self.anchor} {'+' if self.limit >= 0 else '−'} {abs(self.limit):g}"
            case "plain":
                return f"{sign} {self.limit:g}"

    def reached(self, own: Figures, anchors: Mapping[str, Figures]) -> "Verdict":
        """How vidphone's figures stand to it."""
        value, beside = own.get(self.figure), anchors.get(self.anchor, {}).get(self.figure)
        relative: float | None
        match self.kind:
            case "times":
                relative = None if value is None or not beside else value / beside
            case "plus":
                relative = None if value is None or beside is None else value - beside
            case "plain":
                relative = value
        met = None
        if relative is not None:
            met = relative >= self.limit if self.at_least else relative <= self.limit
        elif value is None and (beside is not None or self.kind == "plain"):
            met = False  # the figure is missing because nothing arrived
        return Verdict(self, value, beside, relative, met)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A bar beside the figures."""

    bar: Bar
    value: float | None
    anchor: float | None
    relative: float | None
    met: bool | None
    """None: the anchor was not measured."""


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """A line, for how long it is measured, and its bars."""

    words: str
    seconds: float
    bars: tuple[Bar, ...] = ()


NO_FREEZE = Bar("frozen_s", 0.0)
IN_SYNC = Bar("sync_p95", 45.0)
LINES = {
    "clean": MeasuredLine(
        "--delay 20", 20,
        (Bar("p50", 1.0, "times"), Bar("p95", 1.0, "times"), NO_FREEZE, Bar("psnr", 3.0, "plus"),
         Bar("speech_delay", 0.9, "times"), Bar("pesq", 3.8), IN_SYNC, Bar("cpu", 0.7, "times", "libwebrtc")),
    ),
    "2000": MeasuredLine(
        "--rate 2000 --delay 40", 20,
        (Bar("p50", 0.8, "times"), Bar("p95", 0.6, "times"), NO_FREEZE, Bar("psnr", 3.0, "plus"),
         Bar("speech_delay", 0.9, "times"), Bar("pesq", 3.8), IN_SYNC),
    ),
    "2000-loss": MeasuredLine(
        "--rate 2000 --delay 40 --loss 5", 20,
        (Bar("p95", 0.9, "times"), NO_FREEZE, Bar("psnr", 0.0, "plus"), Bar("pesq", 3.0), IN_SYNC),
    ),
    "falling": MeasuredLine(
        "--rate 0:2000,8:500,20:2000 --delay 40", 28,
        (Bar("fps", 28.0), Bar("frozen_s", 0.3), Bar("p95", 0.2, "times"), Bar("psnr", 1.0, "plus"),
         Bar("found_again_s", 5.0), Bar("pesq_least", 3.0), IN_SYNC),
    ),
    "500": MeasuredLine(
        "--rate 500 --delay 40", 20,
        (Bar("fps", 28.0), Bar("p50", 0.7, "times"), Bar("p95", 0.8, "times"), Bar("psnr", 2.0, "plus"),
         Bar("pesq", 3.5), IN_SYNC),
    ),
    "lossy": MeasuredLine(
        "--rate 4000 --delay 40 --jitter 30 --loss 10 --burst 3", 20,
        (Bar("fps", 28.0), Bar("frozen_s", 0.3), Bar("p95", 0.8, "times"), Bar("psnr", 0.0, "plus"),
         Bar("pesq", 2.3), IN_SYNC),
    ),
    "150": MeasuredLine(
        "--rate 150 --delay 100 --loss 2", 20,
        (Bar("pesq", 2.5), Bar("fps", 8.0), Bar("p95", 1.0, "times"), IN_SYNC),
    ),
}  # fmt: skip


def line_of(name: str) -> MeasuredLine:
    """By name, or by the words of any other line."""
    return LINES[name] if name in LINES else MeasuredLine(name, 20)


def medians(runs: Sequence[Figures]) -> dict[str, float | None]:
    """Of several runs of one call. A figure that most runs lack is missing: nothing arrived is no good result."""
    together: dict[str, float | None] = {}
    for name in {name: None for run in runs for name in run}:
        values = [value for run in runs if (value := run.get(name)) is not None]
        together[name] = median(values) if 2 * len(values) > len(runs) else None
    return together


def between(mixed: Figures, pure: Sequence[Figures]) -> list[str]:
    """The figures in which a mixed call is worse than the worse of the two pure ones, and than runs differ."""
    worse = []
    for name in COMPARED:
        values = [each.get(name) for each in pure]
        own = mixed.get(name)
        if None in values:
            continue
        known = [value for value in values if value is not None]
        if own is None:
            worse.append(name)
        elif name in HIGHER_IS_BETTER:
            worse += [name] if own < min(known) - MIXED_SLACK[name] else []
        elif own > max(known) + MIXED_SLACK[name]:
            worse.append(name)
    return worse
