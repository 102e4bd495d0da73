"""Brings the windows of calls up and takes them down, as the engine's events say."""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QWidget

from vidphone.call.view import CallState, CallView
from vidphone.media.devices import DeviceKind
from vidphone.phone.events import (
    CallChanged,
    Charging,
    DeviceNotice,
    DevicesChanged,
    DtmfReceived,
    Event,
    Failure,
    Recording,
    SignedOut,
    StatsReport,
)
from vidphone.ui.bridge import Bridge
from vidphone.ui.calls.call_window import CallWindow
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.incoming import IncomingWindow
from vidphone.ui.calls.pip import SmallPicture
from vidphone.ui.calls.scene import current_call, end_sentence, held_calls, title
from vidphone.ui.costs.charges import Charges, goes_on
from vidphone.ui.design.theme import Theme
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason

TOLD = frozenset({EndReason.ANSWERED_ELSEWHERE, EndReason.DECLINED_ELSEWHERE, EndReason.CANCELLED})
"""Ends of a call that rang here which the incoming window tells before it closes."""

_NOTICE_ICONS = {"camera": "video", "microphone": "mic", "speaker": "headphones", "ringer": "bell"}


class CallWindows(QObject):
    """Owns the call window, its small picture and the incoming window; each exists only while it is needed."""

    main_wanted = Signal()
    """The person wants the main window, from within a call."""
    pay_wanted = Signal(int)
    """Fen; 0 for an open amount."""
    test_wanted = Signal()
    """To find out what the network is fit for, after a call that it spoilt."""
    page_wanted = Signal(str)
    """The page of the main window that lifts what bars a call (`costs.barred.Page`)."""

    def __init__(
        self,
        bridge: Bridge,
        theme: Theme,
        *,
        now_s: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._theme = bridge, theme
        self._charges = Charges()
        self._context = CallContext(
            theme=theme,
            post=bridge.post,
            remote=bridge.remote_slot,
            own=bridge.local_slot,
            devices=lambda: DevicesChanged(bridge.state.devices, bridge.state.selected),
            now_s=now_s,
            charge=self._charges.of,
        )
        self._calls: dict[str, CallView] = {}
        self._current = ""
        self._camera_there = True
        self.window: CallWindow | None = None
        self.small: SmallPicture | None = None
        self.incoming: IncomingWindow | None = None
        bridge.happened.connect(self._take)
        QGuiApplication.instance().focusWindowChanged.connect(self._focus_moved)  # type: ignore[union-attr]

    def call_in_progress(self) -> bool:
        """Whether closing the program would cut a call off."""
        return any(view.state is not CallState.ENDED for view in self._calls.values())

    def show_call(self) -> None:
        """Bring the call's window to the front, from the tray or the main window."""
        if self.window is not None:
            self._return()

    def close_all(self) -> None:
        """The program ends: no window stays, nothing is asked."""
        self._calls.clear()
        self._drop_call_windows()
        self._drop_incoming()

    def _take(self, event: Event) -> None:
        charged_before = self._charges.of(event.call) if isinstance(event, Charging) else None
        self._charges.fold(event)
        window = self.window
        if window is not None:
            window.costs.take(event, window.view)
        match event:
            case Charging(call, charge) if call == self._current:
                self._show_charge(longer=goes_on(charged_before, charge))
            case CallChanged(view):
                self._change(replace(view, peer_name=self._bridge.state.name_of(view.peer_number) or view.peer_name))
            case StatsReport(stats) if window is not None and stats.call == self._current:
                window.show_stats(stats)
            case SignedOut():
                self._forget_ended()
            case DeviceNotice():
                self._take_device(event)
            case DtmfReceived(call, digits) if window is not None and call in self._calls:
                window.notices.tell("grid-3x3", "calls.notice.dtmf", name=title(self._calls[call]), digits=digits)
            case Recording(on, path) if window is not None and not on and path:
                window.notices.tell("circle-check", "calls.notice.recorded", path=path)
            case Failure(ErrorCode.PICTURE_NOT_SENT) if window is not None:
                window.show_unseen()
                self._tell_failure(window, event)
            case Failure() if window is not None:
                self._tell_failure(window, event)
            case _:
                pass

    def _tell_failure(self, window: CallWindow, failure: Failure) -> None:
        if self.tells_failures():
            key = f"error.{failure.code.value}"
            sentences = self._theme.words.sentences(key, f"{key}.next", **dict(failure.about))
            window.notices.tell_text("triangle-alert", sentences)

    def _show_charge(self, *, longer: bool) -> None:
        if self.window is not None:
            self.window.show_charge(goes_on=longer)
        if self.small is not None:
            self.small.refresh()

    def _take_device(self, notice: DeviceNotice) -> None:
        camera = notice.kind is DeviceKind.CAMERA
        if self.incoming is not None and camera:
            self.incoming.show_camera(notice.code)
        if camera and self._calls:
            self._camera_there = notice.code is None or bool(notice.name)
        if self.window is not None:
            if camera:
                self.window.show_camera(there=self._camera_there)
            self._tell_device(self.window, notice)

    def _tell_device(self, window: CallWindow, notice: DeviceNotice) -> None:
        icon = _NOTICE_ICONS[notice.kind.value]
        if notice.code is None:
            window.notices.tell(icon, "calls.notice.switched", name=notice.name)
            return
        key = f"error.{notice.code.value}"
        then = "calls.notice.switched" if notice.name else f"{key}.next"
        sentences = self._theme.words.sentences(key, then, path=notice.name, name=notice.name)
        window.notices.tell_text(icon, sentences)

    def _change(self, view: CallView) -> None:
        """Keep the call, and show what follows from it."""
        before = self._calls.get(view.call)
        if view.state is CallState.ENDED:
            self._end(view, before)
        else:
            self._calls[view.call] = view
        self._arrange()

    def _end(self, view: CallView, before: CallView | None) -> None:
        if before is None:
            return
        if before.state is CallState.INCOMING:
            del self._calls[view.call]
            self._end_incoming(view)
            return
        others = [one for one in self._calls.values() if one.call != view.call and one.state is not CallState.INCOMING]
        if others and any(one.state is not CallState.ENDED for one in others):
            del self._calls[view.call]
            if self.window is not None:
                sentence = end_sentence(view, self._theme.language)
                self.window.notices.tell("phone-off", "calls.notice.ended", name=title(view), reason=sentence)
        else:
            self._calls[view.call] = view

    def _forget_ended(self) -> None:
        """Nobody is signed in any more: whom one talked to, and a way to call again, are not for who comes next."""
        self._calls = {call: view for call, view in self._calls.items() if view.state is not CallState.ENDED}
        self._arrange()

    def _arrange(self) -> None:
        if not self.call_in_progress():
            self._camera_there = True  # a new call looks anew
        self._current = current_call(self._calls, self._current)
        incoming = tuple(view for view in self._calls.values() if view.state is CallState.INCOMING)
        current = self._calls.get(self._current)
        for call in [view.call for view in self._calls.values() if view.state is CallState.ENDED]:
            if call != self._current:
                del self._calls[call]  # the window went on to another call
        alive = current is not None and current.state is not CallState.ENDED
        if self.incoming is not None and alive:
            self.incoming.stop()  # before the call's own window looks at the same camera
        if current is None:
            self._drop_call_windows()
        else:
            self._show_current(current, incoming)
        if incoming and not self._card_is_seen(current):
            self._show_incoming(incoming, preview=not alive)
        elif self.incoming is not None and not self.incoming.telling:
            self._drop_incoming()

    def _card_is_seen(self, current: CallView | None) -> bool:
        """Whether a call that comes now is offered inside the call's window."""
        alive = current is not None and current.state is not CallState.ENDED
        return alive and self.window is not None and self.window.isVisible() and self.small is None

    def _show_current(self, current: CallView, incoming: tuple[CallView, ...]) -> None:
        if self.window is None:
            self.window = CallWindow(self._context)
            self.window.leave_wanted.connect(self._leave)
            self.window.main_wanted.connect(self._to_main)
            self.window.costs.pay_wanted.connect(self._to_pay)
            self.window.costs.page_wanted.connect(self.page_wanted)
            self.window.test_wanted.connect(self._to_test)
            self.window.finished.connect(self._finish)
            self.window.show_camera(there=self._camera_there)  # it may have failed while the call rang
            self.window.show_call(current)
            self.window.begin(video=current.video or current.camera or current.peer_camera)
            self.window.show()
        self.window.show_call(current)
        if self.small is not None:
            self.small.show_call(current)
            if current.state is CallState.ENDED:
                self._return(activate=False)
        alive = current.state is not CallState.ENDED
        self.window.show_others(
            incoming[0] if incoming and alive else None, held_calls(self._calls.values(), self._current)
        )

    def _finish(self) -> None:
        """The ended call was read, or its window closed."""
        current = self._calls.get(self._current)
        if current is not None and current.state is CallState.ENDED:
            del self._calls[self._current]
            self._arrange()

    def tells_failures(self) -> bool:
        """Whether a call's window is there to tell what fails; the small picture has no room for words."""
        return self.window is not None and self.small is None

    # The small picture.

    def _leave(self) -> None:
        """Go from the large window to the small picture."""
        current = self._calls.get(self._current)
        if self.window is None or current is None or current.state is CallState.ENDED:
            return
        self._open_small(current)
        if not self.window.isMinimized():
            self.window.hide()
        self._arrange()

    def _to_main(self) -> None:
        self._leave()
        self.main_wanted.emit()

    def _to_test(self) -> None:
        self._finish()
        self.test_wanted.emit()

    def _to_pay(self, fen: int) -> None:
        """Paying is done in the main window; a call that is on stays in sight, with its countdown."""
        self._leave()
        self.pay_wanted.emit(fen)

    def _open_small(self, current: CallView) -> None:
        if self.window is None or self.small is not None:
            return
        self.window.set_watching(False)
        self.small = SmallPicture(self._context)
        self.small.return_wanted.connect(self._return)
        self.small.show_call(current)
        self.small.appear()
        self.small.set_watching(True)

    def _close_small(self) -> None:
        if self.small is not None:
            self.small.set_watching(False)
            _free(self.small)
            self.small = None
        if self.window is not None:
            self.window.set_watching(True)

    def _return(self, *, activate: bool = True) -> None:
        """Go back to the large window."""
        self._close_small()
        window = self.window
        if window is None:
            return
        if window.isMinimized() and activate:
            window.showNormal()
        if not window.isVisible():
            window.show()
        if activate:
            window.raise_()
            window.activateWindow()
            self._arrange()

    def _focus_moved(self, focused: QObject | None) -> None:
        """Another window of ours was put before the call: keep the picture in sight."""
        window, current = self.window, self._calls.get(self._current)
        if window is None or current is None or focused is None or current.state is CallState.ENDED:
            return
        ours = {one.windowHandle() for one in (self.small, self.incoming) if one is not None}
        if focused is window.windowHandle():
            if self.small is not None and not window.isMinimized():
                self._close_small()
        elif focused not in ours and window.isVisible() and _covers(focused, window):
            self._open_small(current)

    # Calls that ring here.

    def _show_incoming(self, views: tuple[CallView, ...], *, preview: bool) -> None:
        if self.incoming is None:
            self.incoming = IncomingWindow(self._context)
            self.incoming.finished.connect(self._drop_incoming)
        self.incoming.show_calls(views, preview=preview)
        self.incoming.appear()

    def _end_incoming(self, view: CallView) -> None:
        window = self.incoming
        if window is None or view.call not in window.ringing:
            return
        others = [call for call in window.ringing if call != view.call]
        if view.reason in TOLD and not others and self.window is None:
            window.show_end(view)
        elif not others:
            self._drop_incoming()

    # Freeing.

    def _drop_incoming(self) -> None:
        if self.incoming is not None:
            self.incoming.stop()
            _free(self.incoming)
            self.incoming = None

    def _drop_call_windows(self) -> None:
        if self.small is not None:
            self.small.set_watching(False)
            _free(self.small)
            self.small = None
        if self.window is not None:
            self.window.set_watching(False)
            _free(self.window)
            self.window = None
        self._current = ""


def _free(window: QWidget) -> None:
    """Take a window away for good, without its being asked."""
    window.blockSignals(True)
    window.hide()
    window.deleteLater()


def _covers(focused: QObject, window: QWidget) -> bool:
    """Whether the window that came to the front lies over most of `window`, as far as the system tells places."""
    if not isinstance(focused, QWindow):
        return False
    own = window.frameGeometry()
    both = focused.frameGeometry().intersected(own)
    return 2 * both.width() * both.height() >= own.width() * own.height()
