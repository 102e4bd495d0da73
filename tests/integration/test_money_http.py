"""Prices, credit, bills, payments and leaving over HTTP, at a real service (clauses 2, 5, 9 and 11)."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.integration.service_bench import new_id, sign_in
from tests.support.metered import add_metered, plan
from tests.support.provider import PASSWORD, Provider
from vidphone.service.days import provider_day
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import ChargeKind
from vidphone.service.store.engine import open_database, writing
from vidphone.terms.orders import Words
from vidphone.wire.billing import (
    Account,
    Bills,
    CallCharges,
    Leaving,
    LeavingState,
    Payment,
    Payments,
    PaymentState,
    Quote,
)
from vidphone.wire.errors import ErrorCode

pytestmark = pytest.mark.slow
LIMIT_FEN = 5000


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = Provider(tmp_path_factory.mktemp("service") / "data").configure(more="[payments]\nsandbox = true\n")
    now = time.time()
    with closing(_Engine(made.data)) as held:
        *_, owing = add_metered(
            held.engine, ("2001", "2002", "2003"), plan(), LIMIT_FEN, provider_day(now), now, PASSWORD
        )
        with writing(held.engine) as connection:
            Ledger().charge(connection, owing, ChargeKind.ORDER, Words("盒", "Box"), 500, "order:test", now)
    with made:
        yield made


class _Engine:
    def __init__(self, data: Path) -> None:
        self.engine = open_database(data)

    def close(self) -> None:
        self.engine.dispose()


def signed_in(provider: Provider, number: str) -> httpx.Client:
    token = sign_in(provider.url, number, new_id()).json()["token"]
    return httpx.Client(base_url=provider.url, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def test_price_and_credit_are_told_before_a_call(provider: Provider) -> None:
    with signed_in(provider, "2001") as mine:
        quote = Quote.model_validate_json(mine.get("/v1/me/quote?number=2002&video=true").content)
        free = Quote.model_validate_json(mine.get("/v1/me/quote?number=10000").content)
        account = Account.model_validate_json(mine.get("/v1/me/account").content)
        assert mine.get("/v1/me/quote?number=x").status_code == 422
    assert (quote.price_e4_yuan, quote.lasting_s, quote.refusal) == (6000, 5000, None)
    assert (free.free, free.lasting_s, free.refusal) == (True, None, None)
    assert (account.balance.limit_fen, account.balance.available_fen) == (LIMIT_FEN, LIMIT_FEN)
    assert account.plan is not None


def test_payment_is_made_on_the_page_and_counts_once(provider: Provider) -> None:
    with signed_in(provider, "2002") as mine:
        begun = Payment.model_validate_json(mine.post("/v1/me/payments", json={"amount_fen": 1234}).content)
        assert (begun.state, begun.amount_fen) == (PaymentState.PENDING, 1234)
        assert begun.pay_at is not None
        with httpx.Client() as browser:
            page = browser.get(begun.pay_at)
            assert (page.status_code, "¥12.34" in page.text) == (200, True)
            assert browser.post(f"{begun.pay_at}?paid=true").status_code == 200
            assert browser.post(f"{begun.pay_at}?paid=true").status_code == 200
        paid = Payment.model_validate_json(mine.get(f"/v1/me/payments/{begun.id}").content)
        listed = Payments.model_validate_json(mine.get("/v1/me/payments").content)
        account = Account.model_validate_json(mine.get("/v1/me/account").content)
    assert paid.state is PaymentState.PAID
    assert [each.id for each in listed.payments] == [begun.id]
    assert account.balance.prepaid_fen == 1234
    with signed_in(provider, "2001") as other:
        assert other.get(f"/v1/me/payments/{begun.id}").status_code == 404


def test_forged_notification_is_refused(provider: Provider) -> None:
    with signed_in(provider, "2001") as mine:
        begun = Payment.model_validate_json(mine.post("/v1/me/payments", json={"amount_fen": 100}).content)
    forged = json.dumps({"reference": "x", "payment": begun.id, "amount_fen": 100, "state": "paid", "at": time.time()})
    answer = httpx.post(f"{provider.url}/v1/payments/notifications", content=forged, headers={"X-Signature": "0" * 64})
    assert (answer.status_code, answer.json()["code"]) == (401, ErrorCode.NOT_SIGNED_IN)


def test_what_there_is_nothing_of_yet_is_empty_or_not_found(provider: Provider) -> None:
    with signed_in(provider, "2001") as mine:
        assert Bills.model_validate_json(mine.get("/v1/me/bills").content).bills == ()
        assert CallCharges.model_validate_json(mine.get("/v1/me/calls").content).calls == ()
        for ending in ("", ".pdf", ".csv"):
            assert mine.get(f"/v1/me/bills/202601-2001{ending}").status_code == 404
        assert mine.delete("/v1/me/leaving").json()["code"] == ErrorCode.NOT_ASKED_FOR


def test_limit_is_changed_at_once_to_one_on_offer_only(provider: Provider) -> None:
    with signed_in(provider, "2001") as mine:
        offered = Account.model_validate_json(mine.get("/v1/me/account").content).credit_limits_fen
        assert mine.put("/v1/me/credit-limit", json={"limit_fen": offered[-1]}).json()["limit_fen"] == offered[-1]
        refused = mine.put("/v1/me/credit-limit", json={"limit_fen": 7})
    assert (refused.status_code, refused.json()["code"]) == (422, ErrorCode.BAD_DATA)


def test_request_to_leave_can_be_taken_back(provider: Provider) -> None:
    with signed_in(provider, "2003") as mine:
        asked = Leaving.model_validate_json(mine.post("/v1/me/leaving").content)
        assert asked.state in (LeavingState.ASKED, LeavingState.FINAL_BILL)
        assert Leaving.model_validate_json(mine.get("/v1/me/leaving").content).asked_at == asked.asked_at
        assert Leaving.model_validate_json(mine.delete("/v1/me/leaving").content).state is LeavingState.NOT_ASKED
