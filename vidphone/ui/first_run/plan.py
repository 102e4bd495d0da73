"""The plan and the device, with everything that they cost (clause 2)."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from vidphone.account.sign_up.draft import Page
from vidphone.terms.money import format_fen, format_price
from vidphone.terms.orders import Plan
from vidphone.texts import Language
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.page import Context, WizardPage
from vidphone.ui.first_run.parts import Facts, Option, Options, muted
from vidphone.ui.first_run.prices import full_price, words_in
from vidphone.ui.main.page import Card
from vidphone.wire.price_rows import price_note, price_rows

NO_TERMINAL = ""


class PlanPage(WizardPage):
    """A card for each plan with its rent and its prices, one for each device, and what it comes to."""

    step = Page.PLAN

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.plans = Options(self.theme, "ui.first-run.plan.title")
        self.terminals = Options(self.theme, "ui.first-run.plan.terminal")
        self.terminal_title = Label(self.theme, "ui.first-run.plan.terminal", TypeRole.LEAD, strong=True, wrap=True)
        self.total = Facts(self.theme)
        self.sum = Card()
        self.sum.inside.addWidget(self.total)
        self.sum.inside.addWidget(muted(self.theme, "ui.first-run.plan.calls-apart", TypeRole.CAPTION))
        for widget in (self.plans, self.terminal_title, self.terminals, self.sum):
            self.body.addWidget(widget)
        self._shown_for: tuple[object, ...] = ()
        self.plans.chosen.connect(
            lambda value: self._choose(value, self.run.draft.terminal if self.run.draft else None)
        )
        self.terminals.chosen.connect(lambda value: self._choose(self.run.draft.plan if self.run.draft else "", value))

    def refresh(self) -> None:
        """Show the price list of the offer and what is chosen of it."""
        draft, offer = self.run.draft, self.run.offer
        if draft is None or offer is None:
            return
        catalogue, language = offer.catalogue, self.theme.language
        if (catalogue, language) != self._shown_for:
            self._shown_for = (catalogue, language)
            self.plans.show_options([plan.id for plan in catalogue.plans], self._fill_plan)
            ids = [NO_TERMINAL, *(terminal.id for terminal in catalogue.terminals)]
            self.terminals.show_options(ids if catalogue.terminals else [], self._fill_terminal)
        self.plans.choose(draft.plan)
        self.terminals.choose(draft.terminal or NO_TERMINAL)
        for widget in (self.terminal_title, self.terminals):
            widget.setVisible(bool(catalogue.terminals))
        plan = self.run.plan
        self.sum.setVisible(plan is not None)
        if plan is not None:
            price = full_price(plan, self.run.terminal)
            self.total.show_facts(
                [
                    ("ui.first-run.plan.monthly", format_fen(price.monthly_fen)),
                    ("ui.first-run.plan.once", format_fen(price.once_fen)),
                    ("ui.first-run.plan.first-month", format_fen(price.first_month_fen)),
                ]
            )

    def begin(self) -> None:
        """The focus goes to what is chosen, or to the first plan."""
        self.plans.focus()

    def show_lacks(self) -> None:
        """To the plans: one of them is to be chosen."""
        self.plans.focus()

    def _choose(self, plan: str, terminal: str | None) -> None:
        if plan:
            self.run.choose_plan(plan, terminal or None)
        else:
            self.run.change(terminal=terminal or None)
        self.ask([])

    def _fill_plan(self, option: Option) -> None:
        offer, language = self.run.offer, self.theme.language
        if offer is None:
            return
        plan = next(plan for plan in offer.catalogue.plans if plan.id == option.value)
        words = self.theme.words
        name, rent = (
            words_in(plan.name, language),
            words("ui.first-run.plan.rent", rent=format_fen(plan.monthly_rent_fen)),
        )
        title = Label(self.theme, role=TypeRole.LEAD, strong=True, wrap=True)
        title.show_text(name)
        about = muted(self.theme)
        about.show_text(words_in(plan.about, language))
        price = Label(self.theme, strong=True, tone="accent", wrap=True)
        price.show_text(rent)
        for label in (title, about, price):
            option.inside.addWidget(label)
        option.inside.addWidget(self._prices(plan, language))
        if note := price_note(plan, language):
            holds = muted(self.theme, role=TypeRole.CAPTION)
            holds.show_text(note)
            option.inside.addWidget(holds)
        charged = muted(self.theme, role=TypeRole.CAPTION)
        charged.say(
            "ui.first-run.plan.charged" if plan.minimum_s else "ui.first-run.plan.charged-all",
            minimum=plan.minimum_s,
            increment=plan.increment_s,
        )
        option.inside.addWidget(charged)
        option.name(f"{name}, {rent}")

    def _prices(self, plan: Plan, language: Language) -> QWidget:
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, GRID_PX // 2, 0, GRID_PX // 2)
        grid.setHorizontalSpacing(2 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX // 2)
        grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, key in enumerate(("destination", "voice", "video")):
            head = Label(self.theme, f"ui.first-run.plan.{key}", TypeRole.CAPTION, "muted", wrap=column == 0)
            grid.addWidget(head, 0, column, right if column else Qt.AlignmentFlag(0))
        rows = [row for price in plan.prices for row in price_rows(price, language)]
        for row, price in enumerate(rows, 1):
            cells = (price.label, format_price(price.voice_e4_yuan), format_price(price.video_e4_yuan))
            for column, words in enumerate(cells):
                cell = Label(self.theme, wrap=column == 0)
                cell.show_text(words)
                grid.addWidget(cell, row, column, right if column else Qt.AlignmentFlag(0))
        return table

    def _fill_terminal(self, option: Option) -> None:
        offer, language, words = self.run.offer, self.theme.language, self.theme.words
        title = Label(self.theme, strong=True, wrap=True)
        option.inside.addWidget(title)
        about = muted(self.theme, role=TypeRole.CAPTION)
        option.inside.addWidget(about)
        if option.value == NO_TERMINAL or offer is None:
            title.say("ui.first-run.plan.no-terminal")
            about.say("ui.first-run.plan.no-terminal.what")
            option.name(title.plain)
            return
        terminal = next(one for one in offer.catalogue.terminals if one.id == option.value)
        name = words_in(terminal.name, language)
        title.show_text(words("ui.first-run.plan.terminal-price", name=name, price=format_fen(terminal.price_fen)))
        about.show_text(words_in(terminal.about, language))
        option.name(title.plain)
