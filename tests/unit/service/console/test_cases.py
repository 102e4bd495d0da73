"""Cases and warranty: what staff see of them, and what they do."""

import re
import time
from datetime import date, timedelta

from tests.support.console import House
from tests.support.console_cases import DAY_S, account_of, claim, disputed_call, photograph, question
from tests.unit.service.console.test_guard import HOSTILE
from vidphone.service.days import provider_day
from vidphone.service.staff.roles import Role
from vidphone.terms.cases import CaseState
from vidphone.terms.warranty import Category

PICTURE = b"\xff\xd8a picture"


def keys(page: str) -> str:
    found = re.search(r'name="once" value="([0-9a-f]{32})"', page)
    assert found is not None
    return found[1]


async def test_cases_come_by_deadline_and_those_late_are_found(house: House) -> None:
    now = time.time()
    late = question(house, "2031", 4, "What does it cover?", now - 20 * DAY_S)
    fresh = question(house, "2032", 5, "And this?", now)
    browser = house.browser(house.session("queue", Role.SUPPORT))
    page = (await browser.get("/cases")).text
    shown = re.findall(r"/console/cases/(C\d+)", page)
    assert shown.index(late) < shown.index(fresh)
    page = (await browser.get("/cases?state=late")).text
    assert re.findall(r"/console/cases/(C\d+)", page) == [late]
    assert re.findall(r"/console/cases/(C\d+)", (await browser.get("/cases?number=2032")).text) == [fresh]
    assert fresh not in (await browser.get("/cases?kind=warranty")).text
    assert "There are no such cases" in (await browser.get("/cases?number=999")).text
    for wrong in ("state=shoe", "kind=shoe", "after=shoe", "after=/" + "9" * 30):
        assert (await browser.get(f"/cases?{wrong}")).status_code == 422


async def test_a_disputed_call_is_shown_with_both_ends_asked_and_corrected_once(house: House) -> None:
    case = disputed_call(house, "2033", "2034", HOSTILE, time.time())
    photograph(house, "2033", case, PICTURE, at=time.time())
    browser = house.browser(house.session("answers", Role.SUPPORT, Role.BILLING))
    page = (await browser.get(f"/cases/{case}")).text
    assert page.count("3.4 / 5") == 2
    assert page.count("opus, VP8") == 2
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    place = re.search(r'<img src="/console(/cases/[^"]*)"', page)
    assert place is not None
    picture = await browser.get(place[1])
    assert (picture.content, picture.headers["content-type"]) == (PICTURE, "image/jpeg")
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert (await browser.get(f"/cases/{case}/photos/2/9")).status_code == 404
    form = (await browser.get(f"/cases/{case}/correct")).text
    given = {"words": "It was ours.", "yuan": "-3.50", "reason": "bad line", "once": keys(form)}
    for wrong in ({"words": " "}, {"yuan": "0"}, {"yuan": "200000"}, {"reason": ""}, {"once": "x"}):
        assert (await browser.post(f"/cases/{case}/correct", **given | wrong)).status_code == 422
    assert "done=case-corrected" in (await browser.post(f"/cases/{case}/correct", **given)).headers["location"]
    assert "done=case-again" in (await browser.post(f"/cases/{case}/correct", **given)).headers["location"]
    file = house.parts.console.cases.file(case, time.time())
    assert file.detail.case.state is CaseState.ANSWERED
    assert [one.amount_fen for one in file.detail.messages if one.amount_fen] == [-350]
    assert "3.50" in (await browser.get(f"/cases/{case}")).text
    given_reason = house.parts.console.reasons.of(account_of(house, "2033"))[0]
    assert (given_reason.staff, given_reason.reason) == ("answers", "bad line")
    assert "bad line" in (await browser.get("/customers/2033")).text
    form = (await browser.get(f"/cases/{case}/ask")).text
    typed = await browser.post(f"/cases/{case}/ask", words="What I typed", once=keys(form))
    assert typed.status_code == 422
    assert "What I typed" in typed.text


