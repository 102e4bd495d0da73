"""The network test: begin it, see how far it is, then what to expect, as a picture and in words."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from vidphone.phone.events import Event, Request, RequestFailed
from vidphone.phone.network_commands import TestNetwork
from vidphone.phone.network_events import NetworkTested, NetworkTestStep, Step
from vidphone.phone.network_test.result import (
    Expected,
    NetworkResult,
    Reach,
    Way,
    Why,
    expected,
    rate_score,
    rates_only,
    trip_scores,
)
from vidphone.phone.network_test.words import TRANSPORTS, as_text, rate_words, verdict_key
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.network.gauge import Gauge

NAMES = ("up", "down", "delay", "jitter", "loss")
STANDINGS = {
    Expected.GOOD_VIDEO: Standing.GOOD,
    Expected.SMALL_VIDEO: Standing.CARE,
    Expected.VOICE_ONLY: Standing.CARE,
    Expected.NOTHING: Standing.BAD,
}
REACHED = {
    Reach.YES: Standing.GOOD,
    Reach.NO: Standing.BAD,
    Reach.REFUSED: Standing.BAD,
    Reach.NOT_OFFERED: Standing.PLAIN,
}


class NetworkCard(QWidget):
    """Keeps the last result, so that it can be copied, or go into a case."""

    wanted = Signal(object)
    """A command."""
    tested = Signal()
    """There is a result."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.result: NetworkResult | None = None
        self._step: Step | None = None
        self._failed: RequestFailed | None = None
        self.begin = PushButton(theme, "network.begin", "accent", icon="refresh-cw")
        self.copy = PushButton(theme, "network.copy")
        self.status = StatusLine(theme)
        self.verdict = StatusLine(theme)
        self.why = [StatusLine(theme) for _ in Why]
        self.reaches = [StatusLine(theme) for _ in TRANSPORTS]
        self.way = Label(theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
        self.gauges = {name: Gauge(theme) for name in NAMES}
        self.values = {name: Label(theme) for name in NAMES}
        self.picture = self._picture()
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID_PX)
        buttons.addWidget(self.begin)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID_PX)
        layout.addLayout(buttons)
        for widgets in ((self.status,), (self.verdict, *self.why), (self.picture, self.way), self.reaches):
            together = QVBoxLayout()
            together.setSpacing(GRID_PX // 2)
            for widget in widgets:
                together.addWidget(widget)
            layout.addLayout(together)
        self.begin.clicked.connect(self.start)
        self.copy.clicked.connect(self._copy)
        theme.words.changed.connect(self.refresh)
        self.refresh()

    @property
    def findings(self) -> str:
        """The last result in words, as a case takes it; empty without one."""
        return "" if self.result is None else as_text(self.result, self._theme.language)

    @property
    def running(self) -> bool:
        """Whether a test goes on."""
        return self._step is not None

    def start(self) -> None:
        """Begin a test."""
        if not self.running:
            self._step, self._failed = Step.REACH, None
            self.refresh()
            self.wanted.emit(TestNetwork())

    def happened(self, event: Event) -> None:
        """Every event of the engine."""
        match event:
            case NetworkTestStep(step=step):
                self._step = step
            case NetworkTested(result=result):
                self._step, self._failed, self.result = None, None, result
            case RequestFailed(request=Request.NETWORK_TEST):
                self._step, self._failed = None, event
            case _:
                return
        self.refresh()
        if isinstance(event, NetworkTested):
            self.tested.emit()

    def refresh(self) -> None:
        """Say how it stands."""
        if self.running:
            self.begin.clearFocus()  # nothing else is to take it
        self.begin.setEnabled(not self.running)
        self.begin.say("network.begin" if self.result is None else "network.again")
        shown = self.result if not self.running and self._failed is None else None
        self.copy.setVisible(shown is not None)
        if self._failed is not None:
            code = self._failed.code.value
            self.status.say(Standing.BAD, f"error.{code}", f"error.{code}.next", **dict(self._failed.about))
        elif self._step is not None:
            self.status.say(Standing.BUSY, f"network.step.{self._step.value}")
        else:
            self.status.say(Standing.PLAIN)
        self.picture.setVisible(shown is not None)
        self.way.setVisible(shown is not None)
        self._say_result(shown)

    def _say_result(self, result: NetworkResult | None) -> None:
        for line in (self.verdict, *self.why, *self.reaches):
            line.say(Standing.PLAIN)
        if result is None:
            return
        quality, limits = expected(result)
        standing = STANDINGS[quality]
        if rates_only(result) and standing is Standing.GOOD:
            standing = Standing.PLAIN
        self.verdict.say(standing, verdict_key(result, quality))
        for line, why in zip(self.why, limits, strict=False):
            line.say(standing, f"network.why.{why.value}")
        reaches = (result.udp, result.tcp, result.tls)
        for line, name, reach in zip(self.reaches, TRANSPORTS, reaches, strict=True):
            transport = self._theme.words(f"network.transport.{name}")
            line.say(REACHED[reach], f"network.reach.{reach.value}", transport=transport)
        none_named = result.way is Way.NONE and all(each is Reach.NOT_OFFERED for each in reaches)
        self.way.say("network.way.not-offered" if none_named else f"network.way.{result.way.value}")
        self._show_figures(result)

    def _show_figures(self, result: NetworkResult) -> None:
        words, language = self._theme.words, self._theme.language
        trips = result.trips
        scores: dict[str, float] = {} if trips is None else {w.value: s for w, s in trip_scores(trips).items()}
        said = dict.fromkeys(NAMES, words("network.unknown"))
        for name, bps in (("up", result.up_bps), ("down", result.down_bps)):
            said[name] = rate_words(bps, language)
            if bps is not None:
                scores[name] = rate_score(bps)
        if trips is not None:
            for name, ms in (("delay", trips.round_trip_ms), ("jitter", trips.jitter_ms)):
                if ms is not None:
                    said[name] = words("network.ms", ms=f"{ms:.0f}" if ms >= 10 else f"{ms:.1f}")
            said["loss"] = words("network.percent", percent=f"{trips.loss * 100:.1f}")
        for name in NAMES:
            self.values[name].show_text(said[name])
            row = words(f"network.row.{name}")
            self.gauges[name].show_score(scores.get(name), words("network.gauge", name=row, value=said[name]))

    def _picture(self) -> QWidget:
        picture = QWidget()
        grid = QGridLayout(picture)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX // 2)
        grid.setColumnStretch(1, 1)
        scale = QHBoxLayout()
        scale.setSpacing(0)
        for quality in reversed(Expected):
            scale.addWidget(Label(self._theme, f"network.scale.{quality.value}", TypeRole.CAPTION, "muted"), 1)
        grid.addLayout(scale, 0, 1)
        for row, name in enumerate(NAMES, 1):
            grid.addWidget(Label(self._theme, f"network.row.{name}"), row, 0)
            grid.addWidget(self.gauges[name], row, 1)
            grid.addWidget(self.values[name], row, 2)
        return picture

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.findings)
        self.status.say(Standing.GOOD, "network.copied")
