"""A call in figures, for those who want to know why it is as it is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from vidphone.media.stats import CallStats, InboundStats, OutboundStats
from vidphone.texts import has_text
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.panels import PANEL_PX, Panel
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import TypeRole
from vidphone.ui.design.words import Words

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
        grid.setHorizontalSpacing(12)
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
        theme.words.changed.connect(self._say)

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
            self._put(f"picture.{side}", _size(picture))
            rate = picture.frames_per_second
            self._put(f"picture-rate.{side}", f"{rate:.0f} /s" if rate else NOTHING)
            self._put(f"codecs.{side}", " · ".join(name for name in (picture.codec, sound) if name) or NOTHING)
        self._put("loss.in", _share(sum(i.packets_lost for i in received), sum(i.packets_received for i in received)))
        self._say()

    def _say(self) -> None:
        self._waiting.setVisible(self._last is None)
        if self._last is None:
            return
        stats, words = self._last[1], self._theme.words
        trip = stats.round_trip_time_s
        self._put("round-trip.in", NOTHING if trip is None else f"{trip * 1000:.0f} ms")
        jitter = max(stats.audio_in.jitter_s, stats.video_in.jitter_s)
        self._put("jitter.in", f"{jitter * 1000:.0f} ms")
        freezes = stats.video_in
        seconds = f"{freezes.total_freezes_duration_s:.1f}"
        self._put("freezes.in", words("calls.stats.freezes.value", count=freezes.freeze_count, seconds=seconds))
        self._put("concealed.in", str(stats.audio_in.concealment_events))
        self._put("route.in", _route(stats.local_candidate_type, words))

    def _put(self, key: str, value: str) -> None:
        self._values[key].show_text(value)

    def _resize(self) -> None:
        self.setFixedWidth(self._theme.px(PANEL_PX + 48))


def _rate(grown_bytes: int, passed_s: float) -> str:
    rate = max(0, grown_bytes) * 8 / passed_s
    return f"{rate / 1e6:.1f} Mb/s" if rate >= 1e6 else f"{rate / 1e3:.0f} kb/s"


def _size(picture: InboundStats | OutboundStats) -> str:
    return f"{picture.frame_width}×{picture.frame_height}" if picture.frame_width else NOTHING


def _share(lost: int, received: int) -> str:
    return f"{100 * lost / (lost + received):.1f} %" if lost + received else NOTHING


def _route(kind: str, words: Words) -> str:
    key = f"calls.stats.route.{kind}"
    return words(key) if kind and has_text(key) else kind or NOTHING
