"""The first page: the language, and what lies ahead."""

from vidphone.account.sign_up.draft import Page
from vidphone.texts import Language
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import TypeRole
from vidphone.ui.first_run.page import Context, WizardPage
from vidphone.ui.first_run.parts import Facts, Option, Options
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.page import Card

AHEAD = ("time", "papers", "nothing-sent", "break-off")


class LanguagePage(WizardPage):
    """Two languages, each in its own words; the provider's name; what to have at hand."""

    step = Page.LANGUAGE

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.languages = Options(self.theme, "ui.settings.language", columns=2)
        self.languages.show_options([language.value for language in Language], self._fill)
        self.provider = Facts(self.theme)
        self.body.addWidget(self.languages)
        ahead = Card()
        ahead.inside.addWidget(self.provider)
        for what in AHEAD:
            ahead.inside.addWidget(Label(self.theme, f"ui.first-run.ahead.{what}", wrap=True))
        self.body.addWidget(ahead)

    def refresh(self) -> None:
        """Show the language of the moment and, once it is known, who the provider is."""
        self.languages.choose(self.theme.language.value)
        offer, draft = self.run.offer, self.run.draft
        service = draft.service if draft else ""
        asking = "—" if self.run.problem else self.theme.words("ui.first-run.asking")
        name = words_in(offer.provider.name, self.theme.language) if offer else asking
        self.provider.show_facts([("ui.first-run.provider", name), ("ui.sign-in.service", service)])

    def begin(self) -> None:
        """The focus goes to the language of the moment."""
        self.languages.focus()

    def _fill(self, option: Option) -> None:
        key = f"ui.language.{option.value}"
        option.inside.addWidget(Label(self.theme, key, TypeRole.LEAD, strong=True))
        option.name(self.theme.words(key))
