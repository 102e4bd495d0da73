import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.conftest import MakeHouse
from vidphone.phone import commands, events
from vidphone.texts import Language
from vidphone.ui.state import SIGN_IN_FAILURES
from vidphone.wire.errors import ErrorCode


def test_first_start_signs_in_with_a_bare_host_name_and_a_pasted_number(make_house: MakeHouse) -> None:
    house = make_house(moved_in=False)
    page = house.window.sign_in
    assert house.window.whole.currentWidget() is house.window.sign_in
    QTest.keyClicks(page.service.input, "phone.example.cn")
    QTest.keyClicks(page.number.input, "+86 138-0013")
    QTest.keyClicks(page.password.input, " secret ")
    QTest.keyClick(page.password.input, Qt.Key.Key_Return)
    house.settle()
    assert house.engine.posted_of(commands.SignIn) == [
        commands.SignIn("https://phone.example.cn", "861380013", " secret ")
    ]
    assert house.window.signed_in
    assert page.password.text() == ""


def test_faults_stand_beside_their_fields_and_follow_the_typing(make_house: MakeHouse) -> None:
    house = make_house(moved_in=False)
    page = house.window.sign_in
    QTest.keyClicks(page.service.input, "http://phone.example.cn")
    assert page.service.error.plain == ""  # not before one has finished
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    assert "https://" in page.service.error.plain
    assert page.number.error.plain == "Enter a number."
    assert page.password.error.isVisible()
    QTest.keyClicks(page.number.input, "12")
    assert page.number.error.plain == "A number has 3 to 15 digits."
    QTest.keyClicks(page.number.input, "3")
    assert page.number.error.plain == ""
    assert house.engine.posted_of(commands.SignIn) == []


@pytest.mark.parametrize(
    ("code", "where"),
    [(ErrorCode.SERVICE_UNREACHABLE, "service"), (ErrorCode.BAD_NUMBER, "number"), (ErrorCode.SIGN_IN_REFUSED, "")],
)
def test_what_the_service_refuses_is_said_where_it_is_mended(
    make_house: MakeHouse, code: ErrorCode, where: str
) -> None:
    house = make_house(moved_in=False)
    house.engine.accepts_sign_in = False
    page = house.window.sign_in
    for field, typed in ((page.service, "localhost:8080"), (page.number, "1001"), (page.password, "x")):
        field.set_text(typed)
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    assert not page.button.isEnabled()
    house.engine.tell(events.Failure(code, (("service", "http://localhost:8080"), ("number", "1001"))))
    house.settle()
    assert page.button.isEnabled()
    if where:
        assert getattr(page, where).error.isVisible()
    else:
        assert page.problem_text.plain.startswith("Number or password is wrong.")
    house.window.sign_in.languages.button("zh").click()
    house.settle()
    assert house.desktop.theme.language is Language.CHINESE
    if not where:
        assert page.problem_text.plain.startswith("号码或密码不正确")
    assert page.service.text() == "localhost:8080"


@pytest.mark.parametrize("code", sorted(SIGN_IN_FAILURES))
def test_whatever_ended_the_sign_in_is_explained(make_house: MakeHouse, code: ErrorCode) -> None:
    house = make_house(service="https://phone.example.cn", number="1001")
    house.engine.tell(events.SignedOut(code))
    house.settle()
    page = house.window.sign_in
    said = (page.problem_text.plain, page.service.error.plain, page.number.error.plain)
    assert house.window.whole.currentWidget() is page
    assert any(said)


def test_a_sign_in_of_earlier_shows_the_pages_while_it_comes_back(make_house: MakeHouse) -> None:
    house = make_house(moved_in=False, service="https://phone.example.cn", number="1001")
    house.bridge.post(commands.Resume("https://phone.example.cn", "1001"))
    house.engine.tell(events.LinkChanged(events.LinkState.CONNECTING))
    house.settle()
    assert house.window.signed_in
    assert house.window.banner.isVisible()
    house.engine.tell(events.SignedOut(ErrorCode.NOT_SIGNED_IN))
    house.settle()
    assert house.window.whole.currentWidget() is house.window.sign_in
    assert house.window.sign_in.number.text() == "1001"
    assert house.window.sign_in.problem.isVisible()


@pytest.mark.parametrize("way", ["button", "escape", "typing"])
def test_sign_in_that_takes_long_can_be_given_up(make_house: MakeHouse, way: str) -> None:
    house = make_house(moved_in=False)
    house.engine.accepts_sign_in = False
    page = house.window.sign_in
    for field, typed in ((page.service, "localhost:8080"), (page.number, "1001"), (page.password, "x")):
        field.set_text(typed)
    assert not page.cancel.isVisible()
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    match way:
        case "button":
            QTest.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
        case "escape":
            QTest.keyClick(page.password.input, Qt.Key.Key_Escape)
        case _:
            QTest.keyClicks(page.password.input, "y")
    house.settle()
    assert house.engine.posted_of(commands.SignOut) == [commands.SignOut()]
    assert page.button.isEnabled()
    assert not page.cancel.isVisible()
    assert not page.problem.isVisible()
    assert (page.service.text(), page.number.text(), page.password.text()[:1]) == ("localhost:8080", "1001", "x")
