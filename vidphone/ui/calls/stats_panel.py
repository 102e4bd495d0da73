"""A call in figures, for those who want to know why it is as it is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from vidphone.media.stats import CallStats, InboundStats, OutboundStats
from vidphone.texts import has_text
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.panels import PANEL_PX, Panel
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole

ROWS = ("picture", "picture-rate", "rate", "loss", "codecs")
COMMON = ("round-trip", "jitter", "freezes", "concealed", "route")
NOTHING = "–"


class StatsPanel(Panel):
    """Two columns, received and sent, and what belongs to both."""

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "calls.stats.title", parent)
        theme = context.theme
        self._now_s = context.now_s
        self._last: tuple[float, CallStats] | None = None
        self._values: dict[str, Label] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID_PX)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight
        grid.addWidget(Label(theme, "calls.stats.received", TypeRole.CAPTION, "muted"), 0, 1, right)
        grid.addWidget(Label(theme, "calls.stats.sent", TypeRole.CAPTION, "muted"), 0, 2, right)
        for row, key in enumerate((*ROWS, *COMMON), start=1):
            grid.addWidget(Label(theme, f"calls.stats.{key}", TypeRole.CAPTION, "muted"), row, 0)
            for column, side in enumerate(("in", "out"), start=1):
                if side == "out" and key in COMMON:
                    continue
                value = self._values[f"{key}.{side}"] = Label(theme, role=TypeRole.CAPTION)
                value.show_text(NOTHING)
                grid.addWidget(value, row, column, 1, 2 if key in COMMON else 1, right)
        self.body.addLayout(grid)
        self._waiting = Label(theme, "calls.stats.waiting", TypeRole.CAPTION, "muted", wrap=True)
        self.body.addWidget(self._waiting)

    def show_stats(self, stats: CallStats) -> None:
        """Show the figures of a call, and data rates since the ones before."""
        now, last = self._now_s(), self._last
        since, before = last if last and last[1].call == stats.call and last[0] < now else (now, None)
        self._last = now, stats
        received = (stats.audio_in, stats.video_in)
        sent = (stats.audio_out, stats.video_out)
        if before is not None:
            passed = now - since
            old_in = before.audio_in.bytes_received + before.video_in.bytes_received
            old_out = before.audio_out.bytes_sent + before.video_out.bytes_sent
            self._put("rate.in", _rate(sum(one.bytes_received for one in received) - old_in, passed))
            self._put("rate.out", _rate(sum(one.bytes_sent for one in sent) - old_out, passed))
        for side, picture, sound in (
            ("in", stats.video_in, stats.audio_in.codec),
            ("out", stats.video_out, stats.audio_out.codec),
        ):
            self._values[f"picture.{side}"].show_text(_size(picture))
            rate = picture.frames_per_second
            self._put(f"picture-rate.{side}", _figure("frames", f"{rate:.0f}") if rate else None)
            codecs = " · ".join(name for name in (picture.codec, sound) if name)
            self._values[f"codecs.{side}"].show_text(codecs or NOTHING)
        self._put("loss.in", _share(sum(i.packets_lost for i in received), sum(i.packets_received for i in received)))
        self._show_common(stats)
        self._waiting.hide()

    def _show_common(self, stats: CallStats) -> None:
        trip = stats.round_trip_time_s
        self._put("round-trip.in", None if trip is None else _figure("milliseconds", f"{trip * 1000:.0f}"))
        jitter = max(stats.audio_in.jitter_s, stats.video_in.jitter_s)
        self._put("jitter.in", _figure("milliseconds", f"{jitter * 1000:.0f}"))
        freezes, seconds = stats.video_in.freeze_count, f"{stats.video_in.total_freezes_duration_s:.1f}"
        self._values["freezes.in"].say("calls.stats.freezes.value", count=freezes, seconds=seconds)
        self._put("concealed.in", _figure("times", str(stats.audio_in.concealment_events)))
        kind = stats.local_candidate_type
        route = f"calls.stats.route.{kind}"
        if kind and has_text(route):
            self._values["route.in"].say(route)
        else:
            self._values["route.in"].show_text(kind or NOTHING)

    def _put(self, key: str, figure: tuple[str, str] | None) -> None:
        if figure is None:
            self._values[key].show_text(NOTHING)
        else:
            self._values[key].say(figure[0], value=figure[1])

    def _resize(self) -> None:
        self.setFixedWidth(self._theme.px(PANEL_PX + 48))


def _figure(unit: str, value: str) -> tuple[str, str]:
    """The key of a unit's text, and the number before it."""
    return f"calls.stats.unit.{unit}", value


def _rate(grown_bytes: int, passed_s: float) -> tuple[str, str]:
    rate = max(0, grown_bytes) * 8 / passed_s
    return _figure("megabits", f"{rate / 1e6:.1f}") if rate >= 1e6 else _figure("kilobits", f"{rate / 1e3:.0f}")


def _size(picture: InboundStats | OutboundStats) -> str:
    return f"{picture.frame_width}×{picture.frame_height}" if picture.frame_width else NOTHING


def _share(lost: int, received: int) -> tuple[str, str] | None:
    return _figure("percent", f"{100 * lost / (lost + received):.1f}") if lost + received else None
