"""A service over a rehearsal's clock, and a member of its staff at the console in a real browser."""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.support.provider import Provider
from tests.support.sign_up import person, sign_up
from vidphone.service.days import CHINA

CHROMIUM = "/usr/bin/chromium"
SANDBOX = "[payments]\nsandbox = true\n"
WAIT_S = 20.0


class Staffed(Provider):
    """A service over a rehearsal's clock."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "data")
        self.data.mkdir()
        self.customers: list[str] = []
        self.clock = folder / "time"
        (self.data / "rehearsal").write_text(str(self.clock))
        self.set(datetime.now(UTC).astimezone(CHINA))

    def set(self, now: datetime) -> None:
        self.now = now
        self.clock.write_text(now.isoformat())

    def next_month(self) -> None:
        """Ten in the morning of the first day of the next month."""
        self.set((self.now.replace(day=1, hour=10, minute=0) + timedelta(32)).replace(day=1))

    def start(self) -> "Staffed":
        rehearse = ("--rehearsal", "--rehearsal-clock", str(self.clock))
        serve = ("serve", "--data", str(self.data), "--port", str(self.port))
        self.start_as("-m", "vidphone", *serve, *rehearse)
        return self

    def sign_up(self, count: int) -> None:
        """New customers; in a thread of its own, since a browser's loop may run in this one."""
        with ThreadPoolExecutor(1) as apart:
            for _ in range(count):
                new = apart.submit(sign_up, self.url, person(len(self.customers) + 1)).result()
                self.customers.append(new.number)


@dataclass
class Desk:
    """A member of staff in front of the console."""

    page: Page
    url: str

    def open(self, path: str) -> None:
        answer = self.page.goto(f"{self.url}/console{path}")
        assert answer is not None
        assert answer.status == 200, path

    def follow(self, link: str) -> None:
        self.page.get_by_role("link", name=link, exact=True).first.click()

    def find(self, path: str, link: str) -> None:
        """Open a list until it has the link: the service does what is due by date beside its other work."""
        until_s = time.monotonic() + WAIT_S
        self.open(path)
        while not self.page.get_by_role("link", name=link, exact=True).count():
            assert time.monotonic() < until_s, self.page.get_by_role("main").inner_text()
            time.sleep(0.2)
            self.open(path)

    def fill(self, button: str, **fields: str) -> None:
        """Fill the fields with these names, and press the button."""
        for name, value in fields.items():
            self.page.locator(f"#field-{name.replace('_', '-')}").fill(value)
        self.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()

    def says(self, words: str) -> None:
        expect(self.page.get_by_role("status")).to_have_text(words)

    def shows(self, *words: str) -> None:
        for each in words:
            expect(self.page.get_by_role("main")).to_contain_text(each)


@contextmanager
def staff_of(provider: Staffed) -> Iterator[Desk]:
    """Somebody of all roles the tests need, signed in with a passkey."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_context(locale="en-GB", timezone_id="Asia/Shanghai").new_page()
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        told = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": told | {"isUserVerified": True}})
        link = re.search(
            r"/console/enrol/\S+", provider.admin("staff", "add", "ann", "--roles", "support", "billing", "audit")
        )
        assert link is not None
        url = f"http://localhost:{provider.port}"
        page.goto(f"{url}{link[0]}")
        page.get_by_role("button", name="Set up a passkey").click()
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        yield Desk(page, url)
        chromium.close()
