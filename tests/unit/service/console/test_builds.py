"""Releases and reports: how builds do, who did what, and a build that is held back."""

import re
import time

import pytest
from sqlalchemy import insert

from tests.support.console import House
from tests.unit.service.console.test_guard import HOSTILE
from vidphone.service.staff.roles import Role
from vidphone.service.store.engine import writing
from vidphone.service.store.tables_releases import release_offers
from vidphone.wire.releases import BuildEvent, BuildReport
from vidphone.wire.reports import Report, ReportKind

BUILD = "0.2.0+20261123.1-1a2b3c4d"
PLATFORM = "linux-x86_64"
PATH = f"/releases/{BUILD.replace('+', '%2B')}"


@pytest.fixture(scope="module", autouse=True)
def build(house: House) -> None:
    row = {"channel": "beta", "platform": PLATFORM, "role_version": 2, "build_id": BUILD, "sequence": 1}
    with writing(house.engine) as connection:
        connection.execute(insert(release_offers).values(row | {"manifest": "0" * 64, "at": time.time()}))
    events = [BuildEvent.HEALTHY, BuildEvent.HEALTHY, BuildEvent.FELL_BACK, BuildEvent.INSTALL_FAILED]
    for install, event in enumerate(events):
        body = {"install_id": f"{install:032x}", "build_id": BUILD, "channel": "beta", "platform": PLATFORM}
        code = "disk-full" if event is BuildEvent.INSTALL_FAILED else ""
        told = BuildReport.model_validate(body | {"event": event, "code": code, "at": time.time()})
        house.parts.releases.reports.take(told, install, time.time())


async def test_figures_of_a_build_come_by_themselves_and_it_is_held_and_let_go(house: House) -> None:
    browser = house.browser(house.session("releases", Role.RELEASE))
    page = (await browser.get("/releases")).text
    row = "".join(f'<td class="number">{figure}</td>' for figure in (4, 2, 0, 1, 1)) + "<td><code>disk-full</code> 1"
    assert BUILD in page
    assert row in page
    assert row in (await browser.get("/releases/figures?channel=beta")).text
    assert BUILD not in (await browser.get("/releases/figures?channel=stable")).text
    assert (await browser.get("/releases?channel=shoe")).status_code == 422
    await browser.get(f"{PATH}/hold")
    assert (await browser.post(f"{PATH}/hold", reason=" ")).status_code == 422
    assert "done=held" in (await browser.post(f"{PATH}/hold", reason=HOSTILE)).headers["location"]
    assert house.parts.releases.reports.held().builds == (BUILD,)
    page = (await browser.get("/releases")).text
    assert "by staff" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert (await browser.post(f"{PATH}/lift", reason="looked at")).status_code == 303
    assert house.parts.releases.reports.held().builds == ()
    entry = house.parts.console.audit.latest(None, 1)[0]
    assert (entry.kind, entry.actor, entry.details["action"]) == ("release-held", "releases", "lift-hold")
    assert (await browser.get("/releases/0.9.9%2B20261123.1-1a2b3c4d/hold")).status_code == 404


async def test_only_release_holds_a_build(house: House) -> None:
    browser = house.browser(house.session("looks-on", Role.SUPPORT, Role.AUDIT))
    page = (await browser.get("/releases")).text
    assert BUILD in page
    assert "/hold" not in page
    assert (await browser.post(f"{PATH}/hold", reason="x")).status_code == 403


async def test_reports_are_listed_by_build_and_shown_as_text(house: House) -> None:
    known = "f" * 32
    body = {"build": BUILD, "channel": "beta", "platform": PLATFORM, "fingerprint": "a" * 16, "text": HOSTILE}
    report = Report.model_validate({"kind": ReportKind.CRASH, **body})
    house.parts.reports.keep(known, report, time.time())
    browser = house.browser(house.session("reads", Role.SUPPORT))
    assert "build=0.2.0%2B20261123.1-1a2b3c4d" in (await browser.get("/reports")).text
    of = f"/reports?build={BUILD.replace('+', '%2B')}&channel=beta"
    assert known in (await browser.get(of)).text
    assert known not in (await browser.get(f"{of}&kind=problem")).text
    assert (await browser.get(f"{of}&kind=shoe")).status_code == 422
    page = (await browser.get(f"/reports/{known}")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    later = time.time() + 1
    for crash in range(1, 56):  # all at one time: pages go on by the id too
        again = report.model_copy(update={"fingerprint": f"{crash:016x}"})
        house.parts.reports.keep(f"{crash:032x}", again, later)
    found = re.search(r'rel="next" href="/console([^"]+)"', (await browser.get(f"{of}&kind=crash")).text)
    assert found is not None
    assert known in (await browser.get(found[1].replace("&amp;", "&"))).text
    for none in ("0" * 32, "none"):
        assert (await browser.get(f"/reports/{none}")).status_code == 404
