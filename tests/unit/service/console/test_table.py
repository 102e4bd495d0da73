"""Every route with every role and with none: nobody sees what the table does not give them."""

import re

import pytest

from tests.support.console import House
from vidphone.service.console.pages import (
    announcements,
    cases,
    changes,
    customers,
    money,
    outages,
    releases,
    reviews,
    warranty,
)
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.rendering import HERE
from vidphone.service.console.sections import Page
from vidphone.service.console.table import SECTIONS
from vidphone.service.staff.roles import Role
from vidphone.texts import has_text

PLACES = {
    "number": "2001",
    "bill": "none",
    "token": "none",
    "case": "C000001",
    "message": "1",
    "page": "1",
    "announcement": "0" * 32,
    "version": "none",
    "build": "none",
    "report": "none",
    "outage": "0" * 32,
}
PAGES = [page for section in SECTIONS for page in section.pages]
SIGNED_OUT_BY = {"/mine/everywhere", "/sign-out"}
EXPECTED = {
    "support": {"/reviews", "/reviews/{number}/approve", "/customers/{number}/reveal", "/customers/{number}/pause"},
    "billing": {
        "/cases/{case}/correct",
        "/customers/{number}/cash",
        "/customers/{number}/adjust",
        "/customers/{number}/pay-back",
    },
    "release": {"/releases/{build}/hold", "/releases/{build}/lift"},
    "audit": {"/audit", "/staff"},
}
"""What is one role's alone: written down here once more, so that a slip in the table is seen."""


def path_of(page: Page) -> str:
    return page.path.format(**PLACES)


async def test_every_route_asks_for_its_role(house: House) -> None:
    for role in Role:
        session = house.session(f"only-{role}", role)
        browser = house.browser(session)
        await browser.get("/mine")
        for page in PAGES:
            if page.path in SIGNED_OUT_BY:
                continue
            path = path_of(page)
            answer = await (browser.get(path) if page.method == "GET" else browser.post(path))
            allowed = page.roles is None or role in page.roles
            assert (answer.status_code == 403) is (not allowed) or page.roles is None, (role, page.method, path)


async def test_every_route_asks_who_one_is(house: House) -> None:
    browser = house.browser()
    for page in PAGES:
        if page.roles is None:
            continue
        await browser.get("/sign-in")
        answer = await (browser.get(path_of(page)) if page.method == "GET" else browser.post(path_of(page)))
        assert answer.status_code == 303, page
        assert answer.headers["location"].startswith("/console/sign-in"), page


async def test_a_member_without_roles_sees_nothing(house: House) -> None:
    browser = house.browser(house.session("nobody"))
    for page in PAGES:
        if page.roles is not None and page.method == "GET":
            assert (await browser.get(path_of(page))).status_code == 403


def test_open_routes_are_those_of_signing_in() -> None:
    opened = {page.path for page in PAGES if page.roles is None}
    assert {path.split("/")[1] for path in opened} == {"sign-in", "enrol", "look"}


@pytest.mark.parametrize("role", EXPECTED)
def test_roles_have_what_is_theirs_alone(role: str) -> None:
    alone = {page.path for page in PAGES if page.roles == frozenset({Role(role)})}
    assert EXPECTED[role] <= alone


def test_no_route_stands_twice_and_none_is_outside_its_section() -> None:
    known = [(page.method, page.path) for page in PAGES]
    assert len(known) == len(set(known))
    for section in SECTIONS:
        assert not section.icon or all(page.path.startswith(section.prefix) for page in section.pages)


async def test_navigation_shows_what_may_be_opened(house: House) -> None:
    for role in Role:
        browser = house.browser(house.session(f"sees-{role}", role))
        shown = re.findall(r'<li><a href="/console([^"]*)"', (await browser.get("/")).text)
        assert shown == [section.prefix for section in SECTIONS if section.icon and role in section.roles]
        for path in shown:
            assert (await browser.get(path)).status_code == 200


def test_every_text_of_the_templates_is_there() -> None:
    named = {
        key
        for template in (HERE / "templates").glob("*.html")
        for key in re.findall(r"""\bt\(["']([a-z._-]+)["'][,)]""", template.read_text(encoding="utf-8"))
    }
    assert len(named) > 100
    assert {key for key in named if not has_text(f"console.{key}")} == set()


def test_every_text_of_the_forms_is_there() -> None:
    rooms = (
        vars(module).values()
        for module in (announcements, cases, changes, customers, money, outages, releases, reviews, warranty)
    )
    found = [value for room in rooms for value in room if isinstance(value, Action)]
    assert len(found) > 10
    for action in found:
        for end in ("", ".about", ".do"):
            assert has_text(f"console.action.{action.name}{end}")
        for field in action.fields:
            assert field.kind == "once" or has_text(f"console.field.{field.name}")
            assert not field.hint or has_text(f"console.hint.{field.hint}")
