"""The first page: language, service, number and password."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from vidphone.account.numbers import digits_of
from vidphone.account.settings import Settings
from vidphone.phone.commands import SignIn
from vidphone.phone.events import Failure
from vidphone.ui.design.buttons import PrimaryButton, PushButton
from vidphone.ui.design.choice import Segments
from vidphone.ui.design.fields import TextField
from vidphone.ui.design.icons import pixmap
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.main.address import address_of, fault_of
from vidphone.ui.main.page import Card, scrolled
from vidphone.wire.errors import ErrorCode

CARD_PX = 432
LANGUAGES = (("zh", "ui.language.zh"), ("en", "ui.language.en"))

_BESIDE_SERVICE = {
    ErrorCode.SERVICE_UNREACHABLE: "ui.sign-in.service.unreachable",
    ErrorCode.SERVICE_NOT_SECURE: "ui.sign-in.service.not-secure",
    ErrorCode.SERVICE_INCOMPATIBLE: "ui.sign-in.service.incompatible",
}


def number_fault(typed: str) -> str:
    """The key of what is wrong with a number."""
    if not typed:
        return "ui.number.missing"
    return "" if digits_of(typed) else "ui.number.wrong"


def password_fault(typed: str) -> str:
    """The key of what is wrong with a password: only that there is none."""
    return "" if typed else "ui.sign-in.password.missing"


class SignInPage(QWidget):
    """Asks for what a sign-in needs and shows what came of it beside the field that it is about."""

    sign_in = Signal(object)
    """A `SignIn` command."""
    language_chosen = Signal(str)
    forgotten_wanted = Signal(str, str)
    """The password is forgotten: what was typed as service and number."""
    given_up = Signal()
    """The answer to the latest `sign_in` is not awaited any more."""
    sign_up_wanted = Signal(str)
    """The address of the service to sign up at."""

    def __init__(self, theme: Theme, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._signing_in = False
        self.languages = Segments(theme, "ui.settings.language", LANGUAGES)
        self.languages.choose(theme.language.value)
        self.languages.chosen.connect(self.language_chosen)
        self.service = TextField(theme, "ui.sign-in.service", fault_of, hint="ui.sign-in.service.hint")
        self.number = TextField(theme, "ui.sign-in.number", number_fault)
        self.password = TextField(theme, "ui.sign-in.password", password_fault, secret=True)
        self.button = PrimaryButton(theme, "ui.sign-in.do")
        self.cancel = PushButton(theme, "ui.cancel")
        self.cancel.hide()
        self.sign_up = PushButton(theme, "ui.first-run.start", "link")
        self.forgotten = PushButton(theme, "ui.account.forgotten", "link")
        self.problem = QFrame()
        self.problem.setProperty("kind", "problem")
        self.problem_text = Label(theme, wrap=True)
        self._logo = QLabel()
        self._build()
        self.service.set_text(settings.service)
        self.number.set_text(settings.number)
        for field in (self.service, self.number, self.password):
            field.input.returnPressed.connect(self._send)
            field.edited.connect(self._edited)
        self.button.clicked.connect(self._send)
        self.cancel.clicked.connect(self._give_up)
        self.sign_up.clicked.connect(self._sign_up)
        self.forgotten.clicked.connect(lambda: self.forgotten_wanted.emit(self.service.text(), self.number.text()))
        QShortcut(QKeySequence("Esc"), self).activated.connect(self._give_up)
        theme.changed.connect(self._restyle)
        theme.words.changed.connect(self._follow_language)
        self._restyle()

    def _build(self) -> None:
        theme = self._theme
        self._card = Card()
        inside = self._card.inside
        head = QVBoxLayout()
        head.setSpacing(GRID_PX)
        name = QHBoxLayout()
        name.setSpacing(2 * GRID_PX)
        name.addWidget(self._logo)
        name.addWidget(Label(theme, "ui.sign-in.title", TypeRole.DISPLAY), 1)
        head.addLayout(name)
        head.addWidget(Label(theme, "ui.sign-in.what", TypeRole.BODY, "muted", wrap=True))
        inside.addLayout(head)
        for field in (self.service, self.number, self.password):
            inside.addWidget(field)
        around = QVBoxLayout(self.problem)
        around.setContentsMargins(12, 4, 12, 4)
        around.addWidget(self.problem_text)
        self.problem.hide()
        inside.addWidget(self.problem)
        doing = QHBoxLayout()
        doing.setSpacing(GRID_PX)
        doing.addWidget(self.button, 1)
        doing.addWidget(self.cancel)
        inside.addLayout(doing)
        others = QVBoxLayout()
        others.setSpacing(0)
        others.addWidget(self.forgotten, 0, Qt.AlignmentFlag.AlignHCenter)
        others.addWidget(self.sign_up, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addLayout(others)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(3 * GRID_PX, 2 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX)
        top = QHBoxLayout()
        top.addStretch(1)
        top.addWidget(self.languages)
        layout.addLayout(top)
        layout.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._card)
        middle.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(2)
        around_all = QVBoxLayout(self)
        around_all.setContentsMargins(0, 0, 0, 0)
        around_all.addWidget(scrolled(page))

    def begin(self) -> None:
        """The page is shown: the first empty field takes the focus."""
        for field in (self.service, self.number, self.password):
            if not field.text():
                field.input.setFocus()
                return
        self.password.input.setFocus()

    def show_account(self, service: str, number: str) -> None:
        """Put in what is known of an earlier sign-in."""
        self.service.set_text(service)
        self.number.set_text(number)

    def show_failure(self, failure: Failure) -> None:
        """Say why it did not work, beside the field it is about where there is one."""
        self._set_signing_in(False)
        if failure.code in _BESIDE_SERVICE:
            self.service.refuse(_BESIDE_SERVICE[failure.code])
            self.service.input.setFocus()
        elif failure.code is ErrorCode.BAD_NUMBER:
            self.number.refuse("ui.number.wrong")
            self.number.input.setFocus()
        else:
            self.show_problem(failure.code, dict(failure.about))
            if failure.code is ErrorCode.SIGN_IN_REFUSED:
                self.password.input.selectAll()
                self.password.input.setFocus()

    def show_problem(self, code: ErrorCode, about: dict[str, str | int] | None = None) -> None:
        """Say something that no single field is to blame for."""
        self._problem_says = (code, about or {})
        self._say_problem()
        self.problem.show()

    def signed_in(self) -> None:
        """Done: the password is not needed any more."""
        self._set_signing_in(False)
        self.password.set_text("")
        self.problem.hide()

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._signing_in

    def _send(self) -> None:
        fields = (self.service, self.number, self.password)
        wrong = [field for field in fields if not field.valid()]
        if wrong:
            wrong[0].input.setFocus()
            return
        if self._signing_in:
            return
        service, number = address_of(self.service.text()), digits_of(self.number.text())
        if service is None or number is None:
            return
        self.problem.hide()
        self._set_signing_in(True)
        self.sign_in.emit(SignIn(service, number, self.password.text()))

    def _sign_up(self) -> None:
        """Only the address is needed for it."""
        self._give_up()
        address = address_of(self.service.text()) if self.service.valid() else None
        if address is None:
            self.service.input.setFocus()
        else:
            self.sign_up_wanted.emit(address)

    def offer_to_go_on(self, service: str) -> None:
        """A sign-up was left unfinished there."""
        self.service.set_text(service)
        self.sign_up.say("ui.first-run.continue")

    def _edited(self) -> None:
        self.problem.hide()
        self._give_up()

    def _give_up(self) -> None:
        """Wait no longer, keeping what was typed."""
        if self._signing_in:
            self._set_signing_in(False)
            if self.cancel.hasFocus():
                self.button.setFocus()
            self.given_up.emit()

    def _set_signing_in(self, on: bool) -> None:
        self._signing_in = on
        self.button.say("ui.sign-in.doing" if on else "ui.sign-in.do")
        self.button.setEnabled(not on)
        self.cancel.setVisible(on)

    def _follow_language(self) -> None:
        self.languages.choose(self._theme.language.value)
        if not self.problem.isHidden():
            self._say_problem()

    def _say_problem(self) -> None:
        code, about = self._problem_says
        key = f"error.{code.value}"
        self.problem_text.show_text(self._theme.words.sentences(key, f"{key}.next", **about))

    def _restyle(self) -> None:
        self._card.setFixedWidth(self._theme.px(CARD_PX))
        side = self._theme.px(48)
        self._logo.setFixedSize(side, side)
        self._logo.setPixmap(pixmap("vidphone", "#FFFFFF", side))
