"""Which camera, microphone, speaker and ring device, with a look and a sound to try them."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from vidphone.media.devices import DeviceKind
from vidphone.media.slot import PictureSlot
from vidphone.phone.commands import ListDevices, Preview, TestSound
from vidphone.ui.calls.picture import PictureView
from vidphone.ui.design.buttons import PushButton, RoundButton
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import RADIUS_PX, STAGE, TOUCH_PX
from vidphone.ui.main.device_choice import DeviceChoice
from vidphone.ui.main.settings_rows import Section
from vidphone.ui.state import ViewState

PREVIEW_PX = (320, 180)


class DevicesSection(Section):
    """Choosing devices. The camera runs for its preview only while asked to and seen."""

    wanted = Signal(object)
    """A command."""
    test_wanted = Signal()
    """All devices are to be tried, one after the other."""

    def __init__(self, theme: Theme, state: ViewState, local: PictureSlot, parent: QWidget | None = None) -> None:
        super().__init__(theme, "ui.settings.devices", parent)
        self._state = state
        self._previewing = False
        self.choices = {kind: DeviceChoice(theme, state, kind) for kind in DeviceKind}
        self.preview = PictureView(local, STAGE.background)
        self.preview.set_mirrored(True)
        self.preview.set_radius(RADIUS_PX)
        self.preview.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.preview.hide()
        self.look = PushButton(theme, "ui.settings.preview.show", icon="eye")
        self.try_speaker = self._try("ui.settings.speaker.test", DeviceKind.SPEAKER)
        self.try_ringer = self._try("ui.settings.ringer.test", DeviceKind.RINGER)
        self.test = PushButton(theme, "ui.devices.test", icon="circle-check")
        self.add("ui.devices.test.title", self.test, what="ui.devices.test.what")
        self.add("ui.settings.camera", self.choices[DeviceKind.CAMERA])
        self.add("ui.settings.preview", self.look, what="ui.settings.preview.what")
        self.add_wide(self.preview)
        self.add("ui.settings.microphone", self.choices[DeviceKind.MICROPHONE])
        self.add("ui.settings.speaker", self.choices[DeviceKind.SPEAKER], self.try_speaker)
        self.add("ui.settings.ringer", self.choices[DeviceKind.RINGER], self.try_ringer, "ui.settings.ringer.what")
        for choice in self.choices.values():
            choice.wanted.connect(self.wanted)
        self.test.clicked.connect(self._test)
        self.look.clicked.connect(lambda: self._set_preview(not self._previewing))
        theme.changed.connect(self._restyle)
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
        for choice in self.choices.values():
            choice.refresh()
        self._offer_trials()

    def calls_changed(self) -> None:
        """In a call its window shows the own picture."""
        if self._state.calls:
            self._set_preview(False)
        self._offer_trials()

    def _offer_trials(self) -> None:
        """What can be tried: only what is there, and no camera that a call uses."""
        camera = self._previewing or self.choices[DeviceKind.CAMERA].may_be_there
        self.look.setEnabled(camera and not self._state.calls)
        self.test.setEnabled(not self._state.calls)
        self.try_speaker.setEnabled(self.choices[DeviceKind.SPEAKER].may_be_there)
        self.try_ringer.setEnabled(self.choices[DeviceKind.RINGER].may_be_there)

    def _test(self) -> None:
        self._set_preview(False)  # the test has a picture of its own
        self.test_wanted.emit()

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
