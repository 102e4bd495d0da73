"""The one table of the console: every section, every route, and which roles may have it.

Nothing else answers: who adds a page adds a row here, and with it says who may see it. A test walks all rows with every
role and with none.
"""

from vidphone.service.console.pages import (
    announcements,
    audit,
    cases,
    changes,
    customers,
    enrol,
    money,
    offer,
    outages,
    overview,
    releases,
    reports,
    reviews,
    sign_in,
    warranty,
)
from vidphone.service.console.pages.actions import rows
from vidphone.service.console.sections import Page, Section
from vidphone.service.staff.roles import ALL, Role
from vidphone.service.staff.values import Session

SUPPORT, BILLING, AUDIT = frozenset({Role.SUPPORT}), frozenset({Role.BILLING}), frozenset({Role.AUDIT})
DESK = SUPPORT | BILLING
READERS = DESK | AUDIT
RELEASE = frozenset({Role.RELEASE})
BUILDS = RELEASE | SUPPORT | AUDIT
"""Who sees how builds of the program do."""
_ONE = "/customers/{number}"
_REVIEW = "/reviews/{number}"
_CASE = "/cases/{case}"

SECTIONS: tuple[Section, ...] = (
    Section(
        "overview",
        "/",
        ALL,
        (
            Page("GET", "/", overview.show, ALL),
            Page("GET", "/load", overview.load, ALL, quiet=True),
        ),
        icon="signal",
    ),
    Section(
        "customers",
        "/customers",
        READERS,
        (
            Page("GET", "/customers", customers.listed, READERS),
            Page("POST", "/customers", customers.sought, DESK),
            Page("GET", _ONE, customers.one, READERS),
            Page("GET", f"{_ONE}/calls", customers.calls, READERS),
            Page("GET", f"{_ONE}/payments", money.payments, READERS),
            Page("GET", f"{_ONE}/bills/{{bill}}", money.bill, READERS),
            *rows(f"{_ONE}/reveal", customers.REVEAL, SUPPORT),
            *rows(f"{_ONE}/enable", customers.ENABLE, SUPPORT),
            *rows(f"{_ONE}/disable", customers.DISABLE, SUPPORT),
            *rows(f"{_ONE}/pause", money.PAUSE, SUPPORT),
            *rows(f"{_ONE}/resume", money.RESUME, SUPPORT),
            *rows(f"{_ONE}/cash", money.CASH, BILLING),
            *rows(f"{_ONE}/adjust", money.ADJUST, BILLING),
            *rows(f"{_ONE}/pay-back", money.PAY_BACK, BILLING),
        ),
        icon="users",
    ),
    Section(
        "reviews",
        "/reviews",
        SUPPORT,
        (
            Page("GET", "/reviews", reviews.listed, SUPPORT),
            Page("GET", _REVIEW, reviews.one, SUPPORT),
            *rows(f"{_REVIEW}/copy", reviews.COPY, SUPPORT),
            *rows(f"{_REVIEW}/approve", reviews.APPROVE, SUPPORT),
            *rows(f"{_REVIEW}/want-copy", reviews.WANT_COPY, SUPPORT),
            *rows(f"{_REVIEW}/refuse", reviews.REFUSE, SUPPORT),
            *rows(f"{_REVIEW}/suspend", reviews.SUSPEND, SUPPORT),
        ),
        icon="shield-check",
    ),
    Section(
        "cases",
        "/cases",
        READERS,
        (
            Page("GET", "/cases", cases.listed, READERS),
            Page("GET", _CASE, cases.one, READERS),
            Page("GET", f"{_CASE}/photos/{{message}}/{{page}}", cases.photo, READERS),
            *rows(f"{_CASE}/say", cases.SAY, DESK),
            *rows(f"{_CASE}/ask", cases.ASK, DESK),
            *rows(f"{_CASE}/answer", cases.ANSWER, DESK),
            *rows(f"{_CASE}/correct", cases.CORRECT, BILLING),
            *rows(f"{_CASE}/settle", cases.SETTLE, SUPPORT),
            *rows(f"{_CASE}/grant", warranty.GRANT, SUPPORT),
            *rows(f"{_CASE}/refuse", warranty.REFUSE, SUPPORT),
            *rows(f"{_CASE}/carried-out", warranty.DONE, SUPPORT),
        ),
        icon="circle-question-mark",
    ),
    Section(
        "warranty",
        "/warranty",
        READERS,
        (
            Page("GET", "/warranty", warranty.listed, READERS),
            Page("GET", "/warranty/{number}", warranty.of, READERS),
            *rows("/warranty/{number}/register", warranty.REGISTER, SUPPORT),
            *rows("/warranty/{number}/opened", warranty.OPENED, SUPPORT),
        ),
        icon="monitor",
    ),
    Section("bills", "/bills", READERS, (Page("GET", "/bills", money.listed, READERS),), icon="coin"),
    Section("standings", "/standings", READERS, (Page("GET", "/standings", money.standings, READERS),), icon="pause"),
    Section(
        "announcements",
        "/announcements",
        READERS,
        (
            Page("GET", "/announcements", announcements.listed, READERS),
            *rows("/announcements/write", announcements.WRITE, SUPPORT),
            *rows("/announcements/{announcement}/withdraw", announcements.WITHDRAW, SUPPORT),
        ),
        icon="bell",
    ),
    Section(
        "numbers",
        "/numbers",
        READERS,
        (
            Page("GET", "/numbers", changes.numbers, READERS),
            *rows("/numbers/plan", changes.PLAN, SUPPORT),
            *rows("/numbers/{number}/withdraw", changes.FORGET, SUPPORT),
        ),
        icon="arrow-left-right",
    ),
    Section(
        "agreements",
        "/agreements",
        READERS,
        (
            Page("GET", "/agreements", changes.agreements, READERS),
            *rows("/agreements/publish", changes.PUBLISH_AGREEMENT, SUPPORT),
            Page("GET", "/agreements/{version}", changes.agreement, READERS),
            *rows("/agreements/{version}/accept", changes.ACCEPT, SUPPORT),
        ),
        icon="pencil",
    ),
    Section(
        "outages",
        "/outages",
        READERS,
        (
            Page("GET", "/outages", outages.listed, READERS),
            *rows("/outages/record", outages.RECORD, SUPPORT),
            *rows("/outages/{outage}/end", outages.END, SUPPORT),
            *rows("/outages/{outage}/mark", outages.MARK, SUPPORT),
            *rows("/outages/{outage}/withdraw", outages.WITHDRAW, SUPPORT),
        ),
        icon="wifi-off",
    ),
    Section(
        "releases",
        "/releases",
        BUILDS,
        (
            Page("GET", "/releases", releases.show, BUILDS),
            Page("GET", "/releases/figures", releases.figures, BUILDS, quiet=True),
            *rows("/releases/{build}/hold", releases.HOLD, RELEASE),
            *rows("/releases/{build}/lift", releases.LIFT, RELEASE),
        ),
        icon="download",
    ),
    Section(
        "reports",
        "/reports",
        BUILDS,
        (
            Page("GET", "/reports", reports.listed, BUILDS),
            Page("GET", "/reports/{report}", reports.one, BUILDS),
        ),
        icon="triangle-alert",
    ),
    Section("offer", "/offer", READERS, (Page("GET", "/offer", offer.show, READERS),), icon="info"),
    Section(
        "audit",
        "/audit",
        AUDIT,
        (Page("GET", "/audit", audit.show, AUDIT), Page("POST", "/audit", audit.verify, AUDIT)),
        icon="history",
    ),
    Section("staff", "/staff", AUDIT, (Page("GET", "/staff", audit.members, AUDIT),), icon="user"),
    Section(
        "mine",
        "/mine",
        ALL,
        (
            Page("GET", "/mine", enrol.mine, ALL),
            Page("POST", "/mine/passkey/options", enrol.ask_another, ALL),
            Page("POST", "/mine/passkey", enrol.add_another, ALL),
            Page("POST", "/mine/remove", enrol.remove, ALL),
            Page("POST", "/mine/everywhere", sign_in.out_everywhere, ALL),
            Page("POST", "/sign-out", sign_in.out, ALL),
        ),
    ),
    Section(
        "sign-in",
        "/sign-in",
        frozenset(),
        (
            Page("GET", "/sign-in", sign_in.show, None),
            Page("POST", "/sign-in", sign_in.by_code, None),
            Page("POST", "/sign-in/passkey/options", sign_in.ask_passkey, None),
            Page("POST", "/sign-in/passkey", sign_in.by_passkey, None),
            Page("GET", "/enrol/{token}", enrol.show, None),
            Page("POST", "/enrol/{token}", enrol.by_code, None),
            Page("POST", "/enrol/{token}/passkey/options", enrol.ask_passkey, None),
            Page("POST", "/enrol/{token}/passkey", enrol.by_passkey, None),
            Page("POST", "/look", sign_in.look, None),
        ),
    ),
)
NOWHERE = Section("", "", frozenset(), ())
"""Of a path that is none."""


def navigation(session: Session | None) -> tuple[Section, ...]:
    """The entries that somebody sees."""
    if session is None:
        return ()
    return tuple(section for section in SECTIONS if section.icon and section.roles & session.roles)
