"""Which page of a sign-up comes when, what is still missing, and where a failure leads back to. Pure."""

import hashlib
from dataclasses import replace
from datetime import date

from pydantic import SecretStr

from vidphone.account.sign_up.draft import DATA_FIELDS, Draft, Page
from vidphone.terms.calendar import parse_date
from vidphone.terms.catalogue import check_catalogue
from vidphone.terms.customer import check_customer, normalise
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import check_choice
from vidphone.terms.parties import CustomerData, IdentityKind, PartyKind
from vidphone.terms.passwords import check_password
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode
from vidphone.wire.sign_up import Offer, SignUpBegun, SignUpRequest

PAGES = tuple(Page)
_SIGNED_FROM = PAGES.index(Page.DEVICES)
_PAGE_OF_FIELD = {
    **dict.fromkeys(("accepted", "agreement_version", "agreement_sha256"), Page.AGREEMENT),
    **dict.fromkeys(DATA_FIELDS, Page.DATA),
    **dict.fromkeys(("identity_consent", "identity_notice_sha256"), Page.CONSENT),
    **dict.fromkeys(("plan", "terminal", "catalogue_version"), Page.PLAN),
    "credit_limit_fen": Page.CREDIT_LIMIT,
    "number": Page.NUMBER,
    "password": Page.PASSWORD,
    "certificate_request_pem": Page.SIGN,
}
_PAGE_OF_CODE = {
    ErrorCode.AGREEMENT_CHANGED: Page.AGREEMENT,
    ErrorCode.IDENTITY_IN_USE: Page.DATA,
    ErrorCode.CATALOGUE_CHANGED: Page.PLAN,
    ErrorCode.NUMBER_TAKEN: Page.NUMBER,
    ErrorCode.SIGN_UP_GONE: Page.NUMBER,
    ErrorCode.DOCUMENT_REFUSED: Page.SIGN,
    ErrorCode.PASSPHRASE_WRONG: Page.SIGN,
}


def is_sound(offer: Offer) -> bool:
    """Whether the agreement is the one that its hash says, and the price list keeps the rules of price lists."""
    source = hashlib.sha256(offer.agreement.zh.encode()).hexdigest()
    return source == offer.agreement.sha256 and not check_catalogue(offer.catalogue)


def next_page(page: Page) -> Page | None:
    """The page after this one; None after the last."""
    after = PAGES.index(page) + 1
    return PAGES[after] if after < len(PAGES) else None


def previous_page(page: Page) -> Page | None:
    """The page before this one; None before the first, and once it is signed."""
    at = PAGES.index(page)
    return PAGES[at - 1] if at > 0 and at != _SIGNED_FROM else None


def accept(draft: Draft, offer: Offer) -> Draft:
    """The draft with the agreement of the offer shown and accepted."""
    agreement = offer.agreement
    return replace(
        draft,
        agreement_version=agreement.version,
        agreement_sha256=agreement.sha256,
        agreement_shown=True,
        accepted=True,
    )


def consent(draft: Draft, offer: Offer) -> Draft:
    """The draft with the separate consent for identity data, bound to the words it was asked with."""
    return replace(draft, identity_consent=True, identity_notice_sha256=notice_sha256(offer, draft.language))


def notice_sha256(offer: Offer, language: Language) -> str:
    """Of the notice about identity data in a language, in UTF-8, in hexadecimal."""
    notice = offer.agreement.identity_notice
    words = notice.zh if language is Language.CHINESE else notice.en
    return hashlib.sha256(words.encode()).hexdigest()


def choose_plan(draft: Draft, offer: Offer, plan: str, terminal: str | None = None) -> Draft:
    """The draft with a plan, and a device where one is wanted, of the offer's price list."""
    return replace(draft, catalogue_version=offer.catalogue.version, plan=plan, terminal=terminal)


def renew(draft: Draft, offer: Offer) -> Draft:
    """The draft without what was agreed to and chosen of an older offer. What was typed stays."""
    if draft.agreement_sha256 != offer.agreement.sha256 or draft.agreement_version != offer.agreement.version:
        draft = replace(draft, agreement_shown=False, accepted=False)
    if draft.identity_notice_sha256 != notice_sha256(offer, draft.language):
        draft = replace(draft, identity_consent=False)
    if draft.plan not in {plan.id for plan in offer.catalogue.plans}:
        draft = replace(draft, plan="")
    if draft.terminal not in {terminal.id for terminal in offer.catalogue.terminals}:
        draft = replace(draft, terminal=None)
    if draft.credit_limit_fen not in offer.catalogue.credit_limits_fen:
        draft = replace(draft, credit_limit_fen=None)
    return draft


def customer_data(draft: Draft) -> CustomerData | None:
    """What was typed as data; None while the kind of party or of document is not chosen.

    A birth date that cannot be read is None in it; `check_data` tells the difference.
    """
    if draft.kind not in set(PartyKind) or draft.identity_kind not in set(IdentityKind):
        return None
    return CustomerData(
        kind=PartyKind(draft.kind),
        name=draft.name,
        birth_date=parse_date(draft.birth_date),
        address=draft.address,
        postcode=draft.postcode,
        identity_kind=IdentityKind(draft.identity_kind),
        identity_number=draft.identity_number,
        employer=draft.employer,
        telephone=draft.telephone,
    )


