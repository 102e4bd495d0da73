"""Typing as a person does: ASCII by keys, Chinese through the input method."""

from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def type_in(field: QWidget, words: str) -> None:
    if words.isascii():
        QTest.keyClicks(field, words)
        return
    committed = QInputMethodEvent()
    committed.setCommitString(words)
    QApplication.sendEvent(field, committed)
