"""Long lists are filled a few rows a turn, and no further while nobody sees them."""

from functools import partial

from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.fakes import notices
from tests.ui.conftest import House
from vidphone.phone.notice_events import OutagesShown
from vidphone.ui.design.slices import Slices


def opened(qtbot: QtBot) -> tuple[QWidget, Slices[QLabel]]:
    owner = QWidget()
    qtbot.addWidget(owner)
    slices: Slices[QLabel] = Slices(QVBoxLayout(owner), owner, at_once=3)
    owner.show()
    return owner, slices


def said(slices: Slices[QLabel]) -> list[str]:
    return [label.text() for label in slices.made]


def test_the_first_rows_are_there_at_once_and_no_turn_makes_more_than_its_share(qtbot: QtBot) -> None:
    _, slices = opened(qtbot)
    slices.fill(partial(QLabel, str(number)) for number in range(20))
    assert said(slices) == ["0", "1", "2"]
    longest = 0
    while not slices.full:
        before = len(slices.made)
        QApplication.processEvents()
        longest = max(longest, len(slices.made) - before)
    assert longest == 3
    assert said(slices) == [str(number) for number in range(20)]


def test_a_list_that_is_not_seen_waits_until_it_is(qtbot: QtBot) -> None:
    owner, slices = opened(qtbot)
    owner.hide()
    slices.fill(partial(QLabel, str(number)) for number in range(8))
    for _ in range(9):
        QApplication.processEvents()
    assert len(slices.made) == 3
    owner.show()
    qtbot.waitUntil(lambda: slices.full)
    assert len(slices.made) == 8


def test_other_rows_take_the_place_of_those_that_were_still_to_come(qtbot: QtBot) -> None:
    _, slices = opened(qtbot)
    slices.fill(partial(QLabel, "old") for _ in range(20))
    slices.fill(partial(QLabel, "new") for _ in range(5))
    qtbot.waitUntil(lambda: slices.full)
    assert said(slices) == ["new"] * 5
    slices.fill(())
    assert slices.made == []


def test_a_long_list_of_interruptions_does_not_come_in_one_turn(house: House, qtbot: QtBot) -> None:
    house.window.open_service("network")
    house.settle()
    card = house.window.service.outages.card
    house.engine.tell(OutagesShown(notices.OUTAGES.outages * 4))
    assert len(card.rows) < 12
    qtbot.waitUntil(lambda: len(card.rows) == 12)
