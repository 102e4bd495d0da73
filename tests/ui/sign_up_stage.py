"""A main window over an engine that lets people sign up, and a person who goes through the pages."""

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes.sign_up import PASSWORD, PERSON, SERVICE, TODAY, SignUpEngine
from tests.ui.keys import type_in
from vidphone.account.settings import Settings
from vidphone.account.sign_up.draft import Draft, Page
from vidphone.phone.events import Event, SettingsChanged
from vidphone.texts import Language
from vidphone.ui.bridge import Bridge, Engine
from vidphone.ui.design.theme import Theme
from vidphone.ui.first_run.wizard import FirstRunPage
from vidphone.ui.main.window import MainWindow

SIZE = (960, 640)


class SignUpWindow:
    """The window and its engine."""

    def __init__(self, engine: Engine, settings: Settings, *, fixed_day: bool = True) -> None:
        self.bridge = Bridge(engine, settings)
        self.theme = Theme(settings)
        self.window = MainWindow(self.bridge, self.theme)
        if fixed_day:
            self.wizard.run.today = lambda: TODAY
        self.bridge.happened.connect(self._follow)
        self.window.resize(*SIZE)
        self.window.show()
        self.window.activateWindow()
        self.bridge.start()
        self.settle()

    @property
    def wizard(self) -> FirstRunPage:
        return self.window.first_run

    @property
    def page(self) -> Page:
        return self.wizard.run.page

    @property
    def draft(self) -> Draft:
        assert self.wizard.run.draft is not None
        return self.wizard.run.draft

    def settle(self) -> None:
        for _ in range(4):
            QApplication.processEvents()
            QApplication.sendPostedEvents()

    def go_on(self) -> None:
        self.wizard.next.click()
        self.settle()

    def close(self) -> None:
        self.bridge.stop()
        self.window.allow_close()
        self.window.close()
        self.window.deleteLater()
        self.theme.deleteLater()
        self.bridge.deleteLater()
        self.settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # no loop runs here that would do it

    def _follow(self, event: Event) -> None:
        if isinstance(event, SettingsChanged):
            self.theme.use(event.settings)


class FakedSignUp(SignUpWindow):
    """Over the engine of the tests."""

    def __init__(self, *, kept: Draft | None = None, keyring: bool = True, **settings: object) -> None:
        chosen = Settings(**{"language": Language.ENGLISH, "motion": False, **settings})  # type: ignore[arg-type]
        self.engine = SignUpEngine(chosen, kept=kept, keyring=keyring)
        super().__init__(self.engine, chosen)

    def open(self) -> None:
        self.window.sign_up(SERVICE)
        self.settle()


