"""The credit limit of one's own choice, and what happens at it (clause 9)."""

from vidphone.account.sign_up.draft import Page
from vidphone.terms.money import format_fen
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.page import Context, WizardPage
from vidphone.ui.first_run.parts import Option, Options
from vidphone.ui.main.page import Card

AT_THE_LIMIT = ("before", "warned", "ends", "free", "lifted")


class CreditPage(WizardPage):
    """The limits to choose from, and the rules in short."""

    step = Page.CREDIT_LIMIT

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.limits = Options(self.theme, "ui.first-run.credit-limit.title", columns=3)
        self._shown_for: tuple[int, ...] = ()
        rules = Card()
        rules.inside.setSpacing(GRID_PX)
        rules.inside.addWidget(Label(self.theme, "ui.first-run.credit-limit.at", TypeRole.LEAD, strong=True, wrap=True))
        for what in AT_THE_LIMIT:
            rules.inside.addWidget(Label(self.theme, f"ui.first-run.credit-limit.{what}", wrap=True))
        self.body.addWidget(self.limits)
        self.body.addWidget(rules)
        self.limits.chosen.connect(self._choose)

    def refresh(self) -> None:
        """Show the limits of the offer and which is chosen."""
        draft, offer = self.run.draft, self.run.offer
        if draft is None or offer is None:
            return
        if offer.catalogue.credit_limits_fen != self._shown_for:
            self._shown_for = offer.catalogue.credit_limits_fen
            self.limits.show_options([str(limit) for limit in self._shown_for], self._fill)
        self.limits.choose("" if draft.credit_limit_fen is None else str(draft.credit_limit_fen))

    def begin(self) -> None:
        """The focus goes to what is chosen, or to the lowest."""
        self.limits.focus()

    def show_lacks(self) -> None:
        """To the limits: one of them is to be chosen."""
        self.limits.focus()

    def _choose(self, value: str) -> None:
        self.run.change(credit_limit_fen=int(value))
        self.ask([])

    def _fill(self, option: Option) -> None:
        title = Label(self.theme, role=TypeRole.LEAD, strong=True)
        title.show_text(format_fen(int(option.value)))
        option.inside.addWidget(title)
        option.name(title.plain)
