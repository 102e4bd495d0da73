"""Lets the controls over the picture come and go."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPropertyAnimation, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

from vidphone.ui.calls.visibility import Keep, Visibility
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import FADE_MS

KEYBOARD = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}


class Fading(QObject):
    """Shows and hides some widgets as `Visibility` says.

    The pointer on them and the keyboard's focus in them keep them. A hidden widget keeps its room, so that nothing
    jumps; the opacity effect exists during the fade only, for it costs a second painting.
    """

    changed = Signal(bool)
    """The controls came or went."""

    def __init__(
        self, theme: Theme, widgets: tuple[QWidget, ...], now_s: Callable[[], float], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._widgets, self._now_s = theme, widgets, now_s
        self._rule = Visibility(now_s())
        self._shown = True
        self._hovered: set[QObject] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.review)
        for widget in widgets:
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
            for part in (widget, *widget.findChildren(QWidget)):
                part.installEventFilter(self)
        self.review()

    @property
    def shown(self) -> bool:
        """Whether the controls are there, or on their way."""
        return self._shown

    def stir(self) -> None:
        """The pointer moved, or a key was pressed."""
        self._rule.stir(self._now_s())
        if not self._shown or not self._timer.isActive():
            self.review()

    def keep(self, why: Keep, on: bool) -> None:
        """Something begins or ceases to keep the controls."""
        self._rule.keep(why, on, self._now_s())
        self.review()

    def review(self) -> None:
        """Show or hide, and look again when that may change."""
        now = self._now_s()
        visible = self._rule.visible(now)
        if visible != self._shown:
            self._shown = visible
            for widget in self._widgets:
                self._fade(widget, visible)
            self.changed.emit(visible)
        deadline = self._rule.hides_at_s()
        if visible and deadline is not None:
            self._timer.start(max(1, round((deadline - now) * 1000)))
        else:
            self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch pointer and focus."""
        kind = event.type()
        if kind is QEvent.Type.Enter and watched in self._widgets:
            self._hovered.add(watched)
            self.keep(Keep.HOVER, True)
        elif kind in {QEvent.Type.Leave, QEvent.Type.Hide} and watched in self._hovered:
            self._hovered.discard(watched)
            self.keep(Keep.HOVER, bool(self._hovered))
        elif kind is QEvent.Type.FocusIn and isinstance(event, QFocusEvent) and event.reason() in KEYBOARD:
            self.keep(Keep.KEYBOARD, True)
        elif kind is QEvent.Type.FocusOut:
            self.keep(Keep.KEYBOARD, False)
        return False

    def _fade(self, widget: QWidget, visible: bool) -> None:
        duration = self._theme.duration_ms(FADE_MS) if widget.window().isVisible() else 0
        effect = widget.graphicsEffect()
        start = effect.opacity() if isinstance(effect, QGraphicsOpacityEffect) else float(not visible)
        if visible:
            widget.show()
        if not duration:
            widget.setGraphicsEffect(None)  # type: ignore[arg-type]  # Qt takes null here; the stubs do not say so
            widget.setVisible(visible)
            return
        effect = QGraphicsOpacityEffect(widget)
        effect.setOpacity(start)
        widget.setGraphicsEffect(effect)
        motion = QPropertyAnimation(effect, b"opacity", effect)
        motion.setDuration(duration)
        motion.setStartValue(start)
        motion.setEndValue(float(visible))
        motion.finished.connect(lambda: self._faded(widget, effect, visible))
        motion.start()

    def _faded(self, widget: QWidget, effect: QGraphicsOpacityEffect, visible: bool) -> None:
        if widget.graphicsEffect() is effect:
            widget.setGraphicsEffect(None)  # type: ignore[arg-type]
            widget.setVisible(visible)