async def test_a_case_is_answered_without_money_by_support(house: House) -> None:
    case = question(house, "2035", 6, "Why?", time.time())
    browser = house.browser(house.session("explains", Role.SUPPORT))
    form = (await browser.get(f"/cases/{case}/ask")).text
    done = await browser.post(f"/cases/{case}/ask", words="Which month?", once=keys(form))
    assert "done=case-asked" in done.headers["location"]
    form = (await browser.get(f"/cases/{case}/answer")).text
    given = {"words": "Because.\r\nTwo lines.", "reason": "r", "once": keys(form)}
    assert "done=case-answered" in (await browser.post(f"/cases/{case}/answer", **given)).headers["location"]
    assert "Because.\nTwo lines." in (await browser.get(f"/cases/{case}")).text
    assert (await browser.post(f"/cases/{case}/correct", **given, yuan="1")).status_code == 403
    assert (await browser.post(f"/cases/{case}/settle", **given)).status_code == 422
    assert (await browser.get("/cases/C999999")).status_code == 404
    assert (await browser.get("/cases/none")).status_code == 404


async def test_a_claim_is_decided_as_the_clause_says_and_carried_out(house: House) -> None:
    today = provider_day(time.time())
    browser = house.browser(house.session("warranty", Role.SUPPORT))
    await browser.get("/warranty/2036/register")
    device = {"serial": "SN-100", "model": "VP 100", "installed": f"{today - timedelta(30)}", "order": ""}
    assert (await browser.post("/warranty/2036/register", **device | {"installed": "soon"})).status_code == 422
    assert (await browser.post("/warranty/2036/register", **device)).status_code == 303
    assert (await browser.post("/warranty/2036/register", **device)).status_code == 422
    assert (await browser.post("/warranty/2036/register", **device | {"serial": "SN-101"})).status_code == 303
    case = claim(house, "2036", "SN-100", Category.MATERIAL, "dark screen", time.time())
    form = (await browser.get(f"/cases/{case}/refuse")).text
    refused = await browser.post(f"/cases/{case}/refuse", words="No.", once=keys(form))
    assert (refused.status_code, "clause 4 covers" in refused.text.lower()) == (422, True)
    given = {"words": "Yes.", "remedy": "exchange", "once": keys(form)}
    assert "done=claim-granted" in (await browser.post(f"/cases/{case}/grant", **given)).headers["location"]
    done = {"on": f"{today}", "new-serial": "SN-200"}
    assert (await browser.post(f"/cases/{case}/carried-out", **done | {"new-serial": ""})).status_code == 422
    assert "done=claim-done" in (await browser.post(f"/cases/{case}/carried-out", **done)).headers["location"]
    page = (await browser.get("/warranty/2036")).text
    assert "SN-200" in page
    assert case in page
    await browser.get("/warranty/2036/opened?serial=SN-101")
    opened = {"on": f"{today}", "reason": "broken seal"}
    assert (await browser.post("/warranty/2036/opened", **opened, serial="SN-999")).status_code == 422
    assert (await browser.post("/warranty/2037/opened", **opened, serial="SN-101")).status_code == 422
    assert (await browser.post("/warranty/2036/opened", **opened, serial="SN-101")).status_code == 303
    assert "broken seal" in (await browser.get("/customers/2036")).text
    listed = (await browser.get("/warranty?serial=SN-")).text
    assert re.findall(r'<th scope="row">(SN-\d+)', listed) == ["SN-101", "SN-200"]
    assert (await browser.get("/warranty?number=2036")).headers["location"] == "/console/warranty/2036"


async def test_what_waits_names_cases_and_a_claim_offers_what_clause_4_says(house: House) -> None:
    now = time.time()
    house.parts.console.terminals.register("2031", "SN-31", "VP 100", date(2026, 11, 1), None, "desk", now)
    late = question(house, "2031", 9, "Who reads my calls?", now - 20 * DAY_S)
    case = claim(house, "2031", "SN-31", Category.MATERIAL, "No picture.", now)
    desk = house.browser(house.session("day", Role.SUPPORT))
    assert re.search(r"Cases past their day</a></dt><dd>[1-9]", (await desk.get("/")).text)
    page = (await desk.get(f"/cases/{case}")).text
    assert "VP 100 · SN-31" in page
    assert f"/cases/{case}/grant" in page
    assert f"/cases/{case}/refuse" not in page
    house.parts.console.terminals.opened("SN-31", date(2026, 11, 2), "seal broken", "desk", now)
    form = (await desk.get(f"/cases/{late}/answer")).text
    assert "Who reads my calls?" in form
