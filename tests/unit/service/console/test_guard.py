"""What keeps others out: origin, token, cookies, headers, and no markup but our own."""

import re
import time
from dataclasses import replace

import pyotp
import pytest
from sqlalchemy import select, update

from tests.support.console import ORIGIN, PASSWORD, House
from tests.support.sign_up import person
from vidphone.service.staff.roles import Role
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_staff import staff_sessions

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


async def test_a_form_of_elsewhere_is_refused(house: House) -> None:
    browser = house.browser(house.session("origin", *Role))
    await browser.get("/customers/2001/cash")
    given = {"yuan": "1", "receipt": "C-1", "reason": "x"}
    for origin in ("https://evil.example", "null", "", "http://localhost:8421", "https://localhost:8420"):
        assert (await browser.post("/customers/2001/cash", origin, **given)).status_code == 403
    assert (await browser.post("/customers/2001/cash", csrf="", **given)).status_code == 403
    assert (await browser.post("/customers/2001/cash", csrf="0" * 64, **given)).status_code == 403
    other = house.browser(house.session("origin-2", *Role))
    await other.get("/customers/2001/cash")
    assert (await browser.post("/customers/2001/cash", csrf=other.csrf, **given)).status_code == 403
    assert house.parts.console.lists.payments(house.parts.console.customers.row("2001").account, None, 9) == []
    assert (await browser.post("/customers/2001/cash", **given)).status_code == 303


async def test_a_form_sent_from_another_site_is_refused_whatever_its_origin(house: House) -> None:
    browser = house.browser(house.session("fetch-site", *Role))
    await browser.get("/mine")
    headers = {"origin": ORIGIN, "sec-fetch-site": "cross-site"}
    answer = await browser.http.post("/console/mine/everywhere", data={"csrf": browser.csrf}, headers=headers)
    assert answer.status_code == 403


async def test_text_and_files_are_no_forms(house: House) -> None:
    browser = house.browser(house.session("kinds", *Role))
    await browser.get("/mine")
    for kind in ("text/plain", "multipart/form-data; boundary=x", ""):
        headers = {"origin": ORIGIN, "content-type": kind, "x-csrf-token": browser.csrf}
        answer = await browser.http.post("/console/mine/remove", content=b"passkey=1", headers=headers)
        assert answer.status_code == 415


async def test_sign_in_is_protected_as_any_form(house: House) -> None:
    browser = house.browser()
    await browser.get("/sign-in")
    given = {"name": "ann", "password": PASSWORD, "code": "000000"}
    assert (await browser.post("/sign-in", "https://evil.example", **given)).status_code == 403
    assert (await browser.post("/sign-in", csrf="", **given)).status_code == 403


async def test_a_session_that_was_there_before_is_not_the_one_after(house: House) -> None:
    planted = "planted-planted-planted-planted-planted-000"
    browser = house.browser(planted)
    secret = await browser.enrol(house.add("fixed", Role.SUPPORT))
    assert browser.session not in (None, planted)
    mine = browser.session
    later = house.browser()
    await later.get("/sign-in")
    visit = later.http.cookies["console-visit"]
    code = pyotp.TOTP(secret).at(time.time() + 30)
    done = await later.post("/sign-in", name="fixed", password=PASSWORD, code=code)
    assert done.status_code == 303
    assert later.session not in (None, visit, mine)
    assert "console-visit" not in later.http.cookies


async def test_all_that_is_wrong_in_what_sets_up_a_sign_in_is_told_at_once(house: House) -> None:
    browser, link = house.browser(), house.add("hasty", Role.SUPPORT)
    await browser.get(f"/enrol/{link}")
    refused = await browser.post(f"/enrol/{link}", password="short", again="shirt", code="x")
    assert refused.status_code == 422
    for said in ("12 to", "passwords differ", "code is not right"):
        assert said in refused.text
    await browser.enrol(link)


