"""Calls that cost, between two phones without windows and a real service: the limit, a payment, what each hears."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.support.metered import add_metered, plan
from tests.support.phones import HeadlessPhone, connect
from tests.support.provider import PASSWORD, Provider
from vidphone.service.store.engine import open_database
from vidphone.terms.money import charge_fen

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

VOICE = ("--camera", "none", "--mic", "tone", "--speaker", "none")
PRICE_E4_YUAN = 6000
"""A fen a second."""
LASTS_S = 14
TODAY = datetime.now(UTC).date()
PAYERS = ("1001", "1003", "1004")
CALLEE, BLOCKED = "1002", "1005"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("service")).configure(more="[payments]\nsandbox = true\n")
    provider.add_customer(CALLEE)
    engine = open_database(provider.data)
    of, now = plan(voice_e4_yuan=PRICE_E4_YUAN), time.time()
    add_metered(engine, PAYERS, of, LASTS_S, TODAY, now, password=PASSWORD)
    add_metered(engine, [BLOCKED], of, 0, TODAY - timedelta(1), now, password=PASSWORD)
    engine.dispose()
    with provider:
        yield provider


@pytest.fixture
def callee(provider: Provider, tmp_path: Path) -> Iterator[HeadlessPhone]:
    with HeadlessPhone(provider.url, tmp_path / "callee", *VOICE) as phone:
        yield phone.sign_in(CALLEE)


def payer(provider: Provider, folder: Path, number: str) -> HeadlessPhone:
    return HeadlessPhone(provider.url, folder / number, *VOICE)


def pay(phone: HeadlessPhone, amount_fen: int) -> None:
    """Pay on the page of the payment provider."""
    phone.do("pay", amount_fen=amount_fen)
    page = phone.wait_for("payment-begun", amount_fen=amount_fen)["pay_at"]
    assert httpx.post(page, params={"paid": "true"}, timeout=10).status_code == 200


def test_a_call_is_ended_at_the_limit_and_no_other_begins(
    provider: Provider, callee: HeadlessPhone, tmp_path: Path
) -> None:
    with payer(provider, tmp_path, "1001") as a:
        a.sign_in("1001")
        call = connect(a, callee, CALLEE, video=False)
        assert a.wait_for("charging", warning=10, call=call)["remaining_s"] <= 10
        ended = a.wait_for("ended", call=call)

        assert (ended["reason"], ended["clause"]) == ("credit-limit", 9)
        assert ended["message"]
        assert ended["next_step"]
        assert callee.wait_for("ended", call=call)["reason"] == "hung-up"
        last = a.heard("charging", call=call)[-1]
        assert (last["settled"], last["spent_fen"]) == (True, charge_fen(last["answered_s"], PRICE_E4_YUAN))
        assert last["spent_fen"] <= LASTS_S

        a.do("dial", number=CALLEE, video=False)
        refused = a.wait_for("ended")
        assert (refused["reason"], refused["clause"]) == ("credit-limit", 9)
        assert callee.heard("incoming", call=refused["call"]) == []
        assert callee.heard("charging") == []


def test_a_payment_lifts_the_block_of_a_running_phone(
    provider: Provider, callee: HeadlessPhone, tmp_path: Path
) -> None:
    with payer(provider, tmp_path, BLOCKED) as a:
        a.sign_in(BLOCKED)
        a.do("quote", number=CALLEE, video=False)
        quote = a.wait_for("quote")
        assert (quote["price_e4_yuan"], quote["lasting_s"]) == (PRICE_E4_YUAN, 0)
        assert (quote["refusal"]["code"], quote["refusal"]["clause"]) == ("credit-limit", 9)
        a.do("dial", number=CALLEE, video=False)
        assert a.wait_for("ended")["reason"] == "credit-limit"

        pay(a, 500)
        a.wait_for("paid")
        assert a.wait_for("account")["balance"]["available_fen"] == 500

        call = connect(a, callee, CALLEE, video=False)
        a.do("hang-up")
        assert a.has_said("charging", call=call, settled=True)["spent_fen"] > 0


def test_a_payment_in_the_countdown_keeps_the_call(provider: Provider, callee: HeadlessPhone, tmp_path: Path) -> None:
    with payer(provider, tmp_path, "1003") as a:
        a.sign_in("1003")
        call = connect(a, callee, CALLEE, video=False)
        warned = a.wait_for("charging", warning=10, call=call)
        assert warned["final"]

        pay(a, 500)

        going_on = a.wait_for("charging", call=call, final=False, running=True)
        assert going_on["remaining_s"] > 400
        a.wait_for("paid")
        time.sleep(12)  # past the end that there would have been
        assert a.heard("ended") == []
        a.do("hang-up")
        settled = a.wait_for("charging", call=call, settled=True)
        assert settled["spent_fen"] == charge_fen(settled["answered_s"], PRICE_E4_YUAN)
        assert settled["answered_s"] > LASTS_S
        assert callee.heard("charging") == []
        a.do("charges")
        (listed,) = a.wait_for("charges")["calls"]
        assert (listed["call"], listed["charge_fen"]) == (call, settled["spent_fen"])


def test_a_service_that_dies_in_the_call_charges_what_was_confirmed_and_nothing_twice(
    provider: Provider, callee: HeadlessPhone, tmp_path: Path
) -> None:
    with payer(provider, tmp_path, "1004") as a:
        a.sign_in("1004")
        call = connect(a, callee, CALLEE, video=False)
        a.wait_for("charging", call=call, running=True)
        provider.kill()
        a.wait_for("link", state="down")
        provider.start()
        a.link_is_up()
        callee.link_is_up()
        a.do("hang-up")
        a.wait_for("ended", call=call)
        settled = a.has_said("charging", call=call, settled=True)
        assert settled["spent_fen"] <= LASTS_S
        a.do("account")
        balance = a.wait_for("account")["balance"]
        assert balance["unbilled_fen"] == settled["spent_fen"]
        assert balance["reserved_fen"] == 0
