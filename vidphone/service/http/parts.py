"""What the HTTP interface is built over, and who is asking."""

import asyncio
import time
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from vidphone.service.billing.money import Money
from vidphone.service.billing.payments import Sandbox
from vidphone.service.billing.runner import Runner
from vidphone.service.cases.desk import CaseDesk
from vidphone.service.cases.evidence import EvidenceMaker
from vidphone.service.clock import Clock
from vidphone.service.config import Config
from vidphone.service.console.parts import Console
from vidphone.service.few import Few
from vidphone.service.http.rates import Rates
from vidphone.service.hub.shell import HubShell
from vidphone.service.metrics import Metrics
from vidphone.service.notices.mine import MyNotices
from vidphone.service.notices.runner import NoticeRunner
from vidphone.service.offer import Offers
from vidphone.service.outages.credits import Credits
from vidphone.service.outages.life import Life
from vidphone.service.outages.mine import OutagesOfMine
from vidphone.service.passwords import PasswordChecker, hash_token
from vidphone.service.ports import Bearer, Bus, Customers, Relay
from vidphone.service.releases.parts import Releases
from vidphone.service.reports.stored import StoredReports
from vidphone.service.sign_up.desk import SignUpDesk
from vidphone.service.store.agreements import StoredAgreements
from vidphone.service.store.identities import Identities, NoIdentity
from vidphone.service.store.numbers import NumberPool
from vidphone.service.store.resets import PasswordResets
from vidphone.service.store.reviews import StoredReviews
from vidphone.service.store.sign_ups import StoredSignUps
from vidphone.wire.errors import ErrorCode, VidphoneError

MAX_TOKEN_LENGTH = 128


@dataclass(frozen=True)
class Parts:
    """The service's parts, made by `server.py`."""

    config: Config
    customers: Customers
    bus: Bus
    relay: Relay
    hub: HubShell
    passwords: PasswordChecker
    rates: Rates
    metrics: Metrics
    few: Few
    offers: Offers
    desk: SignUpDesk | None
    """None where nobody can sign up."""
    sign_ups: StoredSignUps
    pool: NumberPool
    agreements: StoredAgreements
    reviews: StoredReviews
    identities: Identities
    resets: PasswordResets
    clock: Clock
    """What everything goes by that depends on dates."""
    money: Money
    sandbox: Sandbox | None
    """None where nobody pays on trial."""
    runner: Runner
    cases: CaseDesk
    evidence: EvidenceMaker
    releases: Releases
    notices: MyNotices
    notice_runner: NoticeRunner
    outages: OutagesOfMine
    outage_credits: Credits
    life: Life
    console: Console
    reports: StoredReports


def client_address(connection: HTTPConnection) -> str:
    """The client's address; behind a proxy the one that the proxy names, if it is trusted (uvicorn sees to it)."""
    return connection.client.host if connection.client else ""


async def authenticate(parts: Parts, connection: HTTPConnection) -> Bearer:
    """Whom the `Authorization: Bearer` header stands for (RFC 6750).

    Raises:
        VidphoneError: `NOT_SIGNED_IN` without a valid token, `ACCOUNT_DISABLED` where the number is,
            `TOO_MANY_ATTEMPTS` from an address that asks too often.
    """
    await parts.rates.request(client_address(connection))
    return await bearer_of(parts, connection)


async def bearer_of(parts: Parts, connection: HTTPConnection) -> Bearer:
    """As `authenticate`, without counting a request."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= MAX_TOKEN_LENGTH:
        raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
    bearer = await asyncio.to_thread(parts.customers.authenticate, hash_token(token), time.time())
    if bearer is None:
        raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
    if not bearer.enabled:
        raise VidphoneError(ErrorCode.ACCOUNT_DISABLED)
    return bearer


async def name_of(parts: Parts, account: int, name: str) -> str:
    """What a customer is shown as their own name: the provider's word for them, else their own, masked (clause 1)."""
    if name:
        return name
    try:
        return (await asyncio.to_thread(parts.identities.masked, account)).name
    except NoIdentity:
        return ""
