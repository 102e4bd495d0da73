"""Months of a customer within seconds: a real service over a rehearsal's clock."""

import csv
import io
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.support.provider import Provider
from tests.support.sign_up import person, sign_up
from vidphone.service.days import CHINA

WAIT_S = 30.0
pytestmark = pytest.mark.slow


def wait_for(ask: Callable[[], object]) -> None:
    until_s = time.monotonic() + WAIT_S
    while not ask():
        assert time.monotonic() < until_s, "it did not come in time"
        time.sleep(0.2)


def test_a_customer_is_billed_suspended_restored_and_leaves(tmp_path: Path) -> None:
    data, clock = tmp_path / "data", tmp_path / "time"
    data.mkdir()
    (data / "rehearsal").write_text(str(clock))
    today = datetime.now(UTC).astimezone(CHINA)
    clock.write_text(today.isoformat())
    provider = Provider(data).configure("2000-2010", more="[payments]\nsandbox = true\n")
    rehearse = ("--rehearsal", "--rehearsal-clock", str(clock))
    provider.start_as("-m", "vidphone", "serve", "--data", str(data), "--port", str(provider.port), *rehearse)
    try:
        signed = sign_up(provider.url, person(3))
        device = {"device": "a" * 32, "device_name": "x"}
        sign_in = {"number": signed.number, "password": signed.password, **device}
        token = httpx.post(f"{provider.url}/v1/sign-in", json=sign_in).json()["token"]
        client = httpx.Client(base_url=provider.url, headers={"authorization": f"Bearer {token}"}, timeout=30)
        next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        clock.write_text(next_month.isoformat())
        wait_for(lambda: client.get("/v1/me/bills").json()["bills"])
        [bill] = client.get("/v1/me/bills").json()["bills"]
        assert bill["rehearsal"]
        assert client.get(f"/v1/me/bills/{bill['number']}.pdf").content.startswith(b"%PDF")
        table = client.get(f"/v1/me/bills/{bill['number']}.csv").content.decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(table)))) == 1
        clock.write_text((next_month + timedelta(days=50)).isoformat())
        wait_for(lambda: client.get("/v1/me/account").json()["standing"]["state"] == "suspended")
        account = client.get("/v1/me/account").json()
        assert (account["standing"]["cause"], account["standing"]["clause"]) == ("overdue", 5)
        payment = client.post("/v1/me/payments", json={"amount_fen": account["due_fen"]}).json()
        assert httpx.post(f"{payment['pay_at']}?paid=true").status_code == 200
        assert client.get("/v1/me/account").json()["standing"]["state"] == "active"
        client.post("/v1/me/leaving").raise_for_status()
        wait_for(lambda: client.get("/v1/me/leaving").json()["state"] == "final-bill")
        open_yuan = f"{client.get('/v1/me/leaving').json()['open_fen'] / 100:.2f}"
        client.close()
        provider.admin("pay", "cash", "--number", signed.number, "--yuan", open_yuan, "--receipt", "R1")
        refused = httpx.post(f"{provider.url}/v1/sign-in", json=sign_in)
        assert (refused.status_code, refused.json()["code"]) == (403, "agreement-ended")
    finally:
        provider.stop()


def test_a_settable_clock_is_refused_over_real_data(tmp_path: Path) -> None:
    provider = Provider(tmp_path / "data")
    provider.add_customer("1001")
    (tmp_path / "time").write_text("2026-08-01T00:00:00+08:00")
    rehearse = ("--rehearsal", "--rehearsal-clock", str(tmp_path / "time"))
    with pytest.raises(AssertionError, match="did not start"):
        provider.start_as("-m", "vidphone", "serve", "--data", str(provider.data), *rehearse)
