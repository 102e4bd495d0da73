"""The scenes of signing up, for `packaging/screens.py`: every page, and what can fail on it."""

from collections.abc import Iterator
from typing import Protocol

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from tests.fakes.sign_up import PASSWORD, PERSON, SERVICE, TODAY, SignUpEngine
from tests.ui.keys import type_in
from vidphone.account.settings import Settings
from vidphone.phone import commands
from vidphone.terms.faults import Fault, FaultCode
from vidphone.ui.bridge import Bridge
from vidphone.ui.design.theme import Theme
from vidphone.ui.first_run.wizard import FirstRunPage
from vidphone.ui.main.window import MainWindow
from vidphone.wire.errors import ErrorCode

SETTLE_MS = 80
Shot = tuple[str, QWidget]


class SignUpDesk:
    """A main window over an engine that lets people sign up."""

    def __init__(self, settings: Settings, *, keyring: bool = True, size: tuple[int, int] = (960, 640)) -> None:
        self.engine = SignUpEngine(settings, keyring=keyring)
        self.bridge = Bridge(self.engine, settings)
        self.theme = Theme(settings)
        self.window = MainWindow(self.bridge, self.theme)
        self.window.first_run.run.today = lambda: TODAY
        self.window.resize(*size)
        self.window.show()
        self.bridge.happened.connect(self._follow)
        self.bridge.start()
        self.settle()

    @property
    def wizard(self) -> FirstRunPage:
        """The pages of signing up."""
        return self.window.first_run

    def settle(self, ms: int = SETTLE_MS) -> None:
        """Let layouts and repaints come to rest."""
        QTest.qWait(ms)

    def go_on(self) -> None:
        """The button that goes on."""
        self.wizard.next.click()
        self.settle()

    def _follow(self) -> None:
        self.theme.use(self.bridge.state.settings)

    def close(self) -> None:
        """Leave nothing for the next one."""
        self.bridge.stop()
        self.window.allow_close()
        self.window.close()
        self.window.deleteLater()
        self.theme.deleteLater()
        self.settle()


