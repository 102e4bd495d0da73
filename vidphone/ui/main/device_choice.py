"""A drop-down of the devices of one kind: the system's default, those there are, and a chosen one that is gone."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from vidphone.account.settings import Settings
from vidphone.media.devices import DeviceKind
from vidphone.phone.commands import ChangeSettings, SelectDevice
from vidphone.ui.design.choice import DropDown
from vidphone.ui.design.theme import Theme
from vidphone.ui.state import ViewState


class DeviceChoice(DropDown):
    """Chooses a device at once, and for later."""

    wanted = Signal(object)
    """A command."""

    def __init__(self, theme: Theme, state: ViewState, kind: DeviceKind, parent: QWidget | None = None) -> None:
        super().__init__(theme, f"ui.settings.{kind.value}", parent)
        self._state = state
        self.kind = kind
        self.activated.connect(self._choose)
        theme.words.changed.connect(self.refresh)
        self.refresh()

    @property
    def may_be_there(self) -> bool:
        """Whether there is such a device, as far as is known yet."""
        return bool(self._state.devices.get(self.kind, True))

    def refresh(self) -> None:
        """Devices, the selection or the language changed."""
        words, state = self._theme.words, self._state
        devices = state.devices.get(self.kind, ())
        selected = state.selected.get(self.kind, "") or getattr(state.settings, self.kind.value)
        default = next((device.name for device in devices if device.default), "")
        self.clear()
        self.addItem(words("ui.settings.device.default-named", name=default) if default else self._default(), "")
        for device in devices:
            self.addItem(device.name, device.id)
        place = self.findData(selected)
        if place < 0:
            self.addItem(words("ui.settings.device.gone"), selected)
            place = self.count() - 1
        self.setCurrentIndex(place)
        self.setToolTip(self.currentText())

    def _default(self) -> str:
        return self._theme.words("ui.settings.device.default" if self.may_be_there else "ui.settings.device.none")

    def _choose(self) -> None:
        device = str(self.currentData() or "")
        self.wanted.emit(SelectDevice(self.kind, device))
        self.wanted.emit(ChangeSettings(_with_device(self._state.settings, self.kind, device)))


def _with_device(settings: Settings, kind: DeviceKind, device: str) -> Settings:
    match kind:
        case DeviceKind.CAMERA:
            return replace(settings, camera=device)
        case DeviceKind.MICROPHONE:
            return replace(settings, microphone=device)
        case DeviceKind.SPEAKER:
            return replace(settings, speaker=device)
        case DeviceKind.RINGER:
            return replace(settings, ringer=device)
