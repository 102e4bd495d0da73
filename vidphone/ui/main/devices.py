"""Which camera, microphone, speaker and ring device, with a look and a sound to try them."""

from dataclasses import replace

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vidphone.account.settings import Settings
from vidphone.media.devices import DeviceKind
from vidphone.media.slot import PictureSlot
from vidphone.phone.commands import ChangeSettings, ListDevices, Preview, SelectDevice, TestSound
from vidphone.ui.calls.picture import PictureView
from vidphone.ui.design.buttons import PushButton, RoundButton
from vidphone.ui.design.choice import DropDown
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import RADIUS_PX, STAGE, TOUCH_PX
from vidphone.ui.main.settings_rows import Section
from vidphone.ui.state import ViewState

PREVIEW_PX = (320, 180)


class DevicesSection(Section):
    """Choosing devices. The camera runs for its preview only while asked to and seen."""

    wanted = Signal(object)
    """A command."""

    def __init__(self, theme: Theme, state: ViewState, local: PictureSlot, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.settings.devices", parent)
        self._state = state
        self._previewing = False
        self.choices = {kind: DropDown(theme, f"ui.settings.{kind.value}") for kind in DeviceKind}
        self.preview = PictureView(local, STAGE.background)
        self.preview.set_mirrored(True)
        self.preview.set_radius(RADIUS_PX)
        self.preview.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.preview.hide()
        self.look = PushButton(theme, "ui.settings.preview.show", icon="eye")
        self.try_speaker = self._try("ui.settings.speaker.test", DeviceKind.SPEAKER)
        self.try_ringer = self._try("ui.settings.ringer.test", DeviceKind.RINGER)
        self.add("ui.settings.camera", self.choices[DeviceKind.CAMERA])
        self.add("ui.settings.preview", self.look, what="ui.settings.preview.what")
        self.add_wide(self.preview)
        self.add("ui.settings.microphone", self.choices[DeviceKind.MICROPHONE])
        self.add("ui.settings.speaker", self.choices[DeviceKind.SPEAKER], self.try_speaker)
        self.add("ui.settings.ringer", self.choices[DeviceKind.RINGER], self.try_ringer, "ui.settings.ringer.what")
        for kind, choice in self.choices.items():
            choice.activated.connect(lambda _, kind=kind: self._choose(kind))
        self.look.clicked.connect(lambda: self._set_preview(not self._previewing))
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self.refresh)
        self._restyle()
        self.refresh()

    def _try(self, key: str, kind: DeviceKind) -> RoundButton:
        button = RoundButton(self._theme, "volume-2", key, diameter_px=TOUCH_PX)
        button.clicked.connect(lambda: self.wanted.emit(TestSound(kind)))
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """Devices may have come and gone."""
        super().showEvent(event)
        self.wanted.emit(ListDevices())

    def hideEvent(self, event: QHideEvent) -> None:
        """A camera that nobody looks at is turned off."""
        super().hideEvent(event)
        self._set_preview(False)

    def refresh(self) -> None:
        """Devices, the selection or the language changed."""
        words = self._theme.words
        for kind, choice in self.choices.items():
            devices = self._state.devices.get(kind, ())
            selected = self._state.selected.get(kind, "") or getattr(self._state.settings, kind.value)
            default = next((device.name for device in devices if device.default), "")
            choice.clear()
            choice.addItem(
                words("ui.settings.device.default-named", name=default) if default else self._default(kind), ""
            )
            for device in devices:
                choice.addItem(device.name, device.id)
            place = choice.findData(selected)
            if place < 0:
                choice.addItem(words("ui.settings.device.gone"), selected)
                place = choice.count() - 1
            choice.setCurrentIndex(place)
            choice.setToolTip(choice.currentText())
        self._offer_trials()

    def calls_changed(self) -> None:
        """In a call its window shows the own picture."""
        if self._state.calls:
            self._set_preview(False)
        self._offer_trials()

    def _offer_trials(self) -> None:
        """What can be tried: only what is there, and no camera that a call uses."""
        camera = self._previewing or self._may_be_there(DeviceKind.CAMERA)
        self.look.setEnabled(camera and not self._state.calls)
        self.try_speaker.setEnabled(self._may_be_there(DeviceKind.SPEAKER))
        self.try_ringer.setEnabled(self._may_be_there(DeviceKind.RINGER))

    def _may_be_there(self, kind: DeviceKind) -> bool:
        return bool(self._state.devices.get(kind, True))

    def _default(self, kind: DeviceKind) -> str:
        known = kind in self._state.devices
        none = known and not self._state.devices[kind]
        return self._theme.words("ui.settings.device.none" if none else "ui.settings.device.default")

    def _choose(self, kind: DeviceKind) -> None:
        device = str(self.choices[kind].currentData() or "")
        self.wanted.emit(SelectDevice(kind, device))
        self.wanted.emit(ChangeSettings(_with_device(self._state.settings, kind, device)))

    def _set_preview(self, on: bool) -> None:
        if on == self._previewing:
            return
        self._previewing = on
        self.preview.setVisible(on)
        self.preview.set_live(on)
        if not on:
            self.preview.clear()
        self.look.say("ui.settings.preview.hide" if on else "ui.settings.preview.show")
        if on or not self._state.calls:
            self.wanted.emit(Preview(on))

    def _restyle(self) -> None:
        self.preview.setFixedSize(QSize(*(self._theme.px(side) for side in PREVIEW_PX)))


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
