"""Reports of a real phone to a real service: what arrives, under what, and what is not in it."""

import hashlib
import json
from collections.abc import Iterator

import httpx
import pytest

from tests.support.phones import HeadlessPhone
from tests.support.provider import PASSWORD, Provider
from vidphone.wire.reports import MAX_REPORT_BYTES

# Numbers long enough not to stand in a time or a size by chance.
NAME, NUMBER, PEER, IDENTITY = "赵梓涵", "75310428", "75310429", "440305199003070019"
PLANTED = (NAME, NUMBER, PEER, IDENTITY, "13812345678")
CRASH = 'Traceback (most recent call last):\n  File "x.py", line 1, in go\nValueError: number 440305199003070019'


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    provider = Provider(tmp_path_factory.mktemp("service") / "data")
    provider.configure(more='[rates]\nreport_per_address = "6/hour"')
    provider.add_customer(NUMBER, NAME)
    with provider:
        yield provider


@pytest.fixture(scope="module")
def listed(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A phone whose last run crashed reports a problem, then the crash; the shown texts in its files."""
    profile = tmp_path_factory.mktemp("profile")
    (profile / "logs").mkdir()
    (profile / "logs" / "crash.txt").write_text(CRASH, encoding="utf-8")
    with HeadlessPhone(provider.url, profile, "--mic", "none", "--camera", "none", "--speaker", "none") as phone:
        crash = phone.wait_for("crash-found")["text"]
        assert "ValueError" in crash
        phone.do("sign-in", number=NUMBER, password=PASSWORD)
        phone.link_is_up()
        phone.do("dial", number=PEER, video=False)
        phone.wait_for("ended")
        phone.do("report", words=f"{NAME} called {PEER}; {IDENTITY}, 13812345678")
        shown = phone.wait_for("report")["text"]
        phone.do("save-report", path=str(profile / "report.txt"))
        phone.wait_for("report-saved")
        assert (profile / "report.txt").read_text(encoding="utf-8") == shown + "\n"
        phone.do("send-report")
        phone.wait_for("report-sent")
        phone.do("crash-reports", on=True)
        phone.wait_for("report-sent")
        phone.do("check-upgrade")
        assert phone.wait_for("upgrade")["stage"] == "not-self-updating"
    assert json.loads((profile / "settings.json").read_text())["crash_reports"] is True
    assert not list((profile / "logs").glob("crash*"))
    assert [planted for planted in PLANTED if planted in shown + crash] == []
    assert "== last calls\noutgoing voice" in shown
    return provider.admin("reports", "list")


def test_a_report_arrives_under_its_build_and_channel(provider: Provider, listed: str) -> None:
    rows = [line.split() for line in listed.splitlines()[1:]]
    assert len(rows) == 2
    assert all(" other " in line and " none " in line for line in listed.splitlines()[1:])
    texts = [provider.admin("reports", "show", "--report", row[0]) for row in rows]
    assert [planted for planted in PLANTED for text in texts if planted in text] == []
    assert any("what happened" in text for text in texts)
    assert any("ValueError" in text for text in texts)
    assert "other" in provider.admin("reports", "builds")


def test_reports_are_bounded_in_size_and_number(provider: Provider, listed: str) -> None:
    plain = {"kind": "problem", "build": "1", "channel": "none", "platform": "linux-x", "text": "x"}

    def put(number: int, **changes: str) -> httpx.Response:
        path = f"{provider.url}/v1/reports/{hashlib.md5(bytes([number])).hexdigest()}"
        return httpx.put(path, json=plain | changes)

    assert put(1, text="x" * MAX_REPORT_BYTES).status_code == 413
    assert put(2, channel="nightly").status_code == 422
    answers = [put(number).status_code for number in range(3, 9)]
    assert answers == [204] * 2 + [429] * 4
