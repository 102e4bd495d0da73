"""Shoot the provider's console: every section, its forms, both languages, light and dark, and text of twice the size.

The pages are the service's own, over a database with customers who are made up, in a real browser.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))  # for tests.support

import uvicorn  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from sqlalchemy import insert  # noqa: E402

from tests.support.console import House  # noqa: E402
from tests.support.console_cases import DAY_S, claim, disputed_call, question  # noqa: E402
from tests.support.customers import sign_up  # noqa: E402
from tests.support.provider import free_port  # noqa: E402
from vidphone.service.console import cookies  # noqa: E402
from vidphone.service.console.table import SECTIONS  # noqa: E402
from vidphone.service.notices.announcements import Audience, Draft  # noqa: E402
from vidphone.service.notices.numbers import Plan  # noqa: E402
from vidphone.service.outages.book import Record  # noqa: E402
from vidphone.service.staff.roles import Role  # noqa: E402
from vidphone.service.store.engine import writing  # noqa: E402
from vidphone.service.store.tables_agreement import number_pool  # noqa: E402
from vidphone.service.store.tables_releases import release_offers  # noqa: E402
from vidphone.terms.orders import Words  # noqa: E402
from vidphone.terms.warranty import Category  # noqa: E402
from vidphone.wire.notices import AnnouncementKind  # noqa: E402
from vidphone.wire.releases import BuildEvent, BuildReport  # noqa: E402
from vidphone.wire.reports import Report, ReportKind  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
SIZE = (1366, 768)
TWICE = "--blink-settings=defaultFontSize=32"
"""The size of type that a person chooses in the browser; usual is 16."""
BUILD, PLATFORM = "0.2.0+20261123.1-1a2b3c4d", "linux-x86_64"
LOOKS = (("zh", "light", False), ("zh", "dark", False), ("en", "light", False), ("en", "dark", False))
LARGE = (("zh", "light", True), ("en", "light", True))


def shoot(folder: Path, only: str) -> int:
    """Shoot all whose names hold `only`; how many failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as work, House(Path(work)) as house, served(house) as origin:
        pages = fill(house)
        secret = house.session("li.na", *Role)
        with sync_playwright() as playwright:
            for looks, more in ((LOOKS, ()), (LARGE, (TWICE,))):
                chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *more])
                for look in looks:
                    failed += _shoot_look(chromium, origin, secret, pages, look, folder, only)
                chromium.close()
    return failed


