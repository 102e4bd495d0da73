"""Outages: recorded, ended, marked and withdrawn by staff."""

import re

from tests.support.console import House
from tests.unit.service.console.test_guard import HOSTILE
from tests.unit.service.console.test_notices import local, once
from vidphone.service.staff.roles import Role


async def test_an_outage_is_recorded_ended_marked_and_withdrawn(house: House) -> None:
    browser = house.browser(house.session("outages", Role.SUPPORT))
    await browser.get("/outages/record")
    given = {"began": local(-5), "what-zh": "光缆中断", "what-en": HOSTILE, "reason": "the network desk", **once()}
    for wrong in (
        {"reason": ""},
        {"once": "x"},
        {"began": local(3)},
        {"ended": local(-8)},
        {"numbers": "99999"},
        {"majeure-zh": "台风"},
    ):
        assert (await browser.post("/outages/record", **given | wrong)).status_code == 422, wrong
    for _ in range(2):  # sent twice, it is recorded once
        assert (await browser.post("/outages/record", **given)).status_code == 303
    assert [one.id for one in house.parts.console.outages.list()] == [given["once"]]
    page = (await browser.get("/outages")).text
    assert "<script>alert" not in page
    found = re.search(r"/console(/outages/[0-9a-f]{32})/end", page)
    assert found is not None
    ended = {"ended": local(-1), "reason": "mended"}
    assert (await browser.post(f"{found[1]}/end", **ended)).status_code == 303
    assert (await browser.post(f"{found[1]}/end", **ended)).status_code == 422
    marked = {"majeure-zh": "台风", "majeure-en": "A typhoon", "reason": "the weather office says so"}
    assert (await browser.post(f"{found[1]}/mark", **marked)).status_code == 303
    assert "A typhoon" in (await browser.get("/outages")).text
    assert (await browser.post(f"{found[1]}/withdraw", reason="never was")).status_code == 303
    assert (await browser.post(f"{found[1]}/withdraw", reason="again")).status_code == 422
