"""Costs before a call, in it, and the screen of a barred one, in the real windows."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.fakes.money import account
from tests.support.quotes import quote
from tests.ui.conftest import House
from tests.ui.stage import ACTIVE, CALL, Stage, click
from vidphone.call.charge import Charge
from vidphone.call.view import CallState, Direction
from vidphone.phone.commands import Dial, FetchAccount, FetchAgreement, Quote
from vidphone.phone.events import (
    AccountShown,
    AgreementShown,
    Charging,
    LinkChanged,
    LinkState,
    Quoted,
    Request,
    RequestFailed,
)
from vidphone.terms.orders import Words
from vidphone.terms.standing import Cause, Lift, State
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import BARRED, EndReason
from vidphone.wire.sign_up import Provider

CHARGE = Charge(1_500, 15, 60, 4_000, False, None, 1000.0)
LAST = replace(CHARGE, remaining_s=43, final=True, warning=60)
PROVIDER = AgreementShown(
    (), None, None, None, True,
    Provider(
        name=Words("示例", "Example"), website="https://phone.example.cn", address=Words("北京", "Beijing"),
        telephone="+861066668888", support_number="10000", arbitration_commission=Words("北京", "Beijing"),
        signing_place=Words("北京", "Beijing"), root_certificate_pem="",
    ),
)  # fmt: skip


def bar(stage: Stage, reason: EndReason, **changes: object) -> None:
    stage.call(CALL)
    stage.call(CALL, state=CallState.ENDED, reason=reason, ended_at=1000.0, **changes)


# Before the call.


def type_number(house: House, number: str) -> None:
    house.window.dialler.field.setText(number)
    let_pause_pass(house)


def let_pause_pass(house: House) -> None:
    pause = house.window.dialler.prices.pause
    assert pause.isActive()
    pause.stop()
    pause.timeout.emit()


def answer(house: House, *quotes: object) -> None:
    for one in quotes:
        house.engine.tell(Quoted(one))  # type: ignore[arg-type]
        house.settle()


def test_price_is_asked_after_a_pause_and_told_beneath_its_button(house: House) -> None:
    page = house.window.dialler
    for face in "1009":
        QTest.mouseClick(page.keys[face], Qt.MouseButton.LeftButton)
    assert house.engine.posted_of(Quote) == []
    let_pause_pass(house)
    assert house.engine.posted_of(Quote) == [Quote("1009", video=False)]
    answer(house, quote("1009"))
    assert house.engine.posted_of(Quote)[-1] == Quote("1009", video=True)
    answer(house, quote("1009", video=True, lasting_s=6_000))
    assert page.prices.ways[False].plain == "¥0.15 a minute\ncredit lasts 3 h 19 min"
    assert page.prices.ways[True].plain == "¥0.30 a minute\ncredit lasts 1 h 40 min"
    assert len(house.engine.posted_of(Quote)) == 2


def test_choosing_a_contact_by_name_asks_for_the_price_of_its_number(house: House) -> None:
    type_number(house, "王芳")
    assert house.engine.posted_of(Quote) == [Quote("1004", video=False)]


def test_a_call_does_not_wait_for_its_price(house: House) -> None:
    page = house.window.dialler
    type_number(house, "1009")
    click(page.voice)
    assert house.engine.posted_of(Dial) == [Dial("1009", video=False)]


def test_prices_of_a_number_go_as_it_is_typed_on(house: House) -> None:
    page = house.window.dialler
    type_number(house, "1009")
    answer(house, quote("1009"))
    page.field.setText("10091")
    assert page.prices.ways[False].plain == ""
    answer(house, quote("1009", video=True))
    assert page.prices.ways[True].plain == ""


def test_free_number_is_said_to_be_free(house: House) -> None:
    type_number(house, "10000")
    answer(house, quote("10000", free=True), quote("10000", video=True, free=True))
    assert house.window.dialler.prices.sentence.plain == "Free call: customer service"


def test_blocked_number_is_told_before_it_is_dialled_with_a_way_to_pay(house: House) -> None:
    page = house.window.dialler
    type_number(house, "1009")
    answer(house, quote("1009", refused=ErrorCode.CREDIT_LIMIT))
    assert "clause 9" in page.prices.sentence.plain
    assert page.prices.pay.isVisible()
    assert page.voice.isEnabled()
    click(page.prices.pay)
    assert house.window.pages.currentIndex() == Page.MONEY


def test_payment_elsewhere_asks_for_the_price_again(house: House) -> None:
    type_number(house, "1009")
    answer(house, quote("1009", refused=ErrorCode.CREDIT_LIMIT))
    answer(house, quote("1009", video=True, refused=ErrorCode.CREDIT_LIMIT))
    house.engine.tell(AccountShown(account(prepaid=5_000)))
    house.settle()
    let_pause_pass(house)
    assert house.engine.posted_of(Quote)[2:] == [Quote("1009", video=False)]


def test_without_a_connection_nothing_is_asked_and_a_failure_is_no_obstacle(house: House) -> None:
    house.engine.tell(LinkChanged(LinkState.DOWN))
    house.settle()
    type_number(house, "1009")
    assert house.engine.posted_of(Quote) == []
    house.engine.tell(RequestFailed(Request.QUOTE, ErrorCode.SERVICE_UNREACHABLE))
    house.settle()
    assert "all the same" in house.window.dialler.prices.sentence.plain


# In the call.


def test_payer_sees_price_then_cost_each_second(stage: Stage) -> None:
    stage.call(CALL)
    stage.tell(Charging("c", replace(CHARGE, spent_fen=0, answered_s=0, running=False)))
    assert stage.window.header.cost.plain == "¥0.15 a minute"
    window = stage.talk()
    stage.tell(Charging("c", CHARGE))
    assert window.header.cost.plain == "¥0.15 so far"
    stage.now_s += 24
    window._clock.timeout.emit()
    assert window.header.cost.plain == "¥0.21 so far"
    assert not window.credit.isVisible()


def test_clock_strikes_with_whichever_shown_second_turns_first(stage: Stage) -> None:
    window = stage.talk()
    stage.tell(Charging("c", replace(CHARGE, at=999.6)))
    stage.now_s += 0.5  # the duration turns in 0.5 s, the charge in 0.1 s
    window._clock.timeout.emit()
    assert window._clock.interval() == 101


def test_other_side_is_shown_nothing(stage: Stage) -> None:
    stage.call(ACTIVE, direction=Direction.INCOMING)
    assert not stage.window.header.cost.isVisible()
    assert not stage.window.credit.isVisible()


def test_last_minute_is_counted_down_and_leads_to_paying(stage: Stage) -> None:
    asked: list[int] = []
    stage.windows.pay_wanted.connect(asked.append)
    window = stage.talk()
    stage.tell(Charging("c", LAST))
    assert window.credit.isVisible()
    assert window.credit.label.plain == "Your credit ends in 0:43"
    stage.now_s += 3
    window._clock.timeout.emit()
    assert window.credit.label.plain == "Your credit ends in 0:40"
    click(window.credit.pay)
    assert asked == [0]
    small = stage.windows.small
    assert small is not None
    assert small.status.plain == "1:03 · credit 0:40"


def test_countdown_stays_in_sight_when_the_controls_fade(stage: Stage) -> None:
    window = stage.talk()
    stage.tell(Charging("c", LAST))
    stage.now_s += 30
    window.fading.review()
    assert not window.controls.isVisible()
    assert window.credit.isVisible()


def test_countdown_does_not_tremble_from_second_to_second(stage: Stage) -> None:
    window = stage.talk()
    stage.tell(Charging("c", LAST))
    widths = set()
    for _ in range(20):
        stage.now_s += 1
        window._clock.timeout.emit()
        widths.add(window.credit.label.width())
    assert len(widths) == 1


def test_payment_takes_the_countdown_away_with_a_word(stage: Stage) -> None:
    window = stage.talk()
    stage.tell(Charging("c", LAST))
    stage.tell(Charging("c", replace(CHARGE, at=stage.now_s, answered_s=70)))
    assert not window.credit.isVisible()
    assert window.notices.notice.isVisible()
    assert window.notices.notice.label.plain == "There is credit again: the call goes on."


def test_cost_of_a_call_that_is_over_is_told_even_if_it_comes_late(stage: Stage) -> None:
    window = stage.talk()
    stage.tell(Charging("c", CHARGE))
    stage.call(ACTIVE, state=CallState.ENDED, reason=EndReason.HUNG_UP, ended_at=1000.0)
    assert window.placeholder.cost.plain == "This call cost about ¥0.15."
    stage.tell(Charging("c", replace(CHARGE, spent_fen=16, answered_s=64, settled=True, running=False)))
    assert window.placeholder.cost.plain == "This call cost ¥0.16."


# A barred call.


@pytest.mark.parametrize("reason", sorted(BARRED))
def test_barred_call_is_explained_on_a_screen_that_stays(stage: Stage, reason: EndReason) -> None:
    bar(stage, reason)
    window = stage.window
    assert window.barred.isVisible()
    assert not window.placeholder.isVisible()
    assert window.barred.call.plain == "Your call to Li Wei"
    assert window.barred.what.plain
    assert "clause" in window.barred.clause.plain
    assert window.barred.lifts[0].isVisible()
    assert not window._closer.isActive()
    assert stage.posted == [FetchAccount(), FetchAgreement()]
    click(window.barred.close_button)
    assert stage.windows.window is None


def test_barred_screen_is_used_and_left_by_keyboard(stage: Stage) -> None:
    asked: list[int] = []
    stage.windows.pay_wanted.connect(asked.append)
    bar(stage, EndReason.CREDIT_LIMIT)
    window = stage.window
    window.activateWindow()
    stage.qtbot.waitActive(window)
    stage.qtbot.waitUntil(window.barred.pay.hasFocus, timeout=1000)
    QTest.keyClick(window.barred.pay, Qt.Key.Key_Space)
    assert asked == [0]
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert stage.windows.window is None


def test_customer_service_is_called_once_its_number_is_known(stage: Stage) -> None:
    bar(stage, EndReason.SERVICE_PAUSED)
    window = stage.window
    assert not window.barred.support.isVisible()
    stage.tell(PROVIDER)
    click(window.barred.support)
    assert stage.posted[-1] == Dial("10000", video=False)
    assert stage.windows.window is None


def test_payment_turns_the_screen_into_calling_again(stage: Stage) -> None:
    asked: list[int] = []
    stage.windows.pay_wanted.connect(asked.append)
    bar(stage, EndReason.ACCOUNT_SUSPENDED)
    window = stage.window
    stage.tell(AccountShown(account(State.SUSPENDED, Cause.OVERDUE, Lift.PAY, unpaid=8_123, overdue=8_123)))
    assert window.barred.pay.text() == "Pay ¥81.23"
    click(window.barred.pay)
    assert asked == [8_123]
    stage.tell(AccountShown(account()))
    assert not window.barred.pay.isVisible()
    click(window.barred.again)
    assert stage.posted[-1] == Dial("1001", True)


def test_limit_in_a_call_tells_what_it_cost(stage: Stage) -> None:
    window = stage.talk()
    stage.tell(Charging("c", LAST))
    stage.call(ACTIVE, state=CallState.ENDED, reason=EndReason.CREDIT_LIMIT, ended_by_peer=True, ended_at=1043.0)
    stage.tell(Charging("c", replace(CHARGE, spent_fen=26, answered_s=103, settled=True, running=False)))
    assert window.barred.what.plain == "Your credit is used up"
    assert "¥0.26" in window.barred.figures.plain


def test_buttons_lead_into_the_main_window(house: House) -> None:
    calls, window = house.desktop.calls, house.window
    for page, index in (
        ("limit", Page.MONEY),
        ("leaving", Page.MONEY),
        ("agreement", Page.ACCOUNT),
        ("data", Page.ACCOUNT),
    ):
        window.open_page(Page.DIAL)
        calls.page_wanted.emit(page)
        assert window.pages.currentIndex() == index
    window.open_page(Page.DIAL)
    calls.pay_wanted.emit(8_123)
    assert window.pages.currentIndex() == Page.MONEY
