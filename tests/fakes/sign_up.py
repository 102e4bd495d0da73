"""An engine whose service lets people sign up: it answers as the phone does, and fails as a test tells it to."""

import tempfile
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from tests.fakes.engine import FakeEngine
from tests.support.offer import write_offer
from vidphone.account.settings import Settings
from vidphone.account.sign_up import flow
from vidphone.account.sign_up.draft import Draft, Page
from vidphone.phone import commands, events
from vidphone.phone.commands import Command
from vidphone.service.config import read_config
from vidphone.service.offer import Offers
from vidphone.terms.faults import Fault
from vidphone.terms.orders import make_order, order_sha256
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode
from vidphone.wire.sign_up import Offer, SignUpBegun, SignUpDone

TODAY = date(2026, 8, 3)
SERVICE = "https://phone.example.cn"
NUMBERS = ("10086", "52013", "66688", "80110", "80111", "80234", "88123", "88199", "90210")
PDF = b"%PDF-1.7\n% what would be signed\n"
PERSON = {
    "kind": "person",
    "name": "林晓",
    "identity_kind": "resident-id",
    "identity_number": "11010519491231002X",
    "birth_date": "1949-12-31",
    "address": "北京市朝阳区建国路88号",
    "postcode": "100022",
    "employer": "光明书店",
    "telephone": "13812345678",
}
PASSWORD = "栗子 lantern harbour"


@cache
def sample_offer() -> Offer:
    """The made-up offer that ships, as a service publishes it."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        write_offer(data)
        offers = Offers.load(read_config(data), data, "-----BEGIN CERTIFICATE-----\n")
        agreement, _ = offers.agreement()
        return Offer(provider=offers.provider(), agreement=agreement, catalogue=offers.catalogue())


def filled(language: Language, page: Page = Page.SIGN, **changes: object) -> Draft:
    """A draft that lacks nothing."""
    offer = sample_offer()
    draft = flow.consent(flow.accept(Draft(SERVICE, language, **PERSON), offer), offer)  # type: ignore[arg-type]
    draft = flow.choose_plan(draft, offer, offer.catalogue.plans[1].id)
    limit = offer.catalogue.credit_limits_fen[1]
    return replace(draft, credit_limit_fen=limit, number=NUMBERS[3], page=page, **changes)  # type: ignore[arg-type]


class SignUpEngine(FakeEngine):
    """Answers what belongs to signing up."""

    def __init__(self, settings: Settings, *, kept: Draft | None = None, keyring: bool = True) -> None:
        super().__init__(settings)
        self.offer = sample_offer()
        self.kept = kept
        self.keyring = keyring
        self.signed = False
        self.failing: dict[type, events.SignUpFailed] = {}
        """What fails, by the command: once."""
        self.silent: set[type] = set()
        """What is not answered at all."""
        self.drafts: list[Draft] = []

    def fail(self, command: type, code: ErrorCode, *faults: Fault, **about: str | int) -> None:
        """Have the next command of a kind fail."""
        hint = flow.page_hint(code, faults)
        self.failing[command] = events.SignUpFailed(code, tuple(about.items()), faults, hint)

    def post(self, command: Command) -> None:
        super().post(command)
        if type(command) in self.silent:
            return
        failed = self.failing.pop(type(command), None)
        if failed:
            self.tell(failed)
            return
        match command:
            case commands.OpenSignUp():
                self.tell(events.SignUpOffer(self.offer, self.kept, self.keyring, self.signed))
            case commands.KeepDraft(draft):
                self.drafts.append(draft)
            case commands.FindNumbers(containing):
                self.tell(events.FreeNumbersFound(tuple(n for n in NUMBERS if containing in n), containing))
            case commands.BeginSigning(draft):
                self.tell(events.SigningReady(self.begun(draft), PDF))
            case commands.Sign():
                done = SignUpDone(
                    number=self.drafts[-1].number, agreement="c" * 32, signed_at=1.0, document_sha256="d" * 64
                )
                path = "/papers/.local/share/vidphone/papers/80110/agreement.pdf"
                self.tell(events.SignedUp(done.number, done, path, True))
                self.sign_in(SERVICE, done.number)
            case _:
                pass

    def begun(self, draft: Draft) -> SignUpBegun:
        order = make_order(
            self.offer.catalogue,
            draft.plan,
            draft.terminal,
            draft.credit_limit_fen or 0,
            number="20260803-000007",
            ordered_on=TODAY,
            customer_number=draft.number,
        )
        return SignUpBegun(
            id="a" * 32,
            token="",
            expires_at=2e9,
            order=order,
            order_sha256=order_sha256(order),
            certificate_pem="",
            document_sha256=sha256(PDF).hexdigest(),
        )
