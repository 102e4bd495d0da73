"""The costs pages in the real main window, over a scripted engine."""

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QScrollArea, QWidget

from tests.fakes import money
from tests.ui.conftest import House, MakeHouse
from tests.ui.keys import type_in
from tests.ui.test_main_everywhere import INTERACTIVE, clipped, ours
from vidphone.phone import commands, events
from vidphone.phone.commands import BillForm
from vidphone.phone.events import Request
from vidphone.terms.standing import Cause, Lift, State
from vidphone.texts import Language
from vidphone.ui.design.buttons import RoundButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing
from vidphone.ui.main.ask import Question
from vidphone.ui.main.money.page import TABS, MoneyPage
from vidphone.ui.main.service.asking import CaseDialog
from vidphone.ui.main.window import Page
from vidphone.wire.billing import Account, LeavingState, PaymentState
from vidphone.wire.errors import ErrorCode
from vidphone.wire.signaling import Topic

OFFLINE = (("service", "https://phone.example.cn"),)
PAY_AT = "https://pay.example.cn/9"
SUSPENDED = money.account(State.SUSPENDED, Cause.OVERDUE, Lift.PAY, unpaid=52_345, overdue=52_345, fee=4_333)
AT_LIMIT = money.account(State.RESTRICTED, Cause.CREDIT_LIMIT, Lift.PAY, Lift.RAISE_LIMIT, unbilled=50_120)