async def test_cookies_are_kept_from_scripts_and_other_sites(house: House) -> None:
    for origin, name, secure in (
        (ORIGIN, "console-visit=", False),
        ("https://a.example", "__Host-console-visit=", True),
    ):
        cookie = (await house.browser(origin=origin).get("/sign-in")).headers["set-cookie"]
        assert cookie.startswith(name)
        assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
        assert ("Secure" in cookie.split("; ")) is secure


async def test_nothing_is_shown_over_an_open_way(house: House) -> None:
    assert (await house.browser(origin="http://phone.example").get("/sign-in")).status_code == 403


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/nothing", "/static/style.css", "/static/none.css", "/customers/2001"]
)
async def test_every_answer_says_what_browsers_may_do(house: House, path: str) -> None:
    browser = house.browser(house.session(f"headers-{len(path)}", *Role))
    headers = (await browser.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert path.startswith("/static") or headers["cache-control"] == "no-store"


async def test_pages_carry_no_scripts_and_styles_within(house: House) -> None:
    browser = house.browser(house.session("inline", *Role))
    for path in (
        "/",
        "/customers",
        "/customers/2001",
        "/mine",
        "/audit",
        "/reviews",
        "/offer",
        "/customers/2001/adjust",
    ):
        page = (await browser.get(path)).text
        assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=", page) == []


async def test_a_hostile_name_is_text(house: House) -> None:
    with writing(house.engine) as connection:
        connection.execute(update(accounts).where(accounts.c.number == "2007").values(name=HOSTILE[:64]))
        account = connection.execute(select(accounts.c.id).where(accounts.c.number == "2008")).scalar_one()
        house.parts.identities.store(connection, account, replace(person(3), name=HOSTILE), 0.0)
    browser = house.browser(house.session("xss", *Role))
    await browser.get("/customers/2008/reveal")
    pages = [
        (await browser.get("/customers?number=200")).text,
        (await browser.get("/customers/2008")).text,
        (await browser.post("/customers/2008/reveal", fields=["name"], reason=HOSTILE)).text,
        (await browser.get("/customers/2008")).text,
        (await browser.post("/customers/2008/cash", yuan=HOSTILE, receipt=HOSTILE, reason=HOSTILE)).text,
        (await browser.get("/audit?subject=%3Cscript%3E")).text,
        (await browser.get("/customers/2008?done=%3Cscript%3E")).text,
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in pages[2]


async def test_signing_in_leads_nowhere_else(house: House) -> None:
    browser = house.browser()
    for wanted in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        page = await browser.get(f"/sign-in?next={wanted}")
        assert 'name="next" value="/"' in page.text
    done = await browser.post("/look", next="//evil.example", language="zh", theme="dark")
    assert done.headers["location"] == "/console/"


async def test_another_customers_bill_is_not_there(house: House) -> None:
    browser = house.browser(house.session("idor", *Role))
    for path in (
        "/customers/2001/bills/202608-2002",
        "/customers/2001/bills/..%2F..",
        "/customers/abc",
        "/reviews/2001",
    ):
        assert (await browser.get(path)).status_code == 404


async def test_a_change_of_roles_holds_at_once(house: House) -> None:
    browser, register = house.browser(house.session("changes", Role.SUPPORT)), house.parts.console.register
    assert (await browser.get("/reviews")).status_code == 200
    register.set_roles("changes", [Role.BILLING], "root", 1.0)
    assert (await browser.get("/reviews")).status_code == 403
    assert (await browser.get("/bills")).status_code == 200
    register.revoke("changes", "root", 2.0)
    assert (await browser.get("/bills")).status_code == 303


async def test_asking_by_itself_keeps_nobody_signed_in(house: House) -> None:
    session = house.session("quiet", Role.AUDIT)
    browser = house.browser(session)
    with writing(house.engine) as connection:
        connection.execute(update(staff_sessions).values(seen_at=time.time() - 1700))
    await browser.get("/load")
    with house.engine.connect() as connection:
        assert max(connection.scalars(select(staff_sessions.c.seen_at))) < time.time() - 1600
    await browser.get("/")
    with house.engine.connect() as connection:
        assert max(connection.scalars(select(staff_sessions.c.seen_at))) > time.time() - 100
