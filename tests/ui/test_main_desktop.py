from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import House, MakeHouse
from vidphone.account.settings import Theme as Choice
from vidphone.call.view import CallState, CallView, Direction
from vidphone.phone import commands, events
from vidphone.texts import Language
from vidphone.ui.design.tokens import DARK, LIGHT
from vidphone.ui.main.window import Page

CALL = CallView("c" * 32, Direction.OUTGOING, "1003", "", CallState.DIALLING, video=True, dialled_at=1.0)


def on_page(house: House, page: Page) -> bool:
    return house.window.pages.currentIndex() == page


@pytest.fixture
def quits(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> list[None]:
    asked: list[None] = []
    monkeypatch.setattr(qapp, "exit", lambda: asked.append(None))
    monkeypatch.setattr("vidphone.ui.desktop.application", lambda: qapp)
    return asked


def test_closing_goes_into_the_tray_and_says_so_once(house: House, quits: list[None]) -> None:
    house.window.close()
    assert not house.window.isVisible()
    house.desktop.raise_window()
    house.window.close()
    assert len(house.tray.notified) == 1
    assert house.engine.settings.told_of_tray  # not at the next start either
    assert quits == []


def test_closing_without_a_tray_ends_the_program(house: House, quits: list[None]) -> None:
    house.tray.is_there = False
    house.window.close()
    assert len(quits) == 1


def test_closing_during_a_call_asks_first(house: House, quits: list[None]) -> None:
    house.engine.tell(events.CallChanged(CALL))
    house.settle()
    question = house.desktop.close_asked()
    assert question is not None
    question.buttons["ui.leave.stay"].click()
    assert (house.window.isVisible(), quits) == (True, [])
    question = house.desktop.quit_asked()
    assert question is not None
    question.buttons["ui.leave.end"].click()
    assert len(quits) == 1


def test_a_call_that_comes_while_the_window_is_hidden_is_notified(house: House, quits: list[None]) -> None:
    house.window.close()
    house.tray.notified.clear()
    incoming = replace(CALL, direction=Direction.INCOMING, state=CallState.INCOMING)
    house.engine.tell(events.CallChanged(incoming))
    house.engine.tell(events.CallChanged(incoming))
    house.settle()
    assert house.tray.notified == [("Incoming call", "Ada Lovelace")]


def test_a_missed_call_is_notified_once_and_only_where_wanted(house: House) -> None:
    missed = replace(house.engine.history[0], id="new")
    house.engine.history.insert(0, missed)
    house.engine.tell_history()
    house.settle()
    assert house.tray.notified == [("Missed call", "张小明")]
    house.engine.post(commands.ChangeSettings(replace(house.engine.settings, notifications=False)))
    house.engine.history.insert(0, replace(missed, id="newer"))
    house.engine.tell_history()
    house.settle()
    assert len(house.tray.notified) == 1
    assert house.tray.status_action.text() == "Ready for calls · 4 missed"


@pytest.mark.parametrize("link", ["tel:+86-138-0013-8000", "vidphone:8613800138000", "86 138 0013 8000"])
def test_a_link_prefills_the_dialler_and_calls_nobody(house: House, link: str) -> None:
    house.window.open_page(Page.SETTINGS)
    house.desktop.raise_with(link)
    assert house.window.pages.currentIndex() == Page.DIAL
    assert house.window.dialler.field.text() == "8613800138000"
    assert house.engine.posted_of(commands.Dial) == []


def test_a_link_without_a_number_says_so(house: House) -> None:
    house.desktop.prefill("tel:nobody")
    assert house.window.toasts.label.plain == "That link holds no number that can be dialled."


def test_language_theme_and_text_size_change_while_the_window_is_open(make_house: MakeHouse, qtbot: QtBot) -> None:
    house = make_house()
    settings = house.window.settings
    house.window.open_page(Page.SETTINGS)
    settings.language.button("zh").click()
    settings.look.button("dark").click()
    settings.text.button("1.5").click()
    qtbot.waitUntil(lambda: house.desktop.theme.scale == 1.5)
    assert house.desktop.theme.language is Language.CHINESE
    assert house.window.rail.buttons[Page.CONTACTS].text() == "联系人"
    assert house.desktop.theme.palette.background in QApplication.instance().styleSheet()  # type: ignore[union-attr]
    assert house.desktop.theme.palette.background == "#14161B"
    assert house.tray.quit_action.text() == "退出"


def test_windows_follow_the_systems_colours_unless_told_otherwise(make_house: MakeHouse, qapp: QApplication) -> None:
    house = make_house()
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert house.desktop.theme.palette is DARK
    house.engine.post(commands.ChangeSettings(replace(house.engine.settings, theme=Choice.LIGHT)))
    house.settle()
    assert house.desktop.theme.palette is LIGHT


def test_pages_and_the_list_of_shortcuts_are_a_key_away(house: House, qtbot: QtBot) -> None:
    window = house.window
    qtbot.waitUntil(window.isActiveWindow)
    control = Qt.KeyboardModifier.ControlModifier
    for key, page in ((Qt.Key.Key_2, Page.CONTACTS), (Qt.Key.Key_3, Page.HISTORY), (Qt.Key.Key_L, Page.DIAL)):
        QTest.keyClick(window, key, control)
        qtbot.waitUntil(partial(on_page, house, page))
    QTest.keyClick(window, Qt.Key.Key_F1)
    titles = [w.windowTitle() for w in QApplication.topLevelWidgets() if w.isVisible()]
    assert "Keyboard shortcuts" in titles
