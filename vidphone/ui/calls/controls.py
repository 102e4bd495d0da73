"""The row of round buttons at the foot of a call."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from vidphone.call.view import CallState, CallView
from vidphone.media.devices import DeviceKind
from vidphone.ui.calls.context import CallContext
from vidphone.ui.calls.device_menu import DeviceMenu
from vidphone.ui.calls.parts import SMALL_PX, Ground, StageButton
from vidphone.ui.calls.scene import Control, Scene
from vidphone.ui.design.tokens import GRID_PX

KEYS: dict[Control, str] = {
    Control.MICROPHONE: "M",
    Control.CAMERA: "V",
    Control.HOLD: "H",
    Control.KEYPAD: "D",
    Control.RECORD: "R",
    Control.FULL_SCREEN: "F",
    Control.MORE: "",
    Control.HANG_UP: "Ctrl+Shift+E",
}
"""The key of each control in the call's window."""
HANG_UP_ALSO = "Ctrl+Shift+Backspace"
MENU_PX = 240

_ICONS = {
    Control.MICROPHONE: "mic",
    Control.CAMERA: "video",
    Control.HOLD: "pause",
    Control.KEYPAD: "grid-3x3",
    Control.RECORD: "circle-dot",
    Control.FULL_SCREEN: "maximize",
    Control.MORE: "ellipsis-vertical",
    Control.HANG_UP: "phone-off",
}
_TOGGLES = {Control.MICROPHONE, Control.CAMERA, Control.HOLD, Control.KEYPAD, Control.RECORD}


class Controls(QWidget):
    """Shows what a call offers; `pressed` tells which control was used."""

    pressed = Signal(Control)
    menu_open = Signal(bool)

    def __init__(self, context: CallContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.more_menu = QMenu(self)
        self.more_menu.setMinimumWidth(context.theme.px(MENU_PX))
        self.menus = {
            Control.MICROPHONE: DeviceMenu(context, (DeviceKind.MICROPHONE, DeviceKind.SPEAKER), self),
            Control.CAMERA: DeviceMenu(context, (DeviceKind.CAMERA,), self),
        }
        self.buttons: dict[Control, StageButton] = {}
        self.ground = Ground(context.theme)
        row = QHBoxLayout(self.ground)
        row.setContentsMargins(GRID_PX, GRID_PX, GRID_PX, GRID_PX)
        row.setSpacing(GRID_PX)
        for control in Control:
            if control is Control.HANG_UP:
                row.addSpacing(3 * GRID_PX)
            row.addWidget(self._button(context, control))
            if menu := self.menus.get(control):
                row.addWidget(self._arrow(context, control, menu))
        self.more_menu.aboutToShow.connect(lambda: self.menu_open.emit(True))
        self.more_menu.aboutToHide.connect(lambda: self.menu_open.emit(False))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID_PX, GRID_PX, 2 * GRID_PX, 2 * GRID_PX)
        layout.addWidget(self.ground, 0, Qt.AlignmentFlag.AlignHCenter)

    def _button(self, context: CallContext, control: Control) -> StageButton:
        kind = "danger" if control is Control.HANG_UP else "toggle" if control in _TOGGLES else "plain"
        button = StageButton(
            context.theme,
            _ICONS[control],
            f"calls.control.{control.value}",
            kind,
            shortcut=KEYS[control],
            wide=1.75 if control is Control.HANG_UP else 1.0,
        )
        button.clicked.connect(lambda: self._used(control))
        self.buttons[control] = button
        return button

    def _arrow(self, context: CallContext, control: Control, menu: QMenu) -> StageButton:
        arrow = StageButton(
            context.theme, "chevron-down", f"calls.do.{control.value}-devices", "quiet", diameter_px=SMALL_PX
        )
        arrow.clicked.connect(lambda: self._drop(arrow, menu))
        menu.aboutToShow.connect(lambda: self.menu_open.emit(True))
        menu.aboutToHide.connect(lambda: self.menu_open.emit(False))
        return arrow

    def show_call(self, view: CallView, scene: Scene, *, keypad: bool, full_screen: bool) -> None:
        """Offer what the call offers, each with what pressing it would do now."""
        held, recording = view.state is CallState.HELD, view.recording
        faces = {
            Control.MICROPHONE: (not view.microphone, "mic-off", "unmute", "mic", "mute"),
            Control.CAMERA: (not view.camera, "video-off", "camera-on", "video", "camera-off"),
            Control.HOLD: (held, "play", "resume", "pause", "hold"),
            Control.KEYPAD: (keypad, "grid-3x3", "keypad-close", "grid-3x3", "keypad-open"),
            Control.RECORD: (recording, "circle-dot", "record-stop", "circle-dot", "record"),
            Control.FULL_SCREEN: (full_screen, "minimize", "full-screen-leave", "maximize", "full-screen"),
        }
        for control, (on, on_icon, on_key, off_icon, off_key) in faces.items():
            button = self.buttons[control]
            button.setChecked(on and button.isCheckable())
            button.set_face(on_icon if on else off_icon, f"calls.do.{on_key if on else off_key}")
        for control, button in self.buttons.items():
            button.setEnabled(control in scene.offered)

    def _used(self, control: Control) -> None:
        if control is Control.MORE:
            self._drop(self.buttons[control], self.more_menu)
        else:
            self.pressed.emit(control)

    def _drop(self, button: QWidget, menu: QMenu) -> None:
        """Open a menu above its button, for below is the window's edge: so it must be filled to be measured."""
        menu.aboutToShow.emit()
        height = menu.sizeHint().height()
        menu.popup(button.mapToGlobal(button.rect().topLeft()) - QPoint(0, height + GRID_PX))
        if first := next((action for action in menu.actions() if action.isEnabled()), None):
            menu.setActiveAction(first)