class Costs:
    """The costs page of a house, open."""

    def __init__(self, house: House) -> None:
        self.house, self.engine = house, house.engine
        house.window.open_page(Page.MONEY)
        house.settle()

    @property
    def page(self) -> MoneyPage:
        return self.house.window.money

    def tell(self, *all_of: events.Event) -> None:
        for event in all_of:
            self.engine.tell(event)
        self.house.settle()

    def asked(self, kind: type) -> list[commands.Command]:
        return self.engine.posted_of(kind)

    def open(self, tab: str, *all_of: events.Event) -> None:
        click(self.page.tabs.button(tab))
        self.tell(*all_of)

    def words(self) -> str:
        return "\n".join(one.accessibleName() for one in self.page.findChildren(QWidget) if one.isVisible())

    def agree(self, key: str) -> str:
        """Say yes to what is asked; its words."""
        question = self.house.window.findChild(Question)
        assert question is not None
        said = question.what.plain
        click(question.buttons[key])
        self.house.settle()
        return said


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def costs(house: House) -> Costs:
    return Costs(house)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was asked to open."""
    urls: list[str] = []

    def open_it(url: QUrl) -> bool:
        urls.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_it)
    return urls


def test_each_tab_asks_for_what_it_shows_when_it_is_opened(costs: Costs) -> None:
    assert costs.asked(commands.FetchAccount)
    for tab, kind in (
        ("calls", commands.FetchCharges), ("bills", commands.FetchBills), ("pay", commands.FetchPayments),
        ("plan", commands.FetchPlans),
    ):  # fmt: skip
        assert costs.asked(kind) == []
        costs.open(tab)
        assert len(costs.asked(kind)) == 1


def test_the_month_says_what_is_left_and_what_took_the_rest(costs: Costs) -> None:
    costs.tell(events.AccountShown(money.account(unpaid=2_000, prepaid=1_000)))
    said = costs.words()
    for words in ("¥353.74 left", "credit limit of ¥500.00 and ¥10.00", "November 2026: ¥92.76 for calls"):
        assert words in said
    assert costs.page.credit.bar.accessibleName() == (
        "Bills not paid yet ¥20.00, Spent since the last bill ¥131.76, Held for calls that run now ¥4.50, Left ¥353.74"
    )


def test_the_chart_is_read_day_by_day_with_the_keyboard(costs: Costs) -> None:
    costs.tell(events.AccountShown(money.account()))
    chart, day = costs.page.days.chart, costs.page.days.day
    assert day.plain == "22 Nov: ¥1.56", "the last day that cost something"
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert (day.plain, chart.accessibleDescription()) == ("21 Nov: ¥2.40", "21 Nov: ¥2.40")
    QTest.keyClick(chart, Qt.Key.Key_Home)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert day.plain == "1 Nov: ¥0.45"
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert day.plain == "30 Nov: ¥0.00"
    costs.tell(events.AccountShown(money.account(days=money.SPENT[:3])))
    assert day.plain == "30 Nov: ¥0.00", "what the person looks at stays"


def test_a_month_that_cost_nothing_yet_shows_today(costs: Costs) -> None:
    costs.tell(events.AccountShown(money.account(days=())))
    today = datetime.fromtimestamp(money.AT).astimezone().day
    assert costs.page.days.day.plain == f"{today} Nov: ¥0.00"


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (AT_LIMIT, ("clause 9", "Free numbers", "Pay ¥5.71 or more", "higher credit limit")),
        (SUSPENDED, ("clause 5", "more than a month", "16 Nov 2026", "Pay ¥523.45 or more", "Late fee so far: ¥43.33")),
        (money.account(State.SUSPENDED, Cause.DATA, Lift.PROVIDER), ("clause 1", "My data")),
        (money.account(State.JUDICIAL, Cause.JUDICIAL, Lift.AUTHORITY), ("clause 10", "rent goes on", "authority")),
        (money.account(State.SUSPENDED, Cause.LEAVING, Lift.WITHDRAW), ("clause 11", "Take back")),
        (money.account(State.TERMINATED, Cause.OVERDUE, unpaid=9), ("clause 5", "three months")),
        (money.account(State.TERMINATED, Cause.LEFT), ("clause 11", "as you asked")),
    ],
)
def test_a_block_says_its_clause_and_what_lifts_it(costs: Costs, account: Account, words: tuple[str, ...]) -> None:
    costs.tell(events.AccountShown(account))
    said = costs.words()
    assert [word for word in words if word not in said] == []
    assert costs.house.window.rail.buttons[Page.MONEY].accessibleName() == "Costs, 1 new"
    costs.tell(events.AccountShown(money.account()))
    assert costs.page.standing.status.standing is Standing.GOOD
    assert costs.house.window.rail.buttons[Page.MONEY].accessibleName() == "Costs"


def test_a_bill_in_its_days_of_grace_is_named_with_its_day_and_nothing_says_all_is_well(costs: Costs) -> None:
    costs.tell(events.AccountShown(money.account(unpaid=12_345, overdue=12_345, fee=333)))
    assert costs.asked(commands.FetchBills), "which bill it is is asked for"
    costs.tell(events.BillsShown(money.bills()))
    said = costs.page.standing.overdue.label.plain
    for words in ("“October 2026”", "¥123.45 is overdue", "15 Oct 2026", "clause 5", "Late fee so far", "button below"):
        assert words in said
    assert costs.page.standing.status.isHidden()
    assert costs.page.standing.pay.isVisible()
    costs.tell(events.AccountShown(money.account()))
    assert costs.page.standing.overdue.isHidden()
    assert len(costs.asked(commands.FetchBills)) == 1


def test_each_way_out_of_a_block_is_one_press_away(costs: Costs) -> None:
    costs.tell(events.AccountShown(AT_LIMIT))
    click(costs.page.standing.raise_limit)
    assert costs.page.limit.isVisible()
    costs.open("month")
    click(costs.page.standing.pay)
    assert costs.page.paying.amount.text() == "5.71"
    costs.open("month", events.AccountShown(money.account(State.JUDICIAL, Cause.JUDICIAL, Lift.AUTHORITY)))
    assert not costs.page.standing.call.isVisible()
    assert costs.asked(commands.FetchAgreement), "who to call is asked for"


def test_two_hundred_calls_stand_with_their_prices_and_earlier_ones_are_fetched(costs: Costs) -> None:
    costs.open("calls", events.ChargesShown(money.calls(200), more=True, before=None))
    page = costs.page.calls
    assert page.list.model().rowCount() == 200
    assert page.list.model().index(1, 0).data().endswith("¥0.52")
    assert page.list.model().index(2, 0).data().endswith("free")
    page.list.setCurrentIndex(page.list.model().index(3, 0))
    click(page.more)
    assert costs.asked(commands.FetchCharges)[-1] == commands.FetchCharges(money.calls(200)[-1].started_at)
    assert not page.more.isEnabled()
    costs.tell(events.ChargesShown(money.calls(10, first=200), more=False, before=money.calls(200)[-1].started_at))
    assert page.list.model().rowCount() == 210
    assert not page.more.isVisible()
    assert page.detail.charge == money.calls(200)[3], "what was chosen stays chosen"


def test_a_call_is_shown_with_its_price_its_quality_and_its_bill(costs: Costs) -> None:
    costs.open(
        "calls",
        events.HistoryChanged(money.history(), 0),
        events.ChargesShown(money.calls(30), more=False, before=None),
    )
    page = costs.page.calls
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    values = {key.rpartition(".")[2]: value.plain for key, value in page.detail.facts.values.items()}
    assert (values["price"], values["cost"], values["billed"]) == ("¥0.15 a minute", "¥0.52", "not yet")
    assert values["quality"] == "4 of 5: good"
    page.list.setCurrentIndex(page.list.model().index(25, 0))
    assert page.detail.facts.values["ui.money.call.quality"].plain == "not kept on this machine"
    click(page.detail.bill)
    assert costs.asked(commands.FetchBill) == [commands.FetchBill("202610-1001")]
    assert costs.page.bills.isVisible()


def test_a_bill_is_shown_with_its_lines_its_due_date_and_the_late_fee_so_far(costs: Costs) -> None:
    costs.open("bills", events.AccountShown(SUSPENDED), events.BillsShown(money.bills()))
    page = costs.page.bills
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    page.list.setCurrentIndex(page.list.model().index(0, 0))
    number = money.bills()[0].number
    assert costs.asked(commands.FetchBill)[-1] == commands.FetchBill(number)
    costs.tell(events.BillShown(money.bill_detail(1)))
    assert page.detail.shown is None, "that was another one"
    costs.tell(events.BillShown(money.bill_detail(0)))
    said = costs.words()
    for words in ("it was due on 16 Nov 2026 (clause 5)", "Late fee so far: ¥43.33", "Rent: Family", "41 calls",
                  "Late fee: bill of September 2026", "¥123.45", number):  # fmt: skip
        assert words in said
    click(page.detail.pay)
    assert costs.page.paying.amount.text() == "123.45"


def test_each_line_can_be_disputed_and_news_of_the_account_leave_the_keyboard_there(costs: Costs) -> None:
    rehearsed = money.bill_detail(0)
    rehearsed = rehearsed.model_copy(update={"bill": rehearsed.bill.model_copy(update={"rehearsal": True})})
    costs.open("bills", events.BillsShown(money.bills()))
    costs.page.open_bill(rehearsed.bill.number)
    costs.tell(events.BillShown(rehearsed))
    ways = [b for b in costs.page.bills.detail.findChildren(RoundButton) if "Dispute" in b.accessibleName()]
    assert len(ways) == len(rehearsed.lines)
    ways[1].setFocus()
    costs.tell(events.AccountShown(SUSPENDED))
    assert costs.house.window.focusWidget() is ways[1]
    click(ways[1])
    (dialog,) = costs.house.window.findChildren(CaseDialog)
    assert rehearsed.lines[1].words.en in dialog.what.plain


def test_amounts_of_lines_and_payments_end_below_each_other(costs: Costs) -> None:
    costs.open("bills", events.BillsShown(money.bills()))
    costs.page.open_bill(money.bills()[1].number)
    costs.tell(events.BillShown(money.bill_detail(1)))
    card = costs.page.bills.detail
    amounts = [label for label in card.findChildren(Label) if label.plain.startswith("¥") and label.isVisible()]
    ends = {label.mapTo(card, label.rect().topRight()).x() for label in amounts if not label.wordWrap()}
    assert len(amounts) > len(money.bill_detail(1).lines) + 1, "of payments too"
    assert len(ends) == 1


def test_a_bill_is_saved_in_the_language_of_the_window(costs: Costs, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["", "/papers/mine", "/papers/calls.csv"]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (answers.pop(0), ""))
    number = money.bills()[1].number
    detail = money.bill_detail(1)
    costs.open("bills", events.BillsShown(money.bills()))
    costs.page.open_bill(number)
    costs.tell(events.BillShown(detail.model_copy(update={"calls": (money.ITEM,)})))
    card = costs.page.bills.detail
    click(card.pdf)
    assert costs.asked(commands.SaveBill) == [], "gave up"
    click(card.pdf)
    assert not card.csv.isEnabled(), "one at a time"
    costs.tell(events.BillSaved(number, "/papers/mine.pdf", BillForm.PDF))
    assert "Saved as /papers/mine.pdf." in costs.words()
    click(card.csv)
    assert costs.asked(commands.SaveBill) == [
        commands.SaveBill(number, Path("/papers/mine.pdf"), BillForm.PDF, Language.ENGLISH),
        commands.SaveBill(number, Path("/papers/calls.csv"), BillForm.CSV, Language.ENGLISH),
    ]


def test_paying_opens_the_page_once_and_says_what_came_of_it(costs: Costs, opened: list[str]) -> None:
    costs.open("pay", events.AccountShown(money.account(unpaid=12_345, overdue=6_000)))
    pay = costs.page.paying
    type_in(pay.amount.input, "12,3,x")
    QTest.keyClick(pay.amount.input, Qt.Key.Key_Return)
    assert costs.asked(commands.Pay) == []
    assert "at most two decimals" in pay.amount.error.plain
    click(pay.amounts.option("due").mark)
    QTest.keyClick(pay.amount.input, Qt.Key.Key_Return)
    QTest.keyClick(pay.amount.input, Qt.Key.Key_Return)
    assert costs.asked(commands.Pay) == [commands.Pay(12_345)], "once, however often it is pressed"
    costs.tell(events.PaymentBegun(money.payment(), PAY_AT))
    costs.tell(events.AccountShown(money.account(unpaid=12_345)))
    assert opened == [PAY_AT]
    click(pay.open)
    assert opened == [PAY_AT, PAY_AT]
    costs.tell(events.Paid(money.payment(PaymentState.PAID)))
    assert (pay.status.standing, pay.open.isVisible()) == (Standing.GOOD, False)
    assert "¥123.45 is paid." in pay.status.plain


def test_a_payment_that_failed_says_so_and_can_be_begun_again(costs: Costs, opened: list[str]) -> None:
    costs.open("pay", events.PaymentBegun(money.payment(), ""))
    assert opened == [], "nowhere to go"
    costs.tell(events.PaymentFailed(money.payment(PaymentState.FAILED)))
    assert costs.page.paying.status.standing is Standing.BAD
    assert costs.page.paying.pay.isEnabled()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "not a link"])
def test_only_a_page_of_the_web_is_opened(costs: Costs, opened: list[str], url: str) -> None:
    costs.open("pay", events.PaymentBegun(money.payment(), url))
    assert opened == []
    assert costs.house.window.toasts.shown is not None


def test_a_payment_that_comes_while_one_looks_elsewhere_is_told(costs: Costs) -> None:
    costs.tell(events.Paid(money.payment(PaymentState.PAID)))
    shown = costs.house.window.toasts.shown
    assert shown is not None
    assert dict(shown.places) == {"amount": "¥123.45"}


def test_the_limit_changes_after_a_question_that_names_both(costs: Costs) -> None:
    costs.open("plan", events.AccountShown(money.account()))
    card = costs.page.limit
    assert not card.change.isVisible()
    click(card.limits.option("100000").mark)
    click(card.change)
    assert "From ¥500.00 to ¥1,000.00, at once" in costs.agree("ui.money.limit.do")
    assert costs.asked(commands.ChangeLimit) == [commands.ChangeLimit(100_000)]
    costs.tell(events.LimitChanged(money.account(limit=100_000).balance))
    assert "Your credit limit is ¥1,000.00 now." in costs.words()


def test_a_limit_below_what_is_used_is_refused_with_a_way_out(costs: Costs) -> None:
    costs.open("plan", events.AccountShown(money.account(unbilled=30_000)))
    costs.page.limit.ask(money.LOWER)
    costs.tell(events.RequestFailed(Request.LIMIT, ErrorCode.BAD_DATA, faults=(money.TOO_LOW,)))
    assert "Pay first, or choose a higher one." in costs.page.limit.too_low.plain
    assert not costs.page.limit.answer.isVisible()


def test_the_plan_changes_after_a_question_that_says_its_rent_and_from_when(costs: Costs) -> None:
    costs.open("plan", events.AccountShown(money.account()), events.PlansShown(money.CATALOGUE))
    said = costs.words()
    for words in ("¥39.00 a month", "¥99.00 a month", "¥1.2345", "numbers that begin with 00", "steps of 60 s"):
        assert words in said
    click(costs.page.plan.plans.option("business").mark)
    click(costs.page.plan.change)
    assert "Business for ¥99.00 a month, from 1 Dec 2026 on" in costs.agree("ui.money.plan.do")
    assert costs.asked(commands.ChangePlan) == [commands.ChangePlan("business", "2026-11")]
    costs.tell(events.PlanChanged(money.NEXT_PLAN))
    assert "From 1 Dec 2026 on: Business, ¥99.00 a month." in costs.words()


def test_leaving_is_explained_asked_for_taken_back_and_settled(costs: Costs) -> None:
    costs.open("leaving", events.AccountShown(money.account()))
    card = costs.page.leaving
    assert "paid ahead is paid back" in costs.words()
    click(card.leave)
    assert costs.asked(commands.AskToLeave) == []
    costs.agree("ui.money.leaving.ask")
    assert costs.asked(commands.AskToLeave) == [commands.AskToLeave()]
    costs.tell(events.LeavingShown(money.leaving(LeavingState.ASKED)))
    assert not card.leave.isVisible()
    assert card.means[-1].isVisible()
    click(card.stay)
    assert costs.asked(commands.StayCustomer) == [commands.StayCustomer()]
    costs.tell(events.LeavingShown(money.leaving(LeavingState.FINAL_BILL)))
    assert not card.stay.isVisible()
    assert not card.means[-1].isVisible(), "that it can be taken back is true no more"
    click(card.bill)
    assert costs.asked(commands.FetchBill) == [commands.FetchBill("202611-1001-F")]
    costs.open("leaving")
    click(card.pay)
    assert costs.page.paying.amount.text() == "81.23"
    costs.open("leaving", events.LeavingShown(money.leaving(LeavingState.ENDED)))
    assert "rests until 20 Feb 2027" in costs.words()


def test_offline_what_was_known_stays_and_is_asked_again_when_the_link_is_back(costs: Costs) -> None:
    costs.tell(events.AccountShown(money.account()))
    costs.tell(events.RequestFailed(Request.ACCOUNT, ErrorCode.SERVICE_UNREACHABLE, OFFLINE))
    said = costs.words()
    assert "cannot be reached" in said
    assert "¥363.74 left" in said
    assert "As of 22 Nov 2026" in said
    before = len(costs.asked(commands.FetchAccount))
    click(costs.page.standing.answer.problem.button)
    assert len(costs.asked(commands.FetchAccount)) == before + 1
    costs.tell(events.RequestFailed(Request.ACCOUNT, ErrorCode.SERVICE_UNREACHABLE, OFFLINE))
    costs.tell(events.LinkChanged(events.LinkState.DOWN), events.LinkChanged(events.LinkState.UP))
    assert len(costs.asked(commands.FetchAccount)) == before + 2


def test_a_bill_made_while_one_looks_is_asked_for(costs: Costs) -> None:
    costs.open("bills", events.BillsShown(money.bills()))
    before = len(costs.asked(commands.FetchBills))
    costs.tell(events.Noticed(frozenset({Topic.CASES})))
    assert len(costs.asked(commands.FetchBills)) == before
    costs.tell(events.Noticed(frozenset({Topic.STANDING})))
    assert len(costs.asked(commands.FetchBills)) == before + 1


def test_nothing_of_the_customer_is_left_after_signing_out(costs: Costs) -> None:
    costs.open("pay", events.AccountShown(SUSPENDED), events.PaymentsShown(money.payments()))
    costs.open("calls", events.ChargesShown(money.calls(3), more=False, before=None))
    costs.tell(events.SignedOut(None))
    left = [one for one in costs.page.findChildren(QWidget) if "¥" in one.accessibleName() and not one.isHidden()]
    shown = [one for one in left if one.isVisibleTo(costs.page)]
    assert shown == []
    assert costs.page.calls.list.model().rowCount() == 0


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_words_are_cut_nothing_is_too_wide_and_every_control_has_a_name(
    make_house: MakeHouse, language: Language, scale: float
) -> None:
    costs = Costs(make_house(language=language, text_scale=scale))
    costs.tell(
        events.AccountShown(SUSPENDED), events.ChargesShown(money.calls(30), more=True, before=None),
        events.BillsShown(money.bills()), events.PaymentsShown(money.payments()), events.PlansShown(money.CATALOGUE),
        events.RequestFailed(Request.LIMIT, ErrorCode.SERVICE_UNREACHABLE, OFFLINE),
    )  # fmt: skip
    found: dict[str, list[str]] = {}
    for tab, _ in TABS:
        costs.open(tab)
        if tab == "calls":
            costs.page.calls.list.setCurrentIndex(costs.page.calls.list.model().index(0, 0))
        if tab == "bills":
            costs.page.open_bill(money.bills()[0].number)
            costs.tell(events.BillShown(money.bill_detail(0)))
        costs.house.settle()
        cut = clipped(costs.house.window)
        nameless = [str(one) for one in ours(costs.house.window, INTERACTIVE) if not one.accessibleName()]
        areas = [one for one in costs.page.findChildren(QScrollArea) if one.isVisible()]
        too_wide = [str(one) for one in areas if one.horizontalScrollBar().maximum() > 0]
        if cut or nameless or too_wide:
            found[tab] = cut + nameless + too_wide
    assert found == {}


def test_nothing_of_the_old_language_is_left_after_a_switch(make_house: MakeHouse) -> None:
    costs = Costs(make_house(language=Language.ENGLISH))
    costs.tell(events.AccountShown(SUSPENDED), events.PlansShown(money.CATALOGUE), events.BillsShown(money.bills()))
    costs.house.window.settings.language.button("zh").click()
    for tab, _ in TABS:
        costs.open(tab)
        said = [one.accessibleName() for one in costs.page.findChildren(QWidget) if one.isVisible()]
        assert [words for words in said if any(english in words for english in ("Pay", "the ", "Bill", "Call"))] == []


def test_the_keyboard_opens_the_page_and_reaches_all_of_it(house: House) -> None:
    button = house.window.rail.buttons[Page.MONEY]
    assert button.shortcut().toString() == "Ctrl+5"
    click(button)
    house.engine.tell(events.AccountShown(AT_LIMIT))
    house.settle()
    controls = [one for one in ours(house.window.money, INTERACTIVE) if one.isEnabled()]
    assert house.window.money.credit.pay in controls
    assert all(one.focusPolicy() & Qt.FocusPolicy.TabFocus for one in [*controls, house.window.money.days.chart])
