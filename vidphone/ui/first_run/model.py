"""What signing up shows and what may follow: the view-model of the pages. Knows no Qt, no clock and no service.

Pages read it, change it by its methods and post the commands that those return. What was typed is in `draft`, which the
engine keeps; passwords are here alone, and in nothing that prints it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from vidphone.account.sign_up import flow
from vidphone.account.sign_up.draft import Draft, Page
from vidphone.phone.commands import BeginSigning, Command, FindNumbers, KeepDraft, LeaveSignUp, OpenSignUp, Sign
from vidphone.phone.events import (
    Event,
    FreeNumbersFound,
    SignedUp,
    SigningReady,
    SignUpFailed,
    SignUpOffer,
)
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import Plan, Terminal
from vidphone.terms.parties import IdentityKind
from vidphone.texts import Language
from vidphone.ui.first_run.strength import Strength, strength
from vidphone.wire.errors import ErrorCode
from vidphone.wire.sign_up import Offer, SignUpBegun

PAGES = flow.PAGES
MIN_PASSPHRASE = 8
"""Characters of the passphrase of a key that no keyring keeps."""


class Waiting(StrEnum):
    """What the engine was asked for and has not answered."""

    NOTHING = ""
    OFFER = "offer"
    DOCUMENT = "document"
    SIGNATURE = "signature"


@dataclass
class FirstRun:
    """One sign-up from its first page to its last."""

    today: Callable[[], date]
    draft: Draft | None = None
    """None while nobody signs up."""
    offer: Offer | None = None
    keyring: bool = True
    waiting: Waiting = Waiting.NOTHING
    problem: SignUpFailed | None = None
    """What the service said no to, until something is done about it."""
    lacking: str = ""
    """The key of what is still to be done on this page, once somebody wanted to go on."""
    consent_ended: bool = False
    """A consent ended because its words are in another language now; until it is given anew."""
    refused: dict[str, Fault] = field(default_factory=dict)
    """What the service found wrong with single fields, until they are changed."""
    numbers: tuple[str, ...] | None = None
    numbers_for: str = ""
    finding: bool = False
    finding_failed: bool = False
    reached: Page = Page.LANGUAGE
    begun: SignUpBegun | None = None
    pdf: bytes = field(default=b"", repr=False)
    begun_with: tuple[Draft, str] | None = field(default=None, repr=False)
    """What the document of `begun` was made of: with the same nothing is begun anew."""
    sent: bool = False
    """The document was signed before a crash, and waits to be sent."""
    done: SignedUp | None = None
    password: str = field(default="", repr=False)
    repeated: str = field(default="", repr=False)
    password_shown: bool = False
    passphrase: str = field(default="", repr=False)
    passphrase_repeated: str = field(default="", repr=False)

    @property
    def active(self) -> bool:
        """Whether somebody signs up."""
        return self.draft is not None

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self.draft.page if self.draft else Page.LANGUAGE

    @property
    def busy(self) -> bool:
        """Whether the next page waits for the service."""
        return self.waiting is not Waiting.NOTHING

    @property
    def plan(self) -> Plan | None:
        """The plan that is chosen."""
        plans, chosen = (self.offer.catalogue.plans, self.draft.plan) if self.offer and self.draft else ((), "")
        return next((plan for plan in plans if plan.id == chosen), None)

    @property
    def terminal(self) -> Terminal | None:
        """The device that is chosen."""
        ones, chosen = (self.offer.catalogue.terminals, self.draft.terminal) if self.offer and self.draft else ((), "")
        return next((one for one in ones if one.id == chosen), None)

    def open(self, service: str, language: Language) -> list[Command]:
        """Begin, or go on with what was kept."""
        self.draft = Draft(service=service, language=language)
        return self.ask_offer()

    def ask_offer(self) -> list[Command]:
        """Ask the service anew for what it offers."""
        if self.draft is None:
            return []
        self.problem, self.waiting = None, Waiting.OFFER
        return [OpenSignUp(self.draft.service)]

    def retry(self) -> list[Command]:
        """Ask again for what failed."""
        self.problem = None
        if self.offer is None:
            return self.ask_offer()
        if self.page is Page.NUMBER:
            return self.find_numbers(self.numbers_for)
        if self.page is Page.SIGN:
            return self.sign() if self.begun or self.sent else self._begin()
        return []

    def fold(self, event: Event) -> list[Command]:
        """Take in what the engine tells; what is to be asked of it then."""
        if self.draft is None:
            return []
        match event:
            case SignUpOffer():
                return self._take_offer(event)
            case FreeNumbersFound(numbers, containing):
                self.numbers, self.numbers_for, self.finding = numbers, containing, False
                if self.finding_failed:
                    self.problem, self.finding_failed = None, False
            case SigningReady(begun, pdf):
                self.waiting, self.problem = Waiting.NOTHING, None
                self.begun, self.pdf = begun, pdf
                self.begun_with = self._made_of()
            case SignedUp():
                self._signed_up(event)
            case SignUpFailed():
                return self._failed(event)
            case _:
                pass
        return []

    def change(self, **fields: object) -> None:
        """Take over what was typed or chosen."""
        if self.draft is not None:
            self.draft = replace(self.draft, **fields)  # type: ignore[arg-type]
            self.refused = {name: fault for name, fault in self.refused.items() if name not in fields}
            self.lacking = ""

    def speak(self, language: Language) -> None:
        """Another language: a consent that was given to words in the other one is to be given anew."""
        if self.draft is not None and self.draft.language is not language and not self.done:
            lacking, consented = self.lacking, self.draft.identity_consent
            self.change(language=language)
            if self.offer:
                self.draft = flow.renew(self.draft, self.offer)
                if consented and not self.draft.identity_consent:
                    self.consent_ended = True
            self.lacking = self.lack() if lacking or (self.consent_ended and self.page is Page.CONSENT) else ""

    def show_agreement(self) -> None:
        """The whole agreement was shown."""
        if self.draft and self.offer:
            self.draft = replace(flow.accept(self.draft, self.offer), accepted=self.draft.accepted)

    def accept(self, on: bool) -> None:
        """The agreement is accepted, or is not any more."""
        if self.draft and self.offer:
            self.draft = flow.accept(self.draft, self.offer) if on else replace(self.draft, accepted=False)
            self.lacking = ""

    def consent(self, on: bool) -> None:
        """Consent to what is done with the identity data, or none any more."""
        if self.draft and self.offer:
            self.draft = flow.consent(self.draft, self.offer) if on else replace(self.draft, identity_consent=False)
            self.consent_ended, self.lacking = False, ""

    def choose_plan(self, plan: str, terminal: str | None) -> None:
        """Take a plan, with a device or none."""
        if self.draft and self.offer:
            self.draft = flow.choose_plan(self.draft, self.offer, plan, terminal)
            self.lacking = ""

    def faults(self) -> dict[str, Fault]:
        """What is wrong with the customer's data, by field: what the rules find before what the service found."""
        if self.draft is None:
            return {}
        draft = self.draft
        own: dict[str, Fault] = {}
        if draft.kind and not draft.identity_kind:  # the other fields are judged all the same
            draft = replace(draft, identity_kind=IdentityKind.RESIDENT_ID.value)
            own["identity_kind"] = Fault("identity_kind", FaultCode.MISSING)
        for fault in flow.check_data(draft, self.today()):
            own.setdefault(fault.field, fault)
        if not self.draft.identity_kind and self.draft.identity_number:
            own.pop("identity_number", None)  # of what kind it is, is not known yet
        return {**self.refused, **own}

    def strength(self) -> Strength:
        """What the password is worth."""
        return strength(self.password, self._own())

    def password_fault(self) -> Fault | None:
        """Why the password is not taken."""
        return flow.check_new_password(self.draft, self.password) if self.draft else None

    @property
    def passphrase_short(self) -> bool:
        """Whether the passphrase is too short to keep a key."""
        return len(self.passphrase) < MIN_PASSPHRASE

    def find_numbers(self, containing: str) -> list[Command]:
        """Look for free numbers."""
        self.finding = True
        return [FindNumbers(containing)]

    def lack(self) -> str:
        """The key of what is still to be done on the page that is shown; empty where one may go on."""
        draft, page = self.draft, self.page
        if draft is None or self.offer is None:
            return "ui.first-run.lack.offer"
        lacks = {
            Page.AGREEMENT: "" if draft.accepted else "agreement",
            Page.DATA: self._lacks_data(draft),
            Page.CONSENT: "" if draft.identity_consent else "consent.language" if self.consent_ended else "consent",
            Page.PLAN: "" if self.plan else "plan",
            Page.CREDIT_LIMIT: "" if draft.credit_limit_fen in self.offer.catalogue.credit_limits_fen else "credit",
            Page.NUMBER: "" if draft.number else "number",
            Page.PASSWORD: self._lacks_password(),
            Page.SIGN: self._lacks_passphrase(),
        }
        if page is Page.AGREEMENT and not draft.agreement_shown:
            lacks[page] = "shown"
        what = lacks.get(page, "")
        return f"ui.first-run.lack.{what}" if what else ""

    def go_on(self) -> list[Command]:
        """To the next page where nothing lacks on this one; on the page of signing, sign."""
        if self.busy:
            return []
        self.lacking = self.lack()
        if self.lacking:
            return []
        if self.page is Page.SIGN:
            return self.sign() if self.begun or self.sent else self._begin()
        following = flow.next_page(self.page)
        return self.go(following) if following else []

    def back(self) -> list[Command]:
        """To the page before; nothing is lost."""
        before = flow.previous_page(self.page)
        return self.go(before) if before and self.waiting is not Waiting.SIGNATURE else []

    def go(self, page: Page) -> list[Command]:
        """To a page: to sign only once nothing lacks on those before."""
        draft, offer = self.draft, self.offer
        if draft is None or (page is not Page.LANGUAGE and offer is None):
            return []
        self.problem, self.lacking = None, ""
        if self.waiting is Waiting.DOCUMENT:
            self.waiting = Waiting.NOTHING
        wanted = page
        if page is Page.SIGN and offer and not self.sent:
            lacking = flow.open_pages(draft, offer, self.today())
            if lacking:
                page = lacking[0]
            elif not self.begun and self._lacks_password():
                page = Page.PASSWORD
        commands = self._enter(page)
        if page is not wanted:
            self.lacking = self.lack()  # why it is not the page that was wanted
        return commands

    def may_go(self, page: Page) -> bool:
        """Whether the list of pages leads there now."""
        if self.done:
            return page in (Page.DEVICES, Page.RECEIPT) and PAGES.index(page) <= PAGES.index(self.reached)
        return self.waiting is not Waiting.SIGNATURE and PAGES.index(page) <= PAGES.index(self.reached)

    def sign(self) -> list[Command]:
        """Sign, and send it."""
        self.problem, self.waiting = None, Waiting.SIGNATURE
        return [Sign("" if self.keyring else self.passphrase)]

    def leave(self, *, forget: bool) -> list[Command]:
        """Nobody signs up any more here; what was entered is kept or forgotten."""
        draft, ended = self.draft, self.done is not None
        vars(self).update(vars(FirstRun(self.today)))
        if draft is None or ended:
            return []
        return [LeaveSignUp(True)] if forget else [KeepDraft(draft), LeaveSignUp(False)]

    def _enter(self, page: Page) -> list[Command]:
        self.change(page=page)
        if self.draft is None:
            return []
        self.reached = max(self.reached, page, key=PAGES.index)
        commands: list[Command] = [] if self.done else [KeepDraft(self.draft)]
        if page is Page.NUMBER and self.numbers is None:
            commands += self.find_numbers("")
        if page is Page.SIGN and not self.sent and self.begun_with != self._made_of():
            commands += self._begin()
        return commands

    def _begin(self) -> list[Command]:
        if self.draft is None or not self.password:
            return []
        self.begun, self.pdf, self.problem = None, b"", None
        self.waiting = Waiting.DOCUMENT
        return [BeginSigning(self.draft, self.password)]

    def _made_of(self) -> tuple[Draft, str] | None:
        return (replace(self.draft, page=Page.SIGN), self.password) if self.draft else None

    def _take_offer(self, told: SignUpOffer) -> list[Command]:
        if self.draft is None:
            return []
        first = self.offer is None
        self.offer, self.keyring = told.offer, told.keyring
        if first and told.draft is not None:
            self.draft = replace(told.draft, language=self.draft.language)
        self.draft = flow.renew(self.draft, told.offer)
        if self.draft.catalogue_version != told.offer.catalogue.version:
            self.draft = replace(self.draft, plan="", terminal=None)  # its prices may be others now
        if self.waiting is Waiting.OFFER:
            self.waiting, self.problem = Waiting.NOTHING, None
        if not first:
            return []
        self.reached = self.page
        self.sent = told.signed
        if told.signed:
            self.waiting = Waiting.SIGNATURE if told.keyring else Waiting.NOTHING
            return []
        if self.page is Page.SIGN:
            self.waiting = Waiting.DOCUMENT  # the document that waits for a signature follows
            return []
        return self.find_numbers("") if self.page is Page.NUMBER else []

    def _signed_up(self, event: SignedUp) -> None:
        self.done, self.waiting, self.problem = event, Waiting.NOTHING, None
        self.password = self.repeated = self.passphrase = self.passphrase_repeated = ""
        self.begun_with = None
        self.change(number=event.number, page=Page.DEVICES)
        self.reached = Page.DEVICES

    def _failed(self, event: SignUpFailed) -> list[Command]:
        if self.done:
            return []
        was, self.waiting = self.waiting, Waiting.NOTHING
        self.finding_failed, self.finding = self.finding and was is Waiting.NOTHING, False
        commands: list[Command] = []
        if event.code in (ErrorCode.NUMBER_TAKEN, ErrorCode.SIGN_UP_GONE):
            self.change(number="")
            self.numbers = None
        if was is Waiting.DOCUMENT or event.code is ErrorCode.SIGN_UP_GONE:
            self.begun, self.begun_with, self.pdf, self.sent = None, None, b"", False
        if event.page_hint is not None and event.page_hint is not self.page and self.offer:
            commands = self._enter(event.page_hint)
        self.refused = {fault.field: fault for fault in event.faults}
        self.problem = event
        return commands

    def _lacks_data(self, draft: Draft) -> str:
        if not draft.kind:
            return "kind"
        if not draft.identity_kind:
            return "paper"
        return "data" if self.faults() else ""

    def _lacks_password(self) -> str:
        if self.begun and not self.password:
            return ""  # of a sign-up that was begun before a crash: the service has it
        if self.password_fault():
            return "password"
        return "" if self.password_shown or self.repeated == self.password else "password.repeated"

    def _lacks_passphrase(self) -> str:
        if self.keyring:
            return ""
        if self.passphrase_short:
            return "passphrase"
        return "" if self.sent or self.passphrase_repeated == self.passphrase else "passphrase.repeated"

    def _own(self) -> tuple[str, ...]:
        draft = self.draft
        if draft is None:
            return ()
        return (draft.number, draft.name, draft.telephone, draft.identity_number, draft.birth_date)
