"""The window of a call: what it shows of the call, and what a person does in it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QMouseEvent, QShortcut

from vidphone.call.view import CallState, CallView
from vidphone.media.stats import CallStats
from vidphone.phone.commands import Camera, Dial, Dtmf, HangUp, Hold, Mute, Record, RequestStats
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.controls import HANG_UP_ALSO, KEYS
from vidphone.ui.calls.costs import CallCosts, restart
from vidphone.ui.calls.framing import Framing
from vidphone.ui.calls.panels import DTMF_KEYS, Panel
from vidphone.ui.calls.scene import (
    Control,
    Stage,
    end_sentence,
    next_change_s,
    scene,
    stage_of,
)
from vidphone.ui.calls.surface import CallSurface
from vidphone.ui.calls.visibility import Keep
from vidphone.ui.costs.barred import is_barred
from vidphone.ui.network_fault import Bars, network_at_fault, was_poor
from vidphone.wire.reasons import EndReason

ENDED_STAYS_MS = 4000
PICTURE_OVERDUE_S = 5.0
"""So long a picture is "coming"; after that the other side may have no camera."""
EXPLAINED_STAYS_MS = 10_000
"""An end that needs reading stays longer than one that the person made."""
PLAIN_ENDS = {EndReason.HUNG_UP, EndReason.CANCELLED, EndReason.SIGNED_OUT}
WHY_NO_PICTURE = {Stage.HELD, Stage.HELD_BY_PEER, Stage.CAMERA_OFF, Stage.VOICE_ONLY, Stage.ENDED}
"""Stages in which the last picture must not be seen any more."""


class CallWindow(CallSurface):
    """Shows one call at a time, and offers the others that wait or are held."""

    leave_wanted = Signal()
    """To be replaced by the small picture."""
    main_wanted = Signal()
    test_wanted = Signal()
    """To find out what the network is fit for; the window is needed no more."""
    finished = Signal()
    """The ended call needs no window any more."""

    def __init__(self, context: CallContext) -> None:
        super().__init__(context)
        self._view: CallView | None = None
        self._framing = Framing.AUTO
        self._own_hidden = False
        self._unseen = ""
        self._no_camera = False
        self._awaited_since_s: float | None = None
        self._watching = True
        self._bars = Bars()
        self.costs = CallCosts(context, self)
        self._clock = self._timer(self._turn_clock)
        self._closer = self._timer(self._close_by_itself)
        self._connect()
        self._bind_keys()
        context.theme.words.changed.connect(self.refresh)
        context.theme.changed.connect(self._resize_later)

    @property
    def view(self) -> CallView | None:
        """The call it is about."""
        return self._view

    def _timer(self, done: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(done)
        return timer

    def _connect(self) -> None:
        self.controls.pressed.connect(self.use)
        self.controls.menu_open.connect(lambda on: self.fading.keep(Keep.MENU, on))
        self.controls.more_menu.aboutToShow.connect(self._fill_more)
        self.header.code_wanted.connect(lambda: self.toggle_panel(self.code))
        self.header.statistics_wanted.connect(lambda: self.toggle_panel(self.stats))
        self.header.small_picture_wanted.connect(self.leave_wanted)
        self.notices.swap_wanted.connect(lambda call: self._context.post(Hold(False, call)))
        self.notices.end_wanted.connect(lambda call: self._context.post(HangUp(call)))
        self.keypad.pressed.connect(self._press_key)
        self.own.hide_wanted.connect(self.toggle_own)
        self.picture.picture_came.connect(self.refresh)
        self.placeholder.again_wanted.connect(self._call_again)
        self.placeholder.resume_wanted.connect(lambda: self.use(Control.HOLD))
        self.placeholder.close_wanted.connect(self.finished)
        self.placeholder.test_wanted.connect(self.test_wanted)
        self.costs.support_called.connect(self.finished)
        self.barred.again_wanted.connect(self._call_again)
        self.barred.close_wanted.connect(self.finished)
        self.leave_card.keep_wanted.connect(self._keep_small)
        self.leave_card.hang_up_wanted.connect(self._hang_up)
        self.leave_card.stay_wanted.connect(self._stay)
        for panel in self.panels:
            panel.close_wanted.connect(partial(self.toggle_panel, panel))

    def _bind_keys(self) -> None:
        for control, key in KEYS.items():
            if key:
                self._bind(key, partial(self._use_by_key, control))
        self._bind(HANG_UP_ALSO, partial(self._use_by_key, Control.HANG_UP))
        self._bind("S", self.toggle_own)
        self._bind("Z", self.toggle_framing)
        self._bind("P", self.leave_wanted.emit)
        self._bind("C", lambda: self.toggle_panel(self.code))
        self._bind("I", lambda: self.toggle_panel(self.stats))
        self._bind("F1", lambda: self.toggle_panel(self.shortcuts))
        self._bind("Esc", self._escape)

    def _bind(self, key: str, do: Callable[[], None]) -> None:
        QShortcut(QKeySequence(key), self).activated.connect(do)

    def show_call(self, view: CallView) -> None:
        """Show a call, or what changed in it."""
        if self._view is None or self._view.call != view.call:
            self.keypad.clear()
            self.header.bars.show_quality(None)
            self.picture.clear()
            self._closer.stop()
        newly_ended = view.state is CallState.ENDED and (self._view is None or self._view.state is not view.state)
        self._view = view
        if newly_ended:
            plain = view.reason in PLAIN_ENDS and not was_poor(self._bars.of(view.call))
            if is_barred(view):
                self.costs.explain(view)  # and stays until it was read
            else:
                self._closer.start(ENDED_STAYS_MS if plain else EXPLAINED_STAYS_MS)
            self.leave_card.hide()
            self.open_panel(None)
        elif view.state is not CallState.ENDED:
            self._closer.stop()
        self.refresh()

    def show_charge(self, *, goes_on: bool) -> None:
        """The call costs something else now; `goes_on`: its credit was about to end, and does not."""
        if goes_on:
            self.notices.tell("circle-check", "ui.costs.credit.goes-on")
        if self._view is not None:
            self.costs.show_call(self._view)
        self._start_clock()

    def show_others(self, waiting: CallView | None, held: tuple[CallView, ...]) -> None:
        """Show the calls that wait and those on hold."""
        self.waiting.show_call(waiting, video=self._view is not None and self._view.camera)
        self.notices.show_held(held)
        self.fading.keep(Keep.PANEL, self.panel is not None or waiting is not None)
        self.place_own()

    def show_stats(self, stats: CallStats) -> None:
        """Show the figures of this call."""
        self._bars.add(stats.call, stats.quality)
        self.header.bars.show_quality(stats.quality)
        self.stats.show_stats(stats)

    def show_camera(self, *, there: bool) -> None:
        """Whether the own camera gives pictures: where it does not, no empty frame waits for any."""
        self._no_camera = not there
        self._attend()

    def show_unseen(self) -> None:
        """The own picture cannot be sent in this call: that stays to be read, since the other side sees nothing."""
        self._unseen = self._view.call if self._view is not None else ""
        self.refresh()

    def set_watching(self, watching: bool) -> None:
        """Take pictures from the engine, or leave them to the small window."""
        self._watching = watching
        self._attend()

    def refresh(self) -> None:
        """Show everything anew: the call, the language or the time changed."""
        view = self._view
        if view is None:
            return
        language = self._context.theme.language
        shown = scene(view, self._context.now_s(), language, unseen=view.call == self._unseen)
        self.setWindowTitle(self._context.theme.words("calls.window", name=shown.title))
        self.picture.setAccessibleName(self._context.theme.words("calls.picture.name", name=shown.title))
        if shown.stage in WHY_NO_PICTURE:
            self.picture.clear()
        covered = shown.stage is Stage.PICTURE and self.picture.has_picture
        self.placeholder.setVisible(not covered and not is_barred(view))
        self._await_picture(shown.stage is Stage.PICTURE and not covered)
        sentence = self._sentence(view, shown.stage, shown.status)
        upon_picture = shown.stage is Stage.RECONNECTING and self.picture.has_picture
        quality = self._bars.of(view.call)
        if shown.stage is Stage.ENDED and was_poor(quality) and view.reason in PLAIN_ENDS:
            hints = (shown.hint, self._context.theme.words("calls.ended.poor"))
            shown = replace(shown, hint=" · ".join(hint for hint in hints if hint))
        test = network_at_fault(view.reason, quality)
        self.placeholder.show_scene(shown, sentence, upon_picture=upon_picture, test=test)
        self.picture.set_dimmed(shown.stage is Stage.RECONNECTING)
        self.header.show_scene(shown, titled=covered or upon_picture, sentence=sentence)
        self.notices.show_scene(shown)
        self.costs.show_call(view)
        if view.comparison_code:
            self.code.show_code(view.comparison_code)
        keypad, full = self.keypad.isVisible(), self.isFullScreen()
        self.controls.show_call(view, shown, keypad=keypad, full_screen=full)
        ended = shown.stage is Stage.ENDED
        self.overlay.setVisible(not ended)
        self.fading.keep(Keep.NO_PICTURE, not covered)
        self._attend()
        self._start_clock()

    def _sentence(self, view: CallView, stage: Stage, status: str) -> str:
        words, language = self._context.theme.words, self._context.theme.language
        if stage is Stage.ENDED:
            return end_sentence(view, language)
        if stage is Stage.PICTURE:
            return words(f"calls.stage.{'no-picture' if self._is_overdue() else 'picture-coming'}")
        if stage is Stage.RECONNECTING:
            return status
        return words(f"calls.stage.{stage.value}")

    def _await_picture(self, awaited: bool) -> None:
        if not awaited:
            self._awaited_since_s = None
        elif self._awaited_since_s is None:
            self._awaited_since_s = self._context.now_s()

    def _is_overdue(self) -> bool:
        since = self._awaited_since_s
        return since is not None and self._context.now_s() - since >= PICTURE_OVERDUE_S

    def _attend(self) -> None:
        """Which of the two pictures are wanted now."""
        view = self._view
        wanted = view is not None and stage_of(view) in {Stage.PICTURE, Stage.RECONNECTING} and view.peer_camera
        self.picture.set_live(self._watching and wanted)
        own = view is not None and view.state is not CallState.ENDED and view.camera and not self._own_hidden
        own = own and not self._no_camera
        if self._own_wanted and not own:
            self.own.view.clear()  # the next picture is to be a new one
        self._own_wanted = own
        self.place_own()
        self.own.view.set_live(own and self._watching)

    def _start_clock(self) -> None:
        view, now = self._view, self._context.now_s()
        if view is None or view.state is CallState.ENDED:
            self._clock.stop()
        else:
            restart(self._clock, next_change_s(view, now), self.costs.next_change_s(view))

    def _turn_clock(self) -> None:
        if self._view is not None:
            shown = scene(self._view, self._context.now_s(), self._context.theme.language)
            self.header.show_status(shown.status)
            self.costs.show_call(self._view)
            if shown.stage is Stage.PICTURE and self._awaited_since_s is not None:
                self.placeholder.show_status(self._sentence(self._view, shown.stage, shown.status))
            if shown.stage is Stage.RECONNECTING:
                self.placeholder.show_status(shown.status)
        self._start_clock()

    # What a person does.

    def use(self, control: Control) -> None:
        """Do what a control stands for."""
        view, post = self._view, self._context.post
        if view is None:
            return
        match control:
            case Control.MICROPHONE:
                post(Mute(view.microphone))
            case Control.CAMERA:
                self._no_camera = False
                post(Camera(not view.camera))
            case Control.HOLD:
                post(Hold(view.state is not CallState.HELD, view.call))
            case Control.KEYPAD:
                self.toggle_panel(self.keypad)
            case Control.RECORD:
                post(Record(None if view.recording else self._recording_path()))
            case Control.FULL_SCREEN:
                self.toggle_full_screen()
            case Control.HANG_UP:
                self._hang_up()
            case _:
                pass
        self.refresh()

    def _use_by_key(self, control: Control) -> None:
        self.fading.stir()
        if self.controls.buttons[control].isEnabled():
            self.use(control)

    def _recording_path(self) -> Path:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d %H.%M.%S")
        return (Path(folder) if Path(folder).is_dir() else Path.home()) / f"vidphone {stamp}.mkv"

    def toggle_panel(self, panel: Panel) -> None:
        """Open a panel, or close it."""
        self.open_panel(None if panel.isVisible() else panel)

    def open_panel(self, panel: Panel | None) -> None:
        """Show one panel at a time, or none."""
        if panel is self.code and not (self._view and self._view.comparison_code):
            return
        if panel is None and self.panel is not None:
            self.setFocus()  # what vanishes would hand the keyboard to whatever comes next
        for one in self.panels:
            one.setVisible(one is panel)
        if panel is self.stats:
            self._context.post(RequestStats())
        self.fading.keep(Keep.PANEL, panel is not None or self.waiting.isVisible())
        self.refresh()

    def toggle_own(self) -> None:
        """Hide the own picture, or show it again."""
        self._own_hidden = not self._own_hidden
        self._attend()

    def toggle_framing(self) -> None:
        """Edge to edge, or whole."""
        self._framing = Framing.FIT if self.picture.filled else Framing.FILL
        self.picture.set_framing(self._framing)

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _escape(self) -> None:
        if self.leave_card.isVisible():
            self._stay()
        elif self.panel is not None:
            self.open_panel(None)
        elif self.isFullScreen():
            self.toggle_full_screen()
        elif self._view is not None and self._view.state is CallState.ENDED:
            self.finished.emit()
        self.refresh()

    def _stay(self) -> None:
        self.setFocus()
        self.leave_card.hide()

    def _press_key(self, key: str) -> None:
        if self._view is not None:
            self._context.post(Dtmf(key, self._view.call))

    def _hang_up(self) -> None:
        if self._view is not None:
            self._context.post(HangUp(self._view.call))
        self.leave_card.hide()

    def _call_again(self) -> None:
        if self._view is not None:
            self._context.post(Dial(self._view.peer_number, self._view.video))
        self.finished.emit()

    def _keep_small(self) -> None:
        self.leave_card.hide()
        self.leave_wanted.emit()

    def _close_by_itself(self) -> None:
        inside = self.underMouse() or any(way.hasFocus() for way in self.placeholder.ways)
        if inside:
            self._closer.start(ENDED_STAYS_MS)
        else:
            self.finished.emit()

    def _fill_more(self) -> None:
        words, menu = self._context.theme.words, self.controls.more_menu
        menu.clear()
        entries = [
            ("calls.do.fit" if self.picture.filled else "calls.do.fill", "Z", self.toggle_framing),
            ("calls.do.own-show" if self._own_hidden else "calls.do.own-hide", "S", self.toggle_own),
            ("calls.do.statistics", "I", partial(self.toggle_panel, self.stats)),
            ("calls.do.code", "C", partial(self.toggle_panel, self.code)),
            ("calls.do.small-picture", "P", self.leave_wanted.emit),
            ("calls.do.main", "", self.main_wanted.emit),
            ("calls.do.shortcuts", "F1", partial(self.toggle_panel, self.shortcuts)),
        ]
        for key, shortcut, do in entries:
            action = menu.addAction(words(key) + (f"\t{shortcut}" if shortcut else ""))
            action.triggered.connect(do)

    # What the window does by itself.

    def _resize_later(self) -> None:
        self.resize(self.size().expandedTo(self.minimumSizeHint()))
        self.refresh()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Full screen and back."""
        self.toggle_full_screen()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key brings the controls back; digits go to the keypad while it is open."""
        self.fading.stir()
        if self.keypad.isVisible() and event.text() and event.text() in DTMF_KEYS:
            self.keypad.press(event.text())
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Minimised: the small picture takes over."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange:
            if self.isMinimized():
                self.leave_wanted.emit()
            self.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask, while the call is on."""
        view = self._view
        if view is None or view.state is CallState.ENDED:
            event.accept()
            self.finished.emit()
            return
        event.ignore()
        if self.isMinimized() or not self.isVisible():
            self.leave_wanted.emit()
            return
        self.leave_card.show()
        self.leave_card.raise_()
        self.leave_card.keep.setFocus()
