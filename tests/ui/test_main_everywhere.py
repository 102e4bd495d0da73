"""What holds for every screen of the main window, in both languages and all text sizes."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.ui.conftest import House, MakeHouse
from vidphone.phone import events
from vidphone.texts import Language
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode

INTERACTIVE = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView)


def screens(house: House, *, moved_in: bool) -> Iterator[tuple[str, QWidget]]:
    """Every page, and the dialogs."""
    for page in Page:
        house.window.open_page(page)
        for view in (house.window.contacts.list, house.window.history.list):
            view.setCurrentIndex(view.model().index(0, 0))
        house.settle()
        yield page.name, house.window
    if not moved_in:
        return
    house.window.show_shortcuts()
    house.window.contacts.add_contact("1009")
    house.settle()
    for dialog in [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]:
        yield type(dialog).__name__, dialog
        dialog.reject()
    house.settle()


def ours(window: QWidget, kinds: tuple[type[QWidget], ...]) -> Iterator[QWidget]:
    """Visible widgets of these kinds, without what Qt puts inside its own (a clear button, a drop-down's list)."""
    for widget in window.findChildren(QWidget):
        inside = widget.parent()
        if isinstance(widget, kinds) and widget.isVisible() and not isinstance(inside, QLineEdit | QComboBox):
            yield widget


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("moved_in", [True, False], ids=["full", "empty"])
def test_every_control_has_a_name(make_house: MakeHouse, language: Language, moved_in: bool) -> None:
    house = make_house(language=language, moved_in=moved_in)
    nameless = [type(w).__name__ for w in ours(house.window, INTERACTIVE) if not w.accessibleName()]
    if not moved_in:
        house.engine.sign_in()
        house.settle()
    for name, window in screens(house, moved_in=moved_in):
        nameless += [f"{name}: {w}" for w in ours(window, INTERACTIVE) if not w.accessibleName()]
    assert nameless == []


def clipped(window: QWidget) -> list[str]:
    """Labels and buttons whose words need more room than they have."""
    found = []
    for widget in ours(window, (QLabel, QPushButton, QToolButton)):
        if isinstance(widget, QLabel):
            if not widget.text():
                continue
            needed = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            wide = widget.wordWrap() or widget.sizeHint().width() <= widget.width()
            if needed > widget.height() or not wide:
                found.append(widget.text())
        elif isinstance(widget, QPushButton | QToolButton) and widget.text():
            words = widget.fontMetrics().horizontalAdvance(widget.text())
            if words > widget.width() or widget.fontMetrics().height() > widget.height():
                found.append(widget.text())
    return found


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_words_are_cut(make_house: MakeHouse, language: Language, scale: float) -> None:
    house = make_house(language=language, text_scale=scale, moved_in=False)
    page = house.window.sign_in
    page.button.click()
    page.show_problem(ErrorCode.SIGN_IN_REFUSED)
    house.settle()
    cut = {"sign-in": clipped(house.window)}
    house.move_in()
    house.engine.tell(events.LinkChanged(events.LinkState.DOWN))
    house.engine.tell(events.Failure(ErrorCode.SERVICE_UNREACHABLE, (("service", "https://phone.example.cn"),)))
    for name, window in screens(house, moved_in=True):
        cut[name] = clipped(window)
    assert {name: words for name, words in cut.items() if words} == {}


def test_arrow_keys_move_along_the_rail(house: House, qtbot: QtBot) -> None:
    house.window.rail.buttons[Page.DIAL].setFocus()
    QTest.keyClick(house.window.rail.buttons[Page.DIAL], Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: house.window.pages.currentIndex() == Page.CONTACTS)


def test_tab_reaches_every_control_of_a_page(house: House) -> None:
    house.window.open_page(Page.CONTACTS)
    house.window.contacts.list.setCurrentIndex(house.window.contacts.list.model().index(0, 0))
    house.settle()
    controls = [w for w in ours(house.window, INTERACTIVE) if w.isEnabled()]
    wanted = {w for w in controls if w.focusPolicy() & Qt.FocusPolicy.TabFocus}
    by_arrow_keys = set(house.window.rail.buttons)  # of a group that excludes, Tab stops at the one that is on
    assert {w.accessibleName() for w in controls if w not in wanted | by_arrow_keys} == set()
    reached: set[QWidget] = set()
    for _ in range(3 * len(wanted)):
        house.window.focusNextChild()
        focused = house.window.focusWidget()
        if focused is not None:
            reached.add(focused)
    assert {w.accessibleName() for w in wanted - reached} == set()


def test_nothing_of_the_old_language_is_left_after_a_switch(make_house: MakeHouse) -> None:
    house = make_house(language=Language.ENGLISH)
    house.window.settings.language.button("zh").click()
    house.settle()
    latin = set()
    for name, window in screens(house, moved_in=True):
        for widget in ours(window, (QAbstractButton, QLabel)):
            words = widget.text() if isinstance(widget, QPushButton | QToolButton) else widget.accessibleName()
            if any(english in words for english in ("Call", "Contact", "Histor", "Sett", "call", "Camera", "Sign")):
                latin.add((name, words))
    assert latin <= {("SETTINGS", "系统默认（Integrated Camera）")}
