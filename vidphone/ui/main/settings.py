"""Settings: devices, voice, looks, calls, account. Each takes effect at once."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.account.settings import Settings
from vidphone.account.settings import Theme as Choice
from vidphone.media.slot import PictureSlot
from vidphone.phone.commands import ChangeSettings, SignOut
from vidphone.phone.diagnosis.program import ThisProgram
from vidphone.texts import Language
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.choice import Segments
from vidphone.ui.design.labels import ElidedLabel, Label
from vidphone.ui.design.switch import Switch
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TEXT_SCALES, TypeRole
from vidphone.ui.main.about.card import AboutSection
from vidphone.ui.main.about.flow import wrapped
from vidphone.ui.main.about.view import AboutView
from vidphone.ui.main.ask import ask
from vidphone.ui.main.devices import DevicesSection
from vidphone.ui.main.page import scrolled
from vidphone.ui.main.settings_rows import Section
from vidphone.ui.main.sign_in import LANGUAGES
from vidphone.ui.state import ViewState

PAGE_PX = 680
_SCALE_KEYS = ("ui.settings.text.normal", "ui.settings.text.large", "ui.settings.text.largest")


class SettingsPage(QWidget):
    """Shows the settings in force and asks for others."""

    wanted = Signal(object)
    """A command."""
    network_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        state: ViewState,
        local: PictureSlot,
        about: AboutView,
        program: ThisProgram,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = state
        self.devices = DevicesSection(theme, state, local)
        self.about = AboutSection(theme, about, program)
        self.language = Segments(theme, "ui.settings.language", LANGUAGES)
        self.look = Segments(
            theme, "ui.settings.theme", [(choice.value, f"ui.settings.theme.{choice.value}") for choice in Choice]
        )
        self.text = Segments(
            theme,
            "ui.settings.text",
            [(str(scale), key) for scale, key in zip(TEXT_SCALES, _SCALE_KEYS, strict=True)],
        )
        self.motion = Switch(theme, "ui.settings.motion")
        self.video = Switch(theme, "ui.settings.start-with-video")
        self.notifications = Switch(theme, "ui.settings.notifications")
        self.echo, self.noise, self.gain = (Switch(theme, f"ui.settings.{one}") for one in ("echo", "noise", "gain"))
        self.network = PushButton(theme, "network.open", icon="signal")
        self.sign_out = PushButton(theme, "ui.settings.sign-out", icon="log-out")
        self.number = ElidedLabel(theme)
        self.service = ElidedLabel(theme)
        self._build()
        self._wire()
        self.refresh()

    def _build(self) -> None:
        theme = self._theme
        voice = Section(theme, "ui.settings.voice")
        voice.add("ui.settings.echo", self.echo, what="ui.settings.echo.what")
        voice.add("ui.settings.noise", self.noise, what="ui.settings.noise.what")
        voice.add("ui.settings.gain", self.gain, what="ui.settings.gain.what")
        looks = Section(theme, "ui.settings.looks")
        looks.add("ui.settings.language", self.language)
        looks.add("ui.settings.theme", self.look)
        looks.add("ui.settings.text", self.text)
        looks.add("ui.settings.motion", self.motion, what="ui.settings.motion.what")
        calls = Section(theme, "ui.settings.calls")
        calls.add("ui.settings.start-with-video", self.video, what="ui.settings.start-with-video.what")
        calls.add("ui.settings.notifications", self.notifications, what="ui.settings.notifications.what")
        calls.add_wide(wrapped(self.network))
        account = Section(theme, "ui.settings.account")
        account.add("ui.sign-in.number", self.number)
        account.add("ui.sign-in.service", self.service)
        leaving = QWidget()
        line = QHBoxLayout(leaving)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.sign_out)
        line.addStretch(1)
        account.add_wide(leaving)
        self._column = QWidget()
        column = QVBoxLayout(self._column)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID_PX)
        column.addWidget(Label(theme, "ui.settings.title", TypeRole.TITLE))
        for section in (self.devices, voice, looks, calls, account, self.about):
            column.addWidget(section)
        column.addStretch(1)
        page = QWidget()
        layout = QHBoxLayout(page)
        layout.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        layout.addStretch(1)
        layout.addWidget(self._column, 100)
        layout.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolled(page))
        theme.changed.connect(self._restyle)
        self._restyle()

    def _wire(self) -> None:
        self.devices.wanted.connect(self.wanted)
        self.about.wanted.connect(self.wanted)
        self.language.chosen.connect(lambda value: self._change(language=Language(value)))
        self.look.chosen.connect(lambda value: self._change(theme=Choice(value)))
        self.text.chosen.connect(lambda value: self._change(text_scale=float(value)))
        self.motion.clicked.connect(lambda on: self._change(motion=on))
        self.video.clicked.connect(lambda on: self._change(start_with_video=on))
        self.notifications.clicked.connect(lambda on: self._change(notifications=on))
        self.echo.clicked.connect(lambda on: self._change(echo_cancellation=on))
        self.noise.clicked.connect(lambda on: self._change(noise_suppression=on))
        self.gain.clicked.connect(lambda on: self._change(automatic_gain=on))
        self.network.clicked.connect(self.network_wanted)
        self.sign_out.clicked.connect(self._sign_out)
        self._theme.words.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show what is in force."""
        settings = self._state.settings
        self.language.choose(self._theme.language.value)
        self.look.choose(settings.theme.value)
        self.text.choose(str(min(TEXT_SCALES, key=lambda scale: abs(scale - settings.text_scale))))
        self.motion.setChecked(settings.motion)
        self.video.setChecked(settings.start_with_video)
        self.notifications.setChecked(settings.notifications)
        self.echo.setChecked(settings.echo_cancellation)
        self.noise.setChecked(settings.noise_suppression)
        self.gain.setChecked(settings.automatic_gain)
        self.about.settings_changed(settings)
        account = self._state.account
        number, name = (account.number, account.name) if account else (settings.number, "")
        self.number.show_text(f"{number} · {name}" if name else number)
        self.service.show_text(account.service if account else settings.service)

    def _change(self, **changes: object) -> None:
        settings: Settings = replace(self._state.settings, **changes)  # type: ignore[arg-type]
        self.wanted.emit(ChangeSettings(settings))

    def _sign_out(self) -> None:
        what = "ui.settings.sign-out.in-call" if self._state.in_call else "ui.settings.sign-out.what"
        ask(
            self._theme,
            self,
            "ui.settings.sign-out.title",
            what,
            [("ui.cancel", "plain", None), ("ui.settings.sign-out", "danger", lambda: self.wanted.emit(SignOut()))],
        )

    def _restyle(self) -> None:
        self._column.setMaximumWidth(self._theme.px(PAGE_PX))