class Hands:
    """What a person does with a mouse alone or with the keyboard alone (text is typed either way)."""

    def __init__(self, at: SignUpWindow, qtbot: QtBot, *, mouse: bool) -> None:
        self.at = at
        self.qtbot = qtbot
        self.mouse = mouse

    def press(self, control: QWidget) -> None:
        """Press a control: by the pointer where it is seen, or by Tab until it has the focus, then Space."""
        assert control.isVisible()
        assert control.isEnabled()
        if self.mouse:
            self.bring_into_view(control)
            QTest.mouseClick(control, Qt.MouseButton.LeftButton)
        else:
            self.reach(control)
            QTest.keyClick(control, Qt.Key.Key_Space)
        self.at.settle()

    def reach(self, control: QWidget) -> None:
        window = self.at.window
        group = control.group() if isinstance(control, QAbstractButton) else None
        fellows = set(group.buttons()) if group is not None else {control}
        for _ in range(120):
            focused = window.focusWidget()
            if focused is control:
                return
            key = Qt.Key.Key_Tab
            if focused is not None and focused in fellows:
                beside = focused.mapTo(window, QPoint(0, 0)).y() == control.mapTo(window, QPoint(0, 0)).y()
                key = Qt.Key.Key_Right if beside else Qt.Key.Key_Down
            QTest.keyClick(focused or window, key)
            self.at.settle()
        raise AssertionError(f"the keyboard does not reach {control.accessibleName()!r}")

    def write(self, field: QWidget, words: str) -> None:
        """Go into a field and type."""
        if self.mouse:
            self.bring_into_view(field)
            QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        else:
            self.reach(field)
        type_in(field, words)
        self.at.settle()

    def bring_into_view(self, control: QWidget) -> None:
        """Turn the wheel until it is seen."""
        area = self.at.wizard.pages[self.at.page].area
        inside = area.widget() if area else None
        if area is not None and inside is not None and inside.isAncestorOf(control):
            area.verticalScrollBar().setValue(control.mapTo(inside, QPoint(0, 0)).y() - area.height() // 2)
            self.at.settle()

    def go_on(self, to: Page) -> None:
        """Press the button that goes on; the page that was wanted comes."""
        self.press(self.at.wizard.next)
        self.qtbot.waitUntil(lambda: self.at.page is to, timeout=30_000)
        self.at.settle()

    def read_agreement(self) -> None:
        page = self.at.wizard.agreement
        assert not page.tick.box.isEnabled()
        if self.mouse:
            page.paper.verticalScrollBar().setValue(page.paper.verticalScrollBar().maximum())
        else:
            self.reach(page.paper)
            QTest.keyClick(page.paper, Qt.Key.Key_End)
        self.at.settle()

    def sign_up(self, number_containing: str = "80") -> None:
        """From the page of the language to the receipt."""
        wizard = self.at.wizard
        self.qtbot.waitUntil(lambda: wizard.run.offer is not None, timeout=30_000)
        self.go_on(Page.AGREEMENT)
        self.read_agreement()
        self.press(wizard.agreement.tick.box)
        self.go_on(Page.DATA)
        self.press(wizard.data.kinds.option("person").mark)
        self.write(wizard.data.fields["name"].input, PERSON["name"])
        self.choose_paper()
        for name in ("identity_number", "birth_date", "address", "postcode", "employer", "telephone"):
            self.write(wizard.data.fields[name].input, PERSON[name])
        self.go_on(Page.CONSENT)
        self.press(wizard.consent.tick.box)
        self.go_on(Page.PLAN)
        self.press(wizard.plan.plans.options[1].mark)
        self.go_on(Page.CREDIT_LIMIT)
        self.press(wizard.credit.limits.options[1].mark)
        self.go_on(Page.NUMBER)
        self.write(wizard.number.search, number_containing)
        self.qtbot.waitUntil(lambda: wizard.run.numbers_for == number_containing, timeout=30_000)
        self.at.settle()
        self.press(wizard.number.numbers.options[0].mark)
        self.go_on(Page.PASSWORD)
        self.write(wizard.password.password.input, PASSWORD)
        self.write(wizard.password.repeated.input, PASSWORD)
        self.go_on(Page.SIGN)
        self.qtbot.waitUntil(lambda: wizard.run.begun is not None, timeout=60_000)
        self.at.settle()
        if not wizard.run.keyring:
            self.write(wizard.sign.passphrase.input, "correct horse")
            self.write(wizard.sign.again.input, "correct horse")
        self.press(wizard.next)
        self.qtbot.waitUntil(lambda: self.at.page is Page.DEVICES, timeout=60_000)
        self.at.settle()
        self.go_on(Page.RECEIPT)

    def choose_paper(self) -> None:
        paper = self.at.wizard.data.paper
        if self.mouse:
            self.bring_into_view(paper)
            QTest.mouseClick(paper, Qt.MouseButton.LeftButton)
            self.qtbot.wait(QApplication.doubleClickInterval() + 100)  # a release sooner is that of the opening press
            view = paper.view()
            QTest.mouseClick(
                view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(1, 0)).center()
            )
        else:
            self.reach(paper)
            QTest.keyClick(paper, Qt.Key.Key_Down)
        self.at.settle()
        self.qtbot.waitUntil(lambda: self.at.draft.identity_kind == "resident-id", timeout=2000)
