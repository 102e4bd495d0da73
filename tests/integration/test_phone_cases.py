"""A case from a phone through the provider's hands and back, and its evidence, at a real service (6, 16 and 18)."""

import time
from pathlib import Path

import pytest

from tests.fakes.cases import picture_file
from tests.support.phones import HeadlessPhone
from tests.support.provider import Provider
from tests.support.sign_up import person, sign_up
from vidphone.papers.evidence import verify_evidence

pytestmark = pytest.mark.slow
QUIET = ("--camera", "none", "--mic", "none", "--speaker", "none")
ONCE = "5" * 32


def test_a_case_goes_from_the_phone_to_the_provider_and_back(tmp_path: Path) -> None:
    provider = Provider(tmp_path / "service").configure("2000-2009")
    with provider:
        number = sign_up(provider.url, person(1)).number
        with HeadlessPhone(provider.url, tmp_path / "phone", *QUIET) as phone:
            phone.sign_in(number)
            phone.wait_for("noticed", topics=["agreement", "announcements", "cases", "outages", "releases", "standing"])
            photo = str(picture_file(tmp_path))
            for _ in range(2):  # the line may have been lost on the way
                phone.do("open-case", about={"kind": "clause", "clause": 6}, words="Why?", photos=[photo], id=ONCE)
                case = phone.wait_for("case-opened", id=ONCE)["case"]["number"]
                phone.wait_for("case", answers="case-photo")
            provider.admin("cases", "answer", "--case", case, "--words", "Corrected", "--yuan", "-1.80")
            phone.wait_for("noticed", topics=["cases"])
            phone.do("cases")
            (listed,) = phone.wait_for("cases")["cases"]
            assert (listed["number"], listed["state"], listed["unread"]) == (case, "answered", True)
            phone.do("case", case=case)
            shown = phone.wait_for("case", answers="case")
            assert [message["action"] for message in shown["messages"]] == ["open", "photo", "answer"]
            assert (shown["messages"][2]["amount_fen"], "settle" in shown["may"]) == (-180, True)
            phone.do("case-step", case=case, step="settle")
            assert phone.wait_for("case", answers="case-step")["case"]["state"] == "closed"
            phone.do("write-in-case", case=case, words="And?")
            assert phone.wait_for("error", request="case-message")["code"] == "case-not-now"

            day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400))
            register = ("--number", number, "--serial", "SN-77", "--model", "VP 100", "--installed", day)
            provider.admin("terminals", "register", *register)
            phone.do("terminals")
            (device,) = phone.wait_for("terminals")["terminals"]
            assert (device["serial"], device["installed_on"], device["covered"]) == ("SN-77", day, True)
            phone.do("claim", terminal=device["id"], category="misuse", words="It fell")
            assert phone.wait_for("case-opened")["claim"]["ground"] == "excluded"

            bundle = tmp_path / "evidence.zip"
            phone.do("save-evidence", path=str(bundle))
            saved = phone.wait_for("evidence-saved")
            assert (saved["intact"], saved["problem"], saved["root_given"]) == (True, None, False)
    assert verify_evidence(bundle.read_bytes()).root_sha256 == saved["root_sha256"], "with no service there"
    changed = bytearray(bundle.read_bytes())
    changed[len(changed) // 2] ^= 1
    assert not verify_evidence(bytes(changed)).intact
