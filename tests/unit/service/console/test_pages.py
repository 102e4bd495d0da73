"""What staff see and do, from the form to the audit chain."""

import re

from sqlalchemy import select

from tests.support.console import House
from tests.support.sign_up import person
from vidphone.service.console.load import Sample, set_ups_per_minute
from vidphone.service.console.pages.overview import HEIGHT, WIDTH, points
from vidphone.service.console.rendering import HERE
from vidphone.service.staff.roles import Role
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import accounts
from vidphone.terms.standing import State
from vidphone.texts import Language, text
from vidphone.ui.design.tokens import DARK, LIGHT
from vidphone.wire.sign_up import ReviewState


def account_of(house: House, number: str) -> int:
    return house.parts.console.customers.row(number).account


def identity(house: House, number: str, index: int) -> None:
    with writing(house.engine) as connection:
        account = connection.execute(select(accounts.c.id).where(accounts.c.number == number)).scalar_one()
        house.parts.identities.store(connection, account, person(index), 1.0)
        house.parts.identities.add_copy(connection, account, "image/jpeg", b"a picture", 1.0)


async def test_customers_come_in_pages_and_by_number(house: House) -> None:
    browser = house.browser(house.session("lists", Role.SUPPORT))
    shown: list[str] = []
    path = "/customers?number=20"
    while path:
        page = (await browser.get(path)).text
        shown += re.findall(r'<th scope="row"><a href="/console/customers/(\d+)"', page)
        found = re.search(r'rel="next" href="/console([^"]*)"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert shown == [str(number) for number in range(2001, 2100)]
    assert re.findall(r"customers/(\d+)\"", (await browser.get("/customers?number=2119")).text) == ["2119"]


async def test_a_person_is_found_by_name_number_and_telephone_and_the_look_is_recorded(house: House) -> None:
    identity(house, "2010", 11)
    who, browser = person(11), house.browser(house.session("finds", Role.SUPPORT))
    await browser.get("/customers")
    for by, value in (("name", who.name), ("identity-number", who.identity_number), ("telephone", who.telephone)):
        page = (await browser.post("/customers", by=by, value=value)).text
        assert re.findall(r"customers/(\d+)\"", page) == ["2010"]
        assert who.name not in page
        entry = house.parts.console.audit.latest(None, 1)[0]
        assert (entry.kind, entry.actor, dict(entry.details)) == ("customers-sought", "finds", {"by": by, "found": "1"})
    assert "2010" not in (await browser.post("/customers", by="name", value=who.name[:1])).text
    assert (await browser.post("/customers", by="shoe", value="x")).status_code == 422


async def test_data_are_masked_until_revealed_with_a_reason_that_the_customer_sees(house: House) -> None:
    identity(house, "2011", 12)
    who, browser = person(12), house.browser(house.session("reveals", Role.SUPPORT))
    page = (await browser.get("/customers/2011")).text
    assert who.identity_number not in page
    await browser.get("/customers/2011/reveal")
    assert (await browser.post("/customers/2011/reveal", fields=["identity_number"], reason=" ")).status_code == 422
    assert (await browser.post("/customers/2011/reveal", reason="why")).status_code == 422
    shown = (await browser.post("/customers/2011/reveal", fields=["identity_number"], reason="call back")).text
    assert who.identity_number in shown
    assert who.address not in shown
    (told,) = house.parts.identities.disclosures(account_of(house, "2011")).disclosures
    assert (told.staff, told.fields, told.reason) == ("reveals", ("identity_number",), "call back")


async def test_a_copy_is_shown_and_approved(house: House) -> None:
    identity(house, "2012", 13)
    browser = house.browser(house.session("reviews", Role.SUPPORT))
    await browser.get("/reviews/2012/want-copy")
    done = await browser.post("/reviews/2012/want-copy", told="the address")
    assert done.headers["location"] == "/console/reviews/2012?done=copy-wanted"
    assert "2012" in (await browser.get("/reviews?state=copy-wanted")).text
    shown = await browser.post("/reviews/2012/copy", reason="to look")
    assert "data:image/jpeg;base64,YSBwaWN0dXJl" in shown.text
    assert "img-src 'self' data:" in shown.headers["content-security-policy"]
    assert (await browser.post("/reviews/2012/approve")).status_code == 303
    assert house.parts.reviews.of(account_of(house, "2012")).state is ReviewState.APPROVED
    assert house.parts.identities.copies(account_of(house, "2012")) == ()


async def test_cash_counts_once_and_its_reason_is_kept_sealed(house: House) -> None:
    browser, account = house.browser(house.session("cashier", Role.BILLING)), account_of(house, "2013")
    await browser.get("/customers/2013/cash")
    given = {"yuan": "12.50", "receipt": "R-77", "reason": "over the counter"}
    assert "done=cash" in (await browser.post("/customers/2013/cash", **given)).headers["location"]
    assert "done=again" in (await browser.post("/customers/2013/cash", **given)).headers["location"]
    assert (await browser.post("/customers/2013/cash", **given | {"yuan": "13"})).status_code == 422
    for wrong in ({"yuan": "0"}, {"yuan": "1.234"}, {"receipt": "a b"}, {"receipt": "13800138000"}, {"reason": ""}):
        assert (await browser.post("/customers/2013/cash", **given | wrong)).status_code == 422
    assert [one.amount_fen for one in house.parts.console.lists.payments(account, None, 9)] == [1250]
    (kept,) = house.parts.console.reasons.of(account)
    assert (kept.kind, kept.staff, kept.reason) == ("cash-received", "cashier", "over the counter")
    assert "over the counter" in (await browser.get("/customers/2013")).text
    entry = house.parts.console.audit.latest(None, 1)[0]
    assert entry.actor == "cashier"
    assert len(entry.details["reason_sha256"]) == 64


async def test_money_goes_back_once_a_receipt(house: House) -> None:
    browser = house.browser(house.session("repayer", Role.BILLING))
    given = {"yuan": "12.50", "receipt": "R-78", "reason": "asked for it"}
    for action, done in (("cash", "cash"), ("pay-back", "paid-back"), ("pay-back", "again")):
        await browser.get(f"/customers/2013/{action}")
        assert f"done={done}" in (await browser.post(f"/customers/2013/{action}", **given)).headers["location"]


async def test_a_service_is_paused_as_the_law_asks_and_goes_on(house: House) -> None:
    browser, account = house.browser(house.session("judicial", Role.SUPPORT)), account_of(house, "2014")
    await browser.get("/customers/2014/pause")
    given = {"file": "F-2026-1", "reason": "order of a court"}
    assert (await browser.post("/customers/2014/pause", **given)).status_code == 303
    assert house.parts.money.account(account, "2014", house.parts.clock.now()).standing.state is State.JUDICIAL
    assert (await browser.post("/customers/2014/pause", **given)).status_code == 422
    assert "2014" in (await browser.get("/standings")).text
    assert (await browser.post("/customers/2014/resume", reason="lifted", unfounded="yes")).status_code == 303
    assert house.parts.money.account(account, "2014", house.parts.clock.now()).standing.state is State.ACTIVE


async def test_a_number_is_disabled_with_a_reason(house: House) -> None:
    browser = house.browser(house.session("disables", Role.SUPPORT))
    await browser.get("/customers/2015/disable")
    assert (await browser.post("/customers/2015/disable", reason="stolen phone")).status_code == 303
    assert not house.parts.console.customers.row("2015").enabled
    assert house.parts.console.audit.latest(None, 1)[0].kind == "customer-disabled"
    assert (await browser.post("/customers/9999/disable", reason="x")).status_code == 404


async def test_the_audit_log_is_read_backwards_and_verified(house: House) -> None:
    browser = house.browser(house.session("auditor", Role.AUDIT))
    page = (await browser.get("/audit")).text
    numbers = [int(one) for one in re.findall(r'<td class="number">(\d+)</td>', page)]
    assert numbers == sorted(numbers, reverse=True)
    older = (await browser.get(f"/audit?before={numbers[-1]}")).text
    assert f'<td class="number">{numbers[-1]}</td>' not in older
    await browser.get("/audit")
    assert "circle" in (await browser.post("/audit", head="")).text
    assert (await browser.post("/audit", head="nonsense")).status_code == 422
    head = str(house.parts.console.audit.head())
    assert "note good" in (await browser.post("/audit", head=head)).text
    assert "note bad" in (await browser.post("/audit", head=f"1:{'0' * 64}")).text


async def test_both_languages_and_both_lights(house: House) -> None:
    session = house.session("looks", Role.SUPPORT)
    browser = house.browser(session, language="zh-CN,zh;q=0.9")
    page = (await browser.get("/customers")).text
    assert '<html lang="zh-CN" data-theme="system">' in page
    assert "客户" in page
    done = await browser.post("/look", next="/console/customers", language="en", theme="dark")
    assert done.headers["location"] == "/console/customers"
    assert '<html lang="en" data-theme="dark">' in (await browser.get("/customers")).text


def test_set_ups_a_minute_are_those_of_the_last_minute() -> None:
    samples = tuple(Sample(at * 5.0, 0, 0, at * 10 if at <= 12 else 120 + (at - 12)) for at in range(25))
    assert set_ups_per_minute(()) == 0
    assert set_ups_per_minute(samples[:1]) == 0
    assert set_ups_per_minute(samples[:13]) == 120
    assert set_ups_per_minute(samples) == 12


def test_the_line_of_calls_stays_in_its_picture() -> None:
    line, most = points(tuple(Sample(float(at), 0, at % 7, 0) for at in range(30)))
    places = [tuple(map(float, point.split(","))) for point in line.split()]
    assert most == 6
    assert (places[0][0], places[-1][0]) == (0, WIDTH)
    assert all(0 <= y <= HEIGHT for _, y in places)
    assert points(()) == ("", 0)


def test_colours_are_those_of_the_desktop() -> None:
    style = (HERE / "static" / "style.css").read_text(encoding="utf-8")
    found = re.findall(r"--([a-z-]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\)", style)
    assert len(found) > 15
    for name, light, dark in found:
        field = name.replace("-", "_")
        assert (light, dark) == (getattr(LIGHT, field), getattr(DARK, field)), name


async def test_a_plan_without_a_least_length_is_not_said_to_charge_for_nothing(house: House) -> None:
    page = (await house.browser(house.session("offers", *Role)).get("/offer")).text
    assert text("console.plan.steps-only", Language.ENGLISH, increment=60) in page
    assert text("console.plan.steps", Language.ENGLISH, minimum=0, increment=60) not in page
