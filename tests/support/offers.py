"""A small offer and a person, made up, for tests of the customer's side without a service."""

import hashlib
from dataclasses import replace
from datetime import date

from vidphone.account.sign_up import flow
from vidphone.account.sign_up.draft import Draft, Page
from vidphone.terms.orders import Catalogue, Plan, Price, Terminal, Words
from vidphone.wire.sign_up import AgreementVersion, Offer, Provider

TODAY = date(2026, 8, 1)
SERVICE = "https://phone.example"
ZH = "# 协议\n"


def words(zh: str) -> Words:
    return Words(zh, f"in English: {zh}")


def offer(agreement: str = ZH, notice: str = "告知", catalogue: str = "1", root_pem: str = "") -> Offer:
    return Offer(
        provider=Provider(
            name=words("某公司"),
            website="https://phone.example",
            address=words("某地"),
            telephone="95588",
            support_number="10000",
            arbitration_commission=words("某仲裁委员会"),
            signing_place=words("北京"),
            root_certificate_pem=root_pem,
        ),
        agreement=AgreementVersion(
            version="1",
            published_on=date(2026, 1, 1),
            zh=agreement,
            en=agreement,
            sha256=hashlib.sha256(agreement.encode()).hexdigest(),
            identity_notice=words(notice),
        ),
        catalogue=Catalogue(
            version=catalogue,
            plans=tuple(
                Plan(name, words(name), words(name), 1000, (Price(words("市话"), 1500, 3000),))
                for name in ("basic", "family")
            ),
            terminals=(Terminal("box", words("机顶盒"), words("机顶盒"), 29900),),
            credit_limits_fen=(5000, 10000),
        ),
    )


def typed() -> Draft:
    """The data of a person, as typed; the identity number is the example of GB 11643."""
    return Draft(
        SERVICE,
        kind="person",
        name="张三丰",
        birth_date="1949-12-31",
        address="北京市朝阳区建国路88号5号楼1203室",
        postcode="100022",
        identity_kind="resident-id",
        identity_number="11010519491231002X",
        employer="北京某某科技有限公司",
        telephone="13812345678",
    )


def complete(its_offer: Offer, page: Page = Page.PASSWORD) -> Draft:
    """A draft with everything before the password."""
    draft = flow.consent(flow.accept(typed(), its_offer), its_offer)
    draft = flow.choose_plan(draft, its_offer, "basic", "box")
    return replace(draft, credit_limit_fen=5000, number="20010001", page=page)