def shots(desk: SignUpDesk) -> Iterator[Shot]:
    """Every page from the first to the last."""
    window, wizard, engine = desk.window, desk.wizard, desk.engine
    agreement, data, consent, plan = wizard.agreement, wizard.data, wizard.consent, wizard.plan
    credit, number, password = wizard.credit, wizard.number, wizard.password
    engine.silent.add(commands.OpenSignUp)
    window.sign_in.service.set_text("phone.example.cn")
    desk.settle()
    yield "start", window
    window.sign_up(SERVICE)
    desk.settle()
    yield "language-waiting", window
    engine.silent.clear()
    engine.fail(commands.OpenSignUp, ErrorCode.SERVICE_UNREACHABLE, service=SERVICE)
    wizard.run.waiting = type(wizard.run.waiting).NOTHING
    wizard._do(wizard.run.ask_offer())
    desk.settle()
    yield "language-offline", window
    wizard.problem.button.click()
    desk.settle()
    yield "language", window
    desk.go_on()
    yield "agreement", window
    desk.go_on()
    yield "agreement-not-read", window
    agreement.search.setText("limit" if desk.theme.language.value == "en" else "暂停")
    desk.settle()
    yield "agreement-search", window
    agreement.explain(9)
    desk.settle()
    yield from _dialogs("agreement-explained")
    agreement.search.clear()
    agreement.paper.verticalScrollBar().setValue(10**7)
    desk.settle()
    agreement.tick.box.click()
    desk.settle()
    yield "agreement-accepted", window
    agreement.refuse.click()
    desk.settle()
    yield from _dialogs("agreement-refused")
    desk.go_on()
    yield "data-kind", window
    data.kinds.option("person").mark.click()
    desk.settle()
    yield "data-empty", window
    for name, field in data.fields.items():
        type_in(field.input, {"identity_number": "110105194912310021", "birth_date": "31.12"}.get(name, "x"))
    desk.go_on()
    yield "data-wrong", window
    data.paper.setCurrentIndex(1)
    data.paper.activated.emit(1)
    for name, field in data.fields.items():
        field.input.clear()
        type_in(
            field.input, PERSON[name].replace("110105", "110199") if name != "identity_number" else "11019919491231002X"
        )
        field.input.editingFinished.emit()
    desk.settle()
    yield "data-warned", window
    data.fields["identity_number"].input.clear()
    type_in(data.fields["identity_number"].input, PERSON["identity_number"])
    data.fields["identity_number"].input.editingFinished.emit()
    desk.settle()
    yield "data", window
    desk.go_on()
    yield "consent", window
    consent.tick.box.click()
    desk.go_on()
    yield "plan-none", window
    plan.plans.options[1].mark.click()
    desk.settle()
    yield "plan", window
    desk.go_on()
    credit.limits.options[1].mark.click()
    desk.settle()
    yield "credit", window
    desk.go_on()
    yield "number-none", window
    number.search.setText("4444")
    number.search.returnPressed.emit()
    desk.settle()
    yield "number-no-hit", window
    number.search.setText("80")
    number.search.returnPressed.emit()
    desk.settle()
    number.numbers.options[1].mark.click()
    desk.settle()
    yield "number", window
    desk.go_on()
    type_in(password.password.input, "1234")
    desk.go_on()
    yield "password-short", window
    password.password.input.clear()
    type_in(password.password.input, PASSWORD)
    password.show_it.box.click()
    desk.settle()
    yield "password", window
    engine.silent.add(commands.BeginSigning)
    desk.go_on()
    yield "sign-preparing", window
    engine.silent.clear()
    wizard.back.click()
    desk.settle()
    engine.fail(commands.BeginSigning, ErrorCode.NUMBER_TAKEN, number="80110")
    desk.go_on()
    yield "number-taken", window
    number.numbers.options[2].mark.click()
    desk.go_on()
    engine.fail(commands.BeginSigning, ErrorCode.BAD_DATA, Fault("postcode", FaultCode.MISSING))
    desk.go_on()
    yield "data-refused", window
    data.fields["postcode"].input.clear()
    type_in(data.fields["postcode"].input, "100022")
    for _ in range(6):
        desk.go_on()
    yield "sign", window
    engine.fail(commands.Sign, ErrorCode.SERVICE_UNREACHABLE, service=SERVICE)
    desk.go_on()
    yield "sign-offline", window
    wizard.leave_button.click()
    desk.settle()
    yield from _dialogs("leave")
    if not desk.engine.keyring:
        for secret in (wizard.sign.passphrase, wizard.sign.again):
            type_in(secret.input, "correct horse")
        desk.settle()
        yield "sign-passphrase", window
        desk.go_on()
    desk.go_on()
    yield "devices", window
    desk.go_on()
    yield "receipt", window


def _dialogs(name: str) -> Iterator[Shot]:
    for dialog in [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]:
        yield name, dialog
        dialog.reject()


class _Settled(Protocol):
    """What a desk of `screens.py` is asked for."""

    settings: Settings


def first_run_shots(desk: _Settled) -> Iterator[Shot]:
    """With a keyring, in a window of the usual size."""
    own = SignUpDesk(desk.settings)
    try:
        yield from ((f"first-run-{name}", widget) for name, widget in shots(own))
    finally:
        own.close()


def no_keyring_shots(desk: _Settled) -> Iterator[Shot]:
    """What differs where the system keeps no secrets."""
    own = SignUpDesk(desk.settings, keyring=False)
    try:
        for name, widget in shots(own):
            if name in ("data", "sign-passphrase", "leave"):
                yield f"first-run-no-keyring-{name}", widget
    finally:
        own.close()


SERIES = (first_run_shots, no_keyring_shots)
