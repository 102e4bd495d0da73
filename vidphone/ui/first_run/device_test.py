"""Camera, microphone and speaker tried before the first call, each with what to do where it fails."""

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vidphone.media.devices import DeviceKind
from vidphone.phone.commands import ListDevices, ListenToMicrophone, PlayVoice, Preview, RecordVoice, SelectDevice
from vidphone.phone.events import (
    CallChanged,
    DeviceNotice,
    DevicesChanged,
    Event,
    MicrophoneLevel,
    SettingsChanged,
    VoiceSample,
)
from vidphone.ui.bridge import Bridge
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.first_run.device_cards import CameraCard, DeviceCard, MicrophoneCard, SpeakerCard

LOOK_MS = 100


class DeviceTestPage(QWidget):
    """Three cards. Devices run between `begin` and `leave`, while the page is seen and no call needs them."""

    def __init__(
        self,
        theme: Theme,
        bridge: Bridge,
        parent: QWidget | None = None,
        *,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._now_s = now_s
        self._begun = False
        self._running = False
        state = bridge.state
        self.microphone = MicrophoneCard(theme, state, now_s())
        self.speaker = SpeakerCard(theme, state)
        self.camera = CameraCard(theme, state, bridge.local_slot)
        self.cards: tuple[DeviceCard, ...] = (self.microphone, self.speaker, self.camera)
        self.in_call = StatusLine(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * GRID_PX)
        layout.addWidget(self.in_call)
        for card in self.cards:
            layout.addWidget(card)
            card.wanted.connect(self._post)
        layout.addStretch(1)
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(lambda: self.microphone.look(self._now_s()))
        bridge.happened.connect(self._happened)

    @property
    def tried(self) -> frozenset[DeviceKind]:
        """What was seen or heard to work."""
        return frozenset(card.kind for card in self.cards if card.works)

    def begin(self) -> None:
        """The test is wanted: devices open as soon as it is seen."""
        self._begun = True
        self.microphone.choice.setFocus()
        self._follow()

    def leave(self) -> None:
        """The test is over: every device is off, and the sample of the voice is played no more."""
        self._begun = False
        self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        """Seen (again)."""
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """A camera that nobody looks at is turned off, and so is a microphone."""
        super().hideEvent(event)
        self._follow(hidden=True)

    def _follow(self, *, hidden: bool = False) -> None:
        in_call = bool(self._bridge.state.calls)
        wanted = self._begun and not hidden and self.isVisible() and not in_call
        if wanted == self._running:
            return
        self._running = wanted
        for card in self.cards:
            card.begin()
        self.camera.set_live(wanted)
        if wanted:
            self._bridge.post(ListDevices())
            self._looking.start()
        else:
            self._looking.stop()
            self._bridge.post(PlayVoice(False))
            self._bridge.post(RecordVoice(False))
        self._bridge.post(ListenToMicrophone(wanted))
        if not in_call:  # in a call its window decides on the own picture
            self._bridge.post(Preview(wanted))

    def _post(self, command: object) -> None:
        self._bridge.post(command)  # type: ignore[arg-type]
        if isinstance(command, SelectDevice) and command.kind is DeviceKind.MICROPHONE:
            self.microphone.look(self._now_s())

    def _happened(self, event: Event) -> None:
        match event:
            case MicrophoneLevel(level) if self._running:
                self.microphone.trial.take(level, self._now_s())
                self.microphone.look(self._now_s())
            case VoiceSample():
                self.microphone.voice_changed(event)
            case DeviceNotice(kind, code, name):
                for card in self.cards:
                    if card.kind is kind:
                        card.failed(code, name)
            case DevicesChanged() | SettingsChanged():
                for card in self.cards:
                    card.devices_changed()
            case CallChanged():
                self._calls_changed()
            case _:
                pass

    def _calls_changed(self) -> None:
        in_call = bool(self._bridge.state.calls)
        self.in_call.say(Standing.CARE, *(("ui.devices.in-call",) if in_call else ()))
        for card in self.cards:
            card.setEnabled(not in_call)
        self._follow()
