"""The console in a real browser, against a real service: passkeys, keyboard, no scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.provider import Provider

CHROMIUM = "/usr/bin/chromium"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = Provider(tmp_path_factory.mktemp("service") / "data").configure()
    made.add_customer("1001", "张三")
    with made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def link_of(provider: Provider, name: str, *roles: str) -> str:
    said = provider.admin("staff", "add", name, "--roles", *roles)
    found = re.search(r"/console/enrol/\S+", said)
    assert found is not None
    return f"http://localhost:{provider.port}{found[0]}"


def with_authenticator(page: Page) -> Any:
    """A virtual authenticator of the browser's own, which has its user confirm at once."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    told = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": told | {"isUserVerified": True}})
    return tools


def test_a_passkey_is_set_up_and_signs_in(provider: Provider, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    with_authenticator(page)
    link = link_of(provider, "ann", "support", "billing", "audit")
    page.goto(link)
    page.get_by_role("button", name="Set up a passkey").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.goto(f"http://localhost:{provider.port}/console/mine")
    expect(page.get_by_text("Passkey", exact=True)).to_be_visible()
    assert complaints == []
    page.goto(link)
    expect(page.get_by_role("heading", name="Not here")).to_be_visible()
    cookie = next(one for one in context.cookies() if one["name"] == "console")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    context.close()


def test_a_day_at_the_desk_by_keyboard_alone(provider: Provider, browser: Browser) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    with_authenticator(page)
    page.goto(link_of(provider, "bob", "support", "billing"))
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the page")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Set up a passkey")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_role("link", name="Customers", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Number, or how it begins").focus()
    page.keyboard.type("1001")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="1001").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Enter cash").focus()
    page.keyboard.press("Enter")
    for label, typed in (("Amount in yuan", "20"), ("Number of the receipt", "R-1"), ("Reason", "counter")):
        page.get_by_label(label).focus()
        page.keyboard.type(typed)
    page.get_by_role("button", name="Enter").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The cash was entered.")
    expect(page.get_by_text("cash:R-1").or_(page.get_by_text("R-1")).first).to_be_visible()
    context.close()


def test_small_windows_keep_language_theme_and_sign_out_in_sight(provider: Provider, browser: Browser) -> None:
    for index, (width, height) in enumerate(((1366, 768), (1000, 820), (1366, 640))):
        context = browser.new_context(locale="en-GB", viewport={"width": width, "height": height})
        page = context.new_page()
        with_authenticator(page)
        page.goto(link_of(provider, f"small.{index}", "support", "billing", "release", "audit"))
        page.get_by_role("button", name="Set up a passkey").click()
        for name in ("Sign out", "English", "Dark"):
            expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
        page.get_by_role("link", name="Staff", exact=True).focus()
        expect(page.get_by_role("link", name="Staff", exact=True)).to_be_in_viewport(ratio=1)
        context.close()


def test_everything_but_passkeys_works_without_scripts(provider: Provider, browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(link_of(provider, "eve", "audit"))
    expect(page.get_by_role("button", name="设置通行密钥")).to_be_hidden()
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("新密码").fill("a long enough password")
    page.get_by_label("再次输入密码").fill("a long enough password")
    page.get_by_label("一次性验证码").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="设置并登录").click()
    expect(page.get_by_role("heading", name="总览")).to_be_visible()
    page.get_by_role("link", name="审计日志").click()
    page.get_by_role("button", name="验证整条链").click()
    expect(page.get_by_role("status")).to_contain_text("审计")
    page.get_by_role("button", name="深色").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    context.close()


def test_no_other_page_shows_the_console_in_a_frame(provider: Provider, browser: Browser) -> None:
    page = browser.new_page()
    page.route(
        "http://evil.example/",
        lambda route: route.fulfill(body=_FRAME.format(port=provider.port), content_type="text/html"),
    )
    page.goto("http://evil.example/")
    page.wait_for_url("http://evil.example/")
    assert page.frames[-1].url.startswith("chrome-error:")
    page.close()


_FRAME = '<iframe src="http://localhost:{port}/console/sign-in"></iframe>'