@contextmanager
def served(house: House) -> Iterator[str]:
    """The house at an address of this machine."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(house.app, port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        yield f"http://localhost:{port}"
    finally:
        server.should_exit = True
        thread.join()


def fill(house: House) -> dict[str, str]:
    """Have a day's work in every section; the pages to shoot, by name."""
    console, now = house.parts.console, time.time()
    sign_up(house.engine, 60, date(2026, 8, 1))
    with writing(house.engine) as connection:
        connection.execute(insert(number_pool), [{"number": "7001", "state": "free"}])
        offer = {"channel": "beta", "platform": PLATFORM, "role_version": 2, "build_id": BUILD, "sequence": 1}
        connection.execute(insert(release_offers).values(offer | {"manifest": "0" * 64, "at": now}))
    late = question(house, "2001", 9, "谁能看到我的通话记录？ Who sees my calls?", now - 20 * DAY_S)
    call = disputed_call(house, "2001", "2002", "通话中断了两次。", now - 3600)
    console.cases.ask(late, "请问是哪一天的通话？", "1" * 32, "li.na", now)
    for serial, words in (("SN-77", "屏幕没有图像了。"), ("SN-78", "按键失灵。")):
        console.terminals.register("2001", serial, "VP 100", date(2026, 8, 2), None, "li.na", now)
        if serial == "SN-78":
            console.terminals.opened(serial, date(2026, 8, 9), "封条破损", "li.na", now)
        warranty = claim(house, "2001", serial, Category.MATERIAL, words, now)
    console.bills.take_cash("2001", 12_000, "R-117", "li.na", now, reason="柜台现金")
    console.customers.enable("2003", False, "li.na", "客户遗失手机", now)
    console.notices.write(
        Draft(
            AnnouncementKind.MAINTENANCE,
            Words("凌晨维护", "Maintenance at night"),
            Words("凌晨两点至四点不能打电话。", "No calls between two and four."),
            now + DAY_S,
            Audience.NUMBERS,
            numbers=("2001", "2002"),
            begins_at=now + 7 * DAY_S,
            ends_at=now + 7 * DAY_S + 7200,
        ),
        "li.na",
        now,
        reason="光缆改造",
    )
    console.notices.plan_number(Plan("2005", "7001", now + 60, now + 9 * DAY_S), "li.na", now)
    cut, storm = Words("光缆中断", "A cable was cut"), Words("台风", "A typhoon")
    console.outages.record(Record(now - 27 * 3600, now - 3600, cut, (), storm), "li.na", now, reason="网管通报")
    console.outages.record(Record(now - 1800, None, cut, ("2001",)), "li.na", now, reason="网管通报")
    for install, event in enumerate((BuildEvent.HEALTHY, BuildEvent.HEALTHY, BuildEvent.FELL_BACK)):
        body = {"install_id": f"{install:032x}", "build_id": BUILD, "channel": "beta", "platform": PLATFORM}
        told = BuildReport.model_validate(body | {"event": event, "code": "", "at": now})
        house.parts.releases.reports.take(told, install, now)
    crash = {"kind": ReportKind.CRASH, "build": BUILD, "channel": "beta", "platform": PLATFORM}
    report = Report.model_validate(crash | {"fingerprint": "a" * 16, "text": "ValueError: no such device"})
    house.parts.reports.keep("f" * 32, report, now)
    pages = {one.name: one.prefix for one in SECTIONS if one.icon}
    build = BUILD.replace("+", "%2B")
    return pages | {
        "mine": "/mine",
        "customer": "/customers/2001",
        "customer-calls": "/customers/2001/calls",
        "customer-payments": "/customers/2001/payments",
        "cash": "/customers/2001/cash",
        "adjust": "/customers/2001/adjust",
        "pause": "/customers/2001/pause",
        "case-call": f"/cases/{call}",
        "case-warranty": f"/cases/{warranty}",
        "case-correct": f"/cases/{call}/correct",
        "case-late": "/cases?state=late",
        "terminals": "/warranty/2001",
        "terminal-register": "/warranty/2001/register",
        "announce": "/announcements/write",
        "number-plan": "/numbers/plan",
        "publish": "/agreements/publish",
        "outage-record": "/outages/record",
        "reports-of": f"/reports?build={build}&channel=beta",
        "report": f"/reports/{'f' * 32}",
        "hold": f"/releases/{build}/hold",
    }


def _shoot_look(
    chromium: Browser,
    origin: str,
    secret: str,
    pages: dict[str, str],
    look: tuple[str, str, bool],
    folder: Path,
    only: str,
) -> int:
    failed = 0
    language, theme, large = look
    context = chromium.new_context(viewport={"width": SIZE[0], "height": SIZE[1]}, timezone_id="Asia/Shanghai")
    chosen = {cookies.SESSION: secret, cookies.LANGUAGE: language, cookies.THEME: theme}
    context.add_cookies([{"name": name, "value": value, "url": origin} for name, value in chosen.items()])
    page = context.new_page()
    for name, path in pages.items():
        file = folder / f"{language}-{theme}{'-large' if large else ''}-console-{name}.png"
        if only not in file.name:
            continue
        answer = page.goto(f"{origin}/console{path}")
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        page.screenshot(path=file, full_page=True)
        good = answer is not None and answer.status == 200 and not wide
        failed += not good
        print(file if good else f"{file}: {'wider than the window' if wide else 'refused'}", flush=True)  # noqa: T201
    context.close()
    return failed
