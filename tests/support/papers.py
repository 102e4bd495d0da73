"""A signed agreement: the authority, both parties, the document at each step. Made once, as bytes; nothing is faked."""

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from vidphone.papers import CUSTOMER, PROVIDER
from vidphone.papers.keys import PrivateKey, certificate_request, make_key
from vidphone.papers.signing import sign
from vidphone.resources import assets_dir
from vidphone.service.documents.authority import Authority
from vidphone.service.documents.compose import Composer, Contents
from vidphone.terms.agreement import Agreement, fill, parse
from vidphone.terms.orders import Catalogue, Order, Plan, Price, Terminal, Words, make_order, order_sha256
from vidphone.texts import Language

AT = datetime(2026, 8, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
PROVIDER_NAME = "深圳示例视讯网络技术有限公司"
CUSTOMER_NAME = "张三"
NUMBER = "10086001"


@dataclass(frozen=True)
class Signed:
    """A document as it is composed, signed by the customer, and signed by both."""

    root_pem: str
    chain_pem: str
    key: PrivateKey
    unsigned: bytes
    by_customer: bytes
    by_both: bytes


def an_order() -> Order:
    """An order of everything there is."""
    prices = (
        Price(Words("本网用户", "Customers of this service"), 0, 1500),
        Price(Words("国内固定电话与手机", "Landlines and mobiles in mainland China"), 1500, 3000),
    )
    plan = Plan(
        "standard", Words("标准套餐", "Standard"), Words("适合日常使用。", "For everyday use."), 1900, prices, 0, 60
    )
    terminal = Terminal("t1", Words("可视电话", "Video phone"), Words("保修一年。", "Warranted for a year."), 129_900)
    catalogue = Catalogue("2026-08", (plan,), (terminal,), (10_000, 50_000))
    number, day = "20260801-000042", date(2026, 8, 1)
    return make_order(catalogue, "standard", "t1", 50_000, number=number, ordered_on=day, customer_number=NUMBER)


def an_agreement(language: Language = Language.CHINESE, name: str = CUSTOMER_NAME) -> Agreement:
    """The agreement that ships, filled."""
    source = (assets_dir() / "agreement" / f"agreement.{language.value}.md").read_text("utf-8")
    agreement = parse(source)
    values = dict.fromkeys(agreement.fields, "—") | {
        "provider.name": PROVIDER_NAME,
        "customer.name": name,
        "customer.identity_number": "110105199001010019",
        "order.number": an_order().number,
        "order.sha256": order_sha256(an_order()),
    }
    return fill(agreement, {field: values[field] for field in agreement.fields})


def contents(
    language: Language = Language.CHINESE, customer: str = CUSTOMER_NAME, provider: str = PROVIDER_NAME
) -> Contents:
    """What is signed."""
    orders = (an_order(),)
    agreement = an_agreement(language, customer)
    return Contents(agreement, language, "1.0", orders, provider, customer, NUMBER, date(2026, 8, 1))


@cache
def composer() -> Composer:
    """With the system's fonts."""
    return Composer()


@cache
def unsigned() -> bytes:
    """The document to be signed."""
    return composer().compose(contents())


@cache
def authority() -> Authority:
    """An authority of its own, some years old; its folder lasts as long as the tests."""
    folder = Path(tempfile.mkdtemp(prefix="vidphone-authority-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Authority.open(folder / "data", PROVIDER_NAME, AT - timedelta(days=1000))


def certified(name: str = CUSTOMER_NAME, at: datetime = AT) -> tuple[PrivateKey, str]:
    """A customer's key and certificates."""
    key = make_key()
    return key, authority().issue(certificate_request(key, name), NUMBER, name, at)


def by_provider(document: bytes, at: datetime = AT) -> bytes:
    """The document with the provider's signature."""
    key, chain = authority().provider_key, authority().provider_chain_pem
    return sign(document, key, chain, field=PROVIDER, reason="签署", location="深圳", at=at)


@cache
def signed() -> Signed:
    """The document at each step."""
    key, chain = certified()
    first = sign(unsigned(), key, chain, field=CUSTOMER, reason="同意并签署", location="深圳", at=AT)
    later = AT + timedelta(seconds=5)
    return Signed(authority().root_pem, chain, key, unsigned(), first, by_provider(first, later.astimezone(UTC)))
