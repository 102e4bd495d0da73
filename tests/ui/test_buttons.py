"""Buttons as they stand among words."""

import sys

import pytest
from PySide6.QtWidgets import QStyle, QStyleOptionButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import House
from vidphone.ui.design.buttons import PushButton, shortcut_text


def contents_left(button: PushButton) -> int:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    return button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button).left()


@pytest.mark.parametrize("icon", ["", "eye"])
def test_a_link_begins_where_the_words_above_it_do(house: House, qtbot: QtBot, icon: str) -> None:
    page = QWidget(house.window)
    column = QVBoxLayout(page)
    link = PushButton(house.desktop.theme, "ui.close", "link", icon=icon)
    plain = PushButton(house.desktop.theme, "ui.close", icon=icon)
    column.addWidget(link)
    column.addWidget(plain)
    page.show()
    qtbot.waitUntil(plain.isVisible)
    assert contents_left(link) == 0
    assert contents_left(plain) > 0
    assert link.sizeHint().height() == plain.sizeHint().height()


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS writes signs")
def test_a_shortcut_is_written_as_it_stands_on_the_keys(qtbot: QtBot) -> None:
    assert shortcut_text("Ctrl+Shift+Return") == "Ctrl+Shift+Enter"
    assert shortcut_text("Ctrl+,") == "Ctrl+,"
