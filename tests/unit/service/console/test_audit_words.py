"""The audit chain in words: no kind of entry that the service writes is shown as its code."""

import re
from pathlib import Path

import vidphone.service
from tests.support.console import House
from vidphone.service.staff.roles import Role
from vidphone.texts import Language, has_text
from vidphone.wire.cases import Action, TerminalEventKind

SERVICE = Path(vidphone.service.__file__).parent
WRITTEN = re.compile(
    r"""(?:(?:_?audit|_audit_log)\.append|self\._audit|self\._record)\(\s*connection,\s*"([a-z-]+)"|kind = ("[^\n]*")"""
)
PLACES = ("console.audit.kind.{}", "console.did.{}")
CODE = re.compile(r'"([a-z]+(?:-[a-z]+)+)"')


def kinds() -> set[str]:
    """Those that stand in the program."""
    found: set[str] = set()
    for path in SERVICE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "audit" not in source:
            continue
        for match in WRITTEN.finditer(source):
            found |= {match[1]} if match[1] else set(CODE.findall(match[2]))
    return found


def test_every_kind_of_entry_has_words() -> None:
    found = kinds()
    assert {"outage-recorded", "outage-no-force-majeure", "cash-received", "customer-disabled"} <= found
    without = {kind for kind in found if not any(has_text(place.format(kind)) for place in PLACES)}
    assert not without
    assert all(has_text(f"case.action.{one.value}") for one in Action)
    assert all(has_text(f"warranty.event.{one.value}") for one in TerminalEventKind)


async def test_entries_name_their_customer_and_give_the_reason(house: House) -> None:
    desk = house.browser(house.session("desk", Role.SUPPORT))
    await desk.get("/customers/2005/disable")
    assert (await desk.post("/customers/2005/disable", reason="asked for it at the counter")).status_code == 303
    for language, words in ((Language.ENGLISH, "Disabled the number"), (Language.CHINESE, "停用了号码")):
        reader = house.browser(house.session("reader", Role.AUDIT), language=language.value)
        page = (await reader.get("/audit?number=2005")).text
        assert words in page
        assert ">customer-disabled<" not in page
        assert 'href="/console/customers/2005"' in page
        assert "asked for it at the counter" in page


async def test_entries_of_one_announcement_can_be_asked_for(house: House) -> None:
    reader = house.browser(house.session("one", Role.AUDIT))
    for subject in (f"announcement:{'a' * 32}", f"outage:{'b' * 32}", "agreement:2026-2", "release-staff:li"):
        assert (await reader.get(f"/audit?subject={subject}")).status_code == 200, subject
    assert (await reader.get("/audit?subject=x:%22")).status_code == 422
