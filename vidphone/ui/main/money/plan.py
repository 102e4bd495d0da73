"""Changing the credit limit, at once, and the plan, from the next month on (clauses 2 and 9)."""

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vidphone.phone.commands import ChangeLimit, ChangePlan, FetchPlans
from vidphone.phone.events import Request
from vidphone.terms.faults import FaultCode
from vidphone.terms.money import format_fen
from vidphone.terms.orders import Plan
from vidphone.ui.design.buttons import PushButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.status import Standing, StatusLine
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import Option, Options, muted
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.account.section import Answer
from vidphone.ui.main.ask import ask
from vidphone.ui.main.money.card import MoneyCard, emptied
from vidphone.ui.main.money.dates import full_day
from vidphone.ui.main.money.figures import next_month
from vidphone.ui.main.money.prices import PriceTable
from vidphone.ui.main.money.view import MoneyView

LIMIT_COLUMNS = 3


class LimitCard(MoneyCard):
    """The limits on offer; the one that holds is chosen."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.limit.title", parent)
        self._shown: tuple[object, ...] = ()
        self._chosen: int | None = None
        self.limits = Options(theme, "ui.money.limit.title", columns=LIMIT_COLUMNS)
        self.change = PushButton(theme, "ui.money.limit.do", "accent")
        self.answer = Answer(theme, self, view, Request.LIMIT)
        self.inside.addWidget(Label(theme, "ui.money.limit.what", tone="muted", wrap=True))
        self.inside.addWidget(self.limits)
        self.inside.addLayout(self.buttons(self.change))
        self.too_low = StatusLine(theme)
        self.inside.addWidget(self.answer)
        self.inside.addWidget(self.too_low)
        self.limits.chosen.connect(self._choose)
        self.change.clicked.connect(self._ask_first)
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        account, view = self._view.account, self._view
        self.setVisible(account is not None and bool(account.credit_limits_fen))
        if account is None:
            self._chosen = None
            return
        limit = account.balance.limit_fen
        shown = (account.credit_limits_fen, limit, self._theme.language)
        if shown != self._shown:
            self._shown = shown
            self._chosen = None
            self.limits.show_options([str(fen) for fen in account.credit_limits_fen], self._fill)
        self.limits.choose(str(limit if self._chosen is None else self._chosen))
        new = self._chosen is not None and self._chosen != limit
        self.change.setVisible(new)
        self.change.setEnabled(Request.LIMIT not in view.waiting)
        if self._chosen is not None:
            self.change.say("ui.money.limit.change", amount=format_fen(self._chosen))
        self.answer.refresh("ui.money.limit.changing", "ui.money.limit.changed", amount=format_fen(limit))
        failed = view.failed.get(Request.LIMIT)
        too_low = failed is not None and any(fault.code is FaultCode.NOT_OFFERED for fault in failed.faults)
        self.too_low.say(Standing.BAD, *(("ui.money.limit.too-low",) if too_low else ()))
        if too_low:
            self.answer.hide()

    def _choose(self, value: str) -> None:
        self._chosen = int(value)
        self.refresh()

    def _fill(self, option: Option) -> None:
        fen, account = int(option.value), self._view.account
        title = Label(self._theme, role=TypeRole.LEAD, strong=True)
        title.show_text(format_fen(fen))
        option.inside.addWidget(title)
        holds = account is not None and fen == account.balance.limit_fen
        if holds:
            option.inside.addWidget(Label(self._theme, "ui.money.limit.now", TypeRole.CAPTION, "muted"))
        option.name(title.plain)

    def _ask_first(self) -> None:
        account, chosen = self._view.account, self._chosen
        if account is None or chosen is None:
            return
        do = ("ui.money.limit.do", "accent", partial(self.ask, ChangeLimit(chosen)))
        ways = [("ui.cancel", "plain", None), do]
        ask(
            self._theme, self, "ui.money.limit.ask", "ui.money.limit.ask.what", ways,
            old=format_fen(account.balance.limit_fen), new=format_fen(chosen),
        )  # fmt: skip


class PlanCard(MoneyCard):
    """The plan of today with all its prices, the one that is to come, and those that may be chosen."""

    def __init__(self, theme: Theme, view: MoneyView, parent: QWidget | None = None) -> None:
        super().__init__(theme, view, "ui.money.plan.title", parent)
        self._shown: tuple[object, ...] = (None,)
        self._chosen = ""
        self.now = QVBoxLayout()
        self.now.setSpacing(GRID_PX // 2)
        self.coming = StatusLine(theme)
        self.others_title = Label(theme, "ui.money.plan.others", TypeRole.LEAD, strong=True, wrap=True)
        self.rule = muted(theme, "ui.money.plan.rule")
        self.answer = Answer(theme, self, view, Request.PLANS)
        self.plans = Options(theme, "ui.money.plan.others")
        self.change = PushButton(theme, "ui.money.plan.do", "accent")
        self.changing = Answer(theme, self, view, Request.PLAN)
        self.inside.addLayout(self.now)
        for widget in (self.coming, self.others_title, self.rule, self.answer, self.plans):
            self.inside.addWidget(widget)
        self.inside.addLayout(self.buttons(self.change))
        self.inside.addWidget(self.changing)
        self.plans.chosen.connect(self._choose)
        self.change.clicked.connect(self._ask_first)
        self.refresh()

    def refresh(self) -> None:
        """As of every card."""
        account, view, language = self._view.account, self._view, self._theme.language
        self.setVisible(account is not None)
        if account is None:
            return
        others = view.other_plans
        shown = (view.plan, others, language)
        if shown != self._shown:
            self._shown = shown
            emptied(self.now)
            if view.plan is None:
                self.now.addWidget(muted(self._theme, "ui.money.plan.none"))
            else:
                for widget in self._whole(view.plan):
                    self.now.addWidget(widget)
            self._chosen = self._chosen if self._chosen in {plan.id for plan in others} else ""
            self.plans.show_options([plan.id for plan in others], self._fill)
            self.plans.choose(self._chosen)
        coming = account.next_plan
        if coming is None:
            self.coming.say(Standing.PLAIN)
        else:
            self.coming.say(
                Standing.PLAIN, "ui.money.plan.coming", plan=words_in(coming.plan.name, language),
                rent=format_fen(coming.plan.monthly_rent_fen), day=full_day(coming.begins_on, self._theme.words),
            )  # fmt: skip
        self.answer.refresh("ui.account.fetching" if view.catalogue is None else "", retry=FetchPlans())
        for widget in (self.others_title, self.rule, self.plans):
            widget.setVisible(bool(others))
        self.changing.refresh("ui.money.plan.changing", "ui.money.plan.changed")
        plan = self._plan()
        self.change.setVisible(plan is not None)
        self.change.setEnabled(Request.PLAN not in view.waiting)
        if plan is not None:
            self.change.say("ui.money.plan.change", plan=words_in(plan.name, language))

    def _plan(self) -> Plan | None:
        return next((plan for plan in self._view.other_plans if plan.id == self._chosen), None)

    def _choose(self, value: str) -> None:
        self._chosen = value
        self.refresh()

    def _whole(self, plan: Plan) -> list[QWidget]:
        """Everything that a plan costs."""
        language = self._theme.language
        title = Label(self._theme, role=TypeRole.LEAD, strong=True, wrap=True)
        title.show_text(words_in(plan.name, language))
        rent = Label(self._theme, strong=True, tone="accent", wrap=True)
        rent.say("ui.money.plan.rent", rent=format_fen(plan.monthly_rent_fen))
        widgets: list[QWidget] = [title]
        if about := words_in(plan.about, language):
            what = muted(self._theme)
            what.show_text(about)
            widgets.append(what)
        return [*widgets, rent, PriceTable(self._theme, plan)]

    def _fill(self, option: Option) -> None:
        plan = next(one for one in self._view.other_plans if one.id == option.value)
        for widget in self._whole(plan):
            option.inside.addWidget(widget)
        option.name(
            f"{words_in(plan.name, self._theme.language)}, "
            + self._theme.words("ui.money.plan.rent", rent=format_fen(plan.monthly_rent_fen))
        )

    def _ask_first(self) -> None:
        plan, account, catalogue = self._plan(), self._view.account, self._view.catalogue
        if plan is None or account is None or catalogue is None:
            return
        do = ("ui.money.plan.do", "accent", partial(self.ask, ChangePlan(plan.id, catalogue.version)))
        ways = [("ui.cancel", "plain", None), do]
        ask(
            self._theme, self, "ui.money.plan.ask", "ui.money.plan.ask.what", ways,
            plan=words_in(plan.name, self._theme.language), rent=format_fen(plan.monthly_rent_fen),
            day=full_day(next_month(account.month), self._theme.words),
        )  # fmt: skip