def check_data(draft: Draft, today: date) -> tuple[Fault, ...]:
    """What stands beside the fields of the page of data (clause 1); at most one fault a field."""
    data = customer_data(draft)
    if data is None:
        needed = ("kind", "identity_kind")
        return tuple(Fault(field, FaultCode.MISSING) for field in needed if not getattr(draft, field))
    unreadable = draft.birth_date.strip() and data.birth_date is None and data.kind is PartyKind.PERSON
    return tuple(
        Fault(fault.field, FaultCode.BAD_DATE) if fault.field == "birth_date" and unreadable else fault
        for fault in check_customer(data, today)
    )


def faults_of(draft: Draft, offer: Offer, today: date) -> tuple[Fault, ...]:
    """All that is missing or wrong before the password, in the order of the pages."""
    faults: list[Fault] = []
    agreement = offer.agreement
    as_shown = (draft.agreement_version, draft.agreement_sha256) == (agreement.version, agreement.sha256)
    if not (draft.agreement_shown and draft.accepted and as_shown):
        faults.append(Fault("accepted", FaultCode.MISSING))
    faults += check_data(draft, today)
    if not draft.identity_consent or draft.identity_notice_sha256 != notice_sha256(offer, draft.language):
        faults.append(Fault("identity_consent", FaultCode.MISSING))
    limit = draft.credit_limit_fen
    if not draft.plan or draft.catalogue_version != offer.catalogue.version:
        faults.append(Fault("plan", FaultCode.MISSING))
    else:
        wrong = check_choice(offer.catalogue, draft.plan, draft.terminal, -1 if limit is None else limit)
        faults += (fault for fault in wrong if fault.field != "credit_limit_fen")
    if limit is None:
        faults.append(Fault("credit_limit_fen", FaultCode.MISSING))
    elif limit not in offer.catalogue.credit_limits_fen:
        faults.append(Fault("credit_limit_fen", FaultCode.NOT_OFFERED))
    if not draft.number:
        faults.append(Fault("number", FaultCode.MISSING))
    return tuple(faults)


def open_pages(draft: Draft, offer: Offer, today: date) -> tuple[Page, ...]:
    """The pages before the password that still lack something, in their order."""
    found = {_PAGE_OF_FIELD[fault.field] for fault in faults_of(draft, offer, today)}
    return tuple(page for page in PAGES if page in found)


def resume_page(draft: Draft, offer: Offer, today: date) -> Page:
    """Where to go on after the program was away: never beyond what lacks something, nor beyond the password."""
    furthest = min(PAGES.index(draft.page), PAGES.index(Page.PASSWORD))
    lacking = (PAGES.index(page) for page in open_pages(draft, offer, today))
    return PAGES[min([furthest, *lacking])]


def page_hint(code: ErrorCode, faults: tuple[Fault, ...] = ()) -> Page | None:
    """The page that mends a failure; None where it is to be tried again from where the person is."""
    if faults:
        found = [_PAGE_OF_FIELD[fault.field] for fault in faults if fault.field in _PAGE_OF_FIELD]
        return min(found, key=PAGES.index, default=None)
    return _PAGE_OF_CODE.get(code)


def check_new_password(draft: Draft, password: str) -> Fault | None:
    """What is wrong with a password; what the draft says of the person is too easily guessed."""
    known = (draft.number, draft.telephone, draft.identity_number, draft.birth_date)
    return check_password(password, [each for each in known if each])


def request_of(draft: Draft, password: str, sign_up: str, certificate_request_pem: str) -> SignUpRequest:
    """The request of a draft that has no faults.

    Raises:
        ValueError: it has some (its text could hold what was entered: it must not come into a log).
    """
    data = customer_data(draft)
    if data is None or not draft.accepted or not draft.identity_consent or draft.credit_limit_fen is None:
        raise ValueError("not complete")
    return SignUpRequest(
        id=sign_up,
        language=draft.language,
        agreement_version=draft.agreement_version,
        agreement_sha256=draft.agreement_sha256,
        accepted=True,
        data=normalise(data),
        identity_consent=True,
        identity_notice_sha256=draft.identity_notice_sha256,
        catalogue_version=draft.catalogue_version,
        plan=draft.plan,
        terminal=draft.terminal,
        credit_limit_fen=draft.credit_limit_fen,
        number=draft.number,
        password=SecretStr(password),
        certificate_request_pem=certificate_request_pem,
    )


def is_as_chosen(begun: SignUpBegun, draft: Draft, offer: Offer, sign_up: str) -> bool:
    """Whether the order that came back is the one that was chosen, at the prices that were shown (clause 2)."""
    order, catalogue = begun.order, offer.catalogue
    return (
        begun.id == sign_up
        and order.customer_number == draft.number
        and order.catalogue_version == catalogue.version == draft.catalogue_version
        and order.plan in catalogue.plans
        and order.plan.id == draft.plan
        and (order.terminal.id if order.terminal else None) == draft.terminal
        and (order.terminal is None or order.terminal in catalogue.terminals)
        and order.credit_limit_fen == draft.credit_limit_fen
    )
