"""The forgotten password, from the page of signing in."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.ui.conftest import House, MakeHouse
from vidphone.phone import commands, events
from vidphone.phone.events import Request
from vidphone.ui.main.account.forgotten import ForgottenDialog
from vidphone.wire.errors import ErrorCode

SERVICE = "https://phone.example.cn"
NEW = "correct horse battery"


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def out(make_house: MakeHouse) -> House:
    return make_house(moved_in=False)


def opened(house: House) -> ForgottenDialog:
    page = house.window.sign_in
    page.service.set_text("phone.example.cn")
    page.number.set_text("1001")
    click(page.forgotten)
    house.settle()
    dialog = house.window.findChild(ForgottenDialog)
    assert isinstance(dialog, ForgottenDialog)
    return dialog


def filled(house: House, password: str = NEW) -> ForgottenDialog:
    dialog = opened(house)
    QTest.keyClicks(dialog.identity_number.input, "11010519491231002X")
    QTest.keyClicks(dialog.telephone.input, "138 0013 8000")
    for field in dialog.password.fields:
        QTest.keyClicks(field.input, password)
    return dialog


def test_what_was_typed_to_sign_in_is_there_and_the_focus_is_on_what_is_missing(out: House) -> None:
    dialog = opened(out)
    assert (dialog.service.text(), dialog.number.text()) == ("phone.example.cn", "1001")
    assert dialog.identity_number.input.hasFocus()
    click(dialog.send)
    assert dialog.identity_number.error.plain == "Please fill this in."
    assert out.engine.posted_of(commands.ResetPassword) == []


def test_a_new_password_is_set_and_signing_in_is_next(out: House) -> None:
    dialog = filled(out)
    QTest.keyClick(dialog.telephone.input, Qt.Key.Key_Return)
    asked = commands.ResetPassword(SERVICE, "1001", "11010519491231002X", "138 0013 8000", NEW)
    assert out.engine.posted_of(commands.ResetPassword) == [asked]
    assert not dialog.send.isEnabled()
    out.engine.tell(events.PasswordWasReset(SERVICE, "1001"))
    out.settle()
    page = out.window.sign_in
    assert out.window.findChild(ForgottenDialog) is None
    assert (page.service.text(), page.number.text(), page.password.text()) == (SERVICE, "1001", "")
    assert out.window.toasts.shown is not None
    assert out.window.toasts.shown.key == "ui.account.forgotten.done"


@pytest.mark.parametrize("password", ["13800138000", "11010519491231002X"])
def test_a_password_made_of_what_others_know_is_refused(out: House, password: str) -> None:
    dialog = filled(out, password)
    click(dialog.send)
    assert "easily guessed" in dialog.password.first.error.plain
    assert out.engine.posted_of(commands.ResetPassword) == []


def test_a_refusal_is_said_in_sight_and_nothing_typed_is_lost(out: House) -> None:
    dialog = filled(out)
    click(dialog.send)
    out.engine.tell(events.RequestFailed(Request.RESET, ErrorCode.RESET_REFUSED))
    out.settle()
    assert dialog.problem.isVisible()
    assert dialog.problem.visibleRegion().boundingRect().height() == dialog.problem.height()
    assert dialog.identity_number.text() == "11010519491231002X"
    assert dialog.send.isEnabled()


@pytest.mark.parametrize(
    ("code", "field"),
    [(ErrorCode.SERVICE_UNREACHABLE, "service"), (ErrorCode.SERVICE_NOT_SECURE, "service"),
     (ErrorCode.SERVICE_INCOMPATIBLE, "service"), (ErrorCode.BAD_NUMBER, "number")],
)  # fmt: skip
def test_a_failure_of_one_field_stands_beside_it(out: House, code: ErrorCode, field: str) -> None:
    dialog = filled(out)
    click(dialog.send)
    out.engine.tell(events.RequestFailed(Request.RESET, code, (("service", SERVICE), ("number", "1001"))))
    out.settle()
    assert getattr(dialog, field).error.isVisible()
    assert not dialog.problem.isVisible()


def test_giving_up_closes_and_a_late_answer_changes_nothing(out: House) -> None:
    dialog = filled(out)
    click(dialog.send)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    out.engine.tell(events.PasswordWasReset(SERVICE, "1001"))
    out.settle()
    assert out.window.toasts.shown is None
